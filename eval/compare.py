"""Compares two runs: on the same documents by pairs, else as two independent samples.

Pairs: a difference is supported where the bootstrap interval of the difference excludes zero. Two samples: where documents
dealt out to the two runs at random seldom differ so much (permutation test); a bootstrap would take a rare fault that the first
sample happens not to hold for impossible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from extractor.eval.intervals import Floats, bounds, point, ratios
from extractor.eval.metrics import METRICS, Metric

SEED = 20240
DEALS = 2000
Verdict = Literal["better", "worse", "no difference shown", "not measured"]


@dataclass(frozen=True, slots=True)
class Counts:
    """What a comparison needs of a run: document names, numerators and denominators of shape (documents, metrics)."""

    names: tuple[str, ...]
    numerators: Floats
    denominators: Floats


@dataclass(frozen=True, slots=True)
class Difference:
    """B minus A for one metric, with its interval."""

    metric: Metric
    before: float
    after: float
    low: float
    high: float
    verdict: Verdict

    @property
    def delta(self) -> float:
        return self.after - self.before


def compare(a: Counts, b: Counts, level: float = 0.95, metrics: Sequence[Metric] = METRICS) -> tuple[bool, list[Difference]]:
    """Whether the documents were paired (those of both, at least half of the smaller run), and the differences."""
    common = sorted(set(a.names) & set(b.names))
    paired = len(common) * 2 >= min(len(a.names), len(b.names)) > 0
    if paired:
        a, b = _only(a, common), _only(b, common)
    before, after = point(a.numerators, a.denominators), point(b.numerators, b.denominators)
    # the same seed draws the same documents for both runs; two independent samples get seeds of their own
    first = ratios(a.numerators, a.denominators, SEED)
    second = ratios(b.numerators, b.denominators, SEED if paired else SEED + 1)
    low, high = bounds(second - first, level)
    if not paired:
        # what is not supported gets an interval around zero
        seldom = chances(a, b) < 1 - level
        low, high = np.where(seldom, low, np.minimum(low, 0)), np.where(seldom, high, np.maximum(high, 0))
    out = []
    for j, metric in enumerate(metrics):
        verdict = _verdict(metric, float(low[j]), float(high[j]))
        out.append(Difference(metric, float(before[j]), float(after[j]), float(low[j]), float(high[j]), verdict))
    return paired, out


def chances(a: Counts, b: Counts, deals: int = DEALS) -> Floats:
    """For each metric, how often documents dealt out at random to two runs of these sizes differ at least as much."""
    numerators = np.vstack([a.numerators, b.numerators])
    denominators = np.vstack([a.denominators, b.denominators])
    seen = np.abs(point(b.numerators, b.denominators) - point(a.numerators, a.denominators))
    all_numerators, all_denominators = numerators.sum(axis=0), denominators.sum(axis=0)
    rng = np.random.default_rng(SEED)
    as_much = np.zeros(len(seen))
    for _ in range(deals):
        dealt = rng.permutation(len(numerators))[: len(a.names)]
        top, bottom = numerators[dealt].sum(axis=0), denominators[dealt].sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            difference = np.abs(top / bottom - (all_numerators - top) / (all_denominators - bottom))
        as_much += ~(difference < seen - 1e-12)
    return (as_much + 1) / (deals + 1)


def _only(counts: Counts, names: list[str]) -> Counts:
    at = {name: i for i, name in enumerate(counts.names)}
    rows = [at[name] for name in names]
    return Counts(tuple(names), counts.numerators[rows], counts.denominators[rows])


def _verdict(metric: Metric, low: float, high: float) -> Verdict:
    """Better where the whole interval is on the good side of zero, worse where it is beyond the margin on the bad side."""
    if np.isnan(low) or np.isnan(high):
        return "not measured"
    if metric.better == "high":
        low, high = -high, -low
    return "better" if high < 0 else "worse" if low > metric.margin else "no difference shown"

"""Compares two runs: on the same documents by pairs, else as two independent samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from extractor.eval.intervals import Floats, bounds, point, ratios
from extractor.eval.metrics import METRICS, Metric

SEED = 20240
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
    out = []
    for j, metric in enumerate(metrics):
        out.append(Difference(metric, float(before[j]), float(after[j]), float(low[j]), float(high[j]),
                              _verdict(metric, float(low[j]), float(high[j]))))
    return paired, out


def _only(counts: Counts, names: list[str]) -> Counts:
    at = {name: i for i, name in enumerate(counts.names)}
    rows = [at[name] for name in names]
    return Counts(tuple(names), counts.numerators[rows], counts.denominators[rows])


def _verdict(metric: Metric, low: float, high: float) -> Verdict:
    if np.isnan(low) or np.isnan(high):
        return "not measured"
    if low <= 0 <= high:
        return "no difference shown"
    return "worse" if (low > 0) == (metric.better == "low") else "better"

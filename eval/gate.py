"""The gate: a reader is measured on a small fixed set and held against a baseline that was committed.

It stops what is worse beyond chance: a gated metric whose difference from the baseline is supported (`compare`) and beyond
the metric's margin on the bad side, with the level shared out over the metrics; and, whatever the baseline says, any silent
error against the text on an undamaged report. On the baseline's own documents the comparison is paired; with another seed it
is one of two samples.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from extractor.eval.compare import Counts, Difference, compare
from extractor.eval.datasets import GeneratedSet, from_settings
from extractor.eval.intervals import Floats
from extractor.eval.metrics import METRICS, Line, arrays, metrics
from extractor.eval.runs import measured, settings_of, versions

GATED = tuple(m for m in METRICS if m.gated)
LEVEL = 1 - 0.05 / len(GATED)
"""Of each metric's interval, so that all of them together fire by chance in one run of twenty at most."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a run was measured at: its data sets, and the counts of every document."""

    reader: str
    datasets: tuple[GeneratedSet, ...]
    counts: Counts


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the gate says. `broken` are undamaged documents with silent errors, `failed` those on which the reader failed."""

    paired: bool
    differences: tuple[Difference, ...]
    broken: tuple[str, ...]
    failed: tuple[str, ...]

    @property
    def worse(self) -> list[Difference]:
        return [d for d in self.differences if d.verdict == "worse"]

    @property
    def passes(self) -> bool:
        return not self.worse and not self.broken


def counts_of(lines: Sequence[Line]) -> Counts:
    return Counts(tuple(line["name"] for line in lines), *arrays(lines, GATED))


def measure(reader: str, datasets: Sequence[GeneratedSet], processes: int) -> list[dict[str, Any]]:
    """The lines of these data sets, by name."""
    lines = [line for d in datasets for line in measured(d, reader, d.names(), processes)]
    return sorted(lines, key=lambda line: str(line["name"]))


def judge(baseline: Baseline, lines: Sequence[Line]) -> Judgement:
    """Hold these lines against the baseline."""
    paired, differences = compare(baseline.counts, counts_of(lines), LEVEL, GATED)
    broken = tuple(
        line["name"] for line in lines
        if line["clean"] and any("_silent" in key.split("|")[3] for key in line["cells"])
    )
    return Judgement(paired, tuple(differences), broken, tuple(line["name"] for line in lines if line["failure"]))


def baseline_json(reader: str, datasets: Sequence[GeneratedSet], lines: Sequence[Line]) -> dict[str, Any]:
    """What is committed: settings, the figures for people, the counts of every document for the comparison."""
    counts = counts_of(lines)

    def row(i: int) -> list[list[float]]:
        pairs = zip(counts.numerators[i].tolist(), counts.denominators[i].tolist(), strict=True)
        return [[int(n) if n == int(n) else n, int(d) if d == int(d) else d] for n, d in pairs]

    return {
        "reader": reader, "versions": versions(), "datasets": [settings_of(d, reader)["dataset"] for d in datasets],
        "figures": metrics(lines), "metrics": [m.key for m in GATED],
        "documents": {name: row(i) for i, name in enumerate(counts.names)},
    }


def write_baseline(path: Path, content: dict[str, Any]) -> None:
    """One document per line, so that a change shows in a diff. Raises OSError."""
    head = json.dumps({k: v for k, v in content.items() if k != "documents"}, ensure_ascii=False, indent=1)
    documents = content["documents"].items()
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(row, separators=(',', ':'))}" for name, row in documents)
    path.write_text(f'{head[:-2]},\n "documents": {{\n{rows}\n }}\n}}\n', "utf-8")


def read_baseline(path: Path) -> Baseline:
    """Raises OSError, and ValueError where the file is no baseline for the metrics of this version."""
    data = json.loads(path.read_text("utf-8"))
    try:
        if data["metrics"] != [m.key for m in GATED]:
            raise ValueError(f"{path.name}: made for other metrics; make it again with `extractor eval gate --write`")
        rows: Floats = np.array(list(data["documents"].values()), dtype=np.float64)
        counts = Counts(tuple(data["documents"]), rows[:, :, 0], rows[:, :, 1])
        return Baseline(data["reader"], tuple(from_settings(d) for d in data["datasets"]), counts)
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(f"{path.name}: not a baseline: {error}") from error

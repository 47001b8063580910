"""Everything that is said of a run, computed from its lines: the content of `metrics.json` and of the report page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from extractor.eval.curves import calibration, effort, risk_coverage
from extractor.eval.intervals import bound_of_none
from extractor.eval.judge import GOOD, SILENT
from extractor.eval.metrics import breakdown, by_damage, by_layout, by_state, by_table, cells_of, metrics

Line = Mapping[str, Any]

RATE_BINS = 4


def summarise(lines: Sequence[Line], seed: int = 1) -> dict[str, Any]:
    """All figures of a run."""
    return {
        "documents": len(lines),
        "cells": sum(sum(line["cells"].values()) for line in lines),
        "clean_documents": sum(bool(line["clean"]) for line in lines),
        "silent_on_clean": sum(_silent(line) for line in lines if line["clean"]),
        "bound_if_none": bound_of_none(len(lines)),
        "metrics": metrics(lines, seed),
        "by_damage": breakdown(lines, by_damage, seed),
        "by_layout": breakdown(lines, by_layout, seed),
        "by_table": breakdown(lines, by_table, seed),
        "by_state": breakdown(lines, by_state, seed),
        "by_rate": by_rate(lines),
        "calibration": calibration(lines),
        "risk_coverage": risk_coverage(lines),
        "effort": effort(lines),
        **{
            group: _summed(lines, group)
            for group in ("header", "figures", "claims", "findings", "damages", "localisation", "deduced")
        },
        "extras": [sum(line["extras"][i] for line in lines) for i in (0, 1)],
        "unknown_cells": sum(line["unknown_cells"] for line in lines),
        "failures": [[line["name"], line["failure"]] for line in lines if line["failure"]][:50],
        "time": _time(lines),
        "usage": _usage(lines),
        "worst": worst(lines),
    }


def _silent(line: Line) -> int:
    return sum(c[5] for c in cells_of(line) if c[3] in SILENT)


def _summed(lines: Sequence[Line], group: str) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update(line[group])
    return dict(sorted(counts.items()))


def by_rate(lines: Sequence[Line]) -> dict[str, list[list[float]]]:
    """For each damage, by how hard it struck: [mean rate, share of its cells right against the text, cells]."""
    sums: dict[str, dict[int, list[float]]] = {}
    for line in lines:
        for _, _, damage, by_text, _, n, _ in cells_of(line):
            for kind in damage.split("+") if damage and damage[0] != "(" else ():
                rate = line["rates"].get(kind)
                if rate is None:
                    continue
                box = sums.setdefault(kind, {}).setdefault(min(int(rate * RATE_BINS), RATE_BINS - 1), [0.0, 0.0, 0.0])
                box[0] += rate * n
                box[1] += n if by_text in GOOD else 0
                box[2] += n
    return {
        kind: [[round(r / n, 3), round(good / n, 5), n] for _, (r, good, n) in sorted(boxes.items())]
        for kind, boxes in sorted(sums.items())
    }


def _time(lines: Sequence[Line]) -> dict[str, float]:
    seconds = sorted(line["seconds"] for line in lines)
    if not seconds:
        return {}
    total = sum(seconds)
    return {
        "total_seconds": round(total, 3),
        "mean_ms": round(total / len(seconds) * 1e3, 3),
        "median_ms": round(seconds[len(seconds) // 2] * 1e3, 3),
        "p99_ms": round(seconds[int(len(seconds) * 0.99)] * 1e3, 3),
        "most_ms": round(seconds[-1] * 1e3, 3),
    }


def _usage(lines: Sequence[Line]) -> dict[str, float]:
    """Cost and tokens of a run that used a model."""
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update(line.get("usage", {}))
    return dict(counts)


def worst(lines: Sequence[Line], most: int = 25) -> list[dict[str, Any]]:
    """The documents with most silent errors, then most wrong ones, with what was read against what is true."""

    def badness(line: Line) -> tuple[int, int, int]:
        cells = cells_of(line)
        silent = sum(c[5] for c in cells if c[3] in SILENT)
        silent_page = sum(c[5] for c in cells if c[4] in SILENT)
        return silent, silent_page, sum(c[5] for c in cells if c[3] not in GOOD and c[3] != "missed")

    ranked = sorted(lines, key=lambda line: (*(-n for n in badness(line)), line["name"]))
    return [
        {
            "name": line["name"],
            "layout": line["layout"],
            "kinds": line["kinds"],
            "badness": badness(line),
            "examples": line["examples"],
        }
        for line in ranked[:most]
        if any(badness(line))
    ]

"""Calibration of confidences, risk against coverage, and the effort of a reviewer, from the lines of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

Line = Mapping[str, Any]
Pairs = list[tuple[float, float]]

TARGETS = (0.99, 0.999, 0.9999)
FLAG_RANK = {"flagged": 0, "info": 1, "silent": 2}


def _readings(lines: Sequence[Line]) -> list[tuple[float, str, int, int, int]]:
    """Confidence, flag, readings, right by the text, right by the page; summed over documents."""
    sums: dict[str, list[int]] = {}
    for line in lines:
        for key, (n, text, page) in line["confidence"].items():
            tally = sums.setdefault(key, [0, 0, 0])
            tally[0] += n
            tally[1] += text
            tally[2] += page
    return sorted((float(k.partition("|")[0]), k.partition("|")[2], *v) for k, v in sums.items())  # type: ignore[misc]


def calibration(lines: Sequence[Line], bins: int = 20) -> dict[str, Any]:
    """Expected calibration error and Brier score of the confidences (right means: as the text has it), and the diagram's
    points [mean confidence, share right, readings]."""
    readings = _readings(lines)
    total = sum(r[2] for r in readings)
    if not total:
        return {"ece": None, "brier": None, "points": []}
    brier = sum(right * (1 - c) ** 2 + (n - right) * c ** 2 for c, _, n, right, _ in readings) / total
    boxes: dict[int, list[float]] = {}
    for c, _, n, right, _ in readings:
        box = boxes.setdefault(min(int(c * bins), bins - 1), [0.0, 0.0, 0.0])
        box[0] += n
        box[1] += n * c
        box[2] += right
    ece = sum(abs(conf - right) for _, conf, right in boxes.values()) / total
    points = [[round(conf / n, 5), round(right / n, 5), int(n)] for _, (n, conf, right) in sorted(boxes.items())]
    return {"ece": float(f"{ece:.5g}"), "brier": float(f"{brier:.5g}"), "points": points}


def risk_coverage(lines: Sequence[Line]) -> Pairs:
    """Share of readings accepted, and share of those that are wrong by the page; unflagged and confident ones first."""
    readings = sorted(_readings(lines), key=lambda r: (-FLAG_RANK[r[1]], -r[0]))
    total = sum(r[2] for r in readings)
    out: Pairs = []
    accepted = wrong = 0
    for _, _, n, _, right in readings:
        accepted += n
        wrong += n - right
        out.append((accepted / total, wrong / accepted))
    return out


def effort(lines: Sequence[Line]) -> dict[str, Any]:
    """How the data set gets right as a person looks at one field after the other, in the order in which the software presents
    them: those that findings name, of all documents, by priority, then those that none names, the least confident first.

    curve: [fields looked at, share of all fields that are right then]; targets: fields to look at for each share, or None where
    the fields that findings name do not suffice (then `targets_all` counts on into fields that nothing names)."""
    ordered: Counter[tuple[int, float]] = Counter()
    bad: Counter[tuple[int, float]] = Counter()
    total = 0
    for line in lines:
        total += sum(line["cells"].values())
        for key, (n, wrong) in line["effort"].items():
            place = (0, float(key.split("|")[1]))
            ordered[place] += n
            bad[place] += wrong
        for key, (n, wrong) in line["unnamed"].items():
            place = (1, 2.0 if key == "none" else float(key))
            ordered[place] += n
            bad[place] += wrong
    wrong_now = sum(bad.values())
    curve: Pairs = [(0, 1 - wrong_now / total if total else 1.0)]
    looked = 0
    named = 0
    for place in sorted(ordered):
        looked += ordered[place]
        wrong_now -= bad[place]
        if place[0] == 0:
            named = looked
        curve.append((looked, 1 - wrong_now / total))
    targets: dict[str, int | None] = {}
    beyond: dict[str, int | None] = {}
    for target in TARGETS:
        need = _fields_for(curve, target)
        beyond[f"{target:.2%}"] = need
        targets[f"{target:.2%}"] = need if need is not None and need <= named else None
    return {"fields": total, "named": named, "start": curve[0][1], "curve": curve, "targets": targets, "targets_all": beyond}


def _fields_for(curve: Pairs, target: float) -> int | None:
    """Fields to look at until this share is right, by straight lines between the points of the curve."""
    before = curve[0]
    for point in curve:
        if point[1] >= target:
            if point[1] == before[1]:
                return int(point[0])
            part = (target - before[1]) / (point[1] - before[1])
            return round(before[0] + max(0.0, part) * (point[0] - before[0]))
        before = point
    return None

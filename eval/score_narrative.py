"""Scores header, figures and claims of one document."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from extractor.eval.truth import HEADER_KEYS, ClaimTruth, FigureTruth, Truth, same

_SPACE = re.compile(r"\s+")


def _plain(value: Any) -> str:
    return _SPACE.sub("", str(value)).rstrip("/").lower()


def score_header(truth: Truth, output: Mapping[str, Any]) -> Counter[str]:
    """Counts by "field|outcome": right, wrong, missed, spurious (only where the truth is known to be complete)."""
    counts: Counter[str] = Counter()
    header = output.get("header", {})
    for key in HEADER_KEYS:
        got = (header.get(key) or {}).get("value")
        true = truth.header.get(key)
        if true is None:
            if got is not None and truth.complete_narrative:
                counts[f"{key}|spurious"] += 1
            continue
        counts[f"{key}|{'missed' if got is None else 'right' if _plain(got) == _plain(true.value) else 'wrong'}"] += 1
    if truth.complete_narrative:
        got_basis = {_plain(b["value"]) for b in header.get("basis", ())}
        for basis in truth.basis:
            counts["basis|right" if _plain(basis) in got_basis else "basis|missed"] += 1
    return counts


def score_figures(truth: Truth, output: Mapping[str, Any]) -> Counter[str]:
    """Counts: right, wrong (there, with another number), missed, spurious."""
    figures = output.get("figures", ())
    if any(f.span is None for f in truth.figures):
        return _figures_by_value(truth.figures, figures)
    counts: Counter[str] = Counter()
    taken: set[int] = set()
    for true in truth.figures:
        hit = next((i for i, f in enumerate(figures) if i not in taken and _overlap(f["span"], true.span)), None)
        if hit is None:
            counts["missed"] += 1
            continue
        taken.add(hit)
        value = figures[hit]["value"]
        counts["right" if same(value, true.value) or (value is None and true.value is None) else "wrong"] += 1
    if truth.complete_narrative:
        counts["spurious"] += len(figures) - len(taken)
    return counts


def _figures_by_value(truths: tuple[FigureTruth, ...], figures: Any) -> Counter[str]:
    """Where the truth has no spans: by number and unit; nothing is known about figures beyond."""
    left = [(f["value"], f["unit"][:1]) for f in figures]
    counts: Counter[str] = Counter()
    for true in truths:
        hit = next((i for i, (value, unit) in enumerate(left) if same(value, true.value) and unit == true.unit[:1]), None)
        counts["missed" if hit is None else "right"] += 1
        if hit is not None:
            del left[hit]
    return counts


def _overlap(a: Any, b: Any) -> bool:
    return bool(a[0] < b[1] and b[0] < a[1])


def score_claims(truth: Truth, output: Mapping[str, Any]) -> Counter[str]:
    """Counts by "kind|outcome": found (with the right verdict), verdict (found, other verdict), missed, spurious."""
    counts: Counter[str] = Counter()
    left = list(output.get("claims", ()))
    for true in truth.claims:
        hit = next((i for i, c in enumerate(left) if _same_claim(true, c)), None)
        if hit is None:
            counts[f"{true.kind}|missed"] += 1
            continue
        verdict = left.pop(hit)["holds"]
        right = verdict == true.holds or true.holds is None or (true.kind == "table" and verdict is None)
        counts[f"{true.kind}|{'found' if right else 'verdict'}"] += 1
    if truth.complete_narrative:
        counts.update(f"{c['kind']}|spurious" for c in left)
    return counts


def _key(values: Any) -> list[str]:
    return sorted("?" if v is None else f"{float(v):g}" for v in values)


def _same_claim(true: ClaimTruth, got: Mapping[str, Any]) -> bool:
    """The same kind of claim about the same numbers (a total may be left out where the parts repeat it)."""
    if got["kind"] != true.kind:
        return False
    if true.kind == "table":
        return same(got.get("total"), true.total) and (not true.cells or set(true.cells) == set(got.get("cells", true.cells)))
    if true.kind == "share":
        return same(got.get("share"), true.share) and _key(got["parts"]) == _key(true.parts)
    if true.kind == "repeated":
        numbers = [*got["parts"], *([got["total"]] if got.get("total") is not None else [])]
        return _key(set(numbers)) == _key(set(true.parts))
    return _key(got["parts"]) == _key(true.parts) and (true.total is None or same(got.get("total"), true.total))

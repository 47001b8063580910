"""Scores findings: are they justified, is each damage found, is the wrong cell the suspect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from extractor.eval.judge import named_cells
from extractor.eval.truth import CellTruth, Truth, same
from extractor.report import State


def touched(truth: CellTruth) -> bool:
    """Whether anything is odd about this cell: damaged, lost, misprinted, or not a number."""
    return bool(truth.damages) or truth.open or truth.state is not State.PRINTED or truth.value != truth.true_number


def score_findings(truth: Truth, output: Mapping[str, Any], misread: set[str]) -> Counter[str]:
    """Counts by "code|severity|justified" and "code|severity|unjustified".

    A finding is justified by a touched cell among those it names, by a cell that was misread, by a claim that fails at the
    place it points to, or, where it names no cell, by any damage of the document."""
    counts: Counter[str] = Counter()
    for finding in output.get("findings", ()):
        kind = "justified" if _justified(truth, finding, misread) else "unjustified"
        counts[f"{finding['code']}|{finding['severity']}|{kind}"] += 1
    return counts


def _justified(truth: Truth, finding: Mapping[str, Any], misread: set[str]) -> bool:
    cells = [*finding.get("cells", ()), *(s["cell"] for s in finding.get("suspects", ()))]
    for cell in cells:
        if cell in misread or ".extra." in cell:
            return True
        true = truth.cells.get(cell)
        if true is not None and touched(true):
            return True
    for claim in truth.claims:
        if claim.holds is not True and (
            any(c in claim.cells for c in cells)
            or (claim.span and any(a < claim.span[1] and claim.span[0] < b for a, b in finding.get("spans", ())))
        ):
            return True
    return not cells and (bool(truth.damages) or len(set(truth.tables.values())) > 1)


def score_damages(truth: Truth, output: Mapping[str, Any]) -> Counter[str]:
    """Counts by "kind|outcome": for each damage that leaves a trace, whether a finding names a cell of it: found (an error or a
    warning), info (only findings of severity info), missed."""
    named = named_cells(output.get("findings", ()))
    counts: Counter[str] = Counter()
    for damage in truth.damages:
        if damage.loud:
            flags = {named.get(cell) for cell in damage.cells}
            counts[f"{damage.kind}|{'found' if 'flagged' in flags else 'info' if 'info' in flags else 'missed'}"] += 1
    return counts


def score_localisation(truth: Truth, output: Mapping[str, Any]) -> Counter[str]:
    """Counts by "table|n|outcome" for wrong cells of requests and disputes, n being how many the document has (3 for more).

    Outcomes, each including the next: wrong (all of them), named (a finding names it), suspect (among the suspects of a
    finding), first (the first suspect of one), alone (the only one), mended (first, and its proposal is the true number).
    """
    wrong = [
        (cell, c) for cell, c in truth.cells.items()
        if not cell.startswith("disclosure.") and c.state is State.PRINTED and not c.open
        and c.value != (c.meant if c.meant is not None else c.value)
    ]
    counts: Counter[str] = Counter()
    findings = output.get("findings", ())
    for cell, true in wrong:
        key = f"{cell.partition('.')[0]}|{min(len(wrong), 3)}"
        counts[f"{key}|wrong"] += 1
        named = [f for f in findings if cell in f.get("cells", ()) or any(s["cell"] == cell for s in f.get("suspects", ()))]
        suspected = [f for f in named if any(s["cell"] == cell for s in f["suspects"])]
        first = [f for f in suspected if f["suspects"][0]["cell"] == cell]
        counts[f"{key}|named"] += bool(named)
        counts[f"{key}|suspect"] += bool(suspected)
        counts[f"{key}|first"] += bool(first)
        counts[f"{key}|alone"] += any(len(f["suspects"]) == 1 for f in first)
        counts[f"{key}|mended"] += any(same(f["suspects"][0].get("proposal"), true.meant) for f in first)
    return counts

"""Failing edits → findings: what is wrong, by how much, which cells may be the cause, and what would mend it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from extractor.report import Number, Span
from extractor.verification.counts import Counts
from extractor.verification.deduction import Deduction, Failure
from extractor.verification.finding import Finding, Interval, Suspect
from extractor.verification.hypotheses import Hypothesis, explain
from extractor.verification.naming import amount, cell_list, names, phrase, spread
from extractor.verification.propagation import Bound

SUSPECTS = 30
"""No finding names more suspects."""
LEAST = 0.005
"""Nor one with a smaller share of the blame."""


@dataclass(frozen=True, slots=True)
class _Blame:
    """What all explanations say of one part of a table: the weight of each cell, the likeliest explanation that blames it, and
    the cells of slips, which are wrong together, also in edits that happen to hold."""

    explanations: Sequence[Hypothesis]
    weights: Mapping[int, float]
    first: Mapping[int, Hypothesis]
    moved: Mapping[int, float]


def arithmetic_findings(counts: Counts, deduction: Deduction, deep: bool = False) -> list[Finding]:
    """A finding for each failing edit of a table. `deep`: see `explain`."""
    if not deduction.failures:
        return []
    explanations = explain(counts, deduction.failures, deep)
    component = counts.system.component
    blames: dict[int, _Blame] = {}
    for failure in deduction.failures:
        part = component[failure.edit]
        if part not in blames:
            blames[part] = _blame(explanations[failure.edit])
    return [_finding(counts, failure, blames[component[failure.edit]], deduction) for failure in deduction.failures]


def _blame(explanations: Sequence[Hypothesis]) -> _Blame:
    weights: dict[int, float] = {}
    first: dict[int, Hypothesis] = {}
    moved: dict[int, float] = {}
    for hypothesis in explanations:
        for cell in hypothesis.cells:
            weights[cell] = weights.get(cell, 0.0) + hypothesis.share
            first.setdefault(cell, hypothesis)
            if hypothesis.slip:
                moved[cell] = moved.get(cell, 0.0) + hypothesis.share
    return _Blame(explanations, weights, first, {cell: share for cell, share in moved.items() if share >= LEAST})


def _finding(counts: Counts, failure: Failure, blame: _Blame, deduction: Deduction) -> Finding:
    system = counts.system
    edit = system.edits[failure.edit]
    own = {cell for cell, _ in system.members[failure.edit]}
    suspects = _suspects(counts, failure, blame, deduction)
    wide = set(failure.cells) > own
    cells = tuple(system.cells[c] for c in dict.fromkeys((*failure.cells, *blame.moved)))
    hint = _hint(counts, blame.explanations, suspects)
    spans = _spans(counts, [s.cell for s in suspects] + list(cells))
    table: dict[str, object] = {**names(edit.form, edit.left[0])}
    if wide:
        printed = [c for c in failure.cells if counts.values[c] is not None]
        lines = dict.fromkeys(system.edits[e].id for c in printed for e, _ in system.of_cell[c] if _within(counts, e, failure))
        params = table | {"count": len(printed), "edits": ", ".join(lines)} | spread(hint=hint)
        return Finding("V-CONTRADICTION", "error", cells, spans, None, None, params, suspects)
    left, right = _side(counts, edit.left), _side(counts, edit.right)
    gap = {"zh": "", "en": ""}
    if left[0] == left[1] and right[0] == right[1]:
        gap = phrase("P-GAP", n=abs(left[0] - right[0]))
    pieces = spread(
        left=amount(*left, printed=len(edit.left) == 1), right=amount(*right, printed=len(edit.right) == 1), gap=gap, hint=hint
    )
    found: Number | None = int(left[0]) if left[0] == left[1] else None
    expected: Number | Interval = int(right[0]) if right[0] == right[1] else (_int(right[0]), _int(right[1]))
    params = table | pieces | {"edit": edit.id}
    return Finding(edit.code, "error", cells, spans, expected, found, params, suspects)


def _within(counts: Counts, edit: int, failure: Failure) -> bool:
    return all(cell in failure.cells for cell, _ in counts.system.members[edit])


def _int(bound: Bound) -> int | None:
    return None if abs(bound) == inf else int(bound)


def _side(counts: Counts, cells: Sequence[str]) -> tuple[Bound, Bound]:
    """Bounds of the sum of some cells, as printed."""
    values = [counts.values[counts.system.index[cell]] for cell in cells]
    low = sum(value for value in values if value is not None)
    return low, inf if None in values else low


def _spans(counts: Counts, cells: Sequence[str]) -> tuple[Span, ...]:
    readings = (counts.readings[counts.system.index[cell]] for cell in dict.fromkeys(cells))
    return tuple(reading.span for reading in readings if reading.span is not None)


def _suspects(counts: Counts, failure: Failure, blame: _Blame, deduction: Deduction) -> tuple[Suspect, ...]:
    """The cells of the edit that an explanation blames, with the proposal of the likeliest explanation that does."""
    system = counts.system
    weights = {cell: blame.weights[cell] for cell in (*failure.cells, *blame.moved) if blame.weights.get(cell, 0.0) >= LEAST}
    if not blame.explanations:
        weights = _by_failures(counts, failure, deduction)
    failing = [f.edit for f in deduction.failures]
    suspects: list[Suspect] = []
    for cell in sorted(weights, key=lambda c: (-weights[c], c))[:SUSPECTS]:
        edits = tuple(system.edits[e].id for e, _ in system.of_cell[cell] if e in failing)
        hypothesis = blame.first.get(cell)
        if hypothesis is None:
            suspects.append(Suspect(system.cells[cell], round(weights[cell], 4), edits=edits))
            continue
        at = hypothesis.cells.index(cell)
        suspects.append(Suspect(
            system.cells[cell], round(weights[cell], 4), hypothesis.changes[at][1], hypothesis.verdicts[at],
            jointly=tuple(system.cells[c] for c in hypothesis.cells if c != cell),
            edits=edits, mends=_mends(counts, hypothesis, failing),
        ))
    return tuple(suspects)


def _mends(counts: Counts, hypothesis: Hypothesis, failing: Sequence[int]) -> tuple[str, ...]:
    edits = counts.system.edits
    if hypothesis.whole:
        changed = {e for c in hypothesis.cells for e, _ in counts.system.of_cell[c]}
        return tuple(edits[e].id for e in failing if e in changed)
    values = [0 if v is None else v for v in counts.values]
    for cell, new in hypothesis.changes:
        values[cell] = new or 0
    after = counts.system.residuals(values)
    return tuple(edits[e].id for e in failing if not after[e])


def _by_failures(counts: Counts, failure: Failure, deduction: Deduction) -> dict[int, float]:
    """No explanation is known: a cell is the more suspect, the more of its edits fail."""
    failing = {f.edit for f in deduction.failures}
    of_cell = counts.system.of_cell
    share = {
        cell: sum(edit in failing for edit, _ in of_cell[cell]) / len(of_cell[cell])
        for cell in failure.cells if counts.values[cell] is not None
    }
    total = sum(share.values())
    return {cell: value / total for cell, value in share.items()} if total else {}


def _hint(counts: Counts, explanations: Sequence[Hypothesis], suspects: Sequence[Suspect]) -> dict[str, str]:
    """The end of the message: the likeliest cause."""
    nothing = {"zh": "", "en": ""}
    if not explanations:
        return nothing
    form = counts.system.form
    best = explanations[0]
    cells = [counts.system.cells[c] for c in best.cells]
    if len(explanations) > 1 and explanations[1].share > 0.5 * best.share:
        listed = cell_list(form, [s.cell for s in suspects])
        return phrase("P-HINT-TIE", **spread(cells=listed)) if suspects else nothing
    verdict = best.verdicts[0]
    rows = list(_rows(form, cells))
    kind = f"P-HINT-{verdict.upper()}"
    if verdict in ("shifted", "slipped"):
        return phrase(kind, row_zh=rows[0]["row_zh"], row_en=rows[0]["row_en"], count=len(cells))
    if verdict == "exchanged":
        one, other = rows[0], rows[-1]
        return phrase(kind, row_zh=one["row_zh"], row_en=one["row_en"], other_zh=other["row_zh"], other_en=other["row_en"])
    listed = cell_list(form, cells)
    if verdict in ("swapped", "joined"):
        return phrase(kind, **spread(cells=listed))
    if len(cells) > 1:
        return phrase("P-HINT-SEVERAL", **spread(cells=listed))
    cell, new = best.changes[0]
    if new is None:
        return phrase("P-HINT-OPEN", **spread(cell=listed))
    return phrase(kind, **spread(cell=listed), old=counts.values[cell], new=new)


def _rows(form: str, cells: Sequence[str]) -> Iterator[dict[str, object]]:
    """The names of the first cell of each row."""
    seen: set[object] = set()
    for cell in cells:
        name = names(form, cell)
        if name["row_zh"] not in seen:
            seen.add(name["row_zh"])
            yield name

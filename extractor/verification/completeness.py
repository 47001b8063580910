"""What a report's tables lack: defects that readers met, cells without a value, and numbers that nothing confirms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from extractor.report import Defect, Reading, State
from extractor.verification.counts import Counts
from extractor.verification.finding import Finding, Interval, Suspect
from extractor.verification.grouping import grouped, signs_missing
from extractor.verification.naming import LANGUAGES, cell_list, names, phrase, severity_of, split, spread
from extractor.verification.propagation import Slack

_NOTHING = {"zh": "", "en": ""}
_SIGNS = ("+", "-", "－", "＋", "−", "—", "增", "减", "↑", "↓")
_MISSING = (State.ABSENT, State.ILLEGIBLE)


def defect_findings(
    defects: Iterable[Defect], forms: Mapping[str, str], deduced: Mapping[str, int], intervals: Mapping[str, Interval]
) -> list[Finding]:
    """A finding for each defect, its parameters completed. `forms`: the form of each table. Raises KeyError: unknown code."""
    return [_defect_finding(d, forms, deduced, intervals) for d in grouped(defects, deduced)]


def _defect_finding(
    defect: Defect, forms: Mapping[str, str], deduced: Mapping[str, int], intervals: Mapping[str, Interval]
) -> Finding:
    severity = severity_of(defect.code)
    named = len(defect.cells)
    params: dict[str, object] = {"count": named, "cell_count": named, "columns": named, "raw": ""}
    form = forms.get(split(defect.cells[0])[0]) if defect.cells else None
    if form is not None:
        params |= names(form, defect.cells[0]) | spread(cells=cell_list(form, defect.cells))
    params |= defect.params
    count, last = params["count"], {language: params.get(f"last_{language}", "") for language in LANGUAGES}
    several = isinstance(count, int) and count > 1 and last["zh"]
    lost = phrase("P-ROWS-LOST", last_zh=last["zh"], last_en=last["en"], count=count) if several else phrase("P-ROW-LOST-ONE")
    forced = _NOTHING if form is None else _forced(form, defect.cells, deduced, intervals)
    raw = phrase("P-RAW", raw=params["raw"]) if params["raw"] else _NOTHING
    params |= spread(through=lost, forced=forced, raw=raw)
    if severity == "warning" and defect.code in RESTORABLE and defect.cells and all(c in deduced for c in defect.cells):
        severity = "info"
    return Finding(defect.code, severity, defect.cells, defect.spans, params=params)


RESTORABLE = ("S-ROW-LOST", "S-ROW-SHORT", "S-COLUMN-LOST", "S-CELL-LOST", "S-CELL-ILLEGIBLE")
"""Losses that are made good where arithmetic forces every value that is lost."""


def _forced(form: str, cells: Sequence[str], deduced: Mapping[str, int], intervals: Mapping[str, Interval]) -> dict[str, str]:
    """What arithmetic forces on cells that are not printed, as the end of a sentence."""
    values = [(cell, deduced[cell]) for cell in cells if deduced.get(cell)]
    noughts = sum(deduced.get(cell) == 0 for cell in cells)
    bounds = [(cell, i) for cell in cells if (i := intervals.get(cell)) is not None and i[1] is not None]
    if noughts == len(cells):
        return phrase("P-FORCED-ZERO")
    pieces: list[dict[str, str]] = []
    for cell, value in values[:6]:
        pieces.append(phrase("P-FORCED-VALUE", **_named(form, cell), low=value))
    for cell, (low, high) in bounds[: 6 - len(pieces)]:
        pieces.append(phrase("P-FORCED-BOUNDS", **_named(form, cell), low=low, high=high))
    if not pieces:
        return _NOTHING
    left = len(values) + len(bounds) - len(pieces)
    more = phrase("P-AND-MORE", n=left) if left else _NOTHING
    if not left and noughts and len(values) + len(bounds) + noughts == len(cells):
        pieces.append(phrase("P-FORCED-REST"))
    joined = {"zh": "、".join(p["zh"] for p in pieces) + more["zh"], "en": ", ".join(p["en"] for p in pieces) + more["en"]}
    return phrase("P-FORCED", values_zh=joined["zh"], values_en=joined["en"])


def _named(form: str, cell: str) -> dict[str, object]:
    name = names(form, cell)
    return {"cell_zh": name["cell_zh"], "cell_en": name["cell_en"]}


def cell_findings(
    counts: Counts, named: frozenset[str], deduced: Mapping[str, int], intervals: Mapping[str, Interval]
) -> list[Finding]:
    """Cells that need a look: no count, no sign, blank and not known to be nought, lost without another finding that says so.

    `named`: cells that a defect's finding names."""
    system = counts.system
    form = system.form
    findings: list[Finding] = []
    blank: list[str] = []
    lost: list[str] = []
    needed: list[tuple[str, int]] = []
    unsigned: list[tuple[str, Reading]] = []
    for number, (cell, reading) in enumerate(zip(system.cells, counts.readings, strict=True)):
        state = reading.state
        if state is State.PRINTED:
            if number in counts.unfit:
                findings.append(_of_cell("V-NOT-A-COUNT", form, cell, reading))
            elif system.signed[number] and _unsigned(reading):
                unsigned.append((cell, reading))
            continue
        value = deduced.get(cell)
        if value and state in (State.BLANK, State.MARKED):
            needed.append((cell, value))
        elif value is None and state is State.BLANK and cell not in named:
            blank.append(cell)
        elif state in _MISSING and cell not in named:
            lost.append(cell)
    findings += signs_missing(form, unsigned)
    if needed:
        findings.append(_not_nought(counts, needed))
    for code, cells in (("S-CELL-BLANK", blank), ("S-CELL-LOST", lost)):
        if cells:
            spans = tuple(s for cell in cells if (s := counts.readings[system.index[cell]].span) is not None)
            findings.append(_defect_finding(Defect(code, tuple(cells), spans), {counts.table.table: form}, deduced, intervals))
    return findings


def _not_nought(counts: Counts, needed: Sequence[tuple[str, int]]) -> Finding:
    """Blank cells that must hold a number other than 0."""
    code, form = "S-BLANK-NOT-ZERO", counts.system.form
    cells = tuple(cell for cell, _ in needed)
    forced = _forced(form, cells, dict(needed), {})
    params = names(form, cells[0]) | {"cell_count": len(cells)} | spread(forced=forced)
    spans = tuple(s for cell in cells if (s := counts.readings[counts.system.index[cell]].span) is not None)
    suspects = tuple(Suspect(cell, 1.0, value, "not_printed") for cell, value in needed)
    value = needed[0][1] if len(needed) == 1 else None
    return Finding(code, severity_of(code), cells, spans, value, None, params, suspects)


def _of_cell(code: str, form: str, cell: str, reading: Reading) -> Finding:
    params = names(form, cell) | {"raw": reading.raw}
    spans = (reading.span,) if reading.span is not None else ()
    return Finding(code, severity_of(code), (cell,), spans, None, reading.value, params)


def _unsigned(reading: Reading) -> bool:
    return isinstance(reading.value, int | Decimal) and reading.value > 0 and not reading.raw.strip().startswith(_SIGNS)


def unconfirmed(
    counts: Counts, failing: frozenset[int], placed: frozenset[int], suspects: frozenset[int], deduced: Mapping[str, int]
) -> list[Finding]:
    """The printed numbers that no edit confirms, of a table with edits and with cells that are not printed.

    An edit confirms where all its cells are printed, it holds, and no cell of it was placed by it or is a suspect (two wrong
    numbers may make up for each other). Where a body leaves its noughts blank, and every blank of the table is forced to be
    one, blanks count as printed.

    The edit of a row says nothing of the row's label: a row that stands under another's adds up all the same. Numbers that
    only the edit of their row confirms get a finding of their own.
    """
    system, values = counts.system, list(counts.values)
    blank = [c for c, r in enumerate(counts.readings) if r.state in (State.BLANK, State.MARKED) and system.of_cell[c]]
    if all(deduced.get(system.cells[c]) == 0 for c in blank):
        for c in blank:
            values[c] = 0
    confirmed: set[int] = set(placed)
    labelled: set[int] = set(placed)
    doubted = placed | suspects
    for edit, incidence in enumerate(system.members):
        # what fails is named by a finding of its own
        if edit in failing or (
            not any(cell in doubted for cell, _ in incidence) and _holds(values, incidence, counts.slack, edit)
        ):
            cells = [cell for cell, _ in incidence]
            confirmed.update(cells)
            if edit in failing or not system.within_row[edit]:
                labelled.update(cells)
    numbers = [c for c, v in enumerate(counts.values) if v is not None and system.of_cell[c]]
    two_ways = [c for c in numbers if not all(system.within_row[edit] for edit, _ in system.of_cell[c])]
    return [
        *_listed("V-UNCONFIRMED", counts, [c for c in numbers if c not in confirmed]),
        *_listed("V-ROW-UNCONFIRMED", counts, [c for c in two_ways if c in confirmed and c not in labelled]),
    ]


def _listed(code: str, counts: Counts, numbers: Sequence[int]) -> list[Finding]:
    """One finding that lists cells of a table; none where there are none."""
    if not numbers:
        return []
    system = counts.system
    cells = tuple(system.cells[c] for c in numbers)
    spans = tuple(s for c in numbers if (s := counts.readings[c].span) is not None)
    params = names(system.form, cells[0]) | {"count": len(cells)} | spread(cells=cell_list(system.form, cells))
    return [Finding(code, severity_of(code), cells, spans, params=params)]


def _holds(values: Sequence[int | None], incidence: Iterable[tuple[int, int]], slack: Slack, edit: int) -> bool:
    off = 0
    for cell, sign in incidence:
        value = values[cell]
        if value is None:
            return False
        off += sign * value
    return off == 0 or bool(slack and off == slack[edit][1])

"""Two readings of one table → one: where they agree both count, where they differ a finding says so; never an average.

The rules stand in one table, RULES; everything else here only carries them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from extractor.report import Defect, OpenRow, Reading, State, TableReading

Held = Literal["number", "nothing", "illegible", "lost"]
"""What a reading holds: a number · an empty or a marked cell · something that it could not read or that was not accepted ·
no cell at all."""
_HELD: Mapping[State, Held] = {
    State.PRINTED: "number",
    State.BLANK: "nothing",
    State.MARKED: "nothing",
    State.ILLEGIBLE: "illegible",
    State.ABSENT: "lost",
}
DIFFER, UNCONFIRMED = "C-READERS-DIFFER", "C-NOT-CONFIRMED"


@dataclass(frozen=True, slots=True)
class Rule:
    """`take`: whose reading stands. `doubt`: by how much the chance of error that its confidence leaves is multiplied (below 1:
    the other confirms it). `code`: the finding that names the cell, if any."""

    take: Literal["first", "second"]
    doubt: float = 1.0
    code: str = ""


AGREE = Rule("first", 0.1)
RULES: Mapping[tuple[Held, Held], Rule] = {
    # first holds, second holds; two numbers that are the same: AGREE
    ("number", "number"): Rule("first", 10.0, DIFFER),
    ("number", "nothing"): Rule("first", 10.0, DIFFER),
    ("number", "lost"): Rule("first", 3.0, DIFFER),
    ("number", "illegible"): Rule("first", 1.0, UNCONFIRMED),
    ("nothing", "number"): Rule("second", 10.0, DIFFER),
    ("nothing", "nothing"): AGREE,
    ("nothing", "lost"): Rule("first"),
    ("nothing", "illegible"): Rule("first"),
    ("lost", "number"): Rule("second", 3.0, DIFFER),
    ("lost", "nothing"): Rule("first"),
    ("lost", "lost"): AGREE,
    ("lost", "illegible"): Rule("first"),
    ("illegible", "number"): Rule("second", 3.0, DIFFER),
    ("illegible", "nothing"): Rule("first"),
    ("illegible", "lost"): Rule("first"),
    ("illegible", "illegible"): Rule("first"),
}


def reconcile(first: TableReading, second: TableReading) -> TableReading:
    """One reading of a table out of two independent ones of the same form."""
    cells = dict(first.cells)
    named: dict[str, list[str]] = {DIFFER: [], UNCONFIRMED: []}
    settled: set[str] = set()
    open_rows = tuple(row for row in first.open_rows if not _placed_by(second, row))
    for row in first.open_rows:
        if row not in open_rows:  # the second saw which number stands in which column
            cells.update((cell, second.cells[cell]) for cell in row.cells)
            named[DIFFER] += row.cells
            settled.update(row.cells)
    for cell, one in first.cells.items():
        other = second.cells.get(cell)
        if other is None:  # an open row of the second, or a row that the form doesn't know
            continue
        rule = rule_of(one, other)
        taken = one if rule.take == "first" else other
        cells[cell] = replace(taken, confidence=_doubted(taken.confidence, rule.doubt), reader=_names(one, other, rule))
        if rule.take == "second":
            settled.add(cell)
        if rule.code:
            named[rule.code].append(cell)
    defects = [d for d in first.defects if not (d.code.startswith("S-") and d.cells and settled.issuperset(d.cells))]
    defects += [_defect(code, ids, first, second) for code, ids in named.items() if ids]
    return replace(first, cells=cells, open_rows=open_rows, defects=tuple(defects))


def rule_of(first: Reading, second: Reading) -> Rule:
    """The rule for two readings of a cell."""
    if first.state is State.PRINTED and second.state is State.PRINTED and first.value == second.value:
        return AGREE
    return RULES[_HELD[first.state], _HELD[second.state]]


def _placed_by(reading: TableReading, row: OpenRow) -> bool:
    """Whether this reading saw every number of an open row in a column of its own."""
    found = [reading.cells.get(cell) for cell in row.cells]
    return sum(f is not None and f.state is State.PRINTED for f in found) == len(row.readings)


def _doubted(confidence: float, doubt: float) -> float:
    return round(max(0.0, 1.0 - (1.0 - confidence) * doubt), 5)


def _names(first: Reading, second: Reading, rule: Rule) -> str:
    if rule is AGREE and first.reader != second.reader:
        return f"{first.reader}+{second.reader}"
    return first.reader if rule.take == "first" else second.reader


def _defect(code: str, ids: list[str], first: TableReading, second: TableReading) -> Defect:
    spans = tuple(dict.fromkeys(
        r.span for t in (first, second) for cell in ids if (r := t.cells.get(cell)) is not None and r.span is not None
    ))
    shown = [f"{_shown(first.cells.get(cell))} / {_shown(second.cells.get(cell))}" for cell in ids[:6]]
    return Defect(code, tuple(ids), spans, {"raw": ", ".join(shown) if code == DIFFER else ""})


def _shown(reading: Reading | None) -> str:
    if reading is None:
        return "?"
    return str(reading.value) if reading.value is not None else f"({reading.state.value})"

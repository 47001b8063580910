"""The report as decided: readings with what people said in their place, to be verified like any other. It is computed when it
is wanted and never stored; the layer as published stays what it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from extractor.decision import READER, Decision, Standing, stale
from extractor.report import OpenRow, Reading, Report, State, TableReading
from extractor.verification.finding import Verification


def fresh(stands: Standing, readings: Mapping[str, Reading]) -> dict[str, Decision]:
    """The decisions on cells that were not overtaken by another reading of their cell."""
    nothing = Reading(State.ABSENT)
    return {cell: d for cell, d in stands.cells.items() if not stale(d, readings.get(cell, nothing))}


def decided_reading(decision: Decision, reading: Reading) -> Reading:
    """What a cell says once the decision is taken. A number wrong in print counts as what it should be."""
    if decision.kind == "illegible":
        return replace(reading, state=State.ILLEGIBLE, value=None, reader=READER, placed=False)
    if decision.kind in ("misread", "wrong_in_print"):
        state = State.BLANK if decision.after is None else State.PRINTED
        return replace(reading, state=state, value=decision.after, reader=READER, confidence=1.0, note="", placed=False)
    return replace(reading, placed=False)


def replaced(report: Report, verification: Verification, cells: Mapping[str, Reading]) -> Report:
    """The report with these readings in place of its own. `verification` is that of the report: where the source doesn't tie
    the numbers of a row to its columns and a cell of it is replaced, the rest of the row keeps to the placements that fit."""
    by_table: defaultdict[str, dict[str, Reading]] = defaultdict(dict)
    for cell, reading in cells.items():
        by_table[cell.partition(".")[0]][cell] = reading
    tables = {
        key: _in_table(table, by_table[key], verification) if key in by_table else table for key, table in report.tables.items()
    }
    return replace(report, tables=tables)


def _in_table(table: TableReading, cells: Mapping[str, Reading], verification: Verification) -> TableReading:
    own = dict(table.cells)
    rows: list[OpenRow] = []
    for row in table.open_rows:
        if cells.keys().isdisjoint(row.cells):
            rows.append(row)
            continue
        left = _rest(row, cells)
        if left is not None:
            rows.append(left)
        else:  # the readings fit no placement with what was decided: they stay where the verifier put them
            own |= {cell: verification.placed[cell] for cell in row.cells if cell in verification.placed}
    known = own.keys() | {cell for row in table.open_rows for cell in row.cells}
    own |= {cell: reading for cell, reading in cells.items() if cell in known}
    return replace(table, cells=own, open_rows=tuple(rows))


def _rest(row: OpenRow, cells: Mapping[str, Reading]) -> OpenRow | None:
    """The row without its decided cells; None where no placement has a decided value in its cell, or leaves it empty."""
    decided = {i: cells[cell].value for i, cell in enumerate(row.cells) if cell in cells}
    kept = [i for i in range(len(row.cells)) if i not in decided]
    groups: defaultdict[tuple[int, ...], list[tuple[int, ...]]] = defaultdict(list)
    for placement in row.placements:
        at = dict(zip(placement, range(len(placement)), strict=True))  # place → reading
        if any(i in at and row.readings[at[i]].value != value for i, value in decided.items()):
            continue
        left = tuple(n for n, place in enumerate(placement) if place not in decided)
        groups[left].append(tuple(kept.index(placement[n]) for n in left))
    if not groups or not kept:
        return None
    readings = max(groups, key=lambda left: len(groups[left]))
    return replace(
        row, cells=tuple(row.cells[i] for i in kept), readings=tuple(row.readings[n] for n in readings),
        placements=tuple(dict.fromkeys(groups[readings])),
    )

"""From the readings of one table to the numbers that arithmetic works on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from extractor.report import Number, Reading, State, TableReading
from extractor.verification.edits import System, table_system
from extractor.verification.propagation import Bound, Slack

LARGEST = 10**12
"""No count of a report is larger: what is has lost the space between two numbers, and is given to no arithmetic."""

_ABSENT = Reading(State.ABSENT)
_PRINTED = State.PRINTED


@dataclass(frozen=True, slots=True)
class Counts:
    """One table in the numbering of its system. `values[c]` is None where no count is printed; `unfit` are the printed
    numbers that no count can be (a fraction, below zero, beyond all bounds). `complete`: every cell has a value.
    `slack`: see `propagation.Slack`."""

    table: TableReading
    system: System
    readings: Sequence[Reading]
    values: Sequence[int | None]
    unfit: tuple[int, ...]
    complete: bool
    slack: Slack


def count_of(value: Number | None, signed: bool = False) -> int | None:
    """The value as a count, None where it can't be one."""
    if value is None:
        return None
    if not isinstance(value, int):
        return None  # a count has no fraction, not even one of noughts: 12.000 is 12,000 misread
    return value if (-LARGEST if signed else 0) <= value <= LARGEST else None


def partings(value: int) -> Iterator[tuple[int, int]]:
    """Every way to part a number's digits in two numbers, neither beginning with a 0 that is not all of it."""
    digits = str(value)
    for cut in range(1, len(digits)):
        if digits[cut] != "0" or cut == len(digits) - 1:
            yield int(digits[:cut]), int(digits[cut:])


def counts_of(table: TableReading, readings: Mapping[str, Reading] | None = None) -> Counts:
    """The numbers of one table; `readings` replaces the table's own (with placed ones among them)."""
    system = table_system(table.form, table.table)
    find = (table.cells if readings is None else readings).get
    row = [find(cell, _ABSENT) for cell in system.cells]
    values: list[int | None] = []
    unfit: list[int] = []
    complete = True
    for number, reading in enumerate(row):
        value = reading.value if reading.state is _PRINTED else None
        if type(value) is int and 0 <= value <= LARGEST:
            values.append(value)
            continue
        if value is not None and not system.money[number]:
            value = count_of(value, system.signed[number])
            if value is None:
                unfit.append(number)
        elif value is not None:
            value = None
        complete = complete and value is not None
        values.append(value)
    slack = _slack(table, system) if table.extra_rows else ()
    return Counts(table, system, row, values, tuple(unfit), complete, slack)


def _slack(table: TableReading, system: System) -> Slack:
    """Rows that the form does not know may be outcomes that a body added: they may be missing in the sum of a column."""
    most: dict[str, Bound] = {}
    for row in table.extra_rows:
        for cell in row.cells:
            reading = table.cells.get(cell, _ABSENT)
            value = count_of(reading.value) if reading.state is _PRINTED else None
            column = cell.rpartition(".")[2]
            most[column] = most.get(column, 0) + (inf if value is None else value)
    return [(0, most.get(edit.line, 0) if edit.code == OUTCOMES else 0) for edit in system.edits]


OUTCOMES = "R-COL-OUTCOMES"

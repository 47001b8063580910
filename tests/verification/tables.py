"""Tables for tests of the verifier: valid ones, and what damage makes of them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import combinations

from extractor.forms.form import form
from extractor.report import Header, OpenRow, Reading, Report, State, TableReading

OUTCOME_GROUPS = ("granted", "partly_granted", "refused", "unavailable", "not_processed", "other")


def columns(code: str, table: str) -> tuple[str, ...]:
    return tuple(c.key for c in form(code).table(table).columns)


def rows(code: str, table: str) -> tuple[str, ...]:
    return tuple(r.key for r in form(code).table(table).rows)


def outcome_rows(code: str) -> tuple[str, ...]:
    return tuple(r for r in rows(code, "requests") if r.split(".")[0] in OUTCOME_GROUPS)


def valid_requests(rng: random.Random, code: str = "2021", top: int = 30, zeros: float = 0.5) -> dict[str, int]:
    """The cells of a table of requests in which every identity holds; `zeros` of the outcomes are 0."""
    cells: dict[str, int] = {}
    parts = columns(code, "requests")[:-1]
    for column in parts:
        total = 0
        for row in outcome_rows(code):
            value = 0 if rng.random() < zeros else rng.randint(0, top)
            cells[f"requests.{row}.{column}"] = value
            total += value
        carried_out = 0 if rng.random() < zeros else rng.randint(0, top)
        carried_in = 0 if rng.random() < zeros else rng.randint(0, total + carried_out)
        cells[f"requests.outcomes_total.{column}"] = total
        cells[f"requests.carried_out.{column}"] = carried_out
        cells[f"requests.carried_in.{column}"] = carried_in
        cells[f"requests.received.{column}"] = total + carried_out - carried_in
    for row in rows(code, "requests"):
        cells[f"requests.{row}.total"] = sum(cells[f"requests.{row}.{c}"] for c in parts)
    return {cell: cells[cell] for r in rows(code, "requests") for c in (*parts, "total") for cell in [f"requests.{r}.{c}"]}


def valid_disputes(rng: random.Random, code: str = "2021", top: int = 12) -> dict[str, int]:
    cells: dict[str, int] = {}
    for row in rows(code, "disputes"):
        values = [rng.choice((0, rng.randint(0, top))) for _ in range(4)]
        for column, value in zip(columns(code, "disputes"), [*values, sum(values)], strict=True):
            cells[f"disputes.{row}.{column}"] = value
    return cells


def printed(value: int | Decimal, at: int = 0) -> Reading:
    raw = str(value)
    return Reading(State.PRINTED, raw, value, (at, at + len(raw)), confidence=0.99)


def reading(value: int | Decimal | State | None, at: int = 0) -> Reading:
    """A reading of a number, of a state, or (None) of a cell that is absent."""
    if value is None:
        return Reading(State.ABSENT)
    if isinstance(value, State):
        return Reading(value)
    return printed(value, at)


def table_reading(
    table: str, cells: Mapping[str, int | Decimal | State | None], open_rows: Iterable[OpenRow] = (), code: str = "2021"
) -> TableReading:
    readings = {cell: reading(value, 10 * i) for i, (cell, value) in enumerate(cells.items())}
    return TableReading(table, code, readings, tuple(open_rows), score=1.0)


def report(*tables: TableReading, code: str = "2021") -> Report:
    return Report("sha256:0", "test", 10_000, code, {t.table: t for t in tables}, Header(), ())


def open_row(table: str, row: str, values: Mapping[str, int | Decimal], code: str = "2021") -> OpenRow:
    """A row of which only some numbers are printed, with every placement that keeps their order."""
    cells = tuple(f"{table}.{row}.{c}" for c in columns(code, table))
    readings = tuple(printed(values[cell], 5000 + 10 * i) for i, cell in enumerate(c for c in cells if c in values))
    placements = tuple(combinations(range(len(cells)), len(readings)))
    return OpenRow(f"{table}.{row}", cells, readings, placements, (5000, 5100))

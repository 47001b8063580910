"""The verifier: readings of one report → findings, deduced values, bounds.

Deterministic and without a model: the same readings give the same findings, in whatever order they are handed over.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import inf

from extractor.forms.form import forms
from extractor.forms.form import table as table_of
from extractor.report import Reading, Report, State, TableReading
from extractor.verification.arithmetic import arithmetic_findings
from extractor.verification.claims import check_claims
from extractor.verification.completeness import (
    cell_findings,
    defect_findings,
    unconfirmed,
)
from extractor.verification.consistency import header_findings
from extractor.verification.counts import Counts, counts_of
from extractor.verification.deduction import Deduction, deduce
from extractor.verification.finding import Finding, Interval, Verification
from extractor.verification.grouping import placement_findings
from extractor.verification.placement import Placed, place_rows
from extractor.verification.priority import by_priority
from extractor.verification.propagation import Bound
from extractor.verification.slips import slips

# tables are looked at in the form's order, whatever order they are handed over in
_ORDER = tuple(dict.fromkeys(t.key for f in forms() for t in f.tables))
_WHOLE_ROWS = ("S-ROW-LOST", "S-TABLE-LOST", "S-NUMBERS-DETACHED")


@dataclass(slots=True)
class _Result:
    """What is known of the tables looked at so far."""

    cells: dict[str, Reading] = field(default_factory=dict)
    placed: dict[str, Reading] = field(default_factory=dict)
    deduced: dict[str, int] = field(default_factory=dict)
    intervals: dict[str, Interval] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def verify(report: Report, deep: bool = False) -> Verification:
    """Verify one report. `deep`: where more than three numbers of a table are wrong, an integer programme looks which (slower;
    needs scipy, else ModuleNotFoundError). Raises KeyError where a reader hands in a defect that the catalogue of messages
    doesn't know."""
    result = _Result()
    tables = [report.tables[key] for key in _ORDER if key in report.tables]
    versions = {t.table: t.form for t in tables}
    for table in tables:
        _verify_table(table, versions, result, deep)
    result.findings += defect_findings(report.defects, versions, result.deduced, result.intervals)
    found = {t.table: t.form for t in tables if t.score > 0 or any(r.state is not State.ABSENT for r in t.cells.values())}
    result.findings += header_findings(report.header, found)
    holds, narrative = check_claims(report, result.cells, result.intervals, result.deduced)
    result.findings += narrative
    findings = by_priority(result.findings, result.cells, result.deduced)
    return Verification(result.placed, result.deduced, result.intervals, holds, findings)


def _verify_table(table: TableReading, versions: dict[str, str], result: _Result, deep: bool) -> None:
    result.cells.update(table.cells)
    placed: list[Placed] = []
    if table.open_rows or table.defects:
        table = _in_order(table)
    counts = counts_of(table)
    if table.open_rows:
        placed = place_rows(counts)
        readings = {cell: reading for one in placed for cell, reading in one.readings.items()}
        result.placed.update(readings)
        result.cells.update(readings)
        counts = counts_of(table, {**table.cells, **readings})
    if counts.complete and not placed and not table.defects and not any(counts.system.residuals(counts.values)):  # type: ignore[arg-type]
        if any(counts.system.signed):
            result.findings += cell_findings(counts, frozenset(), {}, {})
        return
    deduction = deduce(counts.system, counts.values, counts.slack, _hull(counts, placed))
    _take_deduced(counts, deduction, result)
    findings = arithmetic_findings(counts, deduction, deep)
    suspects = frozenset(counts.system.index[s.cell] for finding in findings for s in finding.suspects)
    findings += placement_findings(placed, table.form)
    findings += defect_findings(table.defects, versions, result.deduced, result.intervals)
    named = frozenset(cell for one in placed for cell in one.row.cells)
    named |= {cell for d in table.defects if d.code.startswith("S-") for cell in d.cells}
    findings += cell_findings(counts, named, result.deduced, result.intervals)
    if not counts.complete:
        lost = {cell for d in table.defects if d.code in _WHOLE_ROWS for cell in d.cells}
        lost |= {cell for one in placed for cell in one.row.cells}
        findings += slips(counts, table.table, result.deduced, lost)
    if not counts.complete or placed:
        failing = frozenset(f.edit for f in deduction.failures)
        arithmetic = frozenset(counts.system.index[cell] for one in placed for cell in one.row.cells)
        findings += unconfirmed(counts, failing, arithmetic, suspects, result.deduced)
    result.findings += findings


def _in_order(table: TableReading) -> TableReading:
    """The table with its open rows and defects in one order, in whatever order a reader hands them on."""
    place = {f"{table.table}.{row.key}": i for i, row in enumerate(table_of(table.form, table.table).rows)}
    rows = sorted(table.open_rows, key=lambda r: (place.get(r.row, -1), r.span))
    defects = sorted(table.defects, key=lambda d: (d.spans[:1] or ((-1, -1),), d.code, d.cells))
    return replace(table, open_rows=tuple(rows), defects=tuple(defects))


def _hull(counts: Counts, placed: list[Placed]) -> tuple[list[Bound], list[Bound]] | None:
    """The bounds that placement left to cells of open rows."""
    bounds = {counts.system.index[cell]: b for one in placed for cell, b in one.bounds.items() if cell in counts.system.index}
    if not bounds:
        return None
    low: list[Bound] = [-inf if signed else 0 for signed in counts.system.signed]
    high: list[Bound] = [inf] * len(low)
    for cell, (bottom, top) in bounds.items():
        low[cell], high[cell] = bottom, top
    return low, high


def _take_deduced(counts: Counts, deduction: Deduction, result: _Result) -> None:
    """What is forced on cells that are not printed, of those that edits bound."""
    system = counts.system
    for number, cell in enumerate(system.cells):
        if counts.readings[number].state is State.PRINTED or not system.of_cell[number]:
            continue
        low, high = deduction.low[number], deduction.high[number]
        if low == high:
            result.deduced[cell] = int(low)
        else:
            result.intervals[cell] = (None if low == -inf else int(low), None if high == inf else int(high))

"""The rows of an export's tables, in the order of the fields in `tables.toml`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Literal

from extractor.export.items import Item
from extractor.forms.codebook import codebook
from extractor.forms.form import table as form_table
from extractor.messages import text as message_text
from extractor.report import Header, HeaderField, Number, State
from extractor.verification.finding import Finding, Interval, Severity
from extractor.verification.naming import split

Value = str | Number | float | bool | None
Row = tuple[Value, ...]
Layer = Literal["printed", "deduced", "decided"]
LAYERS: tuple[Layer, ...] = ("printed", "deduced", "decided")
_TABLES = ("disclosure", "requests", "disputes")
_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
_NOWHERE: Row = (None,) * 5


def report_row(item: Item, layer: Layer) -> Row:
    """What is known of the report as a whole."""
    document, report = item.current.document, item.current.content.report
    states = Counter(reading.state for reading in item.readings.values())
    severities = Counter(listed.finding.severity for listed in item.findings)
    deduced = sum(cell in item.readings for cell in item.current.content.verification.deduced)
    forms = [report.tables[key].form if key in report.tables else None for key in _TABLES]
    origins = Counter(origin for _, origin in _preferred(item, layer).values())
    return (
        document.id, document.source, document.media_type, len(document.text), item.current.number, report.form, *forms,
        *_header(report.header), *(states[state] for state in State), deduced,
        sum(not decided.stale for decided in item.decided.values()), *(severities[severity] for severity in _SEVERITIES),
        layer, *(origins[origin] for origin in LAYERS),
    )


def wide_row(item: Item, layer: Layer) -> Row:
    """The report and the value of each variable of the codebook in this layer."""
    preferred = _preferred(item, layer)
    values = (preferred[v.id][0] if v.id in preferred else None for v in codebook())
    return (*report_row(item, layer), *values)


def _preferred(item: Item, layer: Layer) -> dict[str, tuple[Number | None, Layer]]:
    """The value of each cell that has one in this layer, and the layer it comes from: decided before printed before deduced,
    as far as the layer goes. What was decided to have no number has none; a decision that was overtaken counts for nothing."""
    known = _codebook_ids()
    found: dict[str, tuple[Number | None, Layer]] = {
        cell: (reading.value, "printed")
        for cell, reading in item.readings.items() if reading.state is State.PRINTED and cell in known
    }
    if layer != "printed":
        for cell, value in item.current.content.verification.deduced.items():
            if cell in known:
                found.setdefault(cell, (value, "deduced"))
    if layer == "decided":
        found |= {cell: (d.value, "decided") for cell, d in item.decided.items() if cell in known and not d.stale}
    return found


@lru_cache(maxsize=1)
def _codebook_ids() -> frozenset[str]:
    return frozenset(v.id for v in codebook())


def _header(header: Header) -> Row:
    def value(field: HeaderField | None) -> Value:
        return None if field is None else field.value

    dates = (header.period_start, header.period_end, header.signed_on)
    contact = (header.postcode, header.phone, header.email, header.website, header.address)
    basis = " ".join(dict.fromkeys(str(field.value) for field in header.basis)) or None
    return (value(header.issuer), value(header.year), *map(value, contact), *map(value, dates), basis)


def cell_rows(item: Item) -> Iterator[Row]:
    """Every cell of the report."""
    document, report, verification = item.current.document, item.current.content.report, item.current.content.verification
    header = report.header
    issuer = header.issuer.value if header.issuer is not None else None
    year = header.year.value if header.year is not None else None
    codes = _codes(item)
    extra = {cell: row.label for table in report.tables.values() for row in table.extra_rows for cell in row.cells}
    for cell, reading in item.readings.items():
        form = report.tables[cell.partition(".")[0]].form
        decided = item.decided.get(cell)
        low, high = _bounds(verification.intervals.get(cell))
        start, end = reading.span or (None, None)
        labels = _labels(form, cell)
        if cell in extra:
            labels = (*labels[:3], extra[cell], None, *labels[5:])
        yield (
            document.id, document.source, issuer, year, form, *labels[:3], cell, *labels[3:],
            reading.state.value, reading.value, reading.raw or None, reading.unit or None, reading.note or None,
            verification.deduced.get(cell), low, high,
            decided.kind if decided else None, decided.value if decided else None, decided.stale if decided else None,
            start, end, *_place(item, start, end), reading.confidence if start is not None else None,
            reading.reader if start is not None else None, reading.placed, codes.get(cell),
        )


def _place(item: Item, start: int | None, end: int | None) -> Row:
    """Page and box of the first place of a span; pages count from 1."""
    layout = item.current.document.layout
    if layout is None or start is None or end is None:
        return _NOWHERE
    boxes = layout.boxes(start, end)
    return (boxes[0][0] + 1, *boxes[0][1]) if boxes else _NOWHERE


def _bounds(interval: Interval | None) -> Interval:
    return interval or (None, None)


def _codes(item: Item) -> dict[str, str]:
    codes: dict[str, dict[str, None]] = defaultdict(dict)
    for listed in item.findings:
        for cell in (*listed.finding.cells, *(suspect.cell for suspect in listed.finding.suspects)):
            codes[cell][listed.finding.code] = None
    return {cell: " ".join(found) for cell, found in codes.items()}


@lru_cache(maxsize=4096)
def _labels(form: str, cell: str) -> tuple[str | None, ...]:
    """Keys of table, row and column; labels of row and column in both languages."""
    key, row_key, column_key = split(cell)
    table = form_table(form, key)
    column = next((c for c in table.columns if c.key == column_key), None)
    columns = (column.label, column.label_en) if column is not None else (None, None)
    row = next((r for r in table.rows if r.key == row_key), None)
    rows = (" / ".join(row.path), row.label_en) if row is not None else (None, None)
    return (key, row_key, column_key, *rows, *columns)


def finding_rows(item: Item) -> Iterator[Row]:
    """Every finding, with its messages."""
    document, header = item.current.document, item.current.content.report.header
    issuer = header.issuer.value if header.issuer is not None else None
    year = header.year.value if header.year is not None else None
    for listed in item.findings:
        finding = listed.finding
        yield (
            document.id, listed.number, document.source, issuer, year, finding.code, finding.severity, finding.priority,
            listed.state, listed.who, _expected(finding), finding.found, " ".join(finding.cells),
            " ".join(f"{a}-{b}" for a, b in finding.spans),
            message_text(finding.code, finding.params, "zh"), message_text(finding.code, finding.params, "en"),
        )


def _expected(finding: Finding) -> str | None:
    if isinstance(finding.expected, tuple | list):
        return "..".join("" if bound is None else str(bound) for bound in finding.expected)
    return None if finding.expected is None else str(finding.expected)


def suspect_rows(item: Item) -> Iterator[Row]:
    """Every cell that a finding suspects."""
    for listed in item.findings:
        for one in {suspect.cell: suspect for suspect in reversed(listed.finding.suspects)}.values():
            yield (
                item.current.document.id, listed.number, one.cell, one.weight, one.proposal, one.verdict or None,
                " ".join(one.jointly) or None,
            )


def figure_rows(item: Item) -> Iterator[Row]:
    """Every number that the narrative states."""
    for number, figure in enumerate(item.current.content.report.figures):
        yield (
            item.current.document.id, number, figure.label, figure.value, figure.unit, figure.section, figure.raw,
            figure.approximate, *figure.span,
        )


def claim_rows(item: Item) -> Iterator[Row]:
    """Every piece of arithmetic that the narrative asserts."""
    content = item.current.content
    for number, (claim, holds) in enumerate(zip(content.report.claims, content.verification.holds, strict=True)):
        yield (
            item.current.document.id, number, claim.kind, claim.total, " ".join(map(str, claim.parts)) or None, claim.share,
            " ".join(claim.cells) or None, holds, *claim.span,
        )


def variable_rows() -> Iterator[Row]:
    """The codebook."""
    for v in codebook():
        yield (
            v.id, " ".join(v.forms), v.table, " / ".join(v.row), v.row_en, v.column, v.column_en, v.kind, v.unit or None,
            " ".join(v.identities) or None,
        )


DETAILS: Mapping[str, Callable[[Item], Iterator[Row]]] = {
    "cells": cell_rows, "findings": finding_rows, "suspects": suspect_rows, "figures": figure_rows, "claims": claim_rows,
}
"""By table, what gives the rows of one report, beside its own."""

"""What is written of one report: the JSON object of `extractor extract --json` (contract: `extractor.output_schema`).

This is on the hot path, so it builds plain dicts; that they keep to the contract is tested against the models.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson

from extractor.decision import Decided
from extractor.documents.document import Document
from extractor.documents.layout import Layout, around_all
from extractor.forms.form import table as form_table
from extractor.messages import text as message_text
from extractor.report import Asked, Claim, Figure, Header, HeaderField, Number, Reading, Report, Span, State
from extractor.verification.finding import Finding, Interval, Suspect, Verification

_ABSENT = Reading(State.ABSENT)


def to_json_object(
    document: Document, report: Report, verification: Verification, decided: Mapping[str, Decided] | None = None
) -> dict[str, Any]:
    """The contract's object. Numbers are int and Decimal; `dumps` writes both exactly. `decided`: what people said of cells; it
    stands beside what is printed and changes nothing there."""
    out: dict[str, Any] = {
        "document": {"id": document.id, "source": document.source, "characters": len(document.text)},
        "form": report.form,
        "tables": {key: reading.form for key, reading in report.tables.items()},
        "header": _header(report.header),
        "sections": [{"key": s.key, "span": s.span} for s in report.sections],
        "cells": _cells(document, report, verification),
        "figures": [_figure(f) for f in report.figures],
        "claims": [_claim(c, h, report, verification) for c, h in zip(report.claims, verification.holds, strict=True)],
        "findings": [finding_object(f) for f in verification.findings],
    }
    if report.models:
        out["models"] = [_asked(a) for a in report.models]
    for id_, said in (decided or {}).items():
        if id_ in out["cells"]:
            out["cells"][id_]["decided"] = decided_object(said)
    return out


def decided_object(said: Decided) -> dict[str, Any]:
    """What a person said of a cell, as the contract has it."""
    return {"kind": said.kind, "value": said.value, "who": said.who, "at": said.at, "stale": said.stale}


def cell_readings(report: Report, verification: Verification) -> dict[str, Reading]:
    """The reading of every cell of the tables' forms, in the forms' order, extra rows behind their table; cells of open
    rows as the verifier placed them."""
    readings: dict[str, Reading] = {}
    for key, table in report.tables.items():
        for cell in _cell_ids(table.form, key):
            readings[cell] = verification.placed.get(cell) or table.cells.get(cell) or _ABSENT
        for row in table.extra_rows:
            for cell in row.cells:
                readings[cell] = verification.placed.get(cell) or table.cells.get(cell) or _ABSENT
    return readings


@lru_cache(maxsize=64)
def _cell_ids(form: str, key: str) -> tuple[str, ...]:
    of = form_table(form, key)
    return tuple(cell for row in of.rows for cell in row.cells)


def _cells(document: Document, report: Report, verification: Verification) -> dict[str, dict[str, Any]]:
    deduced, intervals = verification.deduced, verification.intervals
    layout = document.layout
    cells: dict[str, dict[str, Any]] = {}
    for id_, reading in cell_readings(report, verification).items():
        if reading.state is State.PRINTED:
            cell: dict[str, Any] = {
                "state": "printed",
                "raw": reading.raw,
                "value": reading.value,
                "span": reading.span,
                "reader": reading.reader,
                "confidence": reading.confidence,
            }
        else:
            cell = {"state": reading.state.value, "value": None}
            if reading.span is not None:
                cell["raw"] = reading.raw
                cell["span"] = reading.span
            cell["deduced"] = deduced.get(id_)
            cell["interval"] = _bounds(intervals.get(id_))
        if layout is not None and reading.span is not None:
            cell |= _place(layout, reading.span)
        if reading.unit:
            cell["unit"] = reading.unit
        if reading.note:
            cell["note"] = reading.note
        if reading.placed:
            cell["placed"] = True
        cells[id_] = cell
    for table in report.tables.values():
        for row in table.extra_rows:
            for id_ in row.cells:
                cells[id_]["label"] = row.label
    return cells


def _place(layout: Layout, span: Span) -> dict[str, Any]:
    """The page, counted from 1, and the box around what stands there of the span."""
    boxes = layout.boxes(*span)
    if not boxes:
        return {}
    page = boxes[0][0]
    around = around_all(box for other, box in boxes if other == page)
    return {"page": page + 1, "box": [round(place, 1) for place in around]}


def _bounds(interval: Interval | None) -> Interval | None:
    return None if interval == (None, None) else interval


def _header(header: Header) -> dict[str, Any]:
    return {
        "issuer": _field(header.issuer),
        "year": _field(header.year),
        "postcode": _field(header.postcode),
        "phone": _field(header.phone),
        "email": _field(header.email),
        "website": _field(header.website),
        "address": _field(header.address),
        "period_start": _field(header.period_start),
        "period_end": _field(header.period_end),
        "signed_on": _field(header.signed_on),
        "basis": [_field(f) for f in header.basis],
    }


def _field(field: HeaderField | None) -> dict[str, Any]:
    return {} if field is None else {"value": field.value, "span": field.span}


def _figure(figure: Figure) -> dict[str, Any]:
    out: dict[str, Any] = {
        "label": figure.label,
        "value": figure.value,
        "unit": figure.unit,
        "span": figure.span,
        "section": figure.section,
        "raw": figure.raw,
    }
    if figure.approximate:
        out["approximate"] = True
    return out


def _claim(claim: Claim, holds: bool | None, report: Report, verification: Verification) -> dict[str, Any]:
    def value(index: int | None) -> Number | None:
        return None if index is None else report.figures[index].value

    parts = [value(i) for i in claim.parts]
    out: dict[str, Any] = {"kind": claim.kind, "total": value(claim.total), "parts": parts}
    out["holds"] = holds
    out["span"] = claim.span
    if claim.kind == "share":
        out["share"] = value(claim.share)
        out["count"] = parts[0] if parts else None
    if claim.kind == "table":
        out["parts"] = [_table_value(cell, report, verification) for cell in claim.cells]
        out["cells"] = claim.cells
    return out


def _table_value(cell: str, report: Report, verification: Verification) -> Number | None:
    table = report.tables.get(cell.partition(".")[0])
    reading = verification.placed.get(cell) or (table.cells.get(cell) if table else None)
    return reading.value if reading else None


def finding_object(finding: Finding) -> dict[str, Any]:
    """One finding of the contract's object."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "priority": finding.priority,
        "cells": finding.cells,
        "spans": finding.spans,
        "expected": finding.expected,
        "found": finding.found,
        "message": {language: message_text(finding.code, finding.params, language) for language in ("zh", "en")},
        "suspects": [_suspect(s) for s in finding.suspects],
    }


def _asked(asked: Asked) -> dict[str, Any]:
    return {
        "model": asked.model,
        "prompt": asked.prompt,
        "outcome": asked.outcome,
        "calls": asked.calls,
        "tokens_in": asked.tokens_in,
        "tokens_out": asked.tokens_out,
        "seconds": asked.seconds,
        "cost": asked.cost,
        "cached": asked.cached,
    }


def _suspect(suspect: Suspect) -> dict[str, Any]:
    out: dict[str, Any] = {"cell": suspect.cell, "weight": suspect.weight, "proposal": suspect.proposal}
    if suspect.verdict:
        out["verdict"] = suspect.verdict
    if suspect.jointly:
        out["jointly"] = suspect.jointly
    if suspect.mends:
        out["mends"] = suspect.mends
    return out


def dumps(value: object) -> bytes:
    """JSON in UTF-8 on one line. Decimals are written digit for digit, as are ints of any size."""
    try:
        return orjson.dumps(value, default=_exactly)
    except orjson.JSONEncodeError:
        return orjson.dumps(_without_wide_ints(value), default=_exactly)


def _exactly(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(format(value, "f"))
    raise TypeError(f"not for JSON: {type(value).__name__}")


def _without_wide_ints(value: object) -> object:
    """The same value with ints beyond 64 bits as Decimals, which orjson hands to `_exactly`; it refuses such ints itself."""
    if isinstance(value, Mapping):
        return {key: _without_wide_ints(item) for key, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [_without_wide_ints(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**63:
        return Decimal(value)
    return value

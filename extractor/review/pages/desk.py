"""One report as the desk shows it: its form as sheets, its source in pieces, and what the script needs of cells and findings.

What goes to the script is plain dicts (they become JSON); everything in them is text or numbers, never HTML. Numbers are
strings, digit for digit, because the script's own numbers would round them. Offsets count code points, as everywhere here;
the script only compares them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extractor.decision import Decided
from extractor.documents import Document
from extractor.messages import catalogue
from extractor.messages import text as message_text
from extractor.output import cell_readings
from extractor.presenting.sheet import Language, Sheet, sheets
from extractor.report import Number, Reading, Report, Span
from extractor.review.pages.equations import equations_of
from extractor.review.pages.marks import Piece, chunks_of
from extractor.review.pages.options import Option, options_of
from extractor.verification.finding import Finding, Verification
from extractor.verification.naming import names


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding to show: its number in the archive, what it says now, its state, whether this person may answer it, and
    whether it is among those that the filters choose."""

    number: int
    finding: Finding
    state: str
    answerable: bool
    wanted: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """What the template draws (`sheets`, `chunks`) and what the script is handed (`cells`, `findings`)."""

    sheets: tuple[Sheet, ...]
    chunks: list[list[Piece]]
    cells: dict[str, dict[str, Any]]
    findings: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Case:
    """What is known of the report while its desk is made."""

    document: Document
    report: Report
    verification: Verification
    readings: Mapping[str, Reading]
    language: Language


def desk_of(
    document: Document, report: Report, verification: Verification, shown: Sequence[Shown], decided: Mapping[str, Decided],
    language: Language,
) -> Desk:
    """The desk of one report. `report`, `verification`: the layer as decided; `decided`: what people said of cells."""
    readings = cell_readings(report, verification)
    case = _Case(document, report, verification, readings, language)
    spans = {cell: r.span for cell, r in readings.items() if r.span is not None}
    places = [span for one in shown for span in one.finding.spans]
    return Desk(
        sheets(report, verification, language),
        chunks_of(document.text, spans, places),
        {cell: _cell(cell, reading, case, decided.get(cell)) for cell, reading in readings.items()},
        [_finding(one, case) for one in shown],
    )


def _cell(cell: str, reading: Reading, case: _Case, decided: Decided | None) -> dict[str, Any]:
    label, short = labels_of(cell, case.report, case.language)
    out: dict[str, Any] = {"label": label, "short": short}
    if reading.value is not None:
        out["value"] = digits(reading.value)
    if cell in case.verification.deduced:
        out["deduced"] = digits(case.verification.deduced[cell])
    if reading.span is not None and (boxes := _boxes(case.document, [reading.span])):
        out["boxes"] = boxes
    if decided is not None:
        out["answer"] = decided.kind
        out["stale"] = decided.stale
        if decided.value is not None:
            out["decided"] = digits(decided.value)
    return out


def _boxes(document: Document, spans: Iterable[Span]) -> list[tuple[float, ...]]:
    """Page (from 0) and box of each place, for a document with pages."""
    if document.layout is None:
        return []
    return [(page, *(round(edge, 1) for edge in box)) for span in spans for page, box in document.layout.boxes(*span)]


def labels_of(cell: str, report: Report, language: Language) -> tuple[str, tuple[str, str]]:
    """A cell in words: row and column together, and apart, because within an equation one of the two is the same for all."""
    table = report.tables.get(cell.partition(".")[0])
    if table is None:
        return cell, (cell, "")
    for row in table.extra_rows:
        if cell in row.cells:
            return row.label, (row.label, "")
    known = names(table.form, cell)
    return str(known[f"cell_{language}"]), (str(known[f"row_{language}"]), str(known[f"column_{language}"]))


def digits(value: Number) -> str:
    return str(value) if isinstance(value, int) else format(value, "f")


def _finding(one: Shown, case: _Case) -> dict[str, Any]:
    finding = one.finding
    options = options_of(finding, case.report, case.verification, case.readings)
    out: dict[str, Any] = {
        "id": one.number,
        "state": one.state,
        "answerable": one.answerable,
        "wanted": one.wanted,
        "code": finding.code,
        "about": code_words(finding.code, case.language),
        "severity": finding.severity,
        "message": message_text(finding.code, finding.params, case.language),
        "cells": finding.cells,
        "suspects": [s.cell for s in finding.suspects],
        "spans": finding.spans,
        "equations": [{"left": e.left, "right": e.right} for e in equations_of(finding, case.report)],
        "options": [_option(option, case) for option in options],
    }
    if boxes := _boxes(case.document, finding.spans):
        out["boxes"] = boxes
    return out


def _option(option: Option, case: _Case) -> dict[str, Any]:
    values = [(cell, None if value is None else digits(value)) for cell, value in option.values]
    out: dict[str, Any] = {"kind": option.kind, "values": values, "words": _words(option.words, values, case)}
    if option.weight:
        out["weight"] = round(option.weight * 100)
    return out


def _words(code: str, values: Sequence[tuple[str, str | None]], case: _Case) -> str:
    """What an option says; the cells after the first are named, those of a whole row listed in the form's order."""
    if not values:
        return message_text(code, {}, case.language)
    if code == "U-OPT-NOUGHTS":
        return message_text(code, {"count": len(values)}, case.language)
    if code == "U-OPT-PLACED":
        return message_text(code, {"values": "  ".join(value or "–" for _, value in values)}, case.language)
    words = message_text(code, {"value": values[0][1]}, case.language)
    for cell, value in values[1:]:
        label, _ = labels_of(cell, case.report, case.language)
        words += message_text("U-JOINTLY", {"cell": label, "value": value}, case.language)
    return words


def code_words(code: str, language: Language) -> str:
    """What findings with this code are about, in a few words; the code itself where the catalogue has none."""
    entry = f"U-CODE-{code}"
    return message_text(entry, {}, language) if entry in catalogue() else code

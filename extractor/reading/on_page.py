"""What the page adds to the readings of a document that was read from images: how sure the characters of each cell are, and
what else they may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from extractor.documents.layout import Layout
from extractor.reading.cells import content_of
from extractor.report import Defect, Number, Reading, TableReading

UNSURE = 0.8
"""A number read with less confidence than this is named in a finding of its own, whatever the edits say of it."""


def as_sure_as_the_page(tables: Mapping[str, TableReading], layout: Layout | None) -> dict[str, TableReading]:
    """The tables with each reading as sure as its reader and the page both are, with the other readings of its characters,
    and a defect for each number that the page is not sure of. Doing it twice changes nothing."""
    if layout is None or all(page.kind == "text" for page in layout.pages):
        return dict(tables)
    return {key: _table(table, layout) for key, table in tables.items()}


def _table(table: TableReading, layout: Layout) -> TableReading:
    cells = {cell: _reading(reading, layout) for cell, reading in table.cells.items()}
    open_rows = tuple(
        replace(row, readings=tuple(_reading(reading, layout) for reading in row.readings)) for row in table.open_rows
    )
    named = {defect.cells for defect in table.defects if defect.code == "S-UNSURE"}
    places: list[tuple[tuple[str, ...], Reading]] = [((cell,), reading) for cell, reading in cells.items()]
    places += [(row.cells, reading) for row in open_rows for reading in row.readings]
    doubts = tuple(
        Defect("S-UNSURE", cells_, (reading.span,), {"raw": reading.raw, "percent": round(100 * sure)})
        for cells_, reading in places
        if reading.span is not None and cells_ not in named and (sure := layout.confidence(*reading.span)) < UNSURE
    )
    return replace(table, cells=cells, open_rows=open_rows, defects=(*table.defects, *doubts))


def _reading(reading: Reading, layout: Layout) -> Reading:
    if reading.span is None:
        return reading
    sure = layout.confidence(*reading.span)
    others: list[tuple[Number, float]] = []
    for text, confidence in layout.alternatives(*reading.span):
        value = content_of(text.strip()).value
        if value is not None and value != reading.value:
            others.append((value, confidence))
    if sure >= reading.confidence and not others:
        return reading
    return replace(reading, confidence=round(min(reading.confidence, sure), 3), alternatives=tuple(others))

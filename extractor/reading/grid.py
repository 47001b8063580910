"""The grid reader: the tables of a report, read as printed, with no model and no network."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from extractor.documents import Document
from extractor.forms import Row, Table
from extractor.reading.alignment import MATCH
from extractor.reading.cells import EMPTY, Cell, Content, Kind
from extractor.reading.columns import Layout, Placement, layout, no_layout, permutation, place
from extractor.reading.labels import column_labels, rows_named, similarities
from extractor.reading.lines import Line, make_line
from extractor.reading.oneline import one_line_placement, out_of_order
from extractor.reading.versions import Fit, Found
from extractor.report import Defect, ExtraRow, OpenRow, Reading, Span, State, TableReading

_BLOCK = 4  # lines above a row in which the header of its block stands
_UNLIKE = 0.8  # a label less alike than this is said to be so
_UNLIKE_UNPROVEN = 0.9  # the same where no sum could show it
_MINUS = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212")
_ABSENT = Reading(State.ABSENT)
_UNIT = re.compile(r"单位\s*[:：]?\s*(亿元|万元|千元|百元|元)")
_MARKUP = re.compile(r"<[^<>]*>|&[a-z]+;")
_MONEY = frozenset({"元", "千元", "万元", "亿元"})
_COUNTED = "件"
_BROKEN = re.compile(r"[\n\u2028]|</p>|</div>|<br", re.IGNORECASE)
_LETTER = re.compile(r"[A-Za-z〇○]")
_UNCLEAR = Content(Kind.ILLEGIBLE)
_BLANK = Reading(State.BLANK)


@dataclass(frozen=True, slots=True)
class _Source:
    """Where readings are taken from: the document and the text (tags blanked) that lines index."""

    document: Document
    text: str
    even: bool
    """The view has the source's offsets."""

    @property
    def as_printed(self) -> str:
        """The text that lines index, with characters as wide as they were printed where that is known."""
        return self.document.text if self.even else self.text

    def span(self, start: int, end: int) -> Span:
        return self.document.view.source_span(start, end)

    def reading(self, cell: Cell, confidence: float) -> Reading:
        content = cell.content
        if content is EMPTY:
            return _BLANK
        span = (cell.start, cell.end) if self.even else self.span(cell.start, cell.end)
        raw = self.document.text[span[0] : span[1]]
        if content.lookalike:
            confidence = round(confidence * 0.8, 3)
        return Reading(content.state, raw, content.value, span, "grid", confidence, content.unit, content.note)


def read_tables(document: Document, text: str, fits: Mapping[str, Fit]) -> dict[str, TableReading]:
    """Every table of the forms, read from where it was found. `text` is the view's text with HTML tags blanked."""
    source = _Source(document, text, not document.view.starts)
    readings: dict[str, TableReading] = {}
    for key, fit in fits.items():
        read = (_read_one_line if fit.table.one_line else _read_rows)(source, fit)
        readings[key] = replace(read, span=fit.span, score=fit.score)
        if fit.unread is not None:
            too_long = Defect("S-TABLE-LONG", (), (source.span(*fit.unread),), _names(fit.table))
            readings[key] = replace(readings[key], defects=(*read.defects, too_long))
    return readings


def survey_tables(document: Document, text: str, fits: Mapping[str, Fit]) -> dict[str, TableReading]:
    """Where the tables stand, on which form, and the rows in them that the form does not know: all that a model that reads
    the tables is told of them. The form's own cells are left out."""
    source = _Source(document, text, not document.view.starts)
    readings: dict[str, TableReading] = {}
    for key, fit in fits.items():
        cells: dict[str, Reading] = {}
        extra, defects = _spare_lines(source, fit, cells) if fit.found else ((), [])
        readings[key] = TableReading(key, fit.form, cells, (), extra, tuple(defects), fit.span, fit.score)
    return readings


def _read_rows(source: _Source, fit: Fit) -> TableReading:
    table, found = fit.table, fit.found
    if not found:
        return _lost(source, fit)
    first = min(f.line.start for f in found)
    plan = None
    defects: list[Defect] = []
    if table.uniform:
        header = [line for line in fit.lines if line.end <= first]
        labels = column_labels(fit.form, table.key)
        plan = layout(header, [f.line for f in found], labels, [c.key for c in table.columns], source.as_printed)
        if not plan.headed:
            defects.append(Defect("S-HEADER-LOST", (), (source.span(first, first),), _names(table)))
    cells: dict[str, Reading] = {}
    open_rows: list[OpenRow] = []
    widest = max(len(row.columns) for row in table.rows)
    merged: set[int] = set()
    for f in found:
        rows = rows_named(f.line.text, fit.form, table.key) if f.similarity < 1 else ()
        if rows:
            alone = [i for i in rows if all(other is f or other.row != i for other in found)]
            merged.update(alone)
            if alone:
                _merged_rows(source, table, [table.rows[i] for i in alone], f.line, cells, defects)
                continue
        row = table.rows[f.row]
        count = len(row.cells)
        frame = plan or _block_layout(fit, row, f.line)
        if f.line.filled and len(f.line.tail) >= 2 * widest:
            placement = Placement(f.line.tail, (), False)  # as many cells as two rows have: two rows in one line
        else:
            placement = place(_with_signs(f.line, table, row), frame, count, source.as_printed)
        _place_row(source, table, row, row.cells, f, placement, cells, open_rows, defects)
    defects += _lost_rows(table, {f.row for f in found} | merged, cells)
    extra, more = _spare_lines(source, fit, cells)
    defects += _units(source, fit, cells)
    return TableReading(table.key, fit.form, cells, tuple(open_rows), extra, tuple(defects + more))


def _units(source: _Source, fit: Fit, cells: Mapping[str, Reading]) -> list[Defect]:
    """Amounts in another unit than the form's, printed behind the number or in the column's label above it; and counts that
    say that they are amounts."""
    defects: list[Defect] = []
    for row in fit.table.rows:
        for key, cell in zip(row.columns, row.cells, strict=True):
            reading = cells.get(cell)
            if reading is None or reading.span is None or not reading.value or (not reading.unit and fit.table.uniform):
                continue
            column = fit.table.column(key)
            if not column.money and reading.unit not in _MONEY:
                continue
            above = [m.group(1) for line in fit.lines if not line.filled for m in _UNIT.finditer(line.text)]
            expected = column.unit if column.money else _COUNTED
            unit = reading.unit or (above[-1] if above else expected)
            if expected and unit != expected:
                params = _names(fit.table, row) | {"raw": reading.raw, "unit": unit, "expected": expected}
                defects.append(Defect("S-UNIT", (cell,), (reading.span,), params))
    return defects


def _block_layout(fit: Fit, row: Row, line: Line) -> Layout:
    """The layout of a row in a table whose rows have different columns: its block's header may name them in another order."""
    labels = column_labels(fit.form, fit.table.key)
    above = [before for before in fit.lines if before.end <= line.start and not before.filled][-_BLOCK:]
    order = permutation(above, labels, row.columns)
    return replace(no_layout(len(row.columns)), order=order)


def _with_signs(line: Line, table: Table, row: Row) -> Line:
    """Without separators "- 5" may be a mark and a number or one number. Where a column of changes is and the row has a place
    too few for the first, it is one number; where the places would do, nothing tells, and neither is read."""
    count = len(row.columns)
    if line.visible or not count <= len(line.tail) <= count + 1:
        return line
    for i, key in enumerate(row.columns[: len(line.tail) - 1]):
        mark, number = line.tail[i], line.tail[i + 1]
        value = number.content.value
        if table.column(key).signed and mark.content.kind is Kind.MARK and value is not None and mark.text in _MINUS:
            if len(line.tail) == count:
                unclear = [cell._replace(content=_UNCLEAR) for cell in line.tail[i:]]
                return line._replace(tail=(*line.tail[:i], *unclear))
            signed = replace(number.content, value=-value)
            cell = Cell(mark.start, number.end, signed, f"{mark.text} {number.text}", mark.column)
            return line._replace(tail=(*line.tail[:i], cell, *line.tail[i + 2 :]), filled=line.filled - 1)
    return line


def _names(table: Table, row: Row | None = None) -> dict[str, object]:
    params: dict[str, object] = {"table_zh": table.label, "table_en": table.label_en}
    if row is not None:
        params |= {"label": row.label, "label_zh": row.label, "label_en": row.label_en}
    return params


def _place_row(
    source: _Source, table: Table, row: Row, ids: tuple[str, ...], found: Found, placement: Placement,
    cells: dict[str, Reading], open_rows: list[OpenRow], defects: list[Defect],
) -> None:
    """Put the readings of one line into the row's cells, or leave them open."""
    line = found.line
    confidence = 0.99 if found.similarity >= 0.9 else round(0.6 + 0.39 * max(found.similarity - MATCH, 0.0) / (0.9 - MATCH), 3)
    span = source.span(line.start, line.end)
    numbers = len(placement.cells)
    raw = source.document.text[slice(*span)][:200]
    params = _names(table, row) | {"count": line.filled, "columns": len(ids), "raw": raw}
    if found.unlabelled:
        defects.append(Defect("S-LABEL-LOST", ids, (span,), params))
    elif 0 < found.similarity < (_UNLIKE if table.uniform else _UNLIKE_UNPROVEN):
        defects.append(Defect("S-LABEL-UNLIKE", ids, (span,), params | {"words": line.text[:60]}))
    readings = tuple([source.reading(cell, confidence) for cell in placement.cells])
    if placement.certain:
        at = placement.candidates[0]
        left = _BLANK if line.visible and numbers >= len(ids) else _ABSENT
        for column in range(len(ids)):
            cells[ids[column]] = _BLANK if column in placement.blank else left
        for reading, column in zip(readings, at, strict=True):
            cells[ids[column]] = reading
        if numbers < len(ids) and not placement.blank:
            lost = tuple(cell for i, cell in enumerate(ids) if i not in at)
            defects.append(Defect("S-ROW-SHORT", lost, (span,), params))
        defects.extend(_doubtful(table, row, ids, cells))
        return
    if placement.candidates:
        rest = State.BLANK if placement.blank else State.ABSENT
        open_rows.append(OpenRow(f"{table.key}.{row.key}", ids, readings, placement.candidates, span, rest))
        return
    # more numbers than places, or too many ways: nothing in the line can be tied to a cell
    for cell in ids:
        cells[cell] = Reading(State.ILLEGIBLE, confidence=0.0)
    code = "S-ROW-LONG" if numbers > len(ids) else "S-ROW-SHORT"
    defects.append(Defect(code, ids, (span,), params))


def _merged_rows(
    source: _Source, table: Table, rows: Sequence[Row], line: Line, cells: dict[str, Reading], defects: list[Defect]
) -> None:
    """Rows printed into one line: which number is whose can't be told."""
    ids = tuple(cell for row in rows for cell in row.cells)
    for cell in ids:
        cells[cell] = Reading(State.ILLEGIBLE, confidence=0.0) if line.filled else _BLANK
    span = source.span(line.start, line.end)
    raw = source.document.text[slice(*span)][:200]
    defects.append(Defect("S-ROWS-MERGED", ids, (span,), _names(table, rows[0]) | {"raw": raw, "count": len(rows)}))


def _doubtful(table: Table, row: Row, ids: Sequence[str], cells: Mapping[str, Reading]) -> list[Defect]:
    found: list[Defect] = []
    for cell in ids:
        reading = cells[cell]
        if reading.span is None or reading.raw.isdigit():
            continue
        code = (
            "S-CELL-ILLEGIBLE" if reading.state is State.ILLEGIBLE
            else "" if reading.state is not State.PRINTED
            else "S-NUMBER-JOINED" if _BROKEN.search(reading.raw.strip())
            else "S-LOOKALIKE" if not reading.note and _LETTER.search(_plain(reading.raw))
            else ""
        )
        if code:
            found.append(Defect(code, (cell,), (reading.span,), _names(table, row) | {"raw": reading.raw}))
    return found


def _plain(raw: str) -> str:
    """The characters of a cell without markup, full-width ones as plain ones."""
    return unicodedata.normalize("NFKC", _MARKUP.sub("", raw))


def _lost_rows(table: Table, present: set[int], cells: dict[str, Reading]) -> list[Defect]:
    """Mark the cells of rows without a line as absent; one defect for each stretch of such rows."""
    defects: list[Defect] = []
    stretch: list[Row] = []
    for index, row in enumerate([*table.rows, None]):
        if row is not None and index not in present:
            stretch.append(row)
            for cell in row.cells:
                cells[cell] = _ABSENT
        elif stretch:
            ids = tuple(cell for r in stretch for cell in r.cells)
            names = _names(table, stretch[0]) | {
                "count": len(stretch), "last_zh": stretch[-1].label, "last_en": stretch[-1].label_en,
            }
            defects.append(Defect("S-ROW-LOST", ids, (), names))
            stretch = []
    return defects


def _spare_lines(source: _Source, fit: Fit, cells: dict[str, Reading]) -> tuple[tuple[ExtraRow, ...], list[Defect]]:
    """Lines with numbers that are no row of the form: printed twice, added by the body, or without a place."""
    table, found = fit.table, fit.found
    extra: list[ExtraRow] = []
    defects: list[Defect] = []
    first, last = min(f.line.start for f in found), max(f.line.end for f in found)
    by_row = {f.row: f for f in found}
    for line in fit.spare:
        span = source.span(line.start, line.end)
        scores = similarities(line.text, fit.form, table.key)
        row = max(range(len(scores)), key=scores.__getitem__)
        params = _names(table) | {"raw": source.document.text[span[0] : span[1]][:200], "count": line.filled}
        if scores[row] >= 0.9 and row in by_row:
            same = [c.text for c in line.tail] == [c.text for c in by_row[row].line.tail]
            code = "S-ROW-DOUBLED" if same else "S-ROW-CONTRADICTED"
            defects.append(Defect(code, table.rows[row].cells, (span,), params | _names(table, table.rows[row])))
        elif line.label and first < line.start < last:
            near = max((f for f in found if f.line.start < line.start), key=lambda f: f.line.start)
            columns = table.rows[near.row].columns
            values = line.tail if len(line.tail) <= len(columns) else [c for c in line.tail if c.content.kind is not Kind.EMPTY]
            key = f"extra.{len(extra) + 1}"
            ids = tuple(f"{table.key}.{key}.{c}" for c in columns)
            if len(values) == len(columns):
                cells.update(zip(ids, [source.reading(cell, 0.8) for cell in values], strict=True))
            else:
                cells.update((cell, _ABSENT) for cell in ids)
            label = " ".join(c.text for c in line.label)[:120]
            extra.append(ExtraRow(key, label, span, ids))
            defects.append(Defect("S-EXTRA-ROW", ids, (span,), params | {"label": label, "label_zh": label, "label_en": label}))
        else:
            defects.append(Defect("S-NUMBERS-STRAY", (), (span,), params))
    return tuple(extra), defects


def _lost(source: _Source, fit: Fit) -> TableReading:
    """No number of the table can be tied to a cell: nothing of it is there, or its numbers stand apart from their labels."""
    ids = tuple(cell for row in fit.table.rows for cell in row.cells)
    code = "S-NUMBERS-DETACHED" if fit.detached else "S-TABLE-LOST"
    spans = (source.span(fit.lines[0].start, fit.lines[-1].end),) if fit.detached else ()
    defect = Defect(code, ids, spans, _names(fit.table) | {"count": sum(line.filled for line in fit.lines)})
    return TableReading(fit.table.key, fit.form, dict.fromkeys(ids, _ABSENT), defects=(defect,))


def _read_one_line(source: _Source, fit: Fit) -> TableReading:
    """A table whose rows stand side by side: all its numbers are one line, its header tells which are lost."""
    form, table, lines = fit.form, fit.table, fit.lines
    ids = tuple(cell for row in table.rows for cell in row.cells)
    values = [line for line in lines if line.filled and not (line.label and line.visible and len(line.tail) < 3)]
    if any(len(line.tail) > len(table.columns) for line in values):
        values = [line for line in values if line.filled > 1 or line.label or len(line.tail) > 1]  # no page numbers
    blank = [line for line in lines if not line.label and not line.filled and len(line.tail) >= len(table.columns)]
    header = [line for line in lines if line.label]
    if not values and not blank:
        if not header:
            return _lost(source, fit)
        defect = Defect("S-ROW-LOST", ids, (), _names(table) | {"label": table.label, "label_zh": table.label,
                        "label_en": table.label_en, "count": 1, "last_zh": table.label, "last_en": table.label_en})
        return TableReading(table.key, form, dict.fromkeys(ids, _ABSENT), defects=(defect,))
    labels = column_labels(form, table.key)
    if values and out_of_order(header, labels, [c.key for c in table.columns], [row.label for row in table.rows]):
        span = source.span(lines[0].start, lines[-1].end)
        unread = dict.fromkeys(ids, Reading(State.ILLEGIBLE, confidence=0.0))
        return TableReading(table.key, form, unread, defects=(Defect("S-HEADER-ORDER", ids, (span,), _names(table)),))
    placement, named = one_line_placement(values or blank[:1], header, labels, [c.key for c in table.columns], len(table.rows))
    line = (values or blank)[0]
    whole = make_line((), placement.cells, line.visible, line.start, (values or blank)[-1].end)
    row = Row("", (table.label,), table.label_en, (), ids)
    cells: dict[str, Reading] = {}
    open_rows: list[OpenRow] = []
    defects: list[Defect] = []
    if not named:
        defects.append(Defect("S-HEADER-LOST", (), (source.span(line.start, line.start),), _names(table)))
    _place_row(source, table, row, ids, Found(0, whole, 1.0), placement, cells, open_rows, defects)
    open_rows = [replace(r, row=table.key) for r in open_rows]
    return TableReading(table.key, form, cells, tuple(open_rows), (), tuple(defects))

"""XLSX: a report in its form's own layout, doubtful cells filled and commented. Texts are always texts, never formulas."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from extractor.export.grid import boxes
from extractor.export.items import Item
from extractor.forms.form import table as form_table
from extractor.messages import text as message_text
from extractor.presenting.sheet import Face, Language, ordered, sheets
from extractor.presenting.wording import header_rows, word
from extractor.report import State

MOST = 200
"""Reports in one workbook: more sheets than that nobody finds anything in."""
_FILLS = {
    kind: PatternFill("solid", start_color=colour, end_color=colour)
    for kind, colour in {
        "error": "F8C9C4", "warning": "FDEAB0", "illegible": "E9D3F2", "deduced": "D6EAF2", "absent": "E3E6E8",
        "decided": "CDEBD0", "head": "F0F2F4",
    }.items()
}
_LEGEND = (
    ("error", "W-BOOK-ERROR"), ("warning", "W-BOOK-WARNING"), ("deduced", "W-BOOK-DEDUCED"),
    ("absent", "W-BOOK-LOST"), ("decided", "W-BOOK-DECIDED"),
)
_LINE = Side(style="thin", color="B8BFC6")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_WRAPPED = Alignment(wrap_text=True, vertical="center", horizontal="center")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST, _LONGEST_COMMENT, _DIGITS = 32_000, 2_000, 15
_WIDTH = 10  # columns of the widest table but its labels


def write_workbook(path: Path, items: Iterable[Item], language: Language) -> None:
    """All reports in one file, a sheet each."""
    book = Workbook()
    book.remove(book.active)
    taken: set[str] = set()
    for item in items:
        _report(book.create_sheet(_sheet_name(item, taken)), item, language)
    if not taken:
        book.create_sheet("0")
    book.save(path)


def write_workbooks(folder: Path, items: Iterable[Item], language: Language) -> None:
    """A file for each report, named after body, year and the document's hash."""
    for item in items:
        name = _safe(f"{_title(item)}-{item.current.document.id.removeprefix('sha256:')[:12]}")
        write_workbook(folder / f"{name}.xlsx", [item], language)


def _title(item: Item) -> str:
    header = item.current.content.report.header
    return "-".join(str(field.value) for field in (header.issuer, header.year) if field is not None) or "report"


def _safe(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_（）" else "_" for c in name)[-80:]


def _sheet_name(item: Item, taken: set[str]) -> str:
    stem = _safe(_title(item))[:26]
    name, number = stem, 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem}-{number}"
    taken.add(name.casefold())
    return name


def _report(sheet: Any, item: Item, language: Language) -> None:
    content = item.current.content
    findings = tuple(listed.finding for listed in item.findings)
    verification = replace(content.verification, findings=findings)
    faces = {
        face.cell: face for one in sheets(content.report, verification, language)
        for block in one.blocks for line in block.lines for face in line.faces
    }
    notes = _notes(item, language)
    row = _head(sheet, item, language)
    for key, reading in content.report.tables.items():
        table = form_table(reading.form, key)
        _text(sheet, row, 1, table.label if language == "zh" else table.label_en).font = Font(bold=True)
        top, row = row + 1, row + 1
        for box in boxes(table, language == "zh"):
            cell = sheet.cell(top + box.row, 1 + box.column)
            if box.cell is None:
                _heading(sheet, top + box.row, 1 + box.column, top + box.to_row, 1 + box.to_column, box.text)
            else:
                _fill_in(cell, item, faces[box.cell], notes.get(box.cell))
            row = max(row, top + box.to_row + 1)
        for extra in reading.extra_rows:
            _text(sheet, row, 1, extra.label)
            for along, id_ in enumerate(extra.cells, 2):
                _fill_in(sheet.cell(row, along), item, faces[id_], notes.get(id_))
            row += 1
        row += 1
    row = _legend(sheet, row, language)
    for finding in ordered(findings):
        _text(sheet, row, 1, finding.code).fill = _FILLS.get(finding.severity, _FILLS["head"])
        _text(sheet, row, 2, message_text(finding.code, finding.params, language))
        row += 1
    sheet.column_dimensions["A"].width = 24
    for column in range(2, _WIDTH + 3):
        sheet.column_dimensions[get_column_letter(column)].width = 15


def _head(sheet: Any, item: Item, language: Language) -> int:
    document, report = item.current.document, item.current.content.report
    _text(sheet, 1, 1, _title(item).replace("-", " ")).font = Font(bold=True, size=14)
    _text(sheet, 2, 1, document.source)
    row = 3
    for label, value in header_rows(report.header, language):
        _text(sheet, row, 1, label)
        _text(sheet, row, 2, value)
        row += 1
    return row + 1


def _legend(sheet: Any, row: int, language: Language) -> int:
    for kind, code in _LEGEND:
        sheet.cell(row, 1).fill = _FILLS[kind]
        _text(sheet, row, 2, word(code, language))
        row += 1
    return row + 1


def _heading(sheet: Any, row: int, column: int, to_row: int, to_column: int, text: str) -> None:
    for down in range(row, to_row + 1):
        for along in range(column, to_column + 1):
            sheet.cell(down, along).border = _BORDER
    cell = _text(sheet, row, column, text)
    cell.fill, cell.alignment = _FILLS["head"], _WRAPPED
    if (row, column) != (to_row, to_column):
        sheet.merge_cells(start_row=row, start_column=column, end_row=to_row, end_column=to_column)


def _fill_in(cell: Any, item: Item, face: Face, notes: list[str] | None) -> None:
    reading = item.readings[face.cell]
    cell.border = _BORDER
    value = reading.value
    # a spreadsheet's numbers have fifteen digits; what has more, or stands with a unit, is shown as it is printed
    if reading.state is State.PRINTED and value is not None and not reading.unit and _digits(value) <= _DIGITS:
        cell.value = value
    else:
        _put(cell, face.shown)
    kind = "decided" if face.cell in item.decided else face.kind
    if kind in _FILLS:
        cell.fill = _FILLS[kind]
    if notes:
        comment = _UNPRINTABLE.sub("\ufffd", "\n".join(notes))[:_LONGEST_COMMENT]
        cell.comment = Comment(comment, "extractor", width=320, height=120)


def _digits(value: int | Decimal) -> int:
    return len(Decimal(value).as_tuple().digits)


def _notes(item: Item, language: Language) -> dict[str, list[str]]:
    """What is said of each cell: its decision, then the findings that name it."""
    notes: dict[str, list[str]] = defaultdict(list)
    for cell, d in item.decided.items():
        value = "" if d.value is None else d.value
        notes[cell].append(word("W-BOOK-DECISION", language, kind=d.kind, value=value, who=d.who))
    for listed in item.findings:
        finding = listed.finding
        told = f"{finding.code}: {message_text(finding.code, finding.params, language)}"
        for cell in {*finding.cells, *(s.cell for s in finding.suspects)}:
            notes[cell].append(told)
    return notes


def _text(sheet: Any, row: int, column: int, text: str) -> Any:
    cell = sheet.cell(row, column)
    _put(cell, text)
    return cell


def _put(cell: Any, text: str) -> None:
    cell.value = _UNPRINTABLE.sub("\ufffd", text)[:_LONGEST]
    if cell.value is not None:
        cell.data_type = "s"  # openpyxl takes what begins with = for a formula

"""Word files for tests: a page's HTML, set in Word with python-docx."""

from __future__ import annotations

import io
from typing import Any

import docx
from lxml import html


def word_file(page: str) -> bytes:
    """The page's headings, paragraphs and tables, with merged cells merged."""
    document = docx.Document()
    for element in html.document_fromstring(page).find("body"):
        if element.tag == "table":
            _add_table(document, element)
        elif element.tag in ("h1", "h2", "p", "div"):
            document.add_paragraph(element.text_content())
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _add_table(document: Any, element: Any) -> None:
    taken: set[tuple[int, int]] = set()
    cells: list[tuple[int, int, int, int, str]] = []
    rows = element.findall(".//tr")
    for y, row in enumerate(rows):
        x = 0
        for cell in row:
            while (y, x) in taken:
                x += 1
            height, width = int(cell.get("rowspan", 1)), int(cell.get("colspan", 1))
            taken |= {(y + dy, x + dx) for dy in range(height) for dx in range(width)}
            cells.append((y, x, height, width, cell.text_content()))
            x += width
    table = document.add_table(len(rows), max(x for _, x in taken) + 1)
    for y, x, height, width, words in cells:
        cell = table.cell(y, x)
        if height > 1 or width > 1:
            cell = cell.merge(table.cell(y + height - 1, x + width - 1))
        cell.text = words

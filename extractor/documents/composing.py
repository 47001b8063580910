"""What stands on pages, as paragraphs and tables → one text that the readers take, and the places of its characters.

Every reader of a laid-out file (Word, PDF, OCR) hands its content over as blocks in reading order:

    compose(pages, [Paragraph(((Run("二、主动公开情况", 0, box),),)),
                    Table((TableCell(0, 0, ((Run("规章", 0, box),),)), TableCell(0, 1, ((Run("3", 0, box),),)))), ...])

Of the text: a paragraph is one line, its printed lines joined, unless digits stand on both sides of a line's end. A table is
one line per row, with as many tab-separated cells as the table has columns, so that a column is the same cell on every line. A
merged cell stands in its first row and its last column (labels are merged to the left of the numbers: so the numbers begin
right behind them); the other places that it covers are empty. A line break inside a cell vanishes, but for one inside a
number: that is U+2028, and the readers say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from extractor.documents.layout import Alternative, Box, Layout, Page, Piece

BROKEN = "\u2028"
"""Unicode's line separator: a line break inside a table's cell, where digits stand on both sides of it."""
_SPACES = re.compile(r"\s+")
_MOST_COLUMNS = 200
"""A wider table is no table of text; what stands further right comes into the last column."""


@dataclass(frozen=True, slots=True)
class Run:
    """Characters side by side. `page` is an index into the pages, `box` their place in points; None: they have none (a Word
    file, a web page). A number should be a run of its own: its box is then exact, and alternatives are of whole runs."""

    text: str
    page: int = 0
    box: Box | None = None
    confidence: float = 1.0
    alternatives: tuple[Alternative, ...] = ()


Line = tuple[Run, ...]
"""One printed line."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines of print that belong together."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class TableCell:
    """One cell: the row and column that it begins in, from 0, its printed lines, and how many rows and columns it covers."""

    row: int
    column: int
    lines: tuple[Line, ...] = ()
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """The cells in any order. Places that no cell covers are empty."""

    cells: tuple[TableCell, ...]


Block = Paragraph | Table


@dataclass(slots=True)
class _Text:
    """A text in the making, and the places of its characters."""

    parts: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    length: int = 0
    last: str = ""

    def put(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self.length += len(text)
            self.last = text[-1]

    def put_lines(self, lines: Iterable[Line], broken: str) -> None:
        """Lines of print as one line of text; `broken` stands for a break inside a number."""
        empty = True
        for line in lines:
            first = True
            for run in line:
                text = _SPACES.sub(" ", run.text)
                if first:
                    text = text.lstrip(" ")
                if run is line[-1]:
                    text = text.rstrip(" ")
                if not text:
                    continue
                if first and not empty:
                    self.put(_joint(self.last, text[0], broken))
                first = empty = False
                words = text.strip(" ")
                start = self.length + text.index(words)
                self.put(text)
                if run.box is not None and words:
                    end = start + len(words)
                    self.pieces.append(Piece(start, end, run.page, run.box, run.confidence, run.alternatives))


def _joint(before: str, behind: str, broken: str) -> str:
    """What stands for a line's end between two characters: nothing in Chinese, a space between words in Latin letters."""
    if before.isdigit() and behind.isdigit():
        return broken
    return " " if before.isascii() and behind.isascii() and before.isalnum() and behind.isalnum() else ""


def compose(pages: Sequence[Page], blocks: Iterable[Block]) -> tuple[str, Layout | None]:
    """The text of the blocks, in their order, and its layout; no layout where there are no pages."""
    text = _Text()
    for block in blocks:
        if isinstance(block, Paragraph):
            text.put_lines(block.lines, "\n")
            text.put("\n")
        else:
            _put_table(text, block)
    return "".join(text.parts), Layout(tuple(pages), tuple(text.pieces)) if pages else None


def _put_table(text: _Text, table: Table) -> None:
    rows: dict[int, dict[int, TableCell]] = {}
    width = 1
    for cell in table.cells:
        at = min(cell.column + max(cell.column_span, 1), _MOST_COLUMNS)
        width = max(width, at)
        if any(line for line in cell.lines):
            row = rows.setdefault(cell.row, {})
            while at - 1 in row and at > cell.column + 1:  # two cells claim one place: neither is lost
                at -= 1
            row[at - 1] = _joined(row[at - 1], cell) if at - 1 in row else cell
        else:
            rows.setdefault(cell.row, {})
    for _, row in sorted(rows.items()):
        for column in range(width):
            if column:
                text.put("\t")
            if column in row:
                text.put_lines(row[column].lines, BROKEN)
        text.put("\n")


def _joined(first: TableCell, second: TableCell) -> TableCell:
    return TableCell(first.row, first.column, (*first.lines, *second.lines))

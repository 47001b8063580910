"""Printed lines with places → paragraphs, and tables that no ruling lines show.

A line goes on in the next where it reaches the right margin and the next is not indented. Lines whose words stand in columns,
with gaps between them, are a table: numbers that stand below each other are a column, words before the first of these columns
the row's label, words above a column its header.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractor.documents.composing import Block, Line, Paragraph, Run, Table, TableCell
from extractor.documents.layout import Box, around_all

_GAP = 1.0
"""A gap of so many times the line's height parts columns; a space in a text is a third of it or half."""
_VALUE = re.compile(r"[+\-−—–]?\d[\d,.]*|[-/\\—–−]{1,3}|无")
_SENTENCE_ENDS = ("。", "！", "？", "；")
_HEADING = re.compile(r"#*\s*(?:[一二三四五六]\s*、.{2,40}|[^。，]{6,40}(?:情况|事项))")
"""Of a section: what stands below it is another table."""
_FEWEST_LINES = 2
"""Lines with columns side by side make a table from here on."""
_FEWEST_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Runs without a gap between them."""

    runs: tuple[Run, ...]
    box: Box

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs).strip()


def flowing(lines: Sequence[Line]) -> list[Block]:
    """The blocks of printed lines, in their order. Each run needs a box; runs of a line are ordered from left to right."""
    placed = [(line, _chunks(line)) for line in lines if line]
    if not placed:
        return []
    right = max(chunks[-1].box[2] for _, chunks in placed)
    left = min(chunks[0].box[0] for _, chunks in placed)
    blocks: list[Block] = []
    at = 0
    while at < len(placed):
        end = _end_of_table(placed, at)
        if end > at:
            blocks.append(_table([chunks for _, chunks in placed[at:end]]))
            at = end
            continue
        end = at + 1
        while (
            end < len(placed)
            and _end_of_table(placed, end) == end
            and _goes_on(placed[end - 1][1], placed[end][1], left, right)
        ):
            end += 1
        blocks.append(Paragraph(tuple(line for line, _ in placed[at:end])))
        at = end
    return blocks


def _chunks(line: Line) -> list[_Chunk]:
    groups: list[list[Run]] = []
    for run in line:
        box = _place(run)
        height = box[3] - box[1]
        last = _place(groups[-1][-1]) if groups else None
        numbers = bool(groups) and _VALUE.fullmatch(run.text.strip()) and _VALUE.fullmatch(groups[-1][-1].text.strip())
        if last is not None and box[0] - last[2] <= _GAP * height and not numbers:
            groups[-1].append(run)
        else:
            groups.append([run])
    return [_Chunk(tuple(runs), around_all(map(_place, runs))) for runs in groups]


def _place(run: Run) -> Box:
    assert run.box is not None
    return run.box


def _goes_on(line: list[_Chunk], below: list[_Chunk], left: float, right: float) -> bool:
    """Whether the line below belongs to the same paragraph."""
    height = line[-1].box[3] - line[-1].box[1]
    close = below[0].box[1] - line[-1].box[3] < 1.5 * height
    if line[-1].text.endswith(_SENTENCE_ENDS):
        return False  # a paragraph may well end at the margin, and between sentences nothing is lost
    # what can't be broken (a word in Latin letters, a number) goes to the next line whole, and leaves the line before short
    first = _place(below[0].runs[0])
    whole = first[2] - first[0] if below[0].text[:4].strip("（(<《“").isascii() else 0.0
    return close and right - line[-1].box[2] < 2.5 * height + whole and below[0].box[0] - left < height


def _end_of_table(placed: Sequence[tuple[Line, list[_Chunk]]], at: int) -> int:
    """Where the table that begins with line `at` ends; `at` where none does. Lines of one chunk between others are a label's
    or a header's pieces."""
    if len(placed[at][1]) < _FEWEST_COLUMNS:
        return at
    end = at
    wide = values = between = 0
    for i in range(at, len(placed)):
        chunks = placed[i][1]
        if len(chunks) >= _FEWEST_COLUMNS:
            wide += 1
            values += sum(_VALUE.fullmatch(c.text) is not None for c in chunks)
            end, between = i + 1, 0
        elif len(chunks) > 1 and wide and _VALUE.fullmatch(chunks[-1].text):  # a row with one number
            values += 1
            end, between = i + 1, 0
        elif len(chunks) == 1 and (len(chunks[0].text) > 30 or _HEADING.fullmatch(chunks[0].text)):
            break
        else:
            between += 1
            if between > 3:
                break
    return end if wide >= _FEWEST_LINES and values >= _FEWEST_COLUMNS else at


def _table(lines: Sequence[Sequence[_Chunk]]) -> Table:
    columns = _columns([chunk for line in lines for chunk in line if _VALUE.fullmatch(chunk.text)])
    cells: list[TableCell] = []
    for row, line in enumerate(lines):
        filled: dict[int, list[Run]] = {}
        for chunk in line:
            filled.setdefault(_column_of(chunk, columns), []).extend((*chunk.runs, Run(" ")))
        cells += [TableCell(row, column, (tuple(runs[:-1]),)) for column, runs in filled.items()]
    cells += [TableCell(0, len(columns))]  # as wide as its widest line
    return Table(tuple(cells))


def _columns(values: Sequence[_Chunk]) -> list[tuple[float, float]]:
    """The x ranges of the columns: numbers that overlap from above are one."""
    columns: list[tuple[float, float]] = []
    for x0, x1 in sorted((chunk.box[0], chunk.box[2]) for chunk in values):
        if columns and x0 < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], x1))
        else:
            columns.append((x0, x1))
    return columns


def _column_of(chunk: _Chunk, columns: Sequence[tuple[float, float]]) -> int:
    """0 for a label, else the number of the column: the nearest to the chunk's middle, of a wide one the last it lies over."""
    x0, _, x1, _ = chunk.box
    over = [i for i, (a, b) in enumerate(columns, 1) if x0 < b and a < x1]
    if over:
        return over[-1]
    middle = (x0 + x1) / 2
    if middle < columns[0][0] and _VALUE.fullmatch(chunk.text) is None:
        gap = columns[1][0] - columns[0][0] if len(columns) > 1 else 0
        if columns[0][0] - middle > gap / 2:
            return 0
    return min(range(1, len(columns) + 1), key=lambda i: abs((columns[i - 1][0] + columns[i - 1][1]) / 2 - middle))

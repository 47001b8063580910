"""A stretch of text that holds a table → its lines: label fragments, and the cells behind them.

Four kinds of source come out alike: cells with visible separators (tabs, pipes, HTML), where an empty cell can be seen;
lines of words and numbers (aligned by spaces); one cell per line; everything on one line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from extractor.reading.cells import CJK, Cell, Content, Kind, content_of
from extractor.reading.html import html_rows


@dataclass(frozen=True)
class Line:
    """One line of a table. `label`: the leading cells with words; `tail`: the cells behind them (empty ones only where
    separators show them). `visible`: separators show the cells. `lead` is the column of
    the first tail cell, `width` the number of cells."""

    label: tuple[Cell, ...]
    tail: tuple[Cell, ...]
    visible: bool
    start: int
    end: int
    lead: int = 0
    width: int = 0

    @cached_property
    def text(self) -> str:
        """The words of the label."""
        return " ".join([c.text for c in self.label])

    @cached_property
    def filled(self) -> int:
        """How many tail cells hold something."""
        return len([c for c in self.tail if c.content.kind is not Kind.EMPTY])


_LINE = re.compile(r"[^\n]*\n?")
_ROW_TAG = re.compile(r"<tr\b", re.IGNORECASE)
_RULE_CELL = re.compile(r":?-{2,}:?|:-+:?|-+:")
_PAGE_NUMBER = re.compile(r"\s*(?:[-\u2010-\u2015]{1,2}\s*\d{1,3}\s*[-\u2010-\u2015]{1,2}|第\s*\d{1,3}\s*页.{0,12}|\d{1,3}\s*/\s*\d{1,3})\s*")
_SENTENCE = re.compile(r"[。;]|,(?!只计|不计|等于)")
_TOKEN = re.compile(
    r"[+\-]\s?\d[\d,]*(?:\.\d+)?(?![^\s|])"  # + 54
    r"|\d[\d,.]*\s?(?:件|条|个|份|项|次|万元|元)?\s?\([^()\n]{1,40}\)(?![^\s|])"  # 22(其中修订 16 件)
    r"|[^\s|]+"
)
_BLANK_ROW = 5  # as many empty cells side by side are a row with nothing in it, fewer are an empty line
_ILLEGIBLE = Content(Kind.ILLEGIBLE)
_TEXT = Content(Kind.TEXT)


def table_lines(tagged: str, text: str, start: int, end: int, columns: int) -> list[Line]:
    """The lines of the table that stands in [start, end) of the view; `columns` is the number of columns expected.

    `tagged` is the view's text, `text` the same with HTML tags blanked (the same object where there are none).
    """
    if tagged is not text and _ROW_TAG.search(tagged, start, end):
        rows = [_line([_cell(text, a, b, i) for i, (a, b) in enumerate(row)], True) for row in html_rows(tagged, start, end)]
        return [line for line in rows if line is not None]
    raw: list[tuple[int, int]] = []
    tabbed = piped = 0
    for match in _LINE.finditer(text, start, end):
        a, b = match.span()
        if b > a and text[b - 1] == "\n":
            b -= 1
        if text[a:b].strip() and not _PAGE_NUMBER.fullmatch(text, a, b):
            raw.append((a, b))
            tabbed += "\t" in text[a:b]
            piped += text.count("|", a, b) >= 3
    if tabbed * 4 >= len(raw) and tabbed:
        return _separated(text, raw, "\t")
    if piped * 4 >= len(raw) and piped:
        return _separated(text, raw, "|")
    return _stream(text, raw, columns)


def _cell(text: str, start: int, end: int, column: int) -> Cell:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end - start > 4 and text.startswith("**", start) and text.endswith("**", start, end):
        start, end = start + 2, end - 2
    words = text[start:end]
    if "&" in words:
        words = words.replace("&nbsp;", " ").strip()
    return Cell(start, end, content_of(words), words, column)


def _separated(text: str, raw: list[tuple[int, int]], separator: str) -> list[Line]:
    lines: list[Line] = []
    for a, b in raw:
        if separator == "|":
            while a < b and text[a] in " \t":
                a += 1
            while b > a and text[b - 1] in " \t\r":
                b -= 1
            a += text.startswith("|", a, b)
            b -= b > a and text[b - 1] == "|"
        cells: list[Cell] = []
        at = a
        for piece in text[a:b].split(separator):
            cells.append(_cell(text, at, at + len(piece), len(cells)))
            at += len(piece) + 1
        joined = _continues(lines, cells, text)
        if joined is not None:
            lines[-1] = joined
            continue
        line = _line(cells, True)
        if line is not None:
            lines.append(line)
    return lines


def _continues(lines: list[Line], cells: list[Cell], text: str) -> Line | None:
    """A lone number directly under a line that ends with a number: the cell's digits go on there."""
    if len(cells) != 1 or not lines or not lines[-1].tail or cells[0].content.kind is not Kind.NUMBER:
        return None
    last = lines[-1].tail[-1]
    if last.content.kind is not Kind.NUMBER or not text[cells[0].start : cells[0].end].isdigit():
        return None
    if text[last.end : cells[0].start].strip(" ") != "\n":
        return None
    cell = _cell(text, last.start, cells[0].end, last.column)
    if cell.content.kind is not Kind.NUMBER:
        return None
    before = lines[-1]
    return Line(before.label, (*before.tail[:-1], cell), True, before.start, cell.end, before.lead, before.width)


def _line(cells: list[Cell], visible: bool) -> Line | None:
    """Label cells are those up to the last one with words that stands before the first value; None for a rule or nothing."""
    if not cells or all(_RULE_CELL.fullmatch(c.text) for c in cells):
        return None
    first_value = next((i for i, c in enumerate(cells) if c.content.is_value), len(cells))
    last_label = max((i for i in range(first_value) if cells[i].content.kind is Kind.TEXT and _is_label(cells[i])), default=-1)
    if last_label < 0 and first_value == len(cells):
        last_label = max((i for i in range(first_value) if cells[i].content.kind is Kind.TEXT), default=-1)
    label = tuple(c for c in cells[: last_label + 1] if c.content.kind is not Kind.EMPTY)
    # words among the values are no label: something stands in the cell that is no number
    tail = tuple(
        Cell(c.start, c.end, _ILLEGIBLE, c.text, c.column) if c.content.kind is Kind.TEXT else c for c in cells[last_label + 1 :]
    )
    if not label and len(cells) < _BLANK_ROW and not any(c.content.kind is not Kind.EMPTY for c in tail):
        return None
    return Line(label, tail, visible, cells[0].start, cells[-1].end, last_label + 1, len(cells))


def _is_label(cell: Cell) -> bool:
    return CJK.search(cell.text) is not None and cell.text != "一"


def _tokens(text: str, start: int, end: int) -> list[Cell]:
    """The words and numbers of one line; a mark between words is part of the words."""
    cells = [Cell(m.start(), m.end(), content_of(m.group()), m.group()) for m in _TOKEN.finditer(text, start, end)]
    for i in range(len(cells) - 1, -1, -1):
        cell = cells[i]
        if cell.content.kind is Kind.MARK and i + 1 < len(cells) and cells[i + 1].content.kind is Kind.TEXT and i:
            cells[i] = Cell(cell.start, cell.end, _TEXT, cell.text)
    return cells


def _stream(text: str, raw: list[tuple[int, int]], columns: int) -> list[Line]:
    tokens = [_tokens(text, a, b) for a, b in raw]
    counts = [sum(c.content.is_value for c in line) for line in tokens]
    kept = [
        line
        for line, count, (a, b) in zip(tokens, counts, raw, strict=True)
        if line and not (count < 5 and b - a > 24 and _SENTENCE.search(text, a, b))
    ]
    counts = [sum(c.content.is_value for c in line) for line in kept]
    crowded = max(counts, default=0) > 2 * columns
    single = all(count <= 1 for count in counts) and not any(count and len(line) > 1 for line, count in zip(kept, counts, strict=True))
    if crowded or single:
        return _runs([cell for line in kept for cell in line])
    lines: list[Line] = []
    for line in kept:
        first = next((i for i, c in enumerate(line) if c.content.is_value), len(line))
        label = [c for c in line if c.content.kind is Kind.TEXT and (c.start < line[first].start if first < len(line) else True)]
        tail = _values(line[first:])
        lines.append(Line(tuple(label), tail, False, line[0].start, line[-1].end, len(label), len(line)))
    return lines


def _values(cells: list[Cell]) -> tuple[Cell, ...]:
    return tuple(Cell(c.start, c.end, _ILLEGIBLE, c.text) if c.content.kind is Kind.TEXT else c for c in cells)


def _runs(cells: list[Cell]) -> list[Line]:
    """Words, then numbers, then words again: each run of words with the run of numbers behind it is a line."""
    lines: list[Line] = []
    label: list[Cell] = []
    tail: list[Cell] = []
    for cell in cells:
        if cell.content.kind is Kind.TEXT:
            if tail and not _is_label(cell):
                tail.append(Cell(cell.start, cell.end, _ILLEGIBLE, cell.text))
                continue
            if tail:
                lines.append(_run(label, tail))
                label, tail = [], []
            label.append(cell)
        else:
            tail.append(cell)
    if label or tail:
        lines.append(_run(label, tail))
    return lines


def _run(label: list[Cell], tail: list[Cell]) -> Line:
    first, last = (label or tail)[0], (tail or label)[-1]
    return Line(tuple(label), tuple(tail), False, first.start, last.end, len(label), len(label) + len(tail))


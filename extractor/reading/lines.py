"""A stretch of text that holds a table → its lines: label fragments, and the cells behind them.

Four kinds of source come out alike: cells with visible separators (tabs, pipes, HTML), where an empty cell can be seen;
lines of words and numbers (aligned by spaces); one cell per line; everything on one line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from itertools import pairwise
from typing import NamedTuple

from extractor.reading.cells import CJK, EMPTY, NUMERAL, Cell, Content, Kind, content_of
from extractor.reading.html import cell_words, html_rows


class Line(NamedTuple):
    """One line of a table. `label`: the leading cells with words, `text` these words; `tail`: the cells behind them (empty
    ones only where separators show them), `filled` how many of them hold something. `visible`: separators show the cells.
    `lead` is the column of the first tail cell."""

    label: tuple[Cell, ...]
    text: str
    tail: tuple[Cell, ...]
    filled: int
    visible: bool
    start: int
    end: int
    lead: int = 0


def make_line(label: Sequence[Cell], tail: Sequence[Cell], visible: bool, start: int, end: int, lead: int = 0) -> Line:
    """A line with what follows from its cells."""
    filled = len([c for c in tail if c.content is not EMPTY])
    return Line(tuple(label), " ".join([c.text for c in label]), tuple(tail), filled, visible, start, end, lead)


_ROW_TAG = re.compile(r"<tr\b", re.IGNORECASE)
_RULE_CELL = re.compile(r":?-{2,}:?|:-+:?|-+:")
_PAGE_NUMBER = re.compile(
    r"[-\u2010-\u2015]{1,2}\s*\d{1,3}\s*[-\u2010-\u2015]{1,2}|第\s*\d{1,3}\s*页.{0,12}|\d{1,3} ?/ ?\d{1,3}"
)
_PAGE_SIGNS = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015第")  # a page's number begins with one of these or a digit
_SENTENCE = re.compile(r"[。;]|,(?!只计|不计|等于)")
_TOKEN = re.compile(
    r"(?<![^\s|])\d{1,2}\s?[.、](?=\s*[\u4e00-\u9fff“])"  # the numeral of a label, 1 . 属 于
    r"|\+\s?\d[\d,]*(?:\.\d+)?(?![^\s|])"  # + 54; with a minus it could be two cells
    # 22(其中修订 16 件)
    r"|\d[\d,.]*\s?(?:件|条|个|份|项|次|万元|元)?\s?\((?![一二三四五六七八九十\d]{1,2}\))[^()\n]{1,40}\)(?![^\s|])"
    r"|[^\s|#>][^\s|]*"
)
_LONGEST_LABEL = 60
_FEW = 12  # a table has separators if one line in so many has
_BLANK_ROW = 5  # as many empty cells side by side are a row with nothing in it, fewer are an empty line
_DECORATION = re.compile(r"[*=_~`]{2,}|[#>]+")  # of Markdown
_DECORATIVE = frozenset("*=_~`#>")
_DIGITS = {digit: content_of(digit) for digit in "0123456789"}
_ILLEGIBLE = Content(Kind.ILLEGIBLE)
_TEXT = Content(Kind.TEXT)


Cut = dict[tuple[int, int, str], list[Cell]]
"""The cells of lines by their place in the view and their separator; "" where none shows the cells."""


def table_lines(tagged: str, text: str, start: int, end: int, columns: int, cut: Cut) -> list[Line]:
    """The lines of the table that stands in [start, end) of the view; `columns` is the number of columns expected.

    `tagged` is the view's text, `text` the same with HTML tags blanked (the same object where there are none). Lines that were
    cut before are taken from `cut`, others are put into it.
    """
    if tagged is not text and _ROW_TAG.search(tagged, start, end):
        places = html_rows(tagged, start, end)
        rows = [_line([_html_cell(tagged[a:b], a, b, i) for i, (a, b) in enumerate(row)]) for row in places]
        return [line for line in rows if line is not None]
    raw: list[tuple[int, int]] = []
    tabbed = piped = 0
    b = start - 1
    for piece in text[start:end].split("\n"):
        a, b = b + 1, b + 1 + len(piece)
        if not piece or piece.isspace():
            continue
        words = piece.strip(" \t\r|")
        if words and (words[0] in _PAGE_SIGNS or words[0].isdigit()) and _PAGE_NUMBER.fullmatch(words):
            continue
        raw.append((a, b))
        tabbed += "\t" in piece
        piped += piece.count("|") >= 3
    if tabbed * _FEW >= len(raw) and tabbed:
        return _separated(text, raw, "\t", cut)
    if piped * _FEW >= len(raw) and piped:
        return _separated(text, raw, "|", cut)
    return _stream(text, raw, columns, cut)


def _cell(piece: str, at: int, column: int) -> Cell:
    """The cell that holds `piece`, which begins at view offset `at`."""
    digit = _DIGITS.get(piece)  # most cells of most reports
    if digit is not None:
        return Cell(at, at + 1, digit, piece, column)
    words = piece.strip()
    if not words:
        return Cell(at, at, EMPTY, "", column)
    start = at if len(words) == len(piece) else at + piece.index(words)
    if words[0] == "*" and len(words) > 4 and words.startswith("**") and words.endswith("**"):
        words, start = words[2:-2], start + 2
    end = start + len(words)
    if "&" in words:
        words = words.replace("&nbsp;", " ").strip()
    return Cell(start, end, content_of(words), words, column)


def _html_cell(tagged: str, start: int, end: int, column: int) -> Cell:
    """The cell with this content between its tags; its place is the content's, tags inside it included."""
    if "<" not in tagged and "&" not in tagged:
        return _cell(tagged, start, column)
    words = unescape(cell_words(tagged)).strip()
    return Cell(start, end, content_of(words), words, column) if words else Cell(start, start, EMPTY, "", column)


def _separated(text: str, raw: list[tuple[int, int]], separator: str, cut: Cut) -> list[Line]:
    lines: list[Line] = []
    for a, b in raw:
        cells = cut.get((a, b, separator))
        if cells is None:
            cells = cut[a, b, separator] = _pieces(text, a, b, separator)
        joined = _continues(lines, cells, text)
        if joined is not None:
            lines[-1] = joined
            continue
        line = _line(cells)
        if line is not None:
            lines.append(line)
    return lines


def _pieces(text: str, a: int, b: int, separator: str) -> list[Cell]:
    """The cells between the separators of one line."""
    if separator == "|":
        while a < b and text[a] in " \t":
            a += 1
        while b > a and text[b - 1] in " \t\r":
            b -= 1
        a += text.startswith("|", a, b)
        b -= b > a and text[b - 1] == "|"
    cells: list[Cell] = []
    for piece in text[a:b].split(separator):
        cells.append(_cell(piece, a, len(cells)))
        a += len(piece) + 1
    return cells


def _continues(lines: list[Line], cells: list[Cell], text: str) -> Line | None:
    """A lone number directly under a line that ends with a number: the cell's digits go on there."""
    if len(cells) != 1 or not lines or not lines[-1].label or not lines[-1].tail or not cells[0].content.is_value:
        return None
    last = lines[-1].tail[-1]
    if last.content.kind is not Kind.NUMBER or not text[cells[0].start : cells[0].end].isdigit():
        return None
    if text[last.end : cells[0].start].strip(" ") != "\n":
        return None
    cell = _cell(text[last.start : cells[0].end], last.start, last.column)
    if cell.content.kind is not Kind.NUMBER:
        return None
    before = lines[-1]
    return make_line(before.label, (*before.tail[:-1], cell), True, before.start, cell.end, before.lead)


def _line(cells: list[Cell]) -> Line | None:
    """Label cells are those up to the last one with words that stands before the first value; None for a rule or nothing."""
    first_value = last_label = last_words = -1
    for i, cell in enumerate(cells):
        if cell.content.is_value:
            first_value = i
            break
        if cell.content is not EMPTY:
            last_words = i
            if _is_label(cell):
                last_label = i
    if first_value >= 0 and "-" in cells[0].text and all(_RULE_CELL.fullmatch(c.text) for c in cells):
        return None
    if last_label < 0 and first_value < 0:
        last_label = last_words
        if last_label < 0 and len(cells) < _BLANK_ROW:
            return None
    # words among the values are no label: something stands in the cell that is no number
    tail = _values(cells[last_label + 1 :])
    label = [c for c in cells[: last_label + 1] if c.content is not EMPTY]
    return make_line(label, tail, True, cells[0].start, cells[-1].end, last_label + 1)


def _is_label(cell: Cell) -> bool:
    return CJK.search(cell.text) is not None and cell.text != "一"


def _tokens(text: str, start: int, end: int) -> list[Cell]:
    """The words and numbers of one line; the stroke in 增 / 减 and a 无 before other words are words."""
    whole = _cell(text[start:end], start, 0)
    if whole.content.kind is Kind.NUMBER:
        return [whole]
    cells: list[Cell] = []
    marked = False
    for match in _TOKEN.finditer(text, start, end):
        words = match.group()
        if words[0] in _DECORATIVE and _DECORATION.fullmatch(words):
            continue
        content = content_of(words)
        marked = marked or content.kind is Kind.MARK
        cells.append(Cell(match.start(), match.end(), content, words))
    for i, cell in enumerate(cells if marked else ()):
        if cell.content.kind is Kind.MARK:
            behind = cells[i + 1].content.kind if i + 1 < len(cells) else None
            if (i and cells[i - 1].text.endswith("增")) or (behind is Kind.TEXT and CJK.match(cell.text)):
                cells[i] = cell._replace(content=_TEXT)
    return cells


def _stream(text: str, raw: list[tuple[int, int]], columns: int, cut: Cut) -> list[Line]:
    kept: list[list[Cell]] = []
    crowded, single = False, True
    for a, b in raw:
        line = cut.get((a, b, "")) or _tokens(text, a, b)
        cut[a, b, ""] = line
        count = len([c for c in line if c.content.is_value])
        if not line or (count < 5 and _SENTENCE.search(text, a, b) and _is_prose(line, count, b - a)):
            continue
        kept.append(line)
        crowded = crowded or count > 2 * columns or (0 < count < len(line) and _alternates(line))
        single = single and (count == 0 or len(line) == 1)
    if crowded:
        return _runs([cell for line in kept for cell in line])
    if single:
        return _runs([cell for line in kept for cell in _whole_words(line)])
    lines: list[Line] = []
    for line in kept:
        first = next((i for i, c in enumerate(line) if c.content.is_value), len(line))
        label = line[:first]
        tail = _values(line[first:])
        lines.append(make_line(label, tail, False, line[0].start, line[-1].end, len(label)))
    return lines


def _is_prose(line: list[Cell], count: int, length: int) -> bool:
    """Whether a line with a sentence's marks is none of a table's: words stand behind its numbers, or it is long."""
    if count == 0:
        return length > _LONGEST_LABEL
    return any(a.content.is_value and _is_label(b) for a, b in pairwise(line))


def _alternates(line: list[Cell]) -> bool:
    """Words, numbers, words: more than one row stands on the line."""
    first = next((i for i, cell in enumerate(line) if cell.content.is_value), len(line))
    return any(cell.content.kind is Kind.TEXT and _is_label(cell) for cell in line[first:])


def _whole_words(line: list[Cell]) -> list[Cell]:
    """The words of a line that holds nothing else as one cell."""
    if len(line) < 2 or any(c.content.kind is not Kind.TEXT for c in line):
        return line
    return [Cell(line[0].start, line[-1].end, _TEXT, " ".join([c.text for c in line]))]


def _values(cells: list[Cell]) -> list[Cell]:
    return [c._replace(content=_ILLEGIBLE) if c.content.kind is Kind.TEXT else c for c in cells]


def _runs(cells: list[Cell]) -> list[Line]:
    """Words, then numbers, then words again: each run of words with the run of numbers behind it is a line."""
    lines: list[Line] = []
    label: list[Cell] = []
    tail: list[Cell] = []
    for cell in cells:
        if cell.content.kind is Kind.TEXT:
            if tail and not _is_label(cell) and not NUMERAL.fullmatch(cell.text):
                tail.append(cell._replace(content=_ILLEGIBLE))
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
    return make_line(label, tail, False, first.start, last.end, len(label))


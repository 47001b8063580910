"""The numbered lines of a document, as a model is shown them: each with the stretch of the view it stands for.

A numbered line is a line of the text that holds something. What belongs to one row of a table is brought onto one line: the
cells of an HTML row, and the lone values under a label where each cell has a line of its own; a line that holds many rows
is cut before each run of words. Shown are the view's characters, spaces between cells squeezed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractor.reading.html import html_rows
from extractor.report import Span

_LINE = re.compile(r"[^\n]+")
_HELD = re.compile(r"[0-9\u3400-\u9fffA-Za-z]")
_VALUE = r"(?:(?:[+\-\u2212]|增加?|减少?)?\s?\d[\d,.]*(?:万?元|[件条个])?(?:\([^()\n]{0,30}\))?|[-\u2013\u2014/无])"
_LONE = re.compile(rf"[\s|]*{_VALUE}(?:\s*\|\s*{_VALUE}){{0,40}}[\s|]*")
_PIPES = re.compile(r" ?[|\t] ?")
# Where a row ends inside a line: words behind a number that are no unit.
_BETWEEN = re.compile(
    r"(?<=[\d/\u2014-])\s+(?=[(\[]\s?[一二三四五六七八九十]\s?[)\]]|\d{1,2}\s?[.、]\s?[“\u3400-\u9fff]|[一二三四五六七八九十]\s?、"
    r"|(?![件条个份项次万元人户])[\u3400-\u9fff]\s?[\u3400-\u9fff]\s?[\u3400-\u9fff])"
)
_BREAKS = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
"""Whatever may be taken for the end of a line: a document must not begin a line, with a number of its own choice before it."""
_SPACES = re.compile(r"[ \u3000]{2,}")
# The form's own arithmetic, printed in the head of its second table: the one thing of a document that a model isn't shown.
_ARITHMETIC = re.compile(r"勾\s*稽|项\s*加\s*第|项\s*之\s*和|等\s*于\s*第")
_EDGE = re.compile(r"([|\d]+)")
_MOST_LONE = 400
"""Lone values that go to one line: all numbers of a table may stand apart from their labels."""
_ROW_FULL = 9
"""More lone values than this under one label are not its row's: they get a line of their own."""
_ROW_TAG = re.compile(r"<tr\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NumberedLine:
    """Line `number` stands for [start, end) of the view; `text` is what is shown of it. `table`: it lies in a table."""

    number: int
    start: int
    end: int
    text: str
    table: str = ""

    @property
    def shown(self) -> str:
        return f"{self.number} {self.text}"


def numbered_lines(tagged: str, text: str, tables: Sequence[tuple[str, Span]]) -> list[NumberedLine]:
    """The lines of the view, `text` with HTML tags blanked and `tagged` with them; `tables` are the stretches (view offsets)
    that hold tables."""
    found: list[NumberedLine] = []
    at = 0
    for key, (start, end) in [*sorted(tables, key=lambda t: t[1]), ("", (len(text), len(text)))]:
        for a, b in _prose(text, at, start):
            _add(found, text, a, b, "")
        pieces = _html(tagged, start, end) if key and tagged is not text and _ROW_TAG.search(tagged, start, end) else None
        for a, b, shown in pieces if pieces is not None else _table(text, start, end):
            _add(found, text, a, b, key, shown)
        at = max(at, end)
    return found


def _prose(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in _LINE.finditer(text, start, end):
        yield match.span()


def _add(found: list[NumberedLine], text: str, start: int, end: int, table: str, shown: str = "") -> None:
    shown = shown or text[start:end]
    shown = _BREAKS.sub(" ", shown)
    if "  " in shown or "\u3000" in shown:
        shown = _SPACES.sub(" ", shown)
    shown = shown.strip()
    if table:
        if "|" in shown or "\t" in shown:
            shown = _PIPES.sub("|", shown)
        shown = _without_arithmetic(shown).strip("| ")
    if _HELD.search(shown) or (table and shown.strip("|-: ")):
        found.append(NumberedLine(len(found) + 1, start, end, shown, table))


def _without_arithmetic(shown: str) -> str:
    """Without the cells, or the words between numbers, that the form's arithmetic stands in."""
    if not _ARITHMETIC.search(shown):
        return shown
    return "".join(["" if _ARITHMETIC.search(piece) else piece for piece in _EDGE.split(shown)])


def _table(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Lines of a table: lone values go to the line before them, lines of many rows are cut."""
    label: tuple[int, int] | None = None
    values: list[tuple[int, int]] = []
    for match in _LINE.finditer(text, start, end):
        a, b = match.span()
        line = match.group()
        if not line.strip():
            continue
        if _LONE.fullmatch(line) and len(values) < _MOST_LONE:
            values.append((a, b))
            continue
        yield from _row(text, label, values)
        label, values = None, []
        if "|" not in line and "\t" not in line:
            for cut in _BETWEEN.finditer(text, a, b):
                yield a, cut.start(), text[a : cut.start()]
                a = cut.end()
        label = (a, b)
    yield from _row(text, label, values)


def _row(text: str, label: tuple[int, int] | None, values: list[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
    """A line with the lone values under it; many of them are a line of their own."""
    places = [p for p in (label,) if p is not None]
    if len(values) > _ROW_FULL and places:
        yield (*places[0], text[slice(*places[0])])
        places = []
    places += values
    if places:
        yield places[0][0], places[-1][1], text[places[0][0] : places[-1][1]]


def _html(tagged: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """One line for each row; it begins with the row's tag, so that it is a row when it is looked at alone."""
    for row in html_rows(tagged, start, end):
        opening = max(tagged.rfind("<tr", start, row[0][0] + 1), tagged.rfind("<TR", start, row[0][0] + 1), start)
        closed = tagged.find(">", row[-1][1], end) + 1  # the last cell's closing tag belongs to it
        yield opening, closed or row[-1][1], "|".join(" ".join(tagged[a:b].split()) for a, b in row)

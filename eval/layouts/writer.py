"""Collects text and says where each piece of it stands."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from extractor.eval.paper import Content, HeadCell, Line
from extractor.report import Span

_SPACE = re.compile(r"\s+")


class Writer:
    """`flat` turns every line break and tab into one space."""

    __slots__ = ("_at", "_flat", "_parts", "_spaced")

    def __init__(self, flat: bool = False) -> None:
        self._parts: list[str] = []
        self._at = 0
        self._flat = flat
        self._spaced = True

    def put(self, text: str) -> Span:
        """Append; the span at which the text now stands."""
        if self._flat and text:
            text = _SPACE.sub(" ", text)
            if self._spaced and text[0] == " ":
                text = text[1:]
            if text:
                self._spaced = text[-1] == " "
        start = self._at
        self._at += len(text)
        self._parts.append(text)
        return (start, self._at)

    def set(self, content: Content) -> None:
        """Append a content and note its place."""
        if content.raw:
            content.span = self.put(content.raw)

    def text(self) -> str:
        return "".join(self._parts)


def fields(places: list[Content]) -> list[list[Content]]:
    """The places of a line as fields of the text: contents glued to the one before share its field."""
    out: list[list[Content]] = []
    for content in places:
        if content.glue and out:
            out[-1].append(content)
        else:
            out.append([content])
    return out


def put_field(writer: Writer, field: list[Content]) -> None:
    """The contents of one field that have something to print."""
    printed = [content for content in field if content.raw]
    for i, content in enumerate(printed):
        if i:
            writer.put(content.glue)
        writer.set(content)


def header_grid(lines: list[Line], width: int) -> list[list[HeadCell | None]]:
    """Header lines over `width` columns: a cell where it begins, None where one goes on."""
    grid: list[list[HeadCell | None]] = [[None] * width for _ in lines]
    taken = [[False] * width for _ in lines]
    for y, line in enumerate(lines):
        x = 0
        for cell in line.head:
            while x < width and taken[y][x]:
                x += 1
            if x >= width:
                break
            grid[y][x] = cell
            for dy in range(cell.lines):
                for dx in range(cell.columns):
                    if y + dy < len(lines) and x + dx < width:
                        taken[y + dy][x + dx] = True
            x += cell.columns
    return grid


def header_blocks(lines: list[Line]) -> list[tuple[int, int]]:
    """Runs [start, end) of header lines that follow each other."""
    runs = []
    start = -1
    for i, line in enumerate([*lines, Line("break", [])]):
        if line.kind == "header":
            start = i if start < 0 else start
        elif start >= 0:
            runs.append((start, i))
            start = -1
    return runs


@lru_cache(maxsize=16384)
def display_width(text: str) -> int:
    """Columns that a text takes in a fixed-width face."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)

"""Where the characters of a document stand on its pages.

Lengths are points (1/72 inch), measured from the page's top left corner: x to the right, y downwards.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Literal, NamedTuple

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in points: left, top, right, bottom."""


class Alternative(NamedTuple):
    """Another reading of the same characters, and how sure whoever read them is of it (0 to 1)."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page; `width` and `height` in points. `kind`: its characters were in the file (text) or were read from an image of
    it (scan). `dpi` is the resolution of that image, 0 for a page of text."""

    width: float
    height: float
    kind: Literal["text", "scan"] = "text"
    dpi: float = 0.0


@dataclass(frozen=True, slots=True)
class Piece:
    """The characters text[start:end) stand in `box` on page `page` (an index into `Layout.pages`, from 0).

    `confidence`: how sure it is that they were read rightly, 1 where they were not read but in the file. `alternatives`:
    other readings of all of these characters, likeliest first."""

    start: int
    end: int
    page: int
    box: Box
    confidence: float = 1.0
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True)
class Layout:
    """The pages of a document and the places of its characters. `pieces` are sorted by `start` and do not overlap; characters
    that stand on no page (separators, line ends) are in none."""

    pages: tuple[Page, ...]
    pieces: tuple[Piece, ...]

    @cached_property
    def _starts(self) -> list[int]:
        return list(map(attrgetter("start"), self.pieces))

    def pieces_of(self, start: int, end: int) -> Iterator[Piece]:
        """The pieces that have characters in [start, end), in their order."""
        at = max(bisect_right(self._starts, start) - 1, 0)
        while at < len(self.pieces) and self.pieces[at].start < end:
            if self.pieces[at].end > start:
                yield self.pieces[at]
            at += 1

    def boxes(self, start: int, end: int) -> tuple[tuple[int, Box], ...]:
        """Where [start, end) stands: page and box, in reading order. Pieces side by side on a line give one box; of a piece
        that is only partly in the span the box is cut in proportion to its characters."""
        found: list[tuple[int, Box]] = []
        for piece in self.pieces_of(start, end):
            box = _cut(piece, start, end)
            if found and found[-1][0] == piece.page and _side_by_side(found[-1][1], box):
                found[-1] = (piece.page, around_all((found[-1][1], box)))
            else:
                found.append((piece.page, box))
        return tuple(found)

    def confidence(self, start: int, end: int) -> float:
        """That of the least sure piece in [start, end); 1 where nothing was read there."""
        return min((piece.confidence for piece in self.pieces_of(start, end)), default=1.0)

    def alternatives(self, start: int, end: int) -> tuple[Alternative, ...]:
        """Other readings of just these characters; none where they are not exactly one piece."""
        pieces = list(self.pieces_of(start, end))
        whole = len(pieces) == 1 and (pieces[0].start, pieces[0].end) == (start, end)
        return pieces[0].alternatives if whole else ()


def _cut(piece: Piece, start: int, end: int) -> Box:
    if start <= piece.start and piece.end <= end:
        return piece.box
    x0, y0, x1, y1 = piece.box
    width = (x1 - x0) / (piece.end - piece.start)
    first, last = max(start, piece.start) - piece.start, min(end, piece.end) - piece.start
    return (x0 + first * width, y0, x0 + last * width, y1)


def _side_by_side(left: Box, right: Box) -> bool:
    """On one line, the second behind the first with a gap of at most a line's height."""
    height = min(left[3] - left[1], right[3] - right[1])
    shared = min(left[3], right[3]) - max(left[1], right[1])
    return shared > height / 2 and -height <= right[0] - left[2] <= height


def around_all(boxes: Iterable[Box]) -> Box:
    """The smallest box around some boxes, of which there is at least one."""
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return (min(x0), min(y0), max(x1), max(y1))

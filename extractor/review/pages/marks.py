"""The source text in pieces: plain stretches, the characters of cells, places that findings name. For a template to draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from extractor.report import Span

_PER_CHUNK = 120
"""Lines that a browser lays out together; those out of sight cost nothing (CSS content-visibility)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text from offset `at` on. `cells`: ids of the cells read from it, with spaces between. `named`: a
    finding points at it."""

    at: int
    text: str
    cells: str = ""
    named: bool = False


def chunks_of(text: str, cells: Mapping[str, Span], places: Iterable[Span]) -> list[list[Piece]]:
    """The text as chunks of pieces: all characters in order, each once. Of overlapping cells the first keeps its own."""
    named: dict[Span, list[str]] = {}
    for cell, span in cells.items():
        if span[0] < span[1]:
            named.setdefault(span, []).append(cell)
    opens: dict[int, str] = {}
    closes: set[int] = set()
    free = 0
    for (start, end), ids in sorted(named.items()):
        if start >= free:
            opens[start] = " ".join(ids)
            closes.add(end)
            free = end
    depth: Counter[int] = Counter()
    for start, end in places:
        if 0 <= start < end <= len(text):
            depth[start] += 1
            depth[end] -= 1
    breaks = _line_ends(text)
    chunks: list[list[Piece]] = [[]]
    own, covering = "", 0
    for start, end in pairwise(sorted({0, len(text), *opens, *closes, *depth, *breaks})):
        own = opens.get(start, "" if start in closes else own)
        covering += depth[start]
        if start in breaks:
            chunks.append([])
        chunks[-1].append(Piece(start, text[start:end], own, covering > 0))
    return chunks


def _line_ends(text: str) -> set[int]:
    """The end of every `_PER_CHUNK`th line."""
    found: set[int] = set()
    at = lines = 0
    while (at := text.find("\n", at) + 1) > 0:
        lines += 1
        if lines % _PER_CHUNK == 0:
            found.add(at)
    return found

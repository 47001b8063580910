"""A normalised view on a text, with a map back to the text as loaded.

Readers match on the view (NFKC, character by character: full-width letters, digits and brackets become plain ones;
zero-width characters vanish; ① and ² stay, so that a footnote's mark is no digit of the number before it) and report spans of
the source. Where no character changes length, which is the rule, the map is the identity and costs nothing.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from extractor.report import Span

# Characters that NFKC is known to turn into exactly one each (a test proves it). All others are looked at one by one.
EVEN = "\x00-\x9f\u2010-\u2016\u2018-\u201f\u3001-\u3029\u4e00-\u9fff\uff01-\uff5e\u3000"
_UNEVEN = re.compile(f"[^{EVEN}]")
# Of these, the ones that NFKC leaves alone.
SAME = "\x00-\x9f\u2010\u2012-\u2016\u2018-\u201f\u3001-\u3029\u4e00-\u9fff"
_CHANGING = re.compile(f"[^{SAME}]")
_ZERO_WIDTH = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")


@dataclass(frozen=True, slots=True)
class View:
    """`text` is the normalised text. Piece i covers view offsets `starts[i]` up to `starts[i + 1]` and begins at source
    offset `sources[i]`; in a piece marked `single`, all offsets belong to the one source character there. No pieces: the
    view has the source's offsets."""

    text: str
    starts: tuple[int, ...] = ()
    sources: tuple[int, ...] = ()
    single: tuple[bool, ...] = ()

    def with_text(self, text: str) -> View:
        """The same map over another text of the same length."""
        return View(text, self.starts, self.sources, self.single)

    def source_span(self, start: int, end: int) -> Span:
        """The span of the source for the view's [start, end)."""
        if not self.starts:
            return (start, end)
        first = self._source(start)[0]
        return (first, self._source(end - 1)[1] if end > start else first)

    def view_span(self, start: int, end: int) -> Span:
        """The span of the view for the source's [start, end): the inverse, up to characters that became none or several."""
        if not self.starts:
            return (start, end)
        return (self._view(start), self._view(end))

    def _view(self, source: int) -> int:
        piece = max(bisect_right(self.sources, source) - 1, 0)
        limit = self.starts[piece + 1] if piece + 1 < len(self.starts) else len(self.text)
        within = source - self.sources[piece]
        if self.single[piece] and within:
            return limit
        return min(self.starts[piece] + within, limit)

    def _source(self, offset: int) -> Span:
        piece = bisect_right(self.starts, offset) - 1
        source = self.sources[piece]
        if self.single[piece]:
            return (source, source + 1)
        source += offset - self.starts[piece]
        return (source, source + 1)


def view_of(text: str) -> View:
    """The view on a text as loaded."""
    pieces: list[str] = []
    starts: list[int] = []
    sources: list[int] = []
    single: list[bool] = []
    length = done = 0
    for match in _UNEVEN.finditer(text):
        at = match.start()
        char = match.group()
        normal = "" if char in _ZERO_WIDTH else _nfkc(char)
        if len(normal) == 1:
            continue  # even after all
        if at > done:
            starts.append(length)
            sources.append(done)
            single.append(False)
            pieces.append(_normal(text[done:at]))
            length += at - done
        if normal:
            starts.append(length)
            sources.append(at)
            single.append(True)
            pieces.append(normal)
            length += len(normal)
        done = at + 1
    last = _normal(text[done:])
    if not done:
        return View(last)
    starts.append(length)
    sources.append(done)
    single.append(False)
    return View("".join([*pieces, last]), tuple(starts), tuple(sources), tuple(single))


def _normal(text: str) -> str:
    """NFKC character by character, of a text in which each stays one character. NFKC of the whole could merge a letter with
    a combining mark behind it and so change offsets; and most characters stay as they are, so this is the faster way, too."""
    return _CHANGING.sub(_normal_character, text)


@lru_cache(maxsize=4096)
def _nfkc(char: str) -> str:
    normal = unicodedata.normalize("NFKC", char)
    # a footnote's mark, ① or ², must not become a digit of the number before it
    return char if normal.isdigit() and unicodedata.category(char) == "No" else normal


def _normal_character(match: re.Match[str]) -> str:
    return _nfkc(match[0])

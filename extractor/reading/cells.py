"""What stands in one cell of a table: a number, a mark, nothing, something illegible, or words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from extractor.report import Number, State


class Kind(Enum):
    """How a cell's content is to be taken, with the state that a cell of the form gets from it."""

    EMPTY = State.BLANK
    NUMBER = State.PRINTED
    MARK = State.MARKED
    ILLEGIBLE = State.ILLEGIBLE
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Content:
    """`lookalike`: letters were taken for digits (O for 0, l for 1). `is_value`: something stands here that is not words;
    `state`: what a cell of the form gets from it, words being illegible there."""

    kind: Kind
    value: Number | None = None
    unit: str = ""
    note: str = ""
    lookalike: bool = False
    is_value: bool = field(init=False, compare=False, repr=False)
    state: State = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_value", self.kind is not Kind.TEXT and self.kind is not Kind.EMPTY)
        object.__setattr__(self, "state", State.ILLEGIBLE if self.kind is Kind.TEXT else self.kind.value)


class Cell(NamedTuple):
    """A cell at [start, end) of the view; `column` is its place in the line, counted from 0 over all separators."""

    start: int
    end: int
    content: Content
    text: str
    column: int = 0


EMPTY = Content(Kind.EMPTY)
_ILLEGIBLE = Content(Kind.ILLEGIBLE)
_TEXT = Content(Kind.TEXT)
_MARK = Content(Kind.MARK)

CJK = re.compile(r"[\u3400-\u9fff\ufffd]")
_MARKS = re.compile(r"[-\u2010-\u2015\u2212_/\\~*]{1,6}|无|不涉及|不适用")
_UNITS = "亿元|万元|千元|元|件次|人次|件|条|个|份|项|次|人|户|宗|起|部|篇"
_NUMBER = re.compile(
    r"(?P<sign>[+\-\u2010-\u2015\u2212]|增加?|减少?|)\s*"
    r"(?P<digits>\d{1,3}(?:,\d{3})+|\d+(?:\s*[\n\u2028]\s*\d+)?)(?P<fraction>\.\d+)?\s*"
    rf"(?P<unit>{_UNITS})?\s*(?P<note>[(\[【](?![一二三四五六七八九十\d]{{1,2}}[)\]】]).*|[,;:]\s*(?:其中|含).*)?",
    re.DOTALL,
)
_LOOKALIKE = re.compile(r"[+\-]?[0-9OoQ〇○lI]{1,9}")
_LOOKALIKES = str.maketrans("OoQ〇○lI", "0000011")
_UNREAD = re.compile(r"[\u25a1\s]+")
"""What stands where a page has ink that nothing was read from."""
NUMERAL = re.compile(r"[(\[]?(?:\d{1,2}|[一二三四五六七八九十]{1,2})\s?(?:[)\]][.、]?|[.、])")
# 增减 printed with room for both: "+(3) -( )", "增( )减(4)", "+(0) -(0)"
_TWO_WAY = re.compile(r"[+增]\s*\(\s*(\d*)\s*\)\s*[-\u2010-\u2015\u2212减]\s*\(\s*(\d*)\s*\)")
_SEPARATED = re.compile(r"\s*[\n\u2028]\s*|,")
_MAX_DIGITS = 15


@lru_cache(maxsize=65536)
def content_of(text: str) -> Content:
    """The content of a cell from its text in the view, stripped. Longer texts than any cell's are words."""
    if not text:
        return EMPTY
    if len(text) > 80:
        return _TEXT
    if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS:
        return Content(Kind.NUMBER, int(text))
    if _MARKS.fullmatch(text):
        return _MARK
    match = _NUMBER.fullmatch(text)
    if match:
        return _number(match)
    both = _TWO_WAY.fullmatch(text)
    if both:
        return _two_way(both.group(1), both.group(2))
    if _LOOKALIKE.fullmatch(text) and (any(c.isdigit() for c in text) or text in {"O", "o", "〇", "○", "l", "I"}):
        return Content(Kind.NUMBER, int(text.translate(_LOOKALIKES)), lookalike=True)
    if _UNREAD.fullmatch(text):
        return _ILLEGIBLE
    if CJK.search(text) or NUMERAL.fullmatch(text):
        return _TEXT
    return _ILLEGIBLE if any(c.isdigit() for c in text) else _TEXT


def _number(match: re.Match[str]) -> Content:
    digits = _SEPARATED.sub("", match["digits"])
    if len(digits) > _MAX_DIGITS:
        return _ILLEGIBLE
    negative = match["sign"] not in ("", "+", "增", "增加")
    # an amount of money stays exact: never a binary float
    value: Number = Decimal(digits + match["fraction"]) if match["fraction"] else int(digits)
    return Content(Kind.NUMBER, -value if negative else value, match["unit"] or "", (match["note"] or "").strip())


def _two_way(up: str, down: str) -> Content:
    if int(up or 0) == 0 and int(down or 0) == 0:
        return Content(Kind.NUMBER, 0) if up or down else EMPTY
    if int(up or 0) and int(down or 0):
        return _ILLEGIBLE  # two numbers in one cell: a reader does not add up
    return Content(Kind.NUMBER, int(up) if int(up or 0) else -int(down))

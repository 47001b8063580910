"""Dates as reports write them: in digits or Chinese numerals, with spaces inside, with 年月日 or dots."""

from __future__ import annotations

from extractor.reading.numerals import DIGITS

YEAR = r"(?:2\s?0\s?\d\s?\d|[二2][〇零○O0][一二三四五六七八九〇零○]{2})"
MONTH = r"(?:\d(?:\s?\d)?|[一二三四五六七八九十]{1,2})"
DAY = r"(?:\d(?:\s?\d)?|[一二三四五六七八九十]{1,3})"
DATE = rf"(?P<y>{YEAR})\s*[年.\-/]\s*(?P<m>{MONTH})\s*[月.\-/]\s*(?P<d>{DAY})\s*日?"
"""Patterns, to be built into others; the groups of DATE are y, m and d."""


def year_of(text: str) -> int:
    """The year that YEAR matched."""
    digits = "".join(text.split()).replace("O", "0")
    return int("".join(c if c.isdecimal() else str(DIGITS[c]) for c in digits))


def iso(year: str, month: str, day: str) -> str:
    """The date whose pieces YEAR, MONTH and DAY matched, as printed: 2021-02-30 stays what it is."""
    return f"{year_of(year):04d}-{_small(month):02d}-{_small(day):02d}"


def date_end(text: str, end: int) -> int:
    """Where a date ends whose day ends at `end`: with 日, if it stands there."""
    stop = end + 1 if text.startswith(" ", end) else end
    return stop + 1 if text.startswith("日", stop) else end


def _small(text: str) -> int:
    """A month or a day."""
    plain = "".join(text.split())
    if plain.isascii():
        return int(plain)
    tens, found, ones = plain.partition("十")
    if not found:
        return DIGITS.get(tens, 0)
    return 10 * DIGITS.get(tens, 1) + DIGITS.get(ones, 0)

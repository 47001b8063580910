"""Numbers as prose writes them: Chinese numerals, printed numbers with separators, multipliers."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from extractor.report import Number

DIGITS = {"零": 0, "〇": 0, "○": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
MULTIPLIERS = {"": 1, "百": 100, "千": 1000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000}
_LONGEST = 20  # characters: longer ones are no numbers of a report
_PLAIN = re.compile(r"\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
# Letters that OCR puts in the place of a digit; they count as digits inside a number only.
_LOOK_ALIKES = str.maketrans("OoIl〇", "00110")


@lru_cache(maxsize=4096)
def chinese_number(text: str) -> int | None:
    """The value of a Chinese numeral: 十二, 一千两百, 三万五千, 一百零五, 二〇二一 (digit by digit), 一千二 (1200).
    None where it is no well-formed numeral."""
    if not 0 < len(text) <= _LONGEST:
        return None
    if all(c in DIGITS for c in text):
        return DIGITS[text] if len(text) == 1 else int("".join(str(DIGITS[c]) for c in text))
    total = section = 0
    digit: int | None = None
    last = 10_000  # the unit that stood last: units must fall within a section
    for at, char in enumerate(text):
        if char in DIGITS:
            if digit:
                return None
            digit = DIGITS[char]
        elif char in _UNITS:
            unit = _UNITS[char]
            if unit >= last or (unit != 10 and (digit == 0 or (digit is None and at))):
                return None
            section += (digit or 1) * unit
            digit, last = None, unit
        elif char in "万亿":
            section += digit or 0
            if not section:
                return None
            if char == "万":
                total += section * 10_000
            else:
                total = (total + section) * 100_000_000
            section, digit, last = 0, None, 10_000
        else:
            return None
    if digit:
        # 一千二, 三万五: the unit is left out after a higher one, unless a zero stands between
        lower = {"百": 10, "千": 100, "万": 1000, "亿": 10_000_000}.get(text[-2], 1)
        section += digit * lower
    return total + section


@lru_cache(maxsize=4096)
def printed_number(text: str, multiplier: str = "") -> Number | None:
    """The value of a printed number: 1,234 · 1 234 · 12.5 · 1O5 (a letter for a digit), times its multiplier (24.5 with 万 is
    245000). An int where no fraction is left, unless one is printed and nothing multiplies it. None where no number can
    be read."""
    plain = text.translate(_LOOK_ALIKES)
    if len(text) > _LONGEST or not _PLAIN.fullmatch(plain):
        return None
    bare = plain.replace(",", "").replace(" ", "")
    factor = MULTIPLIERS[multiplier]
    if "." not in bare:
        return int(bare) * factor
    value = Decimal(bare) * factor
    return int(value) if factor > 1 and value == value.to_integral_value() else value


def one_digit_apart(a: int, b: int) -> bool:
    """Whether one wrong, lost or added digit turns one number into the other: what OCR does to a number."""
    x, y = str(a), str(b)
    if len(x) == len(y):
        return sum(p != q for p, q in zip(x, y, strict=True)) == 1
    if len(x) > len(y):
        x, y = y, x
    return len(y) - len(x) == 1 and any(y[:i] + y[i + 1 :] == x for i in range(len(y)))

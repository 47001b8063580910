"""What a total and the parts that are listed behind it have to do with each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from fractions import Fraction

from extractor.reading.numerals import one_digit_apart
from extractor.report import Number

_REST = re.compile(r"其[他它余]")
_NEARLY = Fraction(8, 10)  # of the total: a list that names less than this is of some parts only
_ALL_BUT = Fraction(9, 10)  # of the total: what is missing would be less than each part that was worth naming
_SHARES = (95, 105)  # shares whose sum lies here are meant to make up 100


class Composition(Enum):
    """WHOLE: the parts are said to make up the total, and either do or contradict it. OPEN: they come close to it, and
    whether the list is complete can't be told. UNRELATED: a list of some parts only, or no list of parts."""

    WHOLE = "whole"
    OPEN = "open"
    UNRELATED = "unrelated"


def closed(labels: Sequence[str], shares: Sequence[Number]) -> bool:
    """Whether a list says that it is complete: it ends with 其他, or each part has a share and the shares make up 100."""
    return bool(labels and _REST.search(labels[-1])) or (
        len(shares) == len(labels) > 1 and _SHARES[0] <= sum(shares) <= _SHARES[1]
    )


def composition(total: Number, parts: Sequence[Number], is_closed: bool) -> Composition:
    """How `parts`, listed behind `total`, relate to it."""
    found = sum(parts)
    if found == total or is_closed or found > total:
        return Composition.WHOLE
    share = Fraction(found) / Fraction(total)
    if _misread(total, parts) or (share >= _ALL_BUT and total - found < min(parts)):
        return Composition.WHOLE
    return Composition.OPEN if share >= _NEARLY else Composition.UNRELATED


def _misread(total: Number, parts: Sequence[Number]) -> bool:
    """Whether one digit of one number would mend the sum. Numbers of one or two digits prove nothing: there chance
    mends too much."""
    if not isinstance(total, int) or total < 100:
        return False
    found = sum(parts)
    if isinstance(found, int) and one_digit_apart(found, total):
        return True
    return any(
        isinstance(part, int) and part >= 100 and part + total - found >= 0 and one_digit_apart(part, int(part + total - found))
        for part in parts
    )

"""How likely it is that a number was misread, or is wrong in print: costs in nats (negative logarithms), to rank by.

The digits that OCR takes for each other, and the classes of slips (a digit dropped, doubled, the first or last lost), are the
usual ones; the costs are orders of magnitude, not estimates from data, and only their order matters.
"""

from __future__ import annotations

from functools import lru_cache
from math import inf, log
from typing import Literal

from extractor.report import Reading, State

Verdict = Literal["misread", "wrong_in_print", "not_printed", "shifted", "swapped", "joined", "slipped", "exchanged"]
"""Why a cell doesn't hold what it should: its digits were misread · the source itself is wrong · the number is missing ·
its row stands one column off · two neighbours are swapped · two neighbours' digits run together · rows stand one row off
from a point on · two rows stand under each other's labels."""

MISREAD = 4.0
"""Cost of any one number being misread, before its digits are compared."""
IN_PRINT = 5.0
"""Cost of any one number being wrong in print; a total is worked out by hand and wrong more often."""
TOTAL_IN_PRINT = 4.0
MISSING = 5.0
"""Cost of a count that is not nought having been left out."""

_ALIKE = frozenset(map(frozenset, ("08", "06", "09", "68", "69", "89", "17", "14", "27", "35", "38", "49", "56", "58")))
_SUBSTITUTE = 2.2
_SUBSTITUTE_ALIKE = 0.4
_DROP = 1.6
_DOUBLE = 0.6
_AT_END = 1.0
_NAMED = 0.2


@lru_cache(maxsize=4096)
def misreading(printed: str, meant: str) -> float:
    """Cost of reading the digits `meant` as `printed`: a weighted edit distance; 0 for the same digits."""
    printed, meant = printed[:15], meant[:15]
    row = [0.0]
    for j in range(1, len(meant) + 1):
        row.append(row[-1] + _gap(meant, j - 1))
    for i in range(1, len(printed) + 1):
        above = row
        row = [above[0] + _gap(printed, i - 1)]
        for j in range(1, len(meant) + 1):
            a, b = printed[i - 1], meant[j - 1]
            same = 0.0 if a == b else _SUBSTITUTE_ALIKE if frozenset((a, b)) in _ALIKE else _SUBSTITUTE
            row.append(min(above[j - 1] + same, above[j] + _gap(printed, i - 1), row[j - 1] + _gap(meant, j - 1)))
    return row[-1]


def _gap(digits: str, at: int) -> float:
    """Cost of a digit that stands in one of the two only."""
    if digits[at] in (digits[at - 1 : at], digits[at + 1 : at + 2]):
        return _DOUBLE
    return _AT_END if at in (0, len(digits) - 1) else _DROP


def of_change(reading: Reading, old: int | None, new: int, total: bool) -> tuple[float, Verdict]:
    """Cost of the cell really holding `new`, and the likelier of the reasons. `total`: the cell is a sum of others."""
    if old is None or reading.state is not State.PRINTED:
        return MISSING, "not_printed"
    misread = of_doubt(reading) + min(misreading(str(old), str(new)), _of_alternative(reading, new))
    in_print = TOTAL_IN_PRINT if total else IN_PRINT
    in_print += 0.5 if abs(new - old) == 1 else 1.0 + 0.25 * min(len(str(abs(new - old))), 4)
    return (misread, "misread") if misread <= in_print else (in_print, "wrong_in_print")


def _of_alternative(reading: Reading, new: int) -> float:
    """Cost of the digits being `new` where they were named as another reading: more, the less sure that one was."""
    for value, confidence in reading.alternatives:
        if value == new:
            return _NAMED + 0.5 * max(log(max(reading.confidence, 0.01) / max(confidence, 0.01)), 0.0)
    return inf


def of_doubt(reading: Reading) -> float:
    """Cost of a number being misread, before its digits are compared; less where its reader was in doubt."""
    confidence = min(max(reading.confidence, 0.01), 0.99)
    return MISREAD - 0.5 * log(0.99 / confidence)

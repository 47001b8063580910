"""Tables whose rows stand side by side on one line (reconsideration and litigation): which number stands where."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise
from math import comb

from extractor.reading.cells import EMPTY, Cell
from extractor.reading.columns import MAX_PLACEMENTS, Placement, no_layout, place
from extractor.reading.labels import squeeze
from extractor.reading.lines import Line

_LOST_TOGETHER = 2  # so many columns a page break takes from header and numbers alike


def one_line_placement(
    values: Sequence[Line], header: Sequence[Line], labels: dict[str, str], keys: Sequence[str], groups: int
) -> tuple[Placement, bool]:
    """The placement of all numbers in `groups` times `keys` places, and whether any column is named by the header.

    A line cut in two by a page break is one line here. Where numbers are missing, a header that lost the same columns says
    which they are.
    """
    count = len(keys) * groups
    named = _named(header, labels)
    tail = tuple(cell for line in values for cell in line.tail)
    if len(tail) > count and len(values) == 1:
        line = values[0]
        return place(line, no_layout(count), count, ""), bool(named)
    if len(tail) > count:
        tail = tuple(cell for cell in tail if cell.content is not EMPTY)
    if len(tail) == count:
        return Placement(tail, (tuple(range(count)),), True), bool(named)
    if len(tail) > count or comb(count, len(tail)) > MAX_PLACEMENTS:
        return Placement(tail, (), False), bool(named)
    ways = list(combinations(range(count), len(tail)))
    whole = [*keys] * groups
    fitting = [way for way in ways if [whole[i] for i in way] == named]
    # a header in pieces names few columns, and then says nothing of the numbers
    if len(fitting) == 1 and len(tail) >= count - _LOST_TOGETHER:
        return Placement(tail, (fitting[0],), True), True
    return Placement(tail, tuple(ways), False), bool(named)


def out_of_order(header: Sequence[Line], labels: dict[str, str], keys: Sequence[str], groups: Sequence[str]) -> bool:
    """Whether the header names the groups, or the columns of a group, in another order than the form."""
    heads = [squeeze(group) for group in groups]
    found: dict[int, Cell] = {}
    for cell in (cell for line in header for cell in line.label):
        for index, head in enumerate(heads):
            if head in squeeze(cell.text):
                found.setdefault(index, cell)
    if len(found) == len(heads):
        by_column = sorted(found, key=lambda index: found[index].column)
        gaps = [found[b].column - found[a].column for a, b in pairwise(by_column)]
        # columns show the order where each group has room for its own; else the groups stand one after the other in the text
        spread = all(gap >= len(keys) for gap in gaps)
        if (by_column if spread else sorted(found, key=lambda index: found[index].start)) != sorted(found):
            return True
    lines = [[keys.index(labels[name]) for c in line.label if (name := squeeze(c.text)) in labels] for line in header]
    return any(_falls_back(named, len(keys)) for named in lines)


def _falls_back(named: Sequence[int], count: int) -> bool:
    """Whether columns named on one line, each of them at least once, go back otherwise than from the end of a group to the
    beginning of the next."""
    whole = len(set(named)) == count
    return whole and (named[0] == count - 1 or any(b <= a and not (b == 0 and a >= count - 2) for a, b in pairwise(named)))


def _named(header: Sequence[Line], labels: dict[str, str]) -> list[str]:
    """The columns that the header names, in the order of the line: by source column where separators show it."""
    cells: list[Cell] = [cell for line in header for cell in line.label]
    visible = any(line.visible for line in header)
    if visible:
        cells.sort(key=lambda c: c.column)
    return [labels[name] for cell in cells if (name := squeeze(cell.text)) in labels]

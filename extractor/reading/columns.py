"""Which column a number stands in: by count, by the header, by what is filled elsewhere, by the place on the line.

Where the source does not tell, the placements that it allows are handed on, likeliest first; nothing is chosen here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from math import comb

from extractor.reading.cells import EMPTY, Cell
from extractor.reading.labels import squeeze
from extractor.reading.lines import Line

_NAMED = 5  # so many columns on one line of a header are its order
_LABEL_COLUMNS = 2  # columns of labels that a row without groups leaves empty
MAX_PLACEMENTS = 5000


@dataclass(frozen=True, slots=True)
class Layout:
    """What the lines of one table show of its columns.

    `first`: the source column of the form's first column, by a header that names all columns side by side, or None.
    `headed`: the header names columns. `left`: the columns that it names, where it and all rows have lost the same number.
    `filled`: for each column the share of sound rows in which something stands. `short`: rows have fewer cells than columns.
    `order`: the form's column at each place, where the header names them in another order.
    `centres`: for text aligned by spaces, the middle of each column on the line, and half the distance to its neighbour.
    """

    first: int | None
    headed: bool
    left: tuple[int, ...] | None
    filled: tuple[float, ...]
    centres: tuple[tuple[float, float], ...] | None
    short: bool = False
    order: tuple[int, ...] | None = None


def no_layout(count: int) -> Layout:
    """Nothing is known of the columns."""
    return Layout(None, False, None, (0.5,) * count, None)


def layout(header: Sequence[Line], rows: Sequence[Line], labels: dict[str, str], keys: Sequence[str], text: str) -> Layout:
    """The layout from the lines before the first row (`header`), the rows, and the wordings of the columns' labels."""
    count = len(keys)
    places: dict[str, int] = {}
    order: list[int] = []
    for line in header:
        for cell in (*line.label, *line.tail):
            key = labels.get(squeeze(cell.text), "")
            if key in keys:
                places.setdefault(key, cell.column)
                order.append(keys.index(key))
    columns = [places.get(key, -1) for key in keys]
    first = columns[0] if columns[0] >= 0 and columns == list(range(columns[0], columns[0] + count)) else None
    order_of = permutation(header, labels, keys)
    named = tuple(sorted(set(order))) if order else None
    lost = named is not None and len(named) < count and all(len(row.tail) <= len(named) for row in rows)
    sound = [row for row in rows if len(row.tail) == count]
    if len(sound) == len(rows):  # no row needs more than its count
        return Layout(first, bool(order), None, (1.0,) * count, None, False, order_of)
    filled = tuple(
        sum(row.tail[i].content is not EMPTY for row in sound) / len(sound) if sound else 0.5 for i in range(count)
    )
    centres = None
    if not rows[0].visible and count > 1:
        centres = _middles_of_rows(sound, text) or _middles_of_header(header, labels, keys, text)
    short = any(row.filled and len(row.tail) < count for row in rows)
    return Layout(first, bool(order), named if lost else None, filled, centres, short, order_of)


def permutation(header: Sequence[Line], labels: dict[str, str], keys: Sequence[str]) -> tuple[int, ...] | None:
    """The form's column at each place of the source, where a line of the header names the columns in another order than the
    form; None where it does not. Only separators show an order: words in a run may be several lines of a header."""
    found = list(range(len(keys)))
    for line in header:
        named = [keys.index(key) for c in (*line.label, *line.tail) if (key := labels.get(squeeze(c.text), "")) in keys]
        if line.visible and len(named) >= min(_NAMED, len(keys)) and len(set(named)) == len(named):
            for place, column in zip(sorted(named), named, strict=True):
                found[place] = column
    return tuple(found) if found != sorted(found) else None


def _middles_of_rows(sound: Sequence[Line], text: str) -> tuple[tuple[float, float], ...] | None:
    """The middles of the columns, from rows with a number in each."""
    if len(sound) < 3:
        return None
    spans = [(min(c), max(c)) for c in zip(*[[_centre(cell, text) for cell in row.tail] for row in sound], strict=True)]
    if any(right[0] - left[1] < 2 for left, right in pairwise(spans)):
        return None  # columns run into each other: the place on the line says nothing
    return _with_reach([(low + high) / 2 for low, high in spans])


def _middles_of_header(
    header: Sequence[Line], labels: dict[str, str], keys: Sequence[str], text: str
) -> tuple[tuple[float, float], ...] | None:
    """The middles of the columns, from a header that names them all; a label broken over lines has its pieces one below the
    other."""
    stacks: list[tuple[float, float, str]] = []
    for line in header:
        for cell in (*line.label, *line.tail):
            middle = _centre(cell, text)
            half = _width(cell.text) / 2
            low, high = middle - half, middle + half
            for i, (left, right, words) in enumerate(stacks):
                # pieces of another column's label don't overlap; the group's label above does, and is no column's
                if low < right and left < high and squeeze(words) not in labels and squeeze(words + cell.text) in labels:
                    stacks[i] = (min(left, low), max(right, high), words + cell.text)
                    break
            else:
                stacks.append((low, high, cell.text))
    middles = {labels[name]: (left + right) / 2 for left, right, words in stacks if (name := squeeze(words)) in labels}
    ordered = [middles[key] for key in keys if key in middles]
    if len(ordered) < len(keys) or any(b - a < 2 for a, b in pairwise(ordered)):
        return None
    return _with_reach(ordered)


def _with_reach(middles: Sequence[float]) -> tuple[tuple[float, float], ...]:
    gaps = [b - a for a, b in pairwise(middles)]
    return tuple((m, min(gaps[max(i - 1, 0)], gaps[min(i, len(gaps) - 1)]) / 2) for i, m in enumerate(middles))


def _width(text: str) -> int:
    # a Chinese character is two columns wide, as two bytes of GBK are
    return len(text.encode("gbk", "replace"))


def _centre(cell: Cell, text: str) -> float:
    line = text.rfind("\n", 0, cell.start) + 1
    return _width(text[line : cell.start]) + _width(text[cell.start : cell.end]) / 2


@dataclass(frozen=True, slots=True)
class Placement:
    """The cells to place and the columns they may stand in (one tuple per candidate, likeliest first).

    `certain`: there is one candidate and the source gives it. No candidate: there are more cells than columns, or too many
    ways. `blank`: columns with nothing in them, seen to be so; other columns left over are lost."""

    cells: tuple[Cell, ...]
    candidates: tuple[tuple[int, ...], ...]
    certain: bool
    blank: frozenset[int] = frozenset()


def place(line: Line, layout: Layout, count: int, text: str) -> Placement:
    """Place the tail of a line into `count` columns."""
    tail = line.tail
    if layout.order is not None and line.filled:
        return Placement(tail, (layout.order,), True) if len(tail) == count else Placement(tail, (), False)
    leading = next((i for i, cell in enumerate(tail) if cell.content is not EMPTY), 0)
    if layout.short and 0 < leading <= _LABEL_COLUMNS and line.filled == len(tail) - leading < count <= len(tail):
        # where rows have lost cells, an empty one in front may be a label's: then this row has lost some too
        ways = sorted(combinations(range(count), line.filled), key=lambda way: (-way[0], way))
        return Placement(tail[leading:], tuple(ways), False)
    if len(tail) == count:
        return Placement(tail, (tuple(range(count)),), True)
    if len(tail) > count:
        return _windows(line, layout, count)
    if not line.filled:
        return Placement(tail, (tuple(range(len(tail))),), True)
    if layout.centres is not None and not line.visible:
        by_place = _by_centres(tail, layout.centres, text)
        if by_place is not None:
            rest = frozenset(range(count)) - set(by_place)
            return Placement(tail, (by_place,), True, rest)
    if layout.left is not None and len(layout.left) == len(tail) and line.visible:
        return Placement(tail, (layout.left,), True)
    if comb(count, len(tail)) > MAX_PLACEMENTS:
        return Placement(tail, (), False)
    offset = line.lead - layout.first if layout.first is not None and line.visible else None
    return Placement(tail, _ways(count, len(tail), offset), False)


@lru_cache(maxsize=1024)
def _ways(count: int, cells: int, offset: int | None) -> tuple[tuple[int, ...], ...]:
    """All ways to stand `cells` in `count` columns in their order, likeliest first: nearest to where a sound header has them,
    `offset` being the column of the first; else nothing lost in front."""

    def distance(way: tuple[int, ...]) -> int:
        return sum(abs(offset + i - column) for i, column in enumerate(way)) if offset is not None else 0

    return tuple(sorted(combinations(range(count), cells), key=lambda way: (distance(way), way)))


def _windows(line: Line, layout: Layout, count: int) -> Placement:
    """More cells than columns: empty ones before or behind do not belong to the table's columns."""
    tail = line.tail
    filled = [i for i, cell in enumerate(tail) if cell.content is not EMPTY]
    if not filled:
        return Placement(tail[:count], (tuple(range(count)),), True)
    if filled[-1] - filled[0] >= count:
        return Placement(tail, (), False)
    low, high = max(0, filled[-1] - count + 1), min(filled[0], len(tail) - count)

    def cost(offset: int) -> tuple[float, int]:
        unusual = sum(1 - layout.filled[i - offset] for i in filled)
        return (unusual, 0 if layout.first is not None and line.lead + offset == layout.first else 1)

    offsets = sorted(range(low, high + 1), key=cost)
    best = cost(offsets[0])
    header_agrees = layout.first is not None and best[1] == 0
    certain = len(offsets) == 1 or (header_agrees and all(cost(o)[0] >= best[0] for o in offsets))
    if certain:
        return Placement(tail[offsets[0] : offsets[0] + count], (tuple(range(count)),), True)
    cells = tuple(tail[i] for i in filled)
    return Placement(cells, tuple(tuple(i - o for i in filled) for o in offsets), False, frozenset(range(count)))


def _by_centres(tail: Sequence[Cell], centres: tuple[tuple[float, float], ...], text: str) -> tuple[int, ...] | None:
    chosen: list[int] = []
    for cell in tail:
        at = _centre(cell, text)
        near = [i for i, (middle, reach) in enumerate(centres) if abs(at - middle) <= reach]
        if len(near) != 1 or (chosen and near[0] <= chosen[-1]):
            return None
        chosen.append(near[0])
    return tuple(chosen)

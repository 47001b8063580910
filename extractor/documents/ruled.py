"""Tables that ruling lines draw: boxes of cells and the letters on the page → tables with merged cells at their places."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from extractor.documents.composing import Table, TableCell
from extractor.documents.layout import Box
from extractor.documents.letters import Letter, lines_of

_SAME = 2.0
"""Lines nearer to each other than so many points are one."""


def ruled_tables(
    found: Sequence[Sequence[Box]], letters: Iterable[Letter], page: int
) -> tuple[list[tuple[float, Table]], list[Letter]]:
    """The tables from top to bottom, each with the height it begins at, and the letters that are in none. `found`: for each
    table the boxes of its cells. A frame around a text, of one cell, is no table."""
    grids = [_Grid(boxes) for boxes in found if len(boxes) > 1]
    rest: list[Letter] = []
    for letter in letters:
        x, y = (letter.box[0] + letter.box[2]) / 2, (letter.box[1] + letter.box[3]) / 2
        for grid in grids:
            if grid.take(letter, x, y):
                break
        else:
            rest.append(letter)
    return sorted(((grid.top, grid.table(page)) for grid in grids), key=lambda item: item[0]), rest


class _Grid:
    """The rows and columns of one table, and the letters in its cells."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        self._columns = _lines(x for box in boxes for x in (box[0], box[2]))
        self._rows = _lines(y for box in boxes for y in (box[1], box[3]))
        self.top = self._rows[0]
        self._spans: dict[tuple[int, int], tuple[int, int]] = {}
        self._owner: dict[tuple[int, int], tuple[int, int]] = {}
        for x0, y0, x1, y1 in sorted(boxes, key=lambda box: (box[1], box[0])):
            row, column = _at(self._rows, y0), _at(self._columns, x0)
            height, width = max(_at(self._rows, y1) - row, 1), max(_at(self._columns, x1) - column, 1)
            self._spans.setdefault((row, column), (height, width))
            for dy in range(height):
                for dx in range(width):
                    self._owner.setdefault((row + dy, column + dx), (row, column))
        self._letters: dict[tuple[int, int], list[Letter]] = {}

    def take(self, letter: Letter, x: float, y: float) -> bool:
        """Whether the middle of the letter is in one of the cells, which it then goes to."""
        place = bisect_right(self._rows, y) - 1, bisect_right(self._columns, x) - 1
        cell = self._owner.get(place)
        if cell is None:
            return False
        self._letters.setdefault(cell, []).append(letter)
        return True

    def table(self, page: int) -> Table:
        return Table(
            tuple(
                TableCell(row, column, tuple(lines_of(self._letters.get((row, column), ()), page)), height, width)
                for (row, column), (height, width) in self._spans.items()
            )
        )


def _lines(places: Iterable[float]) -> list[float]:
    """The places of ruling lines, those that are one line taken once."""
    lines: list[float] = []
    for place in sorted(places):
        if not lines or place - lines[-1] > _SAME:
            lines.append(place)
    return lines


def _at(lines: Sequence[float], place: float) -> int:
    """Which line stands at a place."""
    return bisect_right(lines, place + 1e-6) - 1

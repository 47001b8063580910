"""A table of the statutory form as boxes on a grid: headings over several rows and columns, and a box for each cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractor.forms.form import Row, Table


@dataclass(frozen=True, slots=True)
class Box:
    """A heading or, where `cell` is an id, the place of a cell. Rows and columns count from 0, `to_` ends are inclusive."""

    row: int
    column: int
    to_row: int
    to_column: int
    text: str = ""
    cell: str | None = None


Path = tuple[str, ...]


def boxes(table: Table, chinese: bool) -> tuple[Box, ...]:
    """The table as its form sets it: lines side by side where the form has one line, a block per paragraph of the law where
    rows differ in their columns, else rows below common headings. English labels are complete in themselves and not grouped."""
    if table.one_line:
        heads = [
            ((*_row_path(row, chinese), *_column_path(table, key, chinese)), cell)
            for row in table.rows for key, cell in zip(row.columns, row.cells, strict=True)
        ]
        depth = max(len(path) for path, _ in heads)
        headings = _across([path for path, _ in heads], depth, 0, 0)
        return (*headings, *(Box(depth, at, depth, at, cell=cell) for at, (_, cell) in enumerate(heads)))
    found: list[Box] = []
    width = max(len(_row_path(row, chinese)) for row in table.rows) - (0 if table.uniform or not chinese else 1)
    top = 0
    for heading, rows in _blocks(table, chinese):
        block = list(_block(table, heading, rows, top, width, chinese))
        found += block
        top = max(box.to_row for box in block) + 1
    return tuple(found)


def _blocks(table: Table, chinese: bool) -> list[tuple[str, list[Row]]]:
    """Rows that stand under common headings, and the heading over all of them."""
    blocks: list[tuple[str, list[Row]]] = []
    for row in table.rows:
        heading = "" if table.uniform or not chinese else row.path[0]
        if blocks and blocks[-1][0] == heading and blocks[-1][1][-1].columns == row.columns:
            blocks[-1][1].append(row)
        else:
            blocks.append((heading, [row]))
    return blocks


def _block(table: Table, heading: str, rows: Sequence[Row], top: int, width: int, chinese: bool) -> Iterator[Box]:
    most = max(len(row.columns) for row in table.rows)
    if heading:
        yield Box(top, 0, top, width + most - 1, heading)
        top += 1
    columns = [_column_path(table, key, chinese) for key in rows[0].columns]
    depth = max(map(len, columns))
    yield Box(top, 0, top + depth - 1, width - 1)
    yield from _across(columns, depth, top, width)
    top += depth
    labels = [path[1:] if heading else path for path in (_row_path(row, chinese) for row in rows)]
    for box in _across(labels, width, 0, 0):  # the same, turned on its side
        yield Box(top + box.column, box.row, top + box.to_column, box.to_row, box.text)
    for down, row in enumerate(rows):
        for along, cell in enumerate(row.cells):
            yield Box(top + down, width + along, top + down, width + along, cell=cell)


def _across(paths: Sequence[Path], depth: int, top: int, left: int) -> Iterator[Box]:
    """Headings from paths of labels: equal ones next to each other are one box, the last one of a path reaches down."""
    for level in range(depth):
        at = 0
        while at < len(paths):
            end = at + 1
            if level < len(paths[at]):
                while end < len(paths) and level < len(paths[at]) - 1 and paths[end][: level + 1] == paths[at][: level + 1]:
                    end += 1
                down = depth - 1 if level == len(paths[at]) - 1 else level
                yield Box(top + level, left + at, top + down, left + end - 1, paths[at][level])
            at = end


def _row_path(row: Row, chinese: bool) -> Path:
    return row.path if chinese else (row.label_en,)


def _column_path(table: Table, key: str, chinese: bool) -> Path:
    column = table.column(key)
    return (*column.over, column.label) if chinese else (column.label_en,)

"""Tables that stand as images on a page of text: read, and put among the page's blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from extractor.documents.composing import Block, Line, Run, Table
from extractor.documents.layout import Page
from extractor.documents.page_reader import PageReader, as_image
from extractor.documents.sheet import Inset

_LEAST = 6
"""Cells of a table; a frame around a photograph has fewer."""


def with_tables(
    insets: Sequence[Inset], page: Page, number: int, blocks: Sequence[Block], read: PageReader
) -> tuple[Page, tuple[Block, ...]]:
    """The page (`number` from 0) and its blocks with the ruled tables of its images at their heights. Other words in images are
    left out: they belong to drawings and photographs. A page with such a table counts as a scan."""
    tables: list[tuple[float, Table]] = []
    dpi = 0.0
    for inset in insets:
        _, found = read(as_image(inset.picture), number, inset.picture.dpi)
        large = [block for block in found if isinstance(block, Table) and len(block.cells) >= _LEAST]
        tables += [(_top(table, inset.top), table) for table in (_moved(table, inset) for table in large)]
        dpi = inset.picture.dpi
    if not tables:
        return page, tuple(blocks)
    tables.sort(key=lambda item: item[0])
    merged: list[Block] = []
    for block in blocks:
        while tables and tables[0][0] < _top(block, 0.0):
            merged.append(tables.pop(0)[1])
        merged.append(block)
    return replace(page, kind="scan", dpi=dpi), (*merged, *(table for _, table in tables))


def _runs(block: Block) -> Iterator[Run]:
    lines = (line for cell in block.cells for line in cell.lines) if isinstance(block, Table) else block.lines
    return (run for line in lines for run in line)


def _top(block: Block, default: float) -> float:
    return min((run.box[1] for run in _runs(block) if run.box is not None), default=default)


def _moved(table: Table, inset: Inset) -> Table:
    """The table with its places those on the page."""
    return Table(tuple(replace(c, lines=tuple(_moved_line(line, inset) for line in c.lines)) for c in table.cells))


def _moved_line(line: Line, inset: Inset) -> Line:
    return tuple(
        run if run.box is None else replace(
            run, box=(
                run.box[0] + inset.left, run.box[1] + inset.top, run.box[2] + inset.left, run.box[3] + inset.top,
            )
        )
        for run in line
    )  # fmt: skip

"""An image of a page → its blocks in reading order: tables from ruling lines, all else from found lines of text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from extractor.documents.composing import Block, Line, Run, Table, TableCell
from extractor.documents.flow import flowing
from extractor.documents.layout import Alternative, Box, Page
from extractor.documents.ocr.ink import Grey, Inked, ink_of, inked, smoothed
from extractor.documents.ocr.looks import MARGINS, read_twice
from extractor.documents.ocr.recognition import Engine, Quad, Recognised
from extractor.documents.ocr.ruling import Grid, grids, rulings
from extractor.documents.ocr.straighten import Straight, straight
from extractor.documents.ocr.text_lines import cut, faint_lines, fitted, inner, lines_in

if TYPE_CHECKING:
    from PIL.Image import Image

_LEAST_DPI, _MOST_DPI, _WORKING_DPI = 180.0, 320.0, 240.0
"""Pages outside of these bounds are brought to the working resolution."""
_FINDING_DPI = 100.0
"""Lines of text outside of tables are looked for at this resolution."""
_INK = 170
UNREAD = "□"
"""In the place of ink in a cell that was read as nothing; `extractor.reading.cells` takes it for illegible."""
_NUMBERS = re.compile(r"\d[\d.,%]*|[^\d]+")


class OcrReader:
    """The `PageReader` of an engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __call__(self, image: Image, page: int, dpi: float) -> tuple[Page, Sequence[Block]]:
        """What stands on the image, in reading order."""
        width, height = image.size
        own = Page(width * 72 / dpi, height * 72 / dpi, "scan", dpi)
        pixels, working = _at_working_size(np.asarray(image), dpi)
        return own, _Sheet(self._engine, straight(inked(pixels, working)), page).blocks()


def _at_working_size(pixels: NDArray[np.uint8], dpi: float) -> tuple[NDArray[np.uint8], float]:
    if _LEAST_DPI <= dpi <= _MOST_DPI:
        return pixels, dpi
    scale = _WORKING_DPI / dpi
    way = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=way), np.uint8), _WORKING_DPI


class _Sheet:
    """One straight page on its way to blocks."""

    def __init__(self, engine: Engine, laid: Straight, page: int) -> None:
        self._engine = engine
        self._laid = laid
        self._page = page

    def blocks(self) -> list[Block]:
        page = self._laid.page
        tables = grids(page, rulings(page))
        found = [(float(grid.outline[1]), block) for grid, block in zip(tables, self._tables(tables), strict=True)]
        edges = [0.0, *(top for top, _ in found), float("inf")]
        lines = self._lines(_without(page, tables))
        blocks: list[Block] = []
        for i, (top, below) in enumerate(pairwise(edges)):
            if i:
                blocks.append(found[i - 1][1])
            blocks += flowing([line for middle, line in lines if top <= middle < below])
        return blocks

    def _tables(self, tables: Sequence[Grid]) -> list[Block]:
        page = self._laid.page
        ink, faint, grey, px = ink_of(page), ink_of(page, faint=True), smoothed(page.grey, page.noise), page.px(1)
        places: list[tuple[int, int, Quad]] = []
        crops: tuple[list[Grey], list[Grey]] = ([], [])
        for t, grid in enumerate(tables):
            for c, cell in enumerate(grid.cells):
                inside = inner(ink, cell.box, px)
                lines = lines_in(ink, inside, px) or faint_lines(faint, inside, px)
                for i, quad in enumerate(lines):
                    places.append((t, c, quad))
                    above = max((other[3] for other in lines[:i] if other[3] <= quad[1]), default=inside[1])
                    below = min((other[1] for other in lines[i + 1 :] if other[1] >= quad[3]), default=inside[3])
                    for crop, margin in zip(crops, MARGINS, strict=True):
                        crop.append(cut(grey, quad, margin, (inside[0], above, inside[2], below)))
        printed: dict[tuple[int, int], list[Line]] = {}
        last = (-1, -1, -1)  # table, cell and upper edge of the line before
        for (t, c, quad), (line, sure, others) in zip(places, read_twice(self._engine, *crops), strict=True):
            of_cell = printed.setdefault((t, c), [])
            # a cell with ink is never blank, whatever was made of it
            runs = self._runs(line, quad, sure, others) if line.signs else (Run(UNREAD, self._page, self._box(quad), 0.0),)
            if last == (t, c, quad[1]):
                of_cell[-1] = (*of_cell[-1], Run(" "), *runs)
            else:
                of_cell.append(runs)
            last = (t, c, quad[1])
        return [
            Table(tuple(
                TableCell(cell.row, cell.column, tuple(printed.get((t, c), ())), cell.row_span, cell.column_span)
                for c, cell in enumerate(grid.cells)
            ))
            for t, grid in enumerate(tables)
        ]  # fmt: skip

    def _runs(self, line: Recognised, quad: Quad, sure: float, others: tuple[Alternative, ...]) -> Line:
        """The line as runs; a number on its own is one run, with what else it may be."""
        if _alone(line.text):
            return (Run(line.text, self._page, self._box(quad), round(sure, 4), others),)
        return self._words(line, quad)

    def _words(self, line: Recognised, quad: Quad) -> Line:
        """Numbers and what stands between them as runs of their own, parted half-way between their characters."""
        runs = []
        at = 0
        x0, y0, x1, y1 = quad
        for match in _NUMBERS.finditer(line.text):
            signs = line.signs[at : at + len(match[0])]
            left = x0 if at == 0 else _between(line, at, quad)
            at += len(signs)
            right = x1 if at == len(line.signs) else _between(line, at, quad)
            runs.append(Run(match[0], self._page, self._box((left, y0, right, y1)), min(s.confidence for s in signs)))
        return tuple(runs)

    def _lines(self, grey: Grey) -> list[tuple[float, Line]]:
        """The lines of text outside of tables: the middle of each in pixels, from top to bottom."""
        page = self._laid.page
        scale = min(_FINDING_DPI / page.dpi, 1.0)
        small = np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
        ink = np.asarray(grey < _INK, np.uint8)
        quads = [fitted(ink, _scaled(quad, scale, grey.shape), 0.3) for quad in self._engine.find(small)]
        quads.sort(key=lambda q: (q[1] + q[3]) / 2)
        read = self._engine.read([cut(grey, quad, 0.12) for quad in quads])
        rows: list[tuple[float, list[tuple[Quad, Recognised]]]] = []
        for quad, line in zip(quads, read, strict=True):
            if not line.text.strip():
                continue
            middle = (quad[1] + quad[3]) / 2
            if rows and middle - rows[-1][0] < 0.5 * (quad[3] - quad[1]):
                rows[-1][1].append((quad, line))
            else:
                rows.append((middle, [(quad, line)]))
        return [
            (middle, tuple(run for quad, line in sorted(row, key=lambda r: r[0][0]) for run in self._words(line, quad)))
            for middle, row in rows
        ]

    def _box(self, quad: Quad) -> Box:
        scale = 72 / self._laid.page.dpi
        x0, y0, x1, y1 = self._laid.box(*quad)
        return (x0 * scale, y0 * scale, x1 * scale, y1 * scale)


def _alone(text: str) -> bool:
    return not any("\u4e00" <= c <= "\u9fff" for c in text)


def _between(line: Recognised, at: int, quad: Quad) -> int:
    """The pixel between character `at` and the one before."""
    return round(quad[0] + (line.signs[at - 1].at + line.signs[at].at) / 2 * (quad[2] - quad[0]))


def _scaled(quad: Quad, scale: float, shape: tuple[int, ...]) -> Quad:
    """A box of the smaller image on the larger one."""
    x0, y0, x1, y1 = quad
    return (
        max(int(x0 / scale), 0), max(int(y0 / scale), 0),
        min(round(x1 / scale), shape[1]), min(round(y1 / scale), shape[0]),
    )  # fmt: skip


def _without(page: Inked, tables: Sequence[Grid]) -> Grey:
    """The page with white where tables are."""
    grey = smoothed(page.every, page.noise).copy()
    margin = round(page.px(0.8))
    for grid in tables:
        x0, y0, x1, y1 = grid.outline
        grey[max(y0 - margin, 0) : y1 + margin, max(x0 - margin, 0) : x1 + margin] = 255
    return grey

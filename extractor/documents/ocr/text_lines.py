"""Lines of print inside one cell, cut out for the engine."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractor.documents.ocr.ink import Grey, Mask
from extractor.documents.ocr.recognition import Quad

_LOWEST = 0.9
"""Millimetres: nothing of less height is a line of its own; a dash or a stop belongs to what stands beside it."""

_APART, _FAR = 1.6, 4.0
"""Heights of the line, and millimetres, that are no gap between two words."""
_DEEP = 0.9
"""Millimetres from the middle of a ruling line in which there is no print."""
_FAINT = (1.3, 6.0)
"""Millimetres of height, at least and at most, of faint ink that is taken for print."""
_RULED = 0.35
"""Share of a row of pixels beside a cell's side that is ink, where a line goes on there."""


def inner(ink: Mask, box: Quad, px: float) -> Quad:
    """The inside of a cell: its box without the ruling lines at its sides, however thick or crooked they are. `px`: pixels of a
    millimetre."""
    x0, y0, x1, y1 = box
    part = ink[y0:y1, x0:x1]
    deep = max(round(_DEEP * px), 2)
    if part.shape[0] <= 2 * deep or part.shape[1] <= 2 * deep:
        return box
    rows = part[:, deep:-deep].mean(axis=1)
    columns = part[deep:-deep].mean(axis=0)
    top, bottom, left, right = (
        _ruled(side[:deep], px) for side in (rows, rows[::-1], columns, columns[::-1])
    )
    return (x0 + left, y0 + top, x1 - right, y1 - bottom)


def _ruled(shares: NDArray[np.floating[Any]], px: float) -> int:
    """Pixels to leave out at a side: up to the last one that is ruled, and the pale edge of the line."""
    ruled = np.flatnonzero(shares >= _RULED)
    least = max(round(0.25 * px), 1)
    return max(int(ruled[-1]) + 1 + max(round(0.1 * px), 1), least) if len(ruled) else least


def lines_in(ink: Mask, inside: Quad, px: float) -> list[Quad]:
    """The lines of print in a box, from top to bottom; what stands far apart on one line (numbers between which a ruling line
    is lost) comes apart, from left to right. `px`: pixels of a millimetre."""
    x0, y0, x1, y1 = inside
    part = _without_specks(ink[y0:y1, x0:x1], px)
    rows = np.flatnonzero(part.any(axis=1))
    if not len(rows):
        return []
    runs: list[list[int]] = []
    for row in rows.tolist():
        if runs and row - runs[-1][1] <= max(0.12 * px, 1):
            runs[-1][1] = row
        else:
            runs.append([row, row])
    found = []
    for top, bottom in _united(runs, px):
        columns = np.flatnonzero(part[top : bottom + 1].any(axis=0))
        gaps = np.flatnonzero(np.diff(columns) > max(_APART * (bottom + 1 - top), _FAR * px))
        starts = [columns[0], *columns[gaps + 1]]
        ends = [*columns[gaps], columns[-1]]
        found += [(x0 + int(a), y0 + top, x0 + int(b) + 1, y0 + bottom + 1) for a, b in zip(starts, ends, strict=True)]
    return found


def faint_lines(faint: Mask, inside: Quad, px: float) -> list[Quad]:
    """What may be print in a cell that has no ink: faint marks as high as digits are."""
    least, most = (mm * px for mm in _FAINT)
    return [quad for quad in lines_in(faint, inside, px) if least <= quad[3] - quad[1] <= most]


def _without_specks(part: Mask, px: float) -> Mask:
    """Without dots smaller than a printed full stop."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(part, connectivity=8)
    if count <= 1:
        return part
    small = (stats[:, cv2.CC_STAT_WIDTH] < 0.3 * px) & (stats[:, cv2.CC_STAT_HEIGHT] < 0.3 * px)
    band = round(0.4 * px)  # what is left of a crooked ruling line
    height, width = part.shape
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    right, bottom = left + stats[:, cv2.CC_STAT_WIDTH], top + stats[:, cv2.CC_STAT_HEIGHT]
    small |= (right <= band) | (left >= width - band) | (bottom <= band) | (top >= height - band)
    small[0] = True
    return np.asarray(~small[labels], np.uint8)


def _united(runs: list[list[int]], px: float) -> list[tuple[int, int]]:
    """Runs of rows with ink as lines: a low one is part of a neighbour close by (the upper stroke of 二)."""
    tall = max(bottom - top + 1 for top, bottom in runs)
    lines: list[list[int]] = []
    for top, bottom in runs:
        low = bottom - top + 1 < max(_LOWEST * px, 0.45 * tall)
        if lines:
            before = lines[-1]
            gap, whole = top - before[1], bottom - before[0] + 1
            both = low or before[1] - before[0] + 1 < max(_LOWEST * px, 0.45 * tall)
            if both and whole <= max(1.25 * tall, 4.2 * px) and gap < 0.5 * tall:
                before[1] = bottom
                continue
        lines.append([top, bottom])
    return [(top, bottom) for top, bottom in lines]


def cut(grey: Grey, line: Quad, margin: float, inside: Quad | None = None) -> Grey:
    """The line cut out with white around it: `margin` is a share of its height. Of the page, only what is `inside` shows."""
    x0, y0, x1, y1 = line
    height = y1 - y0
    pad = max(round(margin * height), 1)
    left, top, right, bottom = inside or (0, 0, grey.shape[1], grey.shape[0])
    image = np.full((height + 2 * pad, x1 - x0 + 2 * pad), 255, np.uint8)
    a, b = max(x0 - pad, left), max(y0 - pad, top)
    c, d = min(x1 + pad, right), min(y1 + pad, bottom)
    image[b - y0 + pad : d - y0 + pad, a - x0 + pad : c - x0 + pad] = grey[b:d, a:c]
    return image


def fitted(ink: Mask, line: Quad, most: float) -> Quad:
    """A found line as high as its letters are: from its middle up and down to rows without ink, at most by the share `most` of
    its height over the box found. The line itself where its middle is empty."""
    x0, y0, x1, y1 = line
    height = y1 - y0
    first, last = max(y0 - round(most * height), 0), min(y1 + round(most * height), len(ink))
    rows = ink[first:last, x0:x1].sum(axis=1) > 0.002 * (x1 - x0)
    middle = (y0 + y1) // 2 - first
    around = np.flatnonzero(rows[max(middle - height // 4, 0) : middle + height // 4 + 1])
    if not len(around):
        return line
    top = bottom = max(middle - height // 4, 0) + int(around[len(around) // 2])
    apart = max(round(0.06 * height), 1)
    while top > 0 and rows[max(top - apart, 0) : top].any():
        top -= 1
    while bottom < len(rows) - 1 and rows[bottom + 1 : bottom + 1 + apart].any():
        bottom += 1
    return (x0, first + top, x1, first + bottom + 1)

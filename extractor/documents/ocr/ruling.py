"""Ruling lines → the tables of a page as cells.

Lines are found by their pixels all over the page, their places by how much of them lies on one row or column of pixels. Which
sides each cell has is judged side by side; where a line is broken, the sides beside it along the same line decide.
Only what is on the page is used: nothing here knows the statutory form.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractor.documents.ocr.ink import Grey, Inked, Mask, ink_of, smoothed

_LINE = 4.0
"""Millimetres: hardly any stroke of a letter is longer."""
_SHORT = 3.0
"""Millimetres: of this length a run counts where nothing else stands beside it; a digit in a table is less high."""
_ALONE = 0.2
"""Share of ink beside a short run, up to which it stands alone."""
_THICK = 1.3
"""Millimetres: what is thicker is no ruling line."""
_EVEN = 0.5
"""The lightest pixel of a run of line, as a share of their mean."""
_ALONG, _RULED = 60.0, 10.0
"""Millimetres: of this length of a line so much is there at least, however it is broken."""
_SEED = 12.0
"""Millimetres of line across and down that a table has at least."""
_ACROSS, _DOWN = 15.0, 8.0
"""Millimetres that may be lost of a line across, and down: other tables stand further away."""
_MANY = 0.4
"""Share of the lines across a table's end that go on behind it, where the table does."""
_BROKEN = 0.9
"""Share of the sides of a table's lines that is ruled, below which the lines are broken."""
_AROUND = np.ones((5, 5), np.uint8)
_CLOSING = 0.5
"""Share of a table's width over which the line runs that closes it."""
_THROUGH = 0.5
"""Share of a gap's height over which a line goes on that is no letter's stroke."""
_CLEAR = 0.6
"""Of lines that are whole: the share of a side that is ruled, from which on the side is there."""

Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell: first row and column, how many it covers, and its box in pixels (x0, y0, x1, y1), up to the middle of the
    lines around it."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Grid:
    """One table: its outline in pixels and its cells in reading order."""

    outline: tuple[int, int, int, int]
    cells: tuple[GridCell, ...]


@dataclass(frozen=True, slots=True)
class Rulings:
    """Pixels of lines across and down; `short_across`, `short_down`: also of runs that no others stand in line with."""

    across: Mask
    down: Mask
    short_across: Mask
    short_down: Mask


def rulings(page: Inked) -> Rulings:
    """The ruling lines of a straight page."""
    grey = smoothed(page.grey, page.noise)
    across, short_across = _lines(grey, page)
    down, short_down = _lines(np.ascontiguousarray(grey.T), page)
    return Rulings(across, np.ascontiguousarray(down.T), short_across, np.ascontiguousarray(short_down.T))


def _lines(grey: Grey, page: Inked) -> tuple[Mask, Mask]:
    """Thin runs across, long ones and short ones that stand alone: those on one row with others, and all."""
    ink = np.asarray(grey < 255 - max(30.0, 1.2 * page.noise), np.float32)
    density = cv2.blur(ink, (max(int(page.px(_SHORT)), 4), max(int(page.px(0.4)), 2)))
    aside = max(round(page.px(0.7)), 3)
    above, below = np.roll(density, aside, axis=0), np.roll(density, -aside, axis=0)
    alone = (even_runs(grey, page, _SHORT) > 0) & (above < _ALONE) & (below < _ALONE)
    runs = np.asarray(alone | (even_runs(grey, page, _LINE) > 0), np.uint8)
    beside = cv2.dilate(runs, np.ones((max(int(page.px(0.5)), 3), 1), np.uint8))
    window = (int(page.px(_ALONG)), 1)
    along = cv2.boxFilter(beside, cv2.CV_32F, window, normalize=False, borderType=cv2.BORDER_CONSTANT)
    return np.asarray((runs > 0) & (along >= page.px(_RULED)), np.uint8), runs


def even_runs(grey: Grey, page: Inked, least_mm: float) -> Mask:
    """Thin dark runs across of at least this length, alike over all of it."""
    thin = np.ones((max(int(page.px(_THICK)), 4), 1), np.uint8)
    contrast = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, thin)
    contrast = cv2.dilate(contrast, np.ones((3, 1), np.uint8))  # a line may climb by a pixel or two
    length = max(int(page.px(least_mm)), 4)
    least = cv2.morphologyEx(contrast, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    mean = cv2.blur(contrast, (length, 1))
    return np.asarray((least >= max(20.0, 0.9 * page.noise)) & (least >= _EVEN * mean), np.uint8)


def grids(page: Inked, lines: Rulings) -> tuple[Grid, ...]:
    """The tables of a straight page, from top to bottom."""
    along = cv2.morphologyEx(lines.across, cv2.MORPH_CLOSE, np.ones((1, int(page.px(_ACROSS))), np.uint8))
    upright = cv2.morphologyEx(lines.down, cv2.MORPH_CLOSE, np.ones((int(page.px(_DOWN)), 1), np.uint8))
    near = cv2.dilate(cv2.max(along, upright), _AROUND)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(near, connectivity=8)
    across = np.bincount(labels[lines.across > 0], minlength=len(stats))
    down = np.bincount(labels[lines.down > 0], minlength=len(stats))
    crossing = np.flatnonzero((across >= page.px(_SEED)) & (down >= page.px(_SEED)))
    found = []
    pieces = [(x, y, x + w, y + h) for x, y, w, h, _ in stats[crossing[crossing > 0]].tolist()]
    regions = [part for region in _regions(pieces, page.px(2.5)) for part in _apart(page, lines, region)]
    for x0, y0, x1, y1 in regions:
        if x1 - x0 >= page.px(30) and y1 - y0 >= page.px(5):
            grid = _grid(page, lines, (x0, y0, x1, y1))
            if grid is not None:
                found.append(grid)
    return tuple(found)


def _regions(boxes: list[tuple[int, int, int, int]], near: float) -> list[tuple[int, int, int, int]]:
    """Boxes that lie within `near` of each other joined, from top to bottom: pieces of one broken table."""
    joined: list[tuple[int, int, int, int]] = []
    for box in sorted(boxes, key=lambda b: (b[0] - b[2]) * (b[3] - b[1])):
        for i in range(len(joined) - 1, -1, -1):
            other = joined[i]
            if (
                box[0] - near < other[2] and other[0] - near < box[2] and box[1] - near < other[3] and other[1] - near < box[3]
            ):
                box = (min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3]))
                del joined[i]
        joined.append(box)
    return sorted(joined, key=lambda b: b[1])


def _apart(page: Inked, lines: Rulings, region: tuple[int, int, int, int]) -> list[tuple[int, int, int, int]]:
    """The tables in a region: two of one width, a heading's height apart, look like one whose sides are broken. Between them
    the sides don't go on, from a line across that closes the upper one to one that opens the lower one."""
    x0, y0, x1, y1 = region
    edge = max(round(page.px(1)), 3)
    down = lines.down[y0:y1]
    # both sides: a heading that begins at the margin has strokes of letters at one of them
    upright = np.flatnonzero(down[:, x0 : x0 + edge].any(axis=1) & down[:, x1 - edge : x1].any(axis=1))
    across = np.asarray(cv2.dilate(lines.across[y0:y1, x0:x1], _AROUND), np.uint8).mean(axis=1) >= _CLOSING
    near = max(round(page.px(1)), 2)
    parts, start = [], 0
    for at in np.flatnonzero(np.diff(upright) > page.px(2.5) + 2 * near):
        above, below = int(upright[at]), int(upright[at + 1])
        if (cv2.dilate(down[above + near : below - near, x0:x1], _AROUND).mean(axis=0) > _THROUGH).any():
            continue  # a side is broken there, and another line goes through
        if across[max(above - near, 0) : above + near + 1].any() and across[max(below - near, 0) : below + near + 1].any():
            parts.append((x0, y0 + start, x1, y0 + above + near))
            start = below - near
    return [*parts, (x0, y0 + start, x1, y1)]


def _grid(page: Inked, lines: Rulings, region: tuple[int, int, int, int]) -> Grid | None:
    x0, y0, x1, y1 = region
    sides = _sides(page, lines.across[y0:y1, x0:x1], lines.down[y0:y1, x0:x1])
    if sides is not None and sides.whole < _BROKEN:
        sides = _sides(page, lines.short_across[y0:y1, x0:x1], lines.short_down[y0:y1, x0:x1]) or sides
    if sides is None:
        return None
    xs, ys, whole = sides.xs, sides.ys, sides.whole
    least = max(_CLEAR + whole - 1, 0.2)
    top, left = _decided(sides.across, least), _decided(sides.down, least)
    if whole < _BROKEN:
        ruled: Mask = np.asarray(cv2.dilate(lines.short_across | lines.short_down, _AROUND), np.uint8)[y0:y1, x0:x1]
        print_only = ink_of(page)[y0:y1, x0:x1] & (1 - ruled)
        _part(top, print_only.T, ys, xs, page, 2)  # a label of several lines has print above and below as well
        _part(left, print_only, xs, ys, page, 1)
    cells = _cells(xs, ys, top, left)
    moved = tuple(
        GridCell(c.row, c.column, c.row_span, c.column_span,
                 (c.box[0] + x0, c.box[1] + y0, c.box[2] + x0, c.box[3] + y0))
        for c in cells
    )
    return Grid((x0 + int(xs[0]), y0 + int(ys[0]), x0 + int(xs[-1]), y0 + int(ys[-1])), moved)


@dataclass(frozen=True, slots=True)
class _Sides:
    """Lines across at `ys`, down at `xs`, and the share of each side that is ruled. `whole`: the same of sides that are there,
    in the middle."""

    xs: list[float]
    ys: list[float]
    across: Shares
    down: Shares
    whole: float


def _sides(page: Inked, across: Mask, down: Mask) -> _Sides | None:
    """The lines of one table; None where they are none."""
    turned_across, turned_down = np.ascontiguousarray(across.T), np.ascontiguousarray(down.T)
    ys, xs = _places(across, page, page.px(9)), _places(turned_down, page, page.px(4.5))
    if len(xs) < 2 or len(ys) < 2:
        return None
    shares = _shares(across, ys, xs, page), _shares(turned_down, xs, ys, page)
    there = np.concatenate([side[side > 0.3] for side in shares])
    whole = float(np.median(there)) if there.size else 0.0
    ys, xs = _ruled(ys, shares[0], whole), _ruled(xs, shares[1], whole)
    ys, xs = _closed(ys, down, xs, page), _closed(xs, turned_across, ys, page)
    if len(xs) < 2 or len(ys) < 2 or (len(xs) == 2 and len(ys) == 2):
        return None
    shares = _shares(across, ys, xs, page), _shares(turned_down, xs, ys, page)
    upper, lower, left, right = (float(side.mean()) for part in shares for side in (part[0], part[-1]))
    if max(upper, lower) < 0.5 * whole or max(left, right) < 0.5 * whole:
        return None  # strokes of letters
    return _Sides(xs, ys, *shares, whole)


def _places(across: Mask, page: Inked, least: float) -> list[float]:
    """Rows of pixels at which lines across stand, with at least so many pixels."""
    width = max(int(page.px(0.5)), 2)
    profile = across.sum(axis=1, dtype=np.float32)
    runs = cv2.blur(profile[:, None], (1, 2 * width + 1), borderType=cv2.BORDER_CONSTANT)[:, 0] * (2 * width + 1)
    covered = cv2.dilate(across, np.ones((2 * width + 1, 1), np.uint8)).sum(axis=1, dtype=np.float32)
    places: list[float] = []
    weights = np.where(covered >= least, runs, 0)
    while weights.max(initial=0) > 0:
        at = int(np.argmax(weights))
        a, b = max(at - width, 0), min(at + width + 1, len(profile))
        centre = float(np.average(np.arange(a, b), weights=profile[a:b])) if profile[a:b].any() else float(at)
        places.append(centre)
        apart = max(int(page.px(1.6)), 3)
        weights[max(at - apart, 0) : at + apart + 1] = 0
    return sorted(places)


def _closed(places: list[float], crossing: Mask, at: list[float], page: Inked) -> list[float]:
    """The places, and the ends of the lines that cross them, at `at`, where no line closes the table there (a page's end)."""
    near = max(round(page.px(0.5)), 2)
    ends = []
    for x in at:
        rows = np.flatnonzero(crossing[:, max(round(x) - near, 0) : round(x) + near + 1].any(axis=1))
        if len(rows):
            ends.append((float(rows[0]), float(rows[-1])))
    enough = max(2, round(_MANY * len(at)))
    if len(ends) < enough or not places:
        return places
    first, last = sorted(a for a, _ in ends)[enough - 1], sorted(b for _, b in ends)[-enough]
    before = [first] if places[0] - first > page.px(3) else []
    behind = [last] if last - places[-1] > page.px(3) else []
    return [*before, *places, *behind]


def _shares(across: Mask, ys: list[float], xs: list[float], page: Inked) -> Shares:
    """The share of each side that is ruled: shape (lines, gaps between the crossing lines)."""
    near = max(round(page.px(0.5)), 2)
    shares = np.zeros((len(ys), len(xs) - 1))
    margin = page.px(0.4)
    for i, y in enumerate(ys):
        a = max(round(y) - near, 0)
        band = np.asarray(across[a : round(y) + near + 1].max(axis=0, initial=0))
        for j in range(len(xs) - 1):
            part = band[int(xs[j] + margin) : max(int(xs[j + 1] - margin), int(xs[j] + margin) + 1)]
            shares[i, j] = part.mean() if part.size else 0.0
    return shares


def _ruled(places: list[float], shares: Shares, whole: float) -> list[float]:
    """Without lines of which neither one side is ruled as lines of this table are, nor half of all: strokes of letters or a
    stamp made them."""
    least = min(0.8, whole)
    ruled = (shares.max(axis=1, initial=0) >= least) | (shares.mean(axis=1) >= 0.5 * whole)
    return [place for place, is_line in zip(places, ruled.tolist(), strict=True) if is_line]


def _decided(shares: Shares, least: float) -> NDArray[np.bool_]:
    """Which sides are there: those that are ruled over the share `least`; and, where half of that is, those between two that
    are there on the same line."""
    there = shares >= least
    sure = there.copy()
    for i, j in zip(*np.nonzero((shares >= least / 2) & ~there), strict=True):
        there[i, j] = 0 < j < shares.shape[1] - 1 and sure[i, j - 1] and sure[i, j + 1]
    return np.asarray(there, bool)


def _part(
    there: NDArray[np.bool_], ink: Mask, lines: list[float], crossing: list[float], page: Inked, ends: int
) -> None:
    """Put in sides that are lost altogether: the line is there at so many ends of the side, print stands at either side of it,
    and none on it. `there` is changed; `ink` has the lines' direction downwards."""
    clear, margin, line = round(page.px(1)), round(page.px(0.6)), round(page.px(0.4))
    enough = round(page.px(0.4)) ** 2
    for i, j in zip(*np.nonzero(~there), strict=True):
        goes_on = sum(bool(there[i, k]) for k in (j - 1, j + 1) if 0 <= k < there.shape[1])
        if not 0 < i < len(lines) - 1 or goes_on < ends:
            continue
        band = ink[round(crossing[j]) + margin : round(crossing[j + 1]) - margin]
        on = round(lines[i])
        before, behind = band[:, round(lines[i - 1]) + margin : on - clear], band[:, on + clear : round(lines[i + 1]) - margin]
        crossed = band[:, on - clear : on - line].sum() + band[:, on + line : on + clear].sum() > 2
        there[i, j] = not crossed and min(before.sum(), behind.sum()) >= enough


def _cells(
    xs: list[float], ys: list[float], top: NDArray[np.bool_], left: NDArray[np.bool_]
) -> list[GridCell]:
    """Places of the grid joined where no side parts them. `top[i, j]`: the line above row i over column j; `left[j, i]`: the
    line left of column j beside row i. Of what is no rectangle, the largest ones are taken in turn."""
    rows, columns = len(ys) - 1, len(xs) - 1
    taken = np.zeros((rows, columns), bool)
    found = []
    for i in range(rows):
        for j in range(columns):
            if taken[i, j]:
                continue
            down, across = _reach(i, j, top, left, taken)
            taken[i : i + down, j : j + across] = True
            found.append(GridCell(i, j, down, across, (round(xs[j]), round(ys[i]), round(xs[j + across]), round(ys[i + down]))))
    return found


def _reach(i: int, j: int, top: NDArray[np.bool_], left: NDArray[np.bool_], taken: NDArray[np.bool_]) -> tuple[int, int]:
    """How many rows and columns the cell that begins here covers: the largest rectangle without a side inside."""
    rows, columns = taken.shape
    widest = columns - j
    best = (1, 1)
    for down in range(1, rows - i + 1):
        row = i + down - 1
        if down > 1 and top[row, j]:
            break
        across = 1
        if taken[row, j]:
            break
        while across < widest and not left[j + across, row] and not taken[row, j + across] and not (
            down > 1 and top[row, j + across]
        ):
            across += 1
        widest = min(widest, across)
        if down * widest > best[0] * best[1]:
            best = (down, widest)
    return best

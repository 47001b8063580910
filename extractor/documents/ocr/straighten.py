"""A page laid straight: askew by some degrees, or with lines that bend towards the binding.

The angle is the one at which rows of ink are told apart best. What bends is followed from strip to strip along the ruling
lines; pages without them are only turned.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from extractor.documents.ocr.ink import Grey, Inked, smoothed
from extractor.documents.ocr.ruling import even_runs

_MOST = 6.0
"""Degrees looked at to either side."""
_STRIP = 6.0
"""Millimetres."""
_FOLLOWED = 5.0
"""Millimetres of line that make a piece to be followed."""
_ALIKE = 0.5
"""Likeness of neighbouring strips (their correlation) up to which no line goes on between them."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Straight:
    """A page laid straight. `turn`: the matrix (2, 3) from the straight page to the page as scanned; `bend`: for each pixel
    the shift downwards that is added before turning, sampled at (rows, columns) over the page, or None."""

    page: Inked
    turn: NDArray[np.float64]
    bend: Floats | None

    def box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """The box around a box of the straight page, on the page as scanned, in pixels."""
        corners = np.array([(x0, y0), (x1, y0), (x0, y1), (x1, y1)], np.float64)
        if self.bend is not None:
            rows, columns = self.bend.shape
            height, width = self.page.grey.shape
            at = np.clip(corners, 0, (width - 1, height - 1))
            across = (at[:, 0] * (columns - 1) / (width - 1)).round().astype(int)
            down = (at[:, 1] * (rows - 1) / (height - 1)).round().astype(int)
            corners[:, 1] += self.bend[down, across]
        there = corners @ self.turn[:, :2].T + self.turn[:, 2]
        return (
            float(there[:, 0].min()), float(there[:, 1].min()), float(there[:, 0].max()), float(there[:, 1].max()),
        )  # fmt: skip


def straight(page: Inked) -> Straight:
    """The page laid straight."""
    height, width = page.grey.shape
    angle = askew(page)
    turn = np.array([[1, 0, 0], [0, 1, 0]], np.float64)
    turned = page
    if abs(angle) >= 0.04:
        turn = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), -angle, 1), np.float64)
        turned = _each(page, lambda grey: cv2.warpAffine(
            grey, turn, (width, height), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP, borderValue=255
        ))
    bend = bent(turned)
    if bend is None:
        return Straight(turned, turn, None)
    full = cv2.resize(bend, (width, height), interpolation=cv2.INTER_LINEAR)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    y += full
    sources = np.stack((x, y), axis=-1)
    if turned is not page:
        sources = sources @ turn[:, :2].T.astype(np.float32) + turn[:, 2].astype(np.float32)
    across, down = np.ascontiguousarray(sources[..., 0]), np.ascontiguousarray(sources[..., 1])
    flat = _each(page, lambda grey: cv2.remap(grey, across, down, cv2.INTER_CUBIC, borderValue=255))
    return Straight(flat, turn, np.asarray(bend, np.float32))


def _each(page: Inked, change: Callable[[Grey], object]) -> Inked:
    """The page with both images changed alike."""
    grey: Grey = np.asarray(change(page.grey), np.uint8)
    every = grey if page.every is page.grey else np.asarray(change(page.every), np.uint8)
    return Inked(grey, every, page.noise, page.dpi)


def askew(page: Inked) -> float:
    """Degrees by which rows fall to the right."""
    scale = min(80 / page.dpi, 1.0)
    small = np.asarray(cv2.resize(255 - page.grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    small[small < 40] = 0
    best, step = 0.0, 1.0
    around = np.arange(-_MOST, _MOST + step, step)
    while step > 0.02:
        sharp = [_sharpness(small, angle) for angle in around]
        best = float(around[int(np.argmax(sharp))])
        around = best + np.linspace(-step, step, 9)
        step /= 4
    return best


def _sharpness(image: NDArray[np.uint8], angle: float) -> float:
    """How much neighbouring rows, and columns, differ when the image is turned back by `angle`."""
    height, width = image.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    turned = cv2.warpAffine(image, turn, (width, height), flags=cv2.INTER_LINEAR)
    rows = np.diff(turned.mean(axis=1, dtype=np.float64))
    columns = np.diff(turned.mean(axis=0, dtype=np.float64))
    return float((rows**2).sum() * width + (columns**2).sum() * height)


def bent(page: Inked) -> Floats | None:
    """How far each strip of the page lies below the middle one, for the upper and the lower half, where that is more than a
    pixel or two: shape (rows, strips). Followed along ruling lines."""
    lines = even_runs(smoothed(page.grey, page.noise), page, _FOLLOWED)
    height, width = lines.shape
    strip = max(int(page.px(_STRIP)), 8)
    count = width // strip
    if count < 5:
        return None
    profiles = lines[:, : count * strip].reshape(height, count, strip).sum(axis=2, dtype=np.float32).T
    if np.percentile(profiles.sum(axis=1), 40) < 6 * strip:  # of two lines, each some three pixels thick
        return None
    profiles = cv2.GaussianBlur(profiles, (0, 0), sigmaX=1.0, sigmaY=0.01)
    halves = [_followed(profiles[:, : height // 2], page), _followed(profiles[:, height // 2 :], page)]
    known = [half for half in halves if half is not None]
    if not known:
        return None
    upper, lower = (half if half is not None else known[0] for half in halves)
    if max(float(np.ptp(upper)), float(np.ptp(lower))) < 2.0:
        return None
    # the halves' values belong to their middles; carried on to the page's edges
    top, bottom = upper - (lower - upper) / 2, lower + (lower - upper) / 2
    centres = (np.arange(count) + 0.5) * strip
    across = np.linspace(0, width - 1, 2 * count)
    return np.array([np.interp(across, centres, row) for row in (top, bottom)], np.float32)


def _followed(profiles: Floats, page: Inked) -> Floats | None:
    """The shift of each strip against the middle one, from neighbour to neighbour."""
    count = len(profiles)
    energy = profiles.sum(axis=1)
    least = 0.25 * float(np.percentile(energy, 90))
    good = np.flatnonzero(energy > max(least, 1))
    if len(good) < 4:
        return None
    reach = max(int(page.px(0.8)), 3)
    shifts = {int(good[0]): 0.0}
    for before, now in pairwise(good.tolist()):
        shifts[now] = shifts[before] + _shift(profiles[before], profiles[now], reach * min(now - before, 3))
    values = np.interp(np.arange(count), list(shifts), list(shifts.values()))
    values = cv2.blur(np.asarray(values, np.float32)[None], (3, 1), borderType=cv2.BORDER_REPLICATE)[0]
    return np.asarray(values - values[count // 2], np.float32)


def _shift(first: Floats, second: Floats, reach: int) -> float:
    """How far `second` lies behind `first`, up to `reach`, in pixels and parts."""
    padded = np.pad(second, reach)
    scores = np.array([float(first @ padded[reach + d : reach + d + len(first)]) for d in range(-reach, reach + 1)])
    best = int(np.argmax(scores))
    if scores[best] <= _ALIKE * float(np.linalg.norm(first) * np.linalg.norm(second)):
        return 0.0  # no lines that go on from strip to strip
    part = 0.0
    if 0 < best < len(scores) - 1:
        left, middle, right = scores[best - 1 : best + 2]
        curve = left - 2 * middle + right
        part = float(0.5 * (left - right) / curve) if curve else 0.0
    return best - reach + part

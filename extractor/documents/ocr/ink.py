"""What is ink on a page: an even background, no stamp, and the noise that is left.

Images are arrays of shape (height, width, 3), RGB, or (height, width), grey, of bytes; 255 is paper.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Mask = NDArray[np.uint8]
"""0 or 1 for each pixel."""

_COLOURFUL = 12
"""Mean distance between red and the other channels on pixels of ink, above which a page is in colour."""


@dataclass(frozen=True, slots=True)
class Inked:
    """A page made even. `grey`: ink on white, without what is red. `every`: the same with it. `noise`: standard deviation of
    the paper's grain, in grey levels. `dpi`: pixels per inch."""

    grey: Grey
    every: Grey
    noise: float
    dpi: float

    def px(self, mm: float) -> float:
        return mm * self.dpi / 25.4


def inked(image: NDArray[np.uint8], dpi: float) -> Inked:
    """The page made even."""
    if image.ndim == 2:
        grey = even(image, dpi)
        return Inked(grey, grey, grain(image), dpi)
    every = even(np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8), dpi)
    red = np.ascontiguousarray(image[..., 0])
    dark = every[::4, ::4] < 200
    apart = red[::4, ::4].astype(np.int16) - image[::4, ::4, 1:].min(axis=2)
    if not dark.any() or float(np.percentile(apart[dark], 99.5)) < 4 * _COLOURFUL:
        return Inked(every, every, grain(every), dpi)
    # what is red is as light as paper in the red channel: a stamp vanishes, the print below it stays
    return Inked(even(red, dpi), every, grain(every), dpi)


def even(grey: Grey, dpi: float) -> Grey:
    """Shadows taken out: each pixel in relation to the paper around it."""
    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    size = max(int(5 * dpi / 25.4 / 4) | 1, 3)
    paper = cv2.GaussianBlur(cv2.dilate(small, np.ones((size, size), np.uint8)), (0, 0), size / 2)
    paper = cv2.resize(paper, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(grey, np.maximum(paper, 1), scale=255.0), np.uint8)


def grain(grey: Grey) -> float:
    """Standard deviation of the noise, from the middle difference of each pixel and its neighbours' median."""
    part = np.ascontiguousarray(grey[::, ::][grey.shape[0] // 8 : -grey.shape[0] // 8 or None])
    apart = cv2.absdiff(part, cv2.medianBlur(part, 3))
    inner = apart[(part > 60) & (part < 255)]
    return float(np.median(inner)) / 0.6745 if inner.size > part.size // 8 else 0.0


def smoothed(grey: Grey, noise: float) -> Grey:
    """Less grain, the more of it there is."""
    if noise < 3:
        return grey
    if noise > 15:
        grey = np.asarray(cv2.medianBlur(grey, 3), np.uint8)
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), min(0.5 + noise / 40, 1.4)), np.uint8)


def ink_of(page: Inked, faint: bool = False) -> Mask:
    """Pixels of ink; `faint`: also what is hardly darker than paper."""
    least = 20.0 if faint else 70.0
    threshold = 255 - max(least, min(1.6 * page.noise + 15, 110))
    return np.asarray(smoothed(page.grey, page.noise) < threshold, np.uint8)

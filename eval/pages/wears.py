"""What happens to a page between the printer and the archive: each wear is a function of an image, a generator and the
resolution, and gives a new image. Sizes are in millimetres, so that a wear is as hard at any resolution."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractor.eval.pages.printing import Image

Wear = Callable[[Image, np.random.Generator, int], Image]


def _px(mm: float, dpi: int) -> float:
    return mm * dpi / 25.4


def _clipped(values: NDArray[np.floating[Any]]) -> Image:
    return np.asarray(np.clip(values, 0, 255), np.uint8)


def clean(page: Image, rng: np.random.Generator, dpi: int) -> Image:
    """As printed."""
    return page


def skew(page: Image, rng: np.random.Generator, dpi: int) -> Image:
    """Laid on the glass askew, by 1 to 2 degrees."""
    height, width = page.shape[:2]
    angle = float(rng.uniform(1, 2) * rng.choice((-1, 1)))
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    return _image(cv2.warpAffine(page, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255)))


def noise(page: Image, rng: np.random.Generator, dpi: int) -> Image:
    """Heavy grain, and specks on one pixel in five hundred."""
    worn = page.astype(np.float32) + rng.normal(0, 40, page.shape[:2]).astype(np.float32)[..., None]
    specks = rng.random(page.shape[:2])
    worn[specks < 0.001] = 0
    worn[specks > 0.999] = 255
    return _clipped(worn)


def blur(page: Image, rng: np.random.Generator, dpi: int) -> Image:
    """Out of focus."""
    return _image(cv2.GaussianBlur(page, (0, 0), _px(0.16, dpi)))


def jpeg(page: Image, rng: np.random.Generator, dpi: int) -> Image:
    """Saved with quality 20."""
    return _jpeg(page, 20)


def faint_lines(page: Image, rng: np.random.Generator, dpi: int) -> Image:
    """Ruling lines that are hardly there."""
    lines = _lines(page, dpi)[..., None]
    return np.where(lines, np.maximum(page, 205), page).astype(np.uint8)


def broken_lines(page: Image, rng: np.random.Generator, dpi: int) -> Image:
    """A third of every ruling line is gone, in gaps of 1 to 5 mm."""
    across, down = _rulings(page, dpi)
    worn = page.copy()
    for lines, axis in ((across, 1), (down, 0)):
        _, _, stats, _ = cv2.connectedComponentsWithStats(lines.astype(np.uint8), connectivity=8)
        for x, y, w, h, _ in stats[1:]:
            start, length = (x, w) if axis else (y, h)
            at = start + rng.uniform(0, _px(8, dpi))
            while at < start + length:
                gap = _px(float(rng.uniform(1, 5)), dpi)
                a, b = int(at), int(at + gap)
                region = (slice(y - 1, y + h + 1), slice(a, b)) if axis else (slice(a, b), slice(x - 1, x + w + 1))
                worn[region][lines[region]] = 255
                at += gap + _px(float(rng.uniform(3, 9)), dpi)
    return worn


def red_stamp(page: Image, rng: np.random.Generator, dpi: int) -> Image:
    """A round red stamp over the page, wherever ink is."""
    return _stamped(page, rng, dpi, (205, 30, 40))


def grey_stamp(page: Image, rng: np.random.Generator, dpi: int) -> Image:
    """The same, scanned without colour."""
    return _grey(_stamped(page, rng, dpi, (205, 30, 40)))


def curl(page: Image, rng: np.random.Generator, dpi: int) -> Image:
    """The page rises towards the binding at the left: lines bend down there by up to 3 mm, and letters narrow."""
    height, width = page.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    near = np.exp(-x / (0.18 * width))
    depth = _px(3.0, dpi) * near * (0.4 + y / height)
    narrow = 0.05 * width * near * x / width
    return _image(cv2.remap(page, x + narrow, y + depth, cv2.INTER_CUBIC, borderValue=(255, 255, 255)))


def fax(page: Image, rng: np.random.Generator, dpi: int) -> Image:
    """One bit per pixel, after some grain."""
    grey = cv2.GaussianBlur(_grey(page)[..., 0], (0, 0), _px(0.06, dpi)).astype(np.float32)
    worn = grey + np.asarray(rng.normal(0, 25, grey.shape), np.float32)
    return _three(np.where(worn > 150, 255, 0).astype(np.uint8))


def binding(page: Image, rng: np.random.Generator, dpi: int) -> Image:
    """A shadow at the binding that darkens the left of the page."""
    x = np.arange(page.shape[1], dtype=np.float32)
    light = np.asarray(1 - 0.75 * np.exp(-x / _px(18, dpi)), np.float32)
    return _clipped(page.astype(np.float32) * light[None, :, None])


def all_together(page: Image, rng: np.random.Generator, dpi: int) -> Image:
    """Red stamp, faint lines, askew, a little curl, shadow, soft, some grain, saved with quality 40."""
    page = skew(faint_lines(red_stamp(page, rng, dpi), rng, dpi), rng, dpi)
    page = binding(curl(page, rng, dpi), rng, dpi)
    soft = cv2.GaussianBlur(page, (0, 0), _px(0.08, dpi)).astype(np.float32)
    return _jpeg(_clipped(soft + rng.normal(0, 10, page.shape[:2]).astype(np.float32)[..., None]), 40)


WEARS: Mapping[str, Wear] = {
    wear.__name__: wear
    for wear in (
        clean, skew, noise, blur, jpeg, faint_lines, broken_lines, red_stamp, grey_stamp, curl, fax, binding, all_together,
    )
}


def worn(page: Image, wear: str, seed: str, dpi: int) -> Image:
    """The page with the wear of this name, drawn from `seed`. Raises KeyError."""
    return WEARS[wear](page, np.random.default_rng(list(seed.encode())), dpi)


def _image(array: object) -> Image:
    return np.asarray(array, dtype=np.uint8)


def _three(grey: Image) -> Image:
    return np.repeat(grey[..., None], 3, axis=2)


def _grey(page: Image) -> Image:
    return _three(_image(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)))


def _jpeg(page: Image, quality: int) -> Image:
    _, data = cv2.imencode(".jpg", page[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return _image(cv2.imdecode(data, cv2.IMREAD_COLOR))[..., ::-1].copy()


def _rulings(page: Image, dpi: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Pixels of ruling lines across and down, of a clean page."""
    ink = (page[..., 1] < 200).astype(np.uint8)
    length = int(_px(7, dpi))
    across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    down = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    return across.astype(bool), down.astype(bool)


def _lines(page: Image, dpi: int) -> NDArray[np.bool_]:
    across, down = _rulings(page, dpi)
    return across | down


def _stamped(page: Image, rng: np.random.Generator, dpi: int, colour: tuple[int, int, int]) -> Image:
    """The page with a stamp of 42 mm on it: a ring, a star, strokes along the ring as of letters; ink is uneven."""
    ys, xs = np.nonzero(page[..., 1] < 128)
    height, width = page.shape[:2]
    at = int(rng.integers(len(ys))) if len(ys) else 0
    y, x = (int(ys[at]), int(xs[at])) if len(ys) else (height // 2, width // 2)
    radius = int(_px(21, dpi))
    stamp = np.zeros((height, width), np.uint8)
    cv2.circle(stamp, (x, y), radius, 255, max(int(_px(1.2, dpi)), 1))
    star = [
        (x + r * np.sin(a), y - r * np.cos(a))
        for a, r in ((i * np.pi / 5, _px(6.5 if i % 2 == 0 else 2.6, dpi)) for i in range(10))
    ]
    cv2.fillPoly(stamp, [np.array(star, np.int32)], 255)
    for i in range(11):
        angle = np.pi * (0.75 + 1.5 * i / 10)
        inner, outer = _px(14.5, dpi), _px(18.5, dpi)
        for turn in (-0.07, 0, 0.07):
            a, b = angle + turn, angle - turn
            ends = [(int(x + r * np.cos(t)), int(y + r * np.sin(t))) for r, t in ((inner, a), (outer, b))]
            cv2.line(stamp, ends[0], ends[1], 255, max(int(_px(0.5, dpi)), 1))
    soft = cv2.GaussianBlur(stamp, (0, 0), _px(0.08, dpi)).astype(np.float32) / 255
    patches = cv2.resize(rng.uniform(0.55, 1, (height // 40 + 1, width // 40 + 1)).astype(np.float32), (width, height))
    strength = (soft * patches)[..., None]
    tint = np.array(colour, np.float32)
    # ink of both adds up: what is black stays black
    return _clipped(page.astype(np.float32) * (1 - strength + strength * tint / 255))

"""What the readers of laid-out files hand on: one sheet after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from extractor.documents.composing import Block
from extractor.documents.layout import Page


@dataclass(frozen=True, slots=True)
class Picture:
    """The image of a page: `pixels` row by row, `mode` as Pillow's ("L" or "RGB"), `dpi` dots to the inch."""

    mode: str
    size: tuple[int, int]
    pixels: bytes
    dpi: float


@dataclass(frozen=True, slots=True)
class Inset:
    """An image on a page of text, without text over it; `left` and `top` are its place in points."""

    picture: Picture
    left: float
    top: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page, or all of a file that has no pages (`page` is None then). A page without text has a picture in place of
    blocks; one with text may have `insets`, in which tables may stand."""

    blocks: tuple[Block, ...] = ()
    page: Page | None = None
    picture: Picture | None = None
    insets: tuple[Inset, ...] = ()


SheetReader = Callable[[bytes, str], Iterator[Sheet]]
"""(content, source) → sheets in order, one in memory at a time. Raises UnreadableError."""

PictureTaker = Callable[[bytes, str, Sequence[int]], Iterator[Picture]]
"""(content, source, pages from 0) → how these pages look, one in memory at a time; of pages that there are not, nothing. Raises
UnreadableError."""

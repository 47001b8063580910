"""Pages without text: how an image of a page becomes what stands on it.

Whoever reads images (`extractor.documents.ocr`, extra `scan`) gives a `PageReader`, by its function `page_reader()`, and knows
nothing of files; whoever opens files knows nothing of OCR.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Protocol

from extractor.documents.composing import Block
from extractor.documents.layout import Page
from extractor.documents.sheet import Picture
from extractor.documents.unreadable import UnreadableError

if TYPE_CHECKING:
    from PIL.Image import Image


class PageReader(Protocol):
    """Reads one page. Engines are slow to start: one reader reads many pages."""

    def __call__(self, image: Image, page: int, dpi: float) -> tuple[Page, Sequence[Block]]:
        """What stands on the image (mode "L" or "RGB", of at most 40 million pixels, `dpi` to the inch), in reading order.

        Every run has the given `page` and a box in points of the image as given, even where the page was turned upright to be
        read: a box is drawn onto this image. The page returned has the image's size in points and the kind "scan"."""


def page_reader(source: str, threads: int = 0) -> PageReader:
    """The reader that this installation has. `threads`: that it computes with; 0: one for each core. Raises UnreadableError,
    which names the remedy, where there is none."""
    try:
        return _reader(threads)
    except ModuleNotFoundError:
        raise UnreadableError("E-NO-SCAN", source) from None


@cache
def _reader(threads: int) -> PageReader:
    from extractor.documents.ocr import page_reader as engine

    return engine(threads)


def as_image(picture: Picture) -> Image:
    """The picture as Pillow's image."""
    from PIL import Image as images

    return images.frombytes(picture.mode, picture.size, picture.pixels)

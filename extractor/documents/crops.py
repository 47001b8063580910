"""Pieces of a page's image, cut out for somebody to read: one place each, and nothing that stands beside it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from extractor.documents.document import Document
from extractor.documents.layout import Box, Layout
from extractor.documents.page_image import images

if TYPE_CHECKING:
    from PIL.Image import Image

Place = tuple[int, Box]
"""A page (from 0) and a box on it in points."""

_MARGIN = 0.4
"""White around the print, as a share of its height."""
_HEIGHT = 96
"""Pixels of height below which a piece is enlarged: models that see work on patches of 14 to 32 pixels."""
_MOST = 4.0
"""Enlargement at most."""
_LONGEST = 2000
"""Pixels of a side; a longer piece is no cell."""


def crops(content: bytes, document: Document, places: Sequence[Place]) -> tuple[bytes, ...]:
    """Each place as PNG, in grey; empty where its page can't be shown. `content` is what the document was read from. The
    same file and place give the same bytes."""
    layout = document.layout
    found = [b""] * len(places)
    if layout is None:
        return tuple(found)
    pages = sorted({page for page, _ in places})
    for page, (image, dpi) in zip(pages, images(content, document.source, pages), strict=False):
        grey = image.convert("L")
        for index, place in enumerate(places):
            if place[0] == page:
                found[index] = _png(_alone(grey, dpi, layout, place))
    return tuple(found)


def _alone(grey: Image, dpi: float, layout: Layout, place: Place) -> Image:
    """The place with its margin; what was read elsewhere on the page is painted over."""
    page, box = place
    margin = _MARGIN * (box[3] - box[1])
    x0, y0, x1, y1 = _pixels((box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin), dpi)
    left, top = max(x0, 0), max(y0, 0)
    piece = grey.crop((left, top, min(x1, grey.width, left + _LONGEST), min(y1, grey.height, top + _LONGEST)))
    own = _pixels(box, dpi)
    print_ = grey.crop(own)
    for other in _others(layout, page, box):
        a, b, c, d = _pixels(other, dpi)
        a, b, c, d = max(a - left, 0), max(b - top, 0), min(c - left, piece.width), min(d - top, piece.height)
        if a < c and b < d:
            piece.paste(255, (a, b, c, d))
    piece.paste(print_, (own[0] - left, own[1] - top))
    scale = min(_HEIGHT / max(piece.height, 1), _MOST)
    return piece.resize((round(piece.width * scale), round(piece.height * scale))) if scale > 1 else piece


def _others(layout: Layout, page: int, box: Box) -> Iterator[Box]:
    """The boxes of what was read on the page but not at this place."""
    for piece in layout.pieces:
        if piece.page == page:
            x, y = (piece.box[0] + piece.box[2]) / 2, (piece.box[1] + piece.box[3]) / 2
            if not (box[0] <= x <= box[2] and box[1] <= y <= box[3]):
                yield piece.box


def _pixels(box: Box, dpi: float) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = (side * dpi / 72 for side in box)
    return int(x0), int(y0), int(x1) + 1, int(y1) + 1


def _png(image: Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()

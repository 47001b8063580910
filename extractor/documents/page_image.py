"""How a page of a document looks, for people to compare with what was read there."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.documents.confined import pictures
from extractor.documents.document import Document, content_id
from extractor.documents.kinds import kind_of
from extractor.documents.load import read_bytes
from extractor.documents.page_reader import as_image
from extractor.documents.unreadable import UnreadableError

if TYPE_CHECKING:
    from PIL.Image import Image

_WITH_PAGES = frozenset({"pdf", "image"})
KEPT = 200
"""Pages of a document of which images are kept; a report has some ten."""
_DPI = 150.0
"""Of what is kept: digits of the smallest print can be told apart."""
_LONGEST = 8_000
"""Pixels of a side of what is kept; WebP holds 16,383."""
_QUALITY = 50


@dataclass(frozen=True, slots=True)
class PageImage:
    """How a page looks, for keeping. `page` is counted from 1."""

    page: int
    media_type: str
    content: bytes


def page_images(content: bytes, document: Document) -> tuple[PageImage, ...]:
    """The document's pages (the first `KEPT`) as WebP in grey or colour, as they are. `content` is what the document was read
    from; from a page that can't be shown on, there is none."""
    if document.layout is None:
        return ()
    if kind_of(content).reader == "zip":
        from extractor.documents.zipped import only_member

        content, _ = only_member(content, document.source)
    count = min(len(document.layout.pages), KEPT)
    return tuple(_kept(page, image) for page, image in enumerate(images(content, document.source, range(count)), 1))


def _kept(page: int, image: tuple[Image, float]) -> PageImage:
    picture, dpi = image
    scale = min(_DPI / dpi, _LONGEST / max(picture.size), 1.0)
    if scale < 1:
        from PIL.Image import Resampling

        size = (max(round(picture.width * scale), 1), max(round(picture.height * scale), 1))
        picture = picture.resize(size, Resampling.LANCZOS, reducing_gap=2.0)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=_QUALITY)
    return PageImage(page, "image/webp", out.getvalue())


def page_png(document: Document, page: int) -> bytes | None:
    """A page (from 1) of the document's file as PNG; None where the file is not where it was read from, holds something else
    now, or has no such page. Whatever path `source` names: only the file that has the document's id is ever opened."""
    content = content_of(document)
    if content is None:
        return None
    return page_png_of(content, document.source, page)


def page_png_of(content: bytes, source: str, page: int) -> bytes | None:
    """The same of a file at hand."""
    found = [_png(image) for image, _ in images(content, source, (page - 1,))]
    return found[0] if found else None


def _png(image: Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=3)
    return out.getvalue()


def images(content: bytes, source: str, pages: Sequence[int]) -> Iterator[tuple[Image, float]]:
    """These pages (from 0) of the file, each with its dots to the inch; up to the first that can't be shown."""
    kind = kind_of(content)
    if kind.reader not in _WITH_PAGES:
        return
    try:
        for picture in pictures(kind.reader, content, source, pages):
            yield as_image(picture), picture.dpi
    except UnreadableError:
        return  # it was read once, and is not a second time: there is nothing to show


def content_of(document: Document) -> bytes | None:
    path, *inner = document.source.split("!/")
    try:
        content, _ = read_bytes(Path(path))
        if inner:
            from extractor.documents.zipped import members

            found = (m[0] for m in members(content, path) if not isinstance(m, UnreadableError) and m[1] == document.source)
            content = next(found, b"")
    except UnreadableError:
        return None
    return content if content_id(content) == document.id else None

"""How a page of a document looks, for people to compare with what was read there."""

from __future__ import annotations

import io
from pathlib import Path

from extractor.documents.confined import picture
from extractor.documents.document import Document, content_id
from extractor.documents.kinds import kind_of
from extractor.documents.load import read_bytes
from extractor.documents.unreadable import UnreadableError

_WITH_PAGES = frozenset({"pdf", "image"})


def page_png(document: Document, page: int) -> bytes | None:
    """A page (from 1) of the document's file as PNG; None where the file is not where it was read from, holds something else
    now, or has no such page. Whatever path `source` names: only the file that has the document's id is ever opened."""
    content = _content_of(document)
    if content is None:
        return None
    return page_png_of(content, document.source, page)


def page_png_of(content: bytes, source: str, page: int) -> bytes | None:
    """The same of a file at hand."""
    kind = kind_of(content)
    if kind.reader not in _WITH_PAGES:
        return None
    try:
        found = picture(kind.reader, content, source, page - 1)
    except UnreadableError:
        return None  # it was read once, and is not a second time: there is nothing to show
    if found is None:
        return None
    from PIL import Image

    out = io.BytesIO()
    Image.frombytes(found.mode, found.size, found.pixels).save(out, "PNG", compress_level=3)
    return out.getvalue()


def _content_of(document: Document) -> bytes | None:
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

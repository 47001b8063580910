"""Images of a document's pages."""

from __future__ import annotations

from extractor.documents import Document
from extractor.documents.page_image import page_png


def page_image(document: Document, page: int) -> bytes | None:
    """A page (from 1) as PNG; None where the file is not at hand."""
    return page_png(document, page)

"""A file of any kind → a document."""

from extractor.documents.document import Document, content_id

__all__ = ["Document", "content_id"]

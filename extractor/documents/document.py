"""A document: one source file and the text got from it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

from extractor.documents.layout import Layout
from extractor.documents.view import View, view_of
from extractor.report import Defect


@dataclass(frozen=True)
class Document:
    """`id` is the SHA-256 of the file's bytes, `text` the text as loaded (every span indexes it), `source` the file's name
    as the user gave it. `defects` are what loading met: undecodable bytes, a text cut off inside a character. `media_type` is
    what the file is, whatever its name says. `layout` tells where on which page the characters stand; None where the source
    has no pages."""

    id: str
    source: str
    text: str
    encoding: str = "utf-8"
    defects: tuple[Defect, ...] = ()
    media_type: str = "text/plain"
    layout: Layout | None = None

    @cached_property
    def view(self) -> View:
        """The normalised view that readers match on."""
        return view_of(self.text)


def content_id(content: bytes) -> str:
    """The id of a document with these bytes."""
    return "sha256:" + hashlib.sha256(content).hexdigest()

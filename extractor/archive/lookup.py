"""Reads from the archive: what is current, in streams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from extractor.archive.content import Content, content_of, layout_of, text_of
from extractor.archive.schema import documents, versions
from extractor.documents import Document

_CHUNK = 200


@dataclass(frozen=True, slots=True)
class Current:
    """A document and its current version. `id`, `version_id` are the archive's numbers."""

    id: int
    version_id: int
    number: int
    document: Document
    content: Content


_COLUMNS = (
    documents.c.id, versions.c.id.label("version_id"), versions.c.number, documents.c.hash, documents.c.source,
    documents.c.text, documents.c.encoding, documents.c.media_type, documents.c.layout, versions.c.content,
)
_CURRENT = select(*_COLUMNS).join(versions, versions.c.id == documents.c.version_id)


def currents(
    connection: Connection, ids: Sequence[int] | None = None, where: Sequence[ColumnElement[bool]] = ()
) -> Iterator[Current]:
    """The documents with these numbers, or all, that meet the conditions on `documents`, each with its current version, by
    number; a few at a time in memory."""
    last = 0
    while True:
        query = _CURRENT.where(documents.c.id > last, *where).order_by(documents.c.id).limit(_CHUNK)
        if ids is not None:
            query = query.where(documents.c.id.in_(ids))
        rows = connection.execute(query).all()
        for row in rows:
            yield _current(row)
        if len(rows) < _CHUNK:
            return
        last = rows[-1].id


def current(connection: Connection, id_: int) -> Current | None:
    """One document with its current version; None where there is none."""
    row = connection.execute(_CURRENT.where(documents.c.id == id_)).one_or_none()
    return None if row is None else _current(row)


def _current(row: Any) -> Current:
    layout = layout_of(row.layout) if row.layout is not None else None
    document = Document(row.hash, row.source, text_of(row.text), row.encoding, layout=layout, media_type=row.media_type)
    return Current(row.id, row.version_id, row.number, document, content_of(row.content))

"""Images of a document's pages: as kept in the archive, else rendered from the file where one with its content is at hand."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, select

from extractor.archive.lookup import Current
from extractor.archive.schema import pages, sources
from extractor.documents.page_image import PageImage, page_png


def kept_page(connection: Connection, document_id: int, page: int) -> PageImage | None:
    """A page (from 1) as the archive has it."""
    query = select(pages.c.page, pages.c.media_type, pages.c.content)
    row = connection.execute(query.where(pages.c.document_id == document_id, pages.c.page == page)).one_or_none()
    return None if row is None else PageImage(row.page, row.media_type, row.content)


def places_of(connection: Connection, now: Current) -> tuple[str, ...]:
    """Where the document's file was met: first where it was read."""
    found = connection.execute(select(sources.c.location).where(sources.c.hash == now.document.id).order_by(sources.c.location))
    return tuple(dict.fromkeys((now.document.source, *found.scalars())))


def rendered_page(now: Current, places: tuple[str, ...], page: int) -> PageImage | None:
    """A page (from 1) of the file at the first of these places where it is; None where it is nowhere."""
    images = (page_png(replace(now.document, source=place), page) for place in places)
    found = next((image for image in images if image is not None), None)
    return None if found is None else PageImage(page, "image/png", found)

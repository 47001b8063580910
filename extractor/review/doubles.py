"""All findings that two people are to answer, out of the log."""

from __future__ import annotations

from sqlalchemy import Connection, select

from extractor.archive import decisions as log
from extractor.archive.schema import decisions
from extractor.decision import Double, standing

_AT_ONCE = 500


def all_doubles(connection: Connection) -> list[Double]:
    """By document. Only documents with such a finding are read."""
    query = select(decisions.c.document_id).where(decisions.c.doubled).distinct().order_by(decisions.c.document_id)
    numbers = connection.execute(query).scalars().all()
    found: list[Double] = []
    for start in range(0, len(numbers), _AT_ONCE):
        for said in log.of_documents(connection, numbers[start : start + _AT_ONCE]).values():
            found += standing(said).doubles.values()
    return found

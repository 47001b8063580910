"""What the lead sets, kept in the archive."""

from __future__ import annotations

from sqlalchemy import Connection, select

from extractor.archive.schema import review_settings
from extractor.archive.store import upsert
from extractor.review.api.models import Settings

_NAME = "review"


def settings(connection: Connection) -> Settings:
    stored = connection.execute(select(review_settings.c.value).where(review_settings.c.name == _NAME)).scalar()
    return Settings(share=0.0) if stored is None else Settings.model_validate_json(stored)


def set_settings(connection: Connection, new: Settings) -> None:
    row = {"name": _NAME, "value": new.model_dump_json()}
    statement = upsert(connection, review_settings).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=row))

"""A document handed in: read in a process of its own, within a bound of time, and put into the archive."""

from __future__ import annotations

import os
import socket

from sqlalchemy import Engine, select

from extractor.archive import store
from extractor.archive.entry import Entry
from extractor.archive.schema import documents
from extractor.bulk.configuration import configuration
from extractor.bulk.pool import Pool
from extractor.bulk.work import Failure, ReadJob
from extractor.messages import text

MOST_BYTES = 30_000_000
SECONDS = 60.0
"""For reading one document."""


class Unread(Exception):
    """A file that gives no report; why, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


class UploadReader:
    """Reads what is handed in, one document after the other, in a process that is ended if it takes too long."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._pool = Pool(1, seconds=seconds)

    async def read(self, content: bytes, name: str) -> Entry:
        """Images of its pages are kept: its file is nowhere else. Raises Unread."""
        result = await self._pool.perform(ReadJob(content, name, "grid", keep_pages=True))
        if isinstance(result, Entry):
            return result
        if isinstance(result, Failure):
            raise Unread(text(result.code, result.params, "zh"), text(result.code, result.params, "en"))
        raise TypeError("the rules ask no model")

    async def close(self) -> None:
        await self._pool.close()


def take(engine: Engine, entry: Entry, who: str) -> tuple[int, int | None]:
    """Put a document into the archive: its number, and that of its new version, None where it was there already."""
    own = configuration("grid", False, ())
    location = f"upload/{entry.hash.partition(':')[2][:16]}/{entry.source}"
    with store.writing(engine) as connection, connection.begin():
        configuration_id = store.configuration(connection, own.key, own.content)
        settings = {"upload": entry.source, "who": who}
        run_id = store.begin_run(connection, configuration_id, settings, socket.gethostname(), os.getpid())
        version = store.put(connection, entry, run_id, configuration_id, location, "")
        store.end_run(connection, run_id, "done")
        document = connection.execute(select(documents.c.id).where(documents.c.hash == entry.hash)).scalar_one()
    return int(document), version



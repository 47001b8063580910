"""Which files gave no report, and why, one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, exists, select

from extractor.archive.schema import documents, failures
from extractor.messages import text

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Failed:
    """A file without a report: a code of the message catalogue and its parameters."""

    location: str
    code: str
    params: Mapping[str, object]

    def message(self, language: str) -> str:
        """What is wrong and what to do; the code alone where this software has no message for it."""
        try:
            return text(self.code, self.params, language)
        except KeyError:  # written by other software
            return self.code


def failed(connection: Connection) -> Iterator[Failed]:
    """The files by location, some at a time in memory: why each failed last. What was read under another configuration, or at
    another place, is left out."""
    was_read = exists().where(documents.c.hash == failures.c.hash)
    query = select(failures.c.location, failures.c.code, failures.c.params).where(~was_read)
    query = query.order_by(failures.c.location, failures.c.at.desc()).limit(_CHUNK)
    last = ""
    while rows := connection.execute(query.where(failures.c.location > last)).all():
        for row in rows:
            if row.location != last:
                yield Failed(row.location, row.code, json.loads(row.params))
            last = row.location

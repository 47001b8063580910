"""Writes to the archive. Each function is given a connection inside a transaction of the caller's, who commits: a document is
there whole or not at all. Everything can be said twice and changes nothing the second time."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from extractor.archive.entry import AttemptRow, Entry, RecordRow
from extractor.archive.record import Groups, packed_groups
from extractor.archive.schema import (
    attempts,
    claims,
    configurations,
    decisions,
    documents,
    failures,
    findings,
    readings,
    records,
    runs,
    sources,
    versions,
)

OPEN = "open"
_NONE = RecordRow("", 0, "", "", b"", b"")


def upsert(connection: Connection, table: Table) -> Any:
    """An INSERT that can be told what to do on a conflict, in the database's own dialect."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def writing(engine: Engine) -> Connection:
    """A connection whose transactions are going to write; SQLite then waits for other writers at the start of each."""
    return engine.connect().execution_options(writes=True)


def configuration(connection: Connection, key: str, content: Mapping[str, object]) -> int:
    """The id of a configuration, new or known. `key` is a hash over `content`."""
    row = {"key": key, "content": json.dumps(content, ensure_ascii=False, sort_keys=True)}
    connection.execute(upsert(connection, configurations).values(row).on_conflict_do_nothing())
    return int(connection.execute(select(configurations.c.id).where(configurations.c.key == key)).scalar_one())


def begin_run(
    connection: Connection, configuration_id: int, settings: Mapping[str, object], host: str, process: int
) -> int:
    """The id of a new run."""
    now = time.time()
    row = {
        "configuration_id": configuration_id, "settings": json.dumps(settings, ensure_ascii=False, sort_keys=True),
        "host": host, "process": process, "started": now, "alive": now,
    }
    return int(connection.execute(insert(runs).values(row).returning(runs.c.id)).scalar_one())


def end_run(connection: Connection, run_id: int, outcome: str) -> None:
    """The run is over, its claims are given back."""
    now = time.time()
    connection.execute(update(runs).where(runs.c.id == run_id).values(alive=now, ended=now, outcome=outcome))
    connection.execute(delete(claims).where(claims.c.run_id == run_id))


def put(
    connection: Connection, entry: Entry, run_id: int, configuration_id: int, location: str, stamp: str
) -> int | None:
    """Write a read document: a new version of it, which is the current one from now on. The id of the version; None where this
    document has one under this configuration already (nothing but its place is noted then)."""
    document_id = _document(connection, entry)
    _source(connection, location, stamp, entry.hash)
    _settled(connection, location, entry.hash, configuration_id)
    version_id = _version(connection, entry, document_id, run_id, configuration_id)
    put_attempts(connection, run_id, entry.hash, entry.attempts)
    if version_id is None:
        return None
    connection.execute(
        update(documents).where(documents.c.id == document_id)
        .values(version_id=version_id, issuer=entry.issuer, year=entry.year, form=entry.form, **entry.states)
    )
    if entry.readings:
        rows = [{"version_id": version_id, "reader": reader, "content": content} for reader, content in entry.readings]
        connection.execute(insert(readings), rows)
    _findings(connection, entry, document_id, version_id)
    _record(connection, entry, document_id)
    return version_id


def put_failure(
    connection: Connection, location: str, stamp: str, hash_: str, run_id: int, configuration_id: int, code: str,
    params: Mapping[str, object], attempts_: Sequence[AttemptRow] = (),
) -> None:
    """Note that a file gave no report, and why. `hash_` is "" where its bytes could not be got."""
    row = {
        "location": location, "configuration_id": configuration_id, "hash": hash_, "run_id": run_id, "at": time.time(),
        "code": code, "params": json.dumps(params, ensure_ascii=False, default=str),
    }
    statement = upsert(connection, failures).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["location", "configuration_id"], set_=row))
    if hash_:
        _source(connection, location, stamp, hash_)
    connection.execute(delete(claims).where(claims.c.hash == hash_, claims.c.configuration_id == configuration_id))
    put_attempts(connection, run_id, hash_, attempts_)


def put_attempts(connection: Connection, run_id: int, hash_: str, rows: Sequence[AttemptRow]) -> None:
    """Note the requests made for a document, whatever became of them."""
    if rows:
        connection.execute(
            insert(attempts),
            [{"run_id": run_id, "hash": hash_, **asdict(row)} for row in rows],
        )


def _document(connection: Connection, entry: Entry) -> int:
    row = {
        "hash": entry.hash, "source": entry.source, "media_type": entry.media_type, "encoding": entry.encoding,
        "size": entry.size, "characters": entry.characters, "text": entry.text, "layout": entry.layout,
    }
    statement = upsert(connection, documents).values(row).on_conflict_do_nothing().returning(documents.c.id)
    new = connection.execute(statement).scalar()
    if new is not None:
        return int(new)
    return int(connection.execute(select(documents.c.id).where(documents.c.hash == entry.hash)).scalar_one())


def _source(connection: Connection, location: str, stamp: str, hash_: str) -> None:
    row = {"location": location, "hash": hash_, "stamp": stamp}
    statement = upsert(connection, sources).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["location"], set_=row))


def _settled(connection: Connection, location: str, hash_: str, configuration_id: int) -> None:
    """What failed here before is read now, and nobody has it in hand any more."""
    connection.execute(delete(claims).where(claims.c.hash == hash_, claims.c.configuration_id == configuration_id))
    connection.execute(
        delete(failures).where(failures.c.location == location, failures.c.configuration_id == configuration_id)
    )


def _version(connection: Connection, entry: Entry, document_id: int, run_id: int, configuration_id: int) -> int | None:
    count = select(func.count() + 1).where(versions.c.document_id == document_id).scalar_subquery()
    row = {
        "document_id": document_id, "number": count, "configuration_id": configuration_id, "run_id": run_id, "at": time.time(),
        "content": entry.content,
    }
    statement = upsert(connection, versions).values(row).on_conflict_do_nothing().returning(versions.c.id)
    new = connection.execute(statement).scalar()
    return int(new) if new is not None else None


def _findings(connection: Connection, entry: Entry, document_id: int, version_id: int) -> None:
    # those found between reports stay until the report is held against the others again
    connection.execute(delete(findings).where(findings.c.document_id == document_id, findings.c.ordinal >= 0))
    if entry.findings:
        connection.execute(
            insert(findings),
            [
                {
                    "document_id": document_id, "version_id": version_id, "ordinal": f.ordinal, "code": f.code,
                    "severity": f.severity, "priority": f.priority, "table": f.table, "cell": f.cell, "state": OPEN,
                    "key": f.key, "reader": f.reader, "issuer": entry.issuer, "year": entry.year,
                }
                for f in entry.findings
            ],
        )


def _record(connection: Connection, entry: Entry, document_id: int) -> None:
    """The record of the current version, to be held against the others by `extractor.archive.history`."""
    known = connection.execute(select(records).where(records.c.document_id == document_id)).one_or_none()
    record = entry.record
    if record is None and known is None:
        return
    before = None
    if known is not None:
        groups = Groups(known.issuer, known.county, known.host, known.digests)
        before = known.before if known.pending else packed_groups(groups)
    row = {"document_id": document_id, **asdict(record or _NONE), "pending": True, "before": before}
    statement = upsert(connection, records).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["document_id"], set_=row))


def decided(connection: Connection, document_id: int) -> bool:
    """Whether anybody has said anything of this document."""
    found = connection.execute(select(decisions.c.id).where(decisions.c.document_id == document_id).limit(1))
    return found.scalar() is not None

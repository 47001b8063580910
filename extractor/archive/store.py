"""Writes to the archive. Each function is given a connection inside a transaction of the caller's, who commits: a document is
there whole or not at all. Everything can be said twice and changes nothing the second time."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Engine, Executable, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from extractor.archive.entry import AttemptRow, Entry, FindingRow, RecordRow
from extractor.archive.record import Groups, packed_groups
from extractor.archive.schema import (
    attempts,
    claims,
    configurations,
    decisions,
    documents,
    failures,
    findings,
    pages,
    readings,
    records,
    runs,
    sources,
    versions,
)
from extractor.archive.settling import settle

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
    say = _statements(connection.dialect.name)
    here = {"location_": location, "hash_": entry.hash, "configuration": configuration_id}
    connection.execute(say.source, {"location": location, "hash": entry.hash, "stamp": stamp})
    connection.execute(say.let_go, here)  # nobody has it in hand any more
    connection.execute(say.forget_failure, here)
    facts = {
        "media_type": entry.media_type, "encoding": entry.encoding, "characters": entry.characters, "text": entry.text,
        "layout": entry.layout, "issuer": entry.issuer, "year": entry.year, "form": entry.form, **entry.states,
    }
    of_document = {"hash": entry.hash, "source": entry.source, "size": entry.size, **facts}
    new = connection.execute(say.document, of_document).one_or_none()
    version = {"configuration_id": configuration_id, "run_id": run_id, "at": time.time(), "content": entry.content}
    if new is not None:
        document_id, version_id = new.id, new.version_id
        connection.execute(say.first_version, {"id": version_id, "document_id": document_id, **version})
    else:
        document_id = connection.execute(say.document_id, here).scalar_one()
        version_id = connection.execute(say.next_version, {"document": document_id, **version}).scalar()
        if version_id is None:
            return None
        connection.execute(
            update(documents).where(documents.c.id == document_id).values(version_id=version_id, **facts)
        )
        # those found between reports stay until the report is held against the others again
        connection.execute(delete(findings).where(findings.c.document_id == document_id, findings.c.ordinal >= 0))
    put_attempts(connection, run_id, entry.hash, entry.attempts)
    if entry.pages:
        rows = [{"document_id": document_id, **asdict(page)} for page in entry.pages]
        connection.execute(upsert(connection, pages).on_conflict_do_nothing(), rows)
    if entry.readings:
        rows = [{"version_id": version_id, "reader": reader, "content": content} for reader, content in entry.readings]
        connection.execute(insert(readings), rows)
    if entry.findings:
        whose = {
            "document_id": document_id, "version_id": version_id, "issuer": entry.issuer, "year": entry.year, "state": OPEN,
        }
        connection.execute(say.finding, [_finding(f) | whose for f in entry.findings])
    _put_record(connection, entry, document_id, new is not None)
    if new is None and decided(connection, document_id):
        settle(connection, document_id)  # what people said survives the new reading
    return int(version_id)


def put_failure(
    connection: Connection, location: str, stamp: str, hash_: str, run_id: int, configuration_id: int, code: str,
    params: Mapping[str, object], attempts_: Sequence[AttemptRow] = (),
) -> None:
    """Note that a file gave no report, and why. `hash_` is "" where its bytes could not be got."""
    say = _statements(connection.dialect.name)
    row = {
        "location": location, "configuration_id": configuration_id, "hash": hash_, "run_id": run_id, "at": time.time(),
        "code": code, "params": json.dumps(params, ensure_ascii=False, default=str),
    }
    noted = connection.execute(say.failure, row).first()
    if hash_:
        connection.execute(say.source, {"location": location, "hash": hash_, "stamp": stamp})
        connection.execute(say.let_go, {"hash_": hash_, "configuration": configuration_id})
    if noted is not None:  # else it was noted already, and what came of it was not heard
        put_attempts(connection, run_id, hash_, attempts_)


def put_attempts(connection: Connection, run_id: int, hash_: str, rows: Sequence[AttemptRow]) -> None:
    """Note the requests made for a document, whatever became of them."""
    if rows:
        connection.execute(
            insert(attempts),
            [{"run_id": run_id, "hash": hash_, **asdict(row)} for row in rows],
        )


@dataclass(frozen=True, slots=True)
class _Statements:
    """What is said for each document, built once: building a statement takes longer than the database does."""

    document: Executable
    document_id: Executable
    first_version: Executable
    next_version: Executable
    source: Executable
    let_go: Executable
    forget_failure: Executable
    failure: Executable
    finding: Executable


@cache
def _statements(dialect: str) -> _Statements:
    into: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    # the id of a version that is written next, so that its document needs no second look: nobody else writes meanwhile on
    # SQLite, and a sequence gives each number once
    upcoming = (
        func.nextval(func.pg_get_serial_sequence("versions", "id")) if dialect == "postgresql"
        else select(func.coalesce(func.max(versions.c.id), 0) + 1).scalar_subquery()
    )
    number = select(func.count() + 1).where(versions.c.document_id == bindparam("document")).scalar_subquery()
    source, failure = into(sources), into(failures)
    ours: BindParameter[int] = bindparam("configuration")
    return _Statements(
        into(documents).values(version_id=upcoming).on_conflict_do_nothing().returning(documents.c.id, documents.c.version_id),
        select(documents.c.id).where(documents.c.hash == bindparam("hash_")),
        into(versions).values(number=1),
        into(versions).values(document_id=bindparam("document"), number=number)
        .on_conflict_do_nothing().returning(versions.c.id),
        source.on_conflict_do_update(
            index_elements=["location"], set_={"hash": source.excluded.hash, "stamp": source.excluded.stamp}
        ),
        delete(claims).where(claims.c.hash == bindparam("hash_"), claims.c.configuration_id == ours),
        delete(failures).where(
            (failures.c.location == bindparam("location_")) | (failures.c.hash == bindparam("hash_")),
            failures.c.configuration_id == ours,
        ),
        failure.on_conflict_do_update(
            index_elements=["location", "configuration_id"],
            set_={name: failure.excluded[name] for name in ("hash", "run_id", "at", "code", "params")},
            where=(failures.c.run_id != failure.excluded.run_id) | (failures.c.hash != failure.excluded.hash),
        ).returning(failures.c.location),
        insert(findings),
    )


def _finding(row: FindingRow) -> dict[str, Any]:
    return {
        "ordinal": row.ordinal, "code": row.code, "severity": row.severity, "priority": row.priority, "table": row.table,
        "cell": row.cell, "key": row.key, "reader": row.reader,
    }


def _put_record(connection: Connection, entry: Entry, document_id: int, new: bool) -> None:
    """The record of the current version, to be held against the others by `extractor.archive.history`."""
    known = None
    if not new:
        known = connection.execute(select(records).where(records.c.document_id == document_id)).one_or_none()
    record = entry.record
    if record is None and known is None:
        return
    values = asdict(record or _NONE)
    if known is None:
        connection.execute(_NEW_RECORD, {"document_id": document_id, **values, "pending": True})
        return
    groups = Groups(known.issuer, known.county, known.host, known.digests)
    before = known.before if known.pending else packed_groups(groups)
    connection.execute(
        update(records).where(records.c.document_id == document_id).values(**values, pending=True, before=before)
    )


_NEW_RECORD = insert(records)


def decided(connection: Connection, document_id: int) -> bool:
    """Whether anybody has said anything of this document."""
    found = connection.execute(select(decisions.c.id).where(decisions.c.document_id == document_id).limit(1))
    return found.scalar() is not None

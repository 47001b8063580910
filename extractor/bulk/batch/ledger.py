"""The archive's record of batch files: which requests are in which, what became of each. Functions are given a connection
inside a transaction of the caller's; said twice they change nothing the second time.

A question in a batch file is claimed in the table of answers, in the name of the file: no run asks it as long as it is out.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, Connection, Engine, delete, exists, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from extractor.archive import standing, store
from extractor.archive.schema import answers, batch_files, batch_requests, configurations
from extractor.llm.cache import BATCH
from extractor.processes import this_process

FileState = Literal["prepared", "submitted", "collected", "expired", "failed"]
RequestState = Literal["asked", "answered", "left", "expired", "failed"]
"""left: what came is no answer, and asking in a batch again would bring the same; a run asks it. expired, failed: none came;
the next file asks again."""
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class File:
    """`profile`: that of the model the file was prepared for. `file`, `batch`: the provider's names, once it has it."""

    id: int
    configuration_id: int
    model: str
    profile: str
    state: str
    path: str
    requests: int
    file: str | None
    batch: str | None


def put_file(
    connection: Connection, configuration_id: int, model: str, path: str, holder: str, requests: Sequence[tuple[str, str]]
) -> set[str]:
    """Note a file of these requests (key, hash of the document), and hand the holder's claims over to it. Which of the requests
    are in it: claims may have run out meanwhile."""
    row = {
        "configuration_id": configuration_id, "model": model, "state": "prepared", "path": path, "requests": len(requests),
        "at": time.time(),
    }
    id_ = int(connection.execute(insert(batch_files).values(row).returning(batch_files.c.id)).scalar_one())
    mine: set[str] = set()
    for at in range(0, len(requests), _CHUNK):
        keys = [key for key, _ in requests[at : at + _CHUNK]]
        handing = update(answers).where(answers.c.key.in_(keys), answers.c.kind.is_(None), answers.c.content == holder)
        mine.update(connection.scalars(handing.values(content=f"{BATCH}{id_}", at=time.time()).returning(answers.c.key)))
    rows = [{"key": key, "batch_file_id": id_, "hash": hash_, "state": "asked"} for key, hash_ in requests if key in mine]
    if not rows:
        connection.execute(delete(batch_files).where(batch_files.c.id == id_))
        return mine
    connection.execute(insert(batch_requests), rows)
    connection.execute(update(batch_files).where(batch_files.c.id == id_).values(requests=len(rows)))
    return mine


def files(connection: Connection, *states: FileState) -> list[File]:
    """The files in these states, the oldest first; all where none is named."""
    query = (
        select(batch_files, configurations.c.content)
        .join(configurations, configurations.c.id == batch_files.c.configuration_id)
        .order_by(batch_files.c.id)
    )
    if states:
        query = query.where(batch_files.c.state.in_(states))
    return [
        File(
            row.id, row.configuration_id, row.model, _profile(row.content, row.model), row.state, row.path, row.requests,
            row.file, row.batch,
        )
        for row in connection.execute(query)
    ]


def file(connection: Connection, id_: int) -> File:
    """One file as it stands now."""
    return next(found for found in files(connection) if found.id == id_)


def note(connection: Connection, id_: int, **values: str) -> None:
    """What has become of a file: state, file, batch."""
    connection.execute(update(batch_files).where(batch_files.c.id == id_).values(values))


def was_left(connection: Connection, key: str) -> bool:
    """Whether this question is for a run to ask: a batch brought no answer to it."""
    found = select(exists().where(batch_requests.c.key == key, batch_requests.c.state == "left"))
    return bool(connection.execute(found).scalar())


def settle(connection: Connection, file_id: int, key: str, state: RequestState) -> str | None:
    """Note what became of a request, once: the hash of its document; None where it is settled already, or none of the file's.
    Where it has no answer, its question is free again."""
    settling = update(batch_requests).where(
        batch_requests.c.key == key, batch_requests.c.batch_file_id == file_id, batch_requests.c.state == "asked"
    )
    hash_: str | None = connection.execute(settling.values(state=state).returning(batch_requests.c.hash)).scalar()
    if hash_ is not None and state != "answered":
        connection.execute(delete(answers).where(answers.c.key == key, *_claimed(file_id)))
    return hash_


def answer(connection: Connection, file_id: int, key: str, kind: str, content: str, tokens_in: int, tokens_out: int) -> None:
    """Keep the answer of a request."""
    row = {"kind": kind, "content": content, "tokens_in": tokens_in, "tokens_out": tokens_out, "at": time.time()}
    connection.execute(update(answers).where(answers.c.key == key, *_claimed(file_id)).values(row))


def prompt(connection: Connection, key: str) -> str:
    """The prompt under which a question was asked."""
    return connection.execute(select(answers.c.prompt).where(answers.c.key == key)).scalar() or ""


def end(connection: Connection, file_id: int, state: FileState, rest: RequestState) -> int:
    """Nothing more comes of a file; how many requests had not been settled."""
    open_ = select(batch_requests.c.key).where(
        batch_requests.c.batch_file_id == file_id, batch_requests.c.state == "asked"
    )
    keys = list(connection.scalars(open_))
    for key in keys:
        settle(connection, file_id, key, rest)
    note(connection, file_id, state=state)
    return len(keys)


@contextmanager
def working(engine: Engine, configuration_id: int, what: str) -> Iterator[int]:
    """The id of a run under which a command works on files; it is seen to be alive as long as the context lasts."""
    with store.writing(engine) as connection, connection.begin():
        run_id = store.begin_run(connection, configuration_id, {"command": what}, this_process(), os.getpid())
    over = threading.Event()
    beating = threading.Thread(target=_beat, args=(engine, run_id, over), daemon=True)
    beating.start()
    outcome = "failed"
    try:
        yield run_id
        outcome = "done"
    finally:
        over.set()
        beating.join()
        with store.writing(engine) as connection, connection.begin():
            store.end_run(connection, run_id, outcome)


def mine(engine: Engine, file: File, run_id: int) -> bool:
    """Whether this run has the file in hand now: no other that is alive has."""
    with store.writing(engine) as connection, connection.begin():
        return bool(standing.claim(connection, {f"{BATCH}{file.id}"}, run_id, file.configuration_id))


def _beat(engine: Engine, run_id: int, over: threading.Event) -> None:
    while not over.wait(standing.BEAT):
        try:
            with store.writing(engine) as connection, connection.begin():
                standing.beat(connection, run_id)
        except SQLAlchemyError:
            continue  # the archive is away: whoever works with it meets that too, and says it


def _claimed(file_id: int) -> tuple[ColumnElement[bool], ...]:
    return answers.c.kind.is_(None), answers.c.content == f"{BATCH}{file_id}"


def _profile(configuration: str, model: str) -> str:
    named = json.loads(configuration).get("models", [])
    return next((str(m["profile"]) for m in named if m["model"] == model), "")

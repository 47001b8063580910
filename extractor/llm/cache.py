"""The cache of answers: what was paid for once is not paid for again, by any run or process that shares it.

A question is known by the hash of the request that would leave (messages with prompt, document part and schema, model,
settings) and the prompt's version. Kept are the content of answers and the final kinds that brought none. Who asks first
claims the question; others wait for that answer until the claim is given back, runs out, or its process is known to be gone.
A question that is out in a batch file is not asked by anybody until the file is collected (`extractor.bulk.batch`).
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import URL, Connection, Engine, create_engine, delete, event, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import CreateTable

from extractor.llm.answers import answers
from extractor.llm.outcome import Kind
from extractor.processes import is_gone, this_process

LEASE = 600.0
"""Seconds after which a claim that was not renewed counts as given up, where nothing is known of its process. Longer than one
request and the wait before it."""
BATCH = "batch "
"""What the holder of a claim begins with that is no process but a batch file. Such claims don't run out."""
_BUSY = 30.0


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of a question. `kind` is None while another asks it; `content` names that one then."""

    kind: Kind | None
    content: str = ""

    @property
    def in_batch(self) -> bool:
        """The question is out in a batch file."""
        return self.kind is None and self.content.startswith(BATCH)


def key_of(request: Mapping[str, Any], prompt: str) -> str:
    """The key of a request body under a prompt (name, version and hash)."""
    whole = json.dumps([prompt, request], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def insert(connection: Connection) -> Any:
    """An INSERT into the answers that can be told what to do on a conflict, in the database's own dialect."""
    return postgresql.insert(answers) if connection.dialect.name == "postgresql" else sqlite.insert(answers)


class AnswerCache:
    """The answers in a file of their own, or in the archive whose engine is given. Raises OSError or SQLAlchemyError where they
    can't be got at."""

    def __init__(self, where: Path | Engine) -> None:
        self._own = isinstance(where, Path)
        self._engine = _file(where) if isinstance(where, Path) else where
        self.holder = f"{this_process()} {uuid4().hex[:8]}"
        self._asking: set[str] = set()
        self._unwritten: dict[str, Stored] = {}

    def claim(self, key: str, model: str, prompt: str) -> Stored | None:
        """What is known of the question; None where it is now this caller's to ask."""
        if key in self._unwritten:
            return self._unwritten[key]
        with self._engine.connect() as reading:
            known = _known(reading, key)
        if known is not None and known.kind is not None:
            return known
        with self._writing() as connection:
            if known is not None and self._abandoned(key, known.content):
                taking = update(answers).where(answers.c.key == key, answers.c.kind.is_(None), _holder == known.content)
                claimed = taking.values(content=self.holder, at=time.time())
            else:
                row = {"key": key, "content": self.holder, "model": model, "prompt": prompt, "at": time.time()}
                inserting = insert(connection).values(row)
                lapsed = (answers.c.at < row["at"] - LEASE) & ~_holder.startswith(BATCH)  # type: ignore[operator]
                taken = {"content": self.holder, "at": row["at"]}
                claimed = inserting.on_conflict_do_update(
                    index_elements=["key"], set_=taken, where=answers.c.kind.is_(None) & lapsed
                )
            if connection.execute(claimed.returning(answers.c.key)).first() is not None:
                self._asking.add(key)
                return None
            return _known(connection, key) or Stored(None)

    def renew(self, key: str) -> None:
        """Keep a claim: its question is being asked still."""
        with self._writing() as connection:
            connection.execute(update(answers).where(*self._mine(key)).values(at=time.time()))

    def drop(self, key: str, stored: Stored) -> None:
        """Forget an answer that can't be used; one that another has put in its place meanwhile stays."""
        self._unwritten.pop(key, None)
        with self._writing() as connection:
            connection.execute(delete(answers).where(answers.c.key == key, answers.c.content == stored.content))

    def store(self, key: str, kind: Kind, content: str, tokens_in: int, tokens_out: int) -> None:
        """Keep what came of a claimed question; an answer that is there already stays. This object knows it even where it can't
        be written."""
        self._unwritten[key] = Stored(kind, content)
        with self._writing() as connection:
            connection.execute(
                update(answers).where(answers.c.key == key, answers.c.kind.is_(None))
                .values(kind=kind.value, content=content, tokens_in=tokens_in, tokens_out=tokens_out, at=time.time())
            )
        del self._unwritten[key]
        self._asking.discard(key)  # last: who finds the claim, and nobody asking, asks

    def hand_over(self, keys: Iterable[str]) -> None:
        """These claims have another holder now (a batch file's)."""
        self._asking.difference_update(keys)

    def release(self, key: str) -> None:
        """Give a claim back: nothing came of it."""
        try:
            with self._writing() as connection:
                connection.execute(delete(answers).where(*self._mine(key)))
        except SQLAlchemyError:
            pass  # the caller has a reason of its own to tell; this object takes the claim up again, and in time so do others
        finally:
            self._asking.discard(key)

    def close(self) -> None:
        if self._own:
            self._engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def _mine(self, key: str) -> tuple[Any, ...]:
        return answers.c.key == key, answers.c.kind.is_(None), answers.c.content == self.holder

    def _abandoned(self, key: str, holder: str) -> bool:
        """Nobody is asking the question of this claim any more, for sure."""
        if holder == self.holder:
            return key not in self._asking
        return is_gone(holder.rpartition(" ")[0])


_holder = func.coalesce(answers.c.content, "")


def _known(connection: Connection, key: str) -> Stored | None:
    row = connection.execute(select(answers.c.kind, _holder).where(answers.c.key == key)).first()
    return None if row is None else Stored(Kind(row[0]) if row[0] is not None else None, row[1])


def _file(path: Path) -> Engine:
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args={"timeout": _BUSY})
    event.listen(engine, "connect", _prepare)
    with engine.begin() as connection:
        connection.execute(CreateTable(answers, if_not_exists=True))
    return engine


def _prepare(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")

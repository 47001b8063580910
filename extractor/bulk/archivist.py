"""The archive as the run sees it: transactions done by threads of their own, again and again while a database is away.

The event loop hands over what is to be said in one transaction and waits for its end; so a slow disk, or a database that is
being restarted, holds up no model call. SQLite has one writer and gets one thread; a server gets several, since a commit there
waits for the server's disk.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError

from extractor.archive.connecting import ArchiveError, shown
from extractor.archive.store import writing

T = TypeVar("T")
PATIENCE = 300.0
"""Seconds that a database may be away."""
_PAUSE = (0.25, 10.0)
"""Seconds between attempts: at first, at last."""
_THREADS = {"sqlite": 1, "postgresql": 4}
_AT_ONCE = 32
"""Transactions after which the event loop hears of them at the latest."""
_PASSING = ("locked", "busy")
"""What SQLite says of a fault that passes. All others (full disk, no right to write, a damaged file) stay."""
_LASTING = ("53100", "53200", "42501", "28000", "28P01")
"""What PostgreSQL says of one that doesn't: disk or memory full, no right."""


@dataclass(slots=True)
class _Task:
    action: Callable[[Connection], Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None


class Archivist:
    """Does transactions. `waiting` is called with the reason when the database does not answer, and with "" when it does again
    (from another thread)."""

    def __init__(
        self, engine: Engine, waiting: Callable[[str], None] = lambda _: None, patience: float = PATIENCE
    ) -> None:
        self.engine = engine
        self._waiting, self._patience = waiting, patience
        self._queue: SimpleQueue[_Task | None] = SimpleQueue()
        self._closed = threading.Event()
        self._loop = asyncio.get_running_loop()
        count = _THREADS[engine.dialect.name]
        self._threads = [threading.Thread(target=self._serve, name="archivist", daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    async def do(self, action: Callable[[Connection], T]) -> T:
        """What an action gives, after its transaction was committed. It may be done more than once: what was committed without
        an answer is said again. Raises ArchiveError where the archive can't be used, and what the action raises."""
        future: asyncio.Future[T] = self._loop.create_future()
        self._queue.put(_Task(action, future))
        return await future

    async def close(self) -> None:
        """Wait for what was begun; nothing is tried again from now on."""
        self._closed.set()
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)

    def _serve(self) -> None:
        line = _Line(self.engine, self._patience, self._closed, self._waiting)
        try:
            going = True
            while going:
                tasks: list[_Task] = []
                task = self._queue.get()
                while task is not None:
                    line.do(task)
                    tasks.append(task)
                    if len(tasks) == _AT_ONCE:
                        break
                    try:
                        task = self._queue.get_nowait()
                    except Empty:
                        break
                going = task is not None
                if tasks:
                    self._loop.call_soon_threadsafe(_deliver, tasks)
        finally:
            line.close()


class _Line:
    """One thread's connection."""

    def __init__(
        self, engine: Engine, patience: float, closed: threading.Event, waiting: Callable[[str], None]
    ) -> None:
        self._engine, self._patience, self._closed, self._waiting = engine, patience, closed, waiting
        self._connection: Connection | None = None

    def do(self, task: _Task) -> None:
        began: float | None = None
        pause, longest = _PAUSE
        while True:
            try:
                if self._connection is None:
                    self._connection = _opened(self._engine)
                with self._connection.begin():
                    task.result = task.action(self._connection)
                break
            except (OperationalError, InterfaceError, InternalError) as error:
                self.close()
                now = time.monotonic()
                began = began or now
                if not passes(error) or now - began > self._patience or self._closed.is_set():
                    task.error = ArchiveError(f"{shown(self._engine)}: {reason_of(error)}")
                    break
                self._waiting(reason_of(error))
                self._closed.wait(pause)
                pause = min(2 * pause, longest)
            except BaseException as error:  # handed on to the one who asked
                task.error = error
                break
        if began is not None:
            self._waiting("")

    def close(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()  # it is set up for this thread; and it may be broken
            self._connection.close()
            self._connection = None


def _opened(engine: Engine) -> Connection:
    connection = writing(engine)
    if engine.dialect.name == "sqlite":
        # a document that a power failure takes is whole in its file, and read again; answers of models and decisions of people
        # are written by others, who wait for the disk
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA synchronous=NORMAL")
    return connection


def _deliver(tasks: list[_Task]) -> None:
    for task in tasks:
        if task.future.done():
            continue
        if task.error is not None:
            task.future.set_exception(task.error)
        else:
            task.future.set_result(task.result)


def passes(error: DBAPIError) -> bool:
    """Whether what a database says may be over when it is asked again."""
    if type(error.orig).__module__ == "sqlite3":
        return any(word in str(error.orig) for word in _PASSING)
    return getattr(error.orig, "sqlstate", None) not in _LASTING


def reason_of(error: DBAPIError) -> str:
    """What the database says, on one line."""
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error.orig).__name__

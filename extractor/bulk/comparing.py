"""Holds a run's reports against each other and against the archive's others, while they come and once more at the end.

In a process of its own, a new one each time: what the comparing needs in memory is given back, and the driver goes on
meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import signal
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from extractor.archive.connecting import ArchiveError, connect
from extractor.archive.history import update_history
from extractor.bulk.engine import EngineError
from extractor.bulk.tally import Tally

EVERY = 5_000
"""Reports read between two updates: few enough that what is left at the end takes seconds."""
_LOOK = 1.0
"""Seconds between looks at the count."""


@contextlib.asynccontextmanager
async def comparing(archive: Engine, tally: Tally) -> AsyncIterator[None]:
    """Compare as long as the context lasts, and the rest when it ends without an exception. Raises ArchiveError,
    EngineError."""
    over = asyncio.Event()
    task = asyncio.create_task(_now_and_then(archive, tally, over))
    try:
        yield
    finally:
        over.set()
        await task
    await _compare(archive)


async def _now_and_then(archive: Engine, tally: Tally, over: asyncio.Event) -> None:
    compared = 0
    while not over.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), _LOOK)
        if tally.read - compared >= EVERY:
            compared = tally.read
            # a database that is away is the run's to wait for and to report; what was not compared now is compared later
            with contextlib.suppress(ArchiveError, EngineError):
                await _compare(archive)


async def _compare(archive: Engine) -> None:
    where = archive.url.render_as_string(hide_password=False)
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(1, context, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)) as process:
        try:
            reason = await asyncio.get_running_loop().run_in_executor(process, _update, where)
        except BrokenProcessPool as error:
            raise EngineError("the process that compares reports ended") from error
    if reason:
        raise ArchiveError(reason)


def _update(where: str) -> str:
    """What kept the archive from being updated; "" where nothing did."""
    try:
        engine = connect(where, create=False)
    except ArchiveError as error:
        return str(error)
    try:
        update_history(engine)
    except DBAPIError as error:
        return str(error.orig).strip().splitlines()[0]
    finally:
        engine.dispose()
    return ""

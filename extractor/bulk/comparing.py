"""Holds a run's reports against each other and against the archive's others, while they come and once more at the end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from extractor.archive.connecting import ArchiveError
from extractor.archive.history import update_history
from extractor.bulk.tally import Tally

EVERY = 2_000
"""Reports read between two updates: few enough that what is left at the end takes seconds."""
_LOOK = 1.0
"""Seconds between looks at the count."""


@contextlib.asynccontextmanager
async def comparing(archive: Engine, tally: Tally) -> AsyncIterator[None]:
    """Compare as long as the context lasts, and the rest when it ends without an exception. Raises ArchiveError."""
    over = asyncio.Event()
    task = asyncio.create_task(_now_and_then(archive, tally, over))
    try:
        yield
    finally:
        over.set()
        await task
    try:
        await asyncio.to_thread(update_history, archive)
    except DBAPIError as error:
        raise ArchiveError(str(error.orig).strip().splitlines()[0]) from error


async def _now_and_then(archive: Engine, tally: Tally, over: asyncio.Event) -> None:
    compared = 0
    while not over.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), _LOOK)
        if tally.read - compared >= EVERY:
            compared = tally.read
            # a database that is away is the run's to wait for and to report; what was not compared now is compared later
            with contextlib.suppress(DBAPIError):
                await asyncio.to_thread(update_history, archive)

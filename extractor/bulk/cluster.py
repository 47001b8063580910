"""The engine of several machines: tasks on a Ray cluster that runs already (extra `ray`).

A task is one job (`extractor.bulk.work.perform`). Ray itself does a task again whose node went away; a job that ends its worker
is done again too, as often, since the two can't be told apart, and then fails by itself. Everything but the computing stays
with the driver. Each node needs this software in the same version; the driver asks before it hands out work.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
from typing import Any

from extractor import __version__
from extractor.bulk.engine import TIME_LIMIT, EngineError
from extractor.bulk.work import Failure, Job, Result, perform

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would report home
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # the coming default; without it Ray warns at each start

import ray
import ray.exceptions

_resources: Any = ray.cluster_resources  # it has no types

AGAIN = 3
"""How often a task is done again whose worker or node was lost."""
_AHEAD = 3
"""Jobs in hand for each core, those that are under way counted in."""
_PATIENCE = 5.0
"""Seconds for the cluster's address to answer."""
_STALE = 2.0
"""Seconds for which the number of cores is believed."""


class Cluster:
    """An `Engine` (`extractor.bulk.engine`) on the Ray cluster at `address` (host:port; None: the one that RAY_ADDRESS or this
    machine's own Ray names). `seconds`: the time limit for one job, waiting for a core not counted. Raises EngineError."""

    def __init__(self, address: str | None, seconds: float = TIME_LIMIT) -> None:
        _reach(address)
        self._seconds = seconds
        try:
            ray.init(address=address or "auto", logging_level=logging.ERROR, log_to_driver=False)
            version = ray.get(ray.remote(max_retries=AGAIN)(_version).remote())
        except (ray.exceptions.RayError, ConnectionError, RuntimeError, ValueError) as error:
            ray.shutdown()
            raise EngineError(" ".join(str(error).split())[:300]) from error
        if version != __version__:
            ray.shutdown()
            raise EngineError(f"the cluster has extractor {version or 'not at all'}, this is {__version__}")
        self._perform: Any = ray.remote(max_retries=AGAIN, num_cpus=1)(_timed)
        self._cores, self._asked = 1, 0.0

    @property
    def places(self) -> int:
        now = time.monotonic()
        if now - self._asked > _STALE:
            self._cores, self._asked = max(int(_resources().get("CPU", 0)), 1), now
        return self._cores * _AHEAD

    async def perform(self, job: Job) -> Result:
        task = self._perform.remote(job, self._seconds)
        try:
            result: Result = await task
        except (ray.exceptions.WorkerCrashedError, ray.exceptions.OutOfMemoryError) as error:
            return Failure("E-WORKER", {"reason": type(error).__name__})
        except ray.exceptions.RayTaskError as error:
            return Failure("E-INTERNAL", {"reason": " ".join(str(error.cause).split())[:200]})
        except ray.exceptions.RayError as error:
            raise EngineError(" ".join(str(error).split())[:300]) from error
        except asyncio.CancelledError:
            ray.cancel(task, force=True)
            raise
        return result

    async def close(self) -> None:
        await asyncio.to_thread(ray.shutdown)


def _timed(job: Job, seconds: float) -> Result:
    """Do a job in a task, within its time. The alarm interrupts Python code; a library that computes on is waited for, as
    parsers that may hang run in bounded processes of their own."""
    import signal

    def late(*_: object) -> None:
        raise _LateError

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return perform(job)
    except _LateError:
        return Failure("E-TIME", {"seconds": round(seconds)})
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class _LateError(BaseException):
    """The job's time is up. No Exception, so that no handler inside the job takes it for the document's fault."""


def _version() -> str:
    from extractor import __version__

    return __version__


def _reach(address: str | None) -> None:
    """Ray tries for minutes to reach an address where nothing is. Raises EngineError."""
    if address is None or address == "auto":
        return
    host, _, port = address.rpartition(":")
    if "://" in address or not port.isdecimal():
        raise EngineError(f"{address}: the cluster's address is HOST:PORT, as `ray start --head` prints it")
    try:
        socket.create_connection((host, int(port)), _PATIENCE).close()
    except OSError as error:
        raise EngineError(f"{address}: {error.strerror or error}") from None

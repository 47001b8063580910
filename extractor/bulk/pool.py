"""The engine of one machine: a pool of processes.

Each worker has a socket of its own and does its jobs in order, so that it is known which job a worker was at when it died: that
job fails, those behind it go to another worker. (The standard library's executor gives up all jobs when one worker dies.)
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import multiprocessing
import pickle
import signal
import socket
import struct
from collections import deque
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess

from extractor.bulk.engine import TIME_LIMIT, EngineError
from extractor.bulk.work import Failure, Job, Result, perform

_AHEAD = 2
"""Jobs that a worker has: the one it is at, and the next."""
_START = 120.0
"""Seconds that a worker may take to start."""
_COLLECTED = (50_000, 20, 100)
"""Objects made, and collections of the younger ones, between two searches for cycles."""
_LENGTH = struct.Struct("!Q")
_PRELOADED = ["extractor.bulk.work"]
_WITH_MODELS = "extractor.reading.modes"


@dataclass(slots=True)
class _Task:
    """A job on its way."""

    job: bytes
    result: asyncio.Future[Result]


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    tasks: deque[_Task] = field(default_factory=deque)
    alarm: asyncio.TimerHandle | None = None
    late: bool = False


class Pool:
    """An `Engine` (`extractor.bulk.engine`) of `workers` processes, each with so many threads for OCR. `seconds`: the time
    limit for one job."""

    def __init__(self, workers: int, models: bool = False, seconds: float = TIME_LIMIT, threads: int = 1) -> None:
        methods = multiprocessing.get_all_start_methods()
        self._context: ForkServerContext | SpawnContext
        if "forkserver" in methods:
            self._context = multiprocessing.get_context("forkserver")
            self._context.set_forkserver_preload([*_PRELOADED, *([_WITH_MODELS] if models else [])])
        else:
            self._context = multiprocessing.get_context("spawn")
        self._count, self._seconds, self._threads = workers, seconds, threads
        self._waiting: deque[_Task] = deque()
        self._workers: list[_Worker] = []
        self._keepers: list[asyncio.Task[None]] = []
        self._broken: EngineError | None = None

    @property
    def places(self) -> int:
        return self._count * (_AHEAD + 1)

    async def perform(self, job: Job) -> Result:
        if self._broken is not None:
            raise self._broken
        if not self._keepers:
            self._keepers = [asyncio.create_task(self._keep()) for _ in range(self._count)]
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Task(pickle.dumps(job, pickle.HIGHEST_PROTOCOL), result))
        self._deal()
        return await result

    async def close(self) -> None:
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        self._keepers = []

    def _deal(self) -> None:
        """Give what waits to the workers that have the least to do."""
        while self._waiting and self._workers:
            worker = min(self._workers, key=lambda w: len(w.tasks))
            if len(worker.tasks) >= _AHEAD:
                return
            task = self._waiting.popleft()
            if task.result.done():  # given up meanwhile
                continue
            worker.tasks.append(task)
            worker.writer.write(_LENGTH.pack(len(task.job)) + task.job)
            if len(worker.tasks) == 1:
                self._watch(worker)

    async def _keep(self) -> None:
        """Keep one worker going: start it, take its results, start another when it dies."""
        while True:
            try:
                worker = await self._started()
            except (EngineError, OSError) as error:
                self._fail(EngineError(f"{error}"))
                return
            self._workers.append(worker)
            self._deal()
            try:
                await self._results(worker)
            finally:
                self._workers.remove(worker)
                worker.writer.close()
                worker.process.kill()
                await asyncio.to_thread(worker.process.join)
            if worker.tasks:
                _settle(worker.tasks.popleft(), self._failure(worker))
            self._waiting.extendleft(reversed(worker.tasks))
            worker.tasks.clear()
            self._watch(worker)
            self._deal()

    def _failure(self, worker: _Worker) -> Failure:
        """Why the job failed that a worker was at when it ended."""
        if worker.late:
            return Failure("E-TIME", {"seconds": round(self._seconds)})
        code = worker.process.exitcode or 0
        return Failure("E-WORKER", {"reason": _signal(-code) if code < 0 else f"exit status {code}"})

    async def _started(self) -> _Worker:
        """A worker that has said that it is there. Raises EngineError, OSError."""
        ours, theirs = socket.socketpair()
        with theirs:
            # no daemon: parsers may run in processes of their own below it. It ends when its socket does.
            process = self._context.Process(target=_work, args=(theirs, self._threads), name="extractor-worker", daemon=False)
            await asyncio.to_thread(process.start)
        ours.setblocking(False)
        reader, writer = await asyncio.open_connection(sock=ours, limit=2**20)
        try:
            async with asyncio.timeout(_START):
                await reader.readexactly(1)
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
            writer.close()
            process.kill()
            raise EngineError("a worker process does not start") from error
        except BaseException:
            writer.close()
            process.kill()
            raise
        return _Worker(process, reader, writer)

    async def _results(self, worker: _Worker) -> None:
        """Take results until the worker is gone."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                (length,) = _LENGTH.unpack(await worker.reader.readexactly(_LENGTH.size))
                result: Result = pickle.loads(await worker.reader.readexactly(length))
                _settle(worker.tasks.popleft(), result)
                self._watch(worker)
                self._deal()

    def _watch(self, worker: _Worker) -> None:
        """Time the job that the worker is at now."""
        if worker.alarm is not None:
            worker.alarm.cancel()
        worker.alarm = None
        if worker.tasks:
            worker.alarm = asyncio.get_running_loop().call_later(self._seconds, _end, worker)

    def _fail(self, error: EngineError) -> None:
        """All is lost."""
        self._broken = error
        for task in (*self._waiting, *(t for w in self._workers for t in w.tasks)):
            if not task.result.done():
                task.result.set_exception(error)
        self._waiting.clear()


def _settle(task: _Task, result: Result) -> None:
    if not task.result.done():
        task.result.set_result(result)


def _end(worker: _Worker) -> None:
    worker.late = True
    worker.process.kill()


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _work(connection: socket.socket, threads: int) -> None:
    """What a worker does until the other side is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the driver's to answer
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("500")  # where memory runs out, a worker goes rather than the driver
    # a document leaves hardly any cycles behind; to look for them as often as Python does takes a tenth of the time
    gc.freeze()
    gc.set_threshold(*_COLLECTED)
    with contextlib.suppress(ConnectionError, EOFError), connection.makefile("rb") as jobs:
        connection.sendall(b"1")
        while head := jobs.read(_LENGTH.size):
            job = pickle.loads(jobs.read(_LENGTH.unpack(head)[0]))
            result = pickle.dumps(perform(job, threads), pickle.HIGHEST_PROTOCOL)
            connection.sendall(_LENGTH.pack(len(result)) + result)

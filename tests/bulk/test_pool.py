"""The pool of processes: what happens to one worker happens to one document."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Coroutine
from typing import Any

import pytest

from extractor.archive.entry import Entry
from extractor.bulk.pool import Pool
from extractor.bulk.work import Failure, ReadJob, Result
from tests.plain_report import plain_report

JOB = ReadJob(plain_report().encode(), "report.txt", "grid")


def worked(work: Coroutine[Any, Any, list[Result]]) -> list[Result]:
    return asyncio.run(work)


def workers() -> list[int]:
    return [child.pid for child in multiprocessing.active_children() if child.pid is not None]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_worker_that_dies_takes_one_document_with_it(number: signal.Signals) -> None:
    async def work() -> list[Result]:
        pool = Pool(1)
        try:
            first = await pool.perform(JOB)
            (worker,) = workers()
            os.kill(worker, signal.SIGSTOP)  # so that it has jobs when it dies
            waiting = [asyncio.create_task(pool.perform(JOB)) for _ in range(4)]
            await asyncio.sleep(0.1)
            os.kill(worker, number)
            os.kill(worker, signal.SIGCONT)
            return [first, *await asyncio.gather(*waiting)]
        finally:
            await pool.close()

    results = worked(work())
    assert results[1] == Failure("E-WORKER", {"reason": number.name})
    assert all(isinstance(result, Entry) for result in (results[0], *results[2:]))
    assert not workers()


def test_a_document_that_takes_too_long_is_given_up() -> None:
    async def work() -> list[Result]:
        pool = Pool(1, seconds=1.0)
        try:
            await pool.perform(JOB)
            os.kill(workers()[0], signal.SIGSTOP)
            return list(await asyncio.gather(pool.perform(JOB), pool.perform(JOB)))
        finally:
            await pool.close()

    late, next_ = worked(work())
    assert late == Failure("E-TIME", {"seconds": 1})
    assert isinstance(next_, Entry)


def test_many_documents_of_many_sizes_pass_both_ways() -> None:
    large = ReadJob(plain_report().encode() + "正文。".encode() * 1_000_000, "large.txt", "grid")

    async def work() -> list[Result]:
        pool = Pool(2)
        try:
            return list(await asyncio.gather(*[pool.perform(large if n % 10 == 0 else JOB) for n in range(30)]))
        finally:
            await pool.close()

    assert [isinstance(result, Entry) for result in worked(work())] == [True] * 30

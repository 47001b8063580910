"""Where the work of documents is done: the one interface that a process pool and a cluster both have.

The driver hands over jobs and gets results; it knows nothing of workers. Limits, budget, answers and writes are all the
driver's, so one machine and a cluster share them by construction.
"""

from __future__ import annotations

from typing import Protocol

from extractor.bulk.work import Job, Result

TIME_LIMIT = 300.0
"""Seconds for one document: a scan of a hundred pages takes as long, nothing that is a report takes longer."""


class EngineError(Exception):
    """The engine as a whole is of no use (any more): workers don't start, the cluster is gone. `str()` is one line."""


class Engine(Protocol):
    """Does jobs, each by itself, in any order."""

    @property
    def places(self) -> int:
        """Jobs that may usefully be in hand at once: a few more than workers, so that none waits for the driver. May change
        while a cluster grows or shrinks; the driver asks before each job."""

    async def perform(self, job: Job) -> Result:
        """What came of a job. A job that ends its worker, or takes longer than the time limit, comes to a Failure of its own
        (E-WORKER, E-TIME); a worker that is lost through no fault of the job (a node that goes away) is made up for by doing
        the job again elsewhere: jobs change nothing outside of themselves. Raises EngineError."""

    async def close(self) -> None:
        """End the workers, whatever they are at."""

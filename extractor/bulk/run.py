"""The run: every document of the sources into the archive, once.

    places ──▶ known and unchanged? ──▶ bytes ──▶ done? claimed? ──▶ worker ──▶ (models ──▶ worker) ──▶ archive

One process drives. What is in memory is bounded: a batch of files that was read, and the documents in hand. A document is
written in one transaction; whatever ends the run, the archive holds whole documents, and the next run goes on behind them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from extractor.archive import standing, store
from extractor.archive.connecting import ArchiveError
from extractor.archive.entry import AttemptRow, Entry
from extractor.bulk.archivist import Archivist
from extractor.bulk.engine import Engine, EngineError
from extractor.bulk.intake import Intake, Ready
from extractor.bulk.tally import Ending, Tally
from extractor.bulk.work import Asking, Failure, FinishJob, Job, Looking, LookJob, ReadJob, Result
from extractor.llm.outcome import AwaitedError

if TYPE_CHECKING:
    from extractor.bulk.models import Models
    from extractor.llm.outcome import Outcome
    from extractor.reading.modes import Mode

STRIKES = 20
"""Questions in a row that the endpoint did not answer, after which it is not asked any more."""


class EndpointError(Exception):
    """The models' endpoint answers nothing. `str()` says what it said last."""


class Run:
    """One run. `stop` and `abort` may be called while `go` is under way."""

    def __init__(
        self, intake: Intake, engine: Engine, archivist: Archivist, models: Models | None, tally: Tally, mode: Mode, deep: bool,
        keep_pages: bool = False, second_look: bool = False,
    ) -> None:
        self._intake, self._engine, self._archivist, self._models, self._tally = intake, engine, archivist, models, tally
        self._mode, self._deep, self._keep_pages, self._second_look = mode, deep, keep_pages, second_look
        self._tasks: set[asyncio.Task[None]] = set()
        self._freed = asyncio.Event()
        self._stopping = asyncio.Event()
        self._fault: BaseException | None = None
        self._strikes = 0
        self._budget_reached = False

    async def go(self) -> Ending:
        """Read what is to be read. Raises ArchiveError, EngineError, EndpointError, and what the sources raise (a list can't be
        read); what was in hand is finished before, where it can be."""
        alive = asyncio.create_task(self._beat())
        feeding = asyncio.create_task(self._feed())
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({feeding, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not feeding.done():
                feeding.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await feeding
            while self._tasks:
                await asyncio.wait(set(self._tasks))
        finally:
            for task in (alive, feeding, stopping, *self._tasks):
                task.cancel()
            await asyncio.gather(alive, feeding, stopping, *self._tasks, return_exceptions=True)
        if self._fault is not None:
            raise self._fault
        if self._budget_reached:
            return Ending.BUDGET
        return Ending.STOPPED if self._stopping.is_set() else Ending.DONE

    @property
    def in_hand(self) -> int:
        """Documents that were begun and are not through."""
        return len(self._tasks)

    def stop(self) -> None:
        """Begin nothing new, finish what is in hand."""
        self._stopping.set()

    def abort(self) -> None:
        """Give up what is in hand, too."""
        self._stopping.set()
        for task in self._tasks:
            task.cancel()

    def _fail(self, error: BaseException) -> None:
        """The run can't go on."""
        self._fault = self._fault or error
        self._stopping.set()
        if isinstance(error, ArchiveError | EngineError):  # nothing in hand can be finished without them
            self.abort()

    async def _feed(self) -> None:
        try:
            while (batch := await self._intake.next()) is not None:
                for ready in batch:
                    if isinstance(ready, Ready):
                        await self._place_free()
                        self._begin(ready)
                    else:
                        reason = Failure(ready.code, ready.params)
                        await self._put_failure(ready.location, ready.stamp, ready.hash, reason, None)
                        self._tally.failures[ready.code] += 1
                        self._tally.failed += 1
                        await self._intake.settled(None, ready.container)
        except Exception as error:  # nothing more can be begun; what is in hand is finished
            self._fail(error)

    async def _place_free(self) -> None:
        while len(self._tasks) >= self._engine.places + (self._models.places if self._models is not None else 0):
            self._freed.clear()
            await self._freed.wait()

    def _begin(self, ready: Ready) -> None:
        task = asyncio.create_task(self._guarded(ready))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._freed.set()

    async def _guarded(self, ready: Ready) -> None:
        through = False
        try:
            through = await self._document(ready)
        except Exception as error:  # of all documents, not of this one: that is a Failure
            self._fail(error)
        finally:
            self._tally.left += not through

    async def _document(self, ready: Ready) -> bool:
        """Whether the document is through: read, noted as a failure, or left to its batch file."""
        attempts: tuple[AttemptRow, ...] = ()
        job = ReadJob(ready.content, ready.location, self._mode, self._deep, self._keep_pages, self._second_look)
        result = await self._engine.perform(job)
        if isinstance(result, Asking):
            try:
                asked = await self._asked(ready, result)
            except AwaitedError:
                self._tally.in_batch += 1
                # its archive (ZIP) stays open: it is gone through again when the answer is there
                await self._intake.settled(ready.hash, None)
                return True
            if asked is None:
                return False
            result, attempts = asked
        if isinstance(result, Looking):
            seen = await self._seen(ready, result, attempts)
            if seen is None:
                return False
            result, attempts = seen
        await self._write(ready, result, attempts)
        await self._intake.settled(ready.hash, ready.container)
        return True

    async def _asked(self, ready: Ready, asking: Asking) -> tuple[Result, tuple[AttemptRow, ...]] | None:
        """The result with the models' answers and the requests it took; None where the budget did not suffice. Raises
        AwaitedError."""
        assert self._models is not None
        came = await self._models.ask(asking.question)
        content = ready.content if self._second_look else b""
        return await self._answered(
            ready, came, lambda outcomes: FinishJob(asking.asking, ready.location, outcomes, content), ()
        )

    async def _seen(
        self, ready: Ready, looking: Looking, before: tuple[AttemptRow, ...]
    ) -> tuple[Result, tuple[AttemptRow, ...]] | None:
        """The same with what was seen in the second look."""
        assert self._models is not None
        came = await self._models.see(looking.questions)
        return await self._answered(
            ready, came, lambda outcomes: LookJob(looking.looking, ready.location, outcomes), before
        )

    async def _answered(
        self, ready: Ready, came: Sequence[Outcome[Any] | BaseException], job: Callable[[tuple[Outcome[Any], ...]], Job],
        before: tuple[AttemptRow, ...],
    ) -> tuple[Result, tuple[AttemptRow, ...]] | None:
        """What the job makes of what came. `before`: requests that were made for the document before."""
        from extractor.bulk.models import UNANSWERED, attempts_of
        from extractor.llm.budget import BudgetReachedError
        from extractor.llm.outcome import Outcome

        outcomes = tuple(o for o in came if isinstance(o, Outcome))
        attempts = (*before, *attempts_of(outcomes))
        self._tally.spent(attempts[len(before) :])
        self._tally.answers_known += sum(o.cached for o in outcomes)
        errors = [e for e in came if isinstance(e, BaseException) and not isinstance(e, BudgetReachedError)]
        if errors and attempts:  # another model was asked, and paid for
            await self._archivist.do(lambda c: store.put_attempts(c, self._intake.run_id, ready.hash, attempts))
        for error in sorted(errors, key=lambda e: isinstance(e, AwaitedError)):
            raise error
        if len(outcomes) < len(came):
            self._budget_reached = True
            self.stop()
            if attempts:
                await self._archivist.do(lambda c: store.put_attempts(c, self._intake.run_id, ready.hash, attempts))
            return None
        unanswered = next((o for o in outcomes if o.kind in UNANSWERED), None)
        if unanswered is None:
            self._strikes = 0
            return await self._engine.perform(job(outcomes)), attempts
        reason = f"{unanswered.kind.value} {unanswered.detail}".strip()[:200]
        self._strikes += 1
        if self._strikes == STRIKES:
            self._fail(EndpointError(reason))
        return Failure("E-MODEL-CALL", {"reason": reason}), attempts

    async def _write(self, ready: Ready, result: Result, attempts: tuple[AttemptRow, ...]) -> None:
        if isinstance(result, Entry):
            entry, intake = result, self._intake
            try:
                await self._archivist.do(
                    lambda c: store.put(c, entry, intake.run_id, intake.configuration_id, ready.location, ready.stamp)
                )
            except ArchiveError:
                raise
            except Exception as error:  # the database takes all documents but this one
                reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
                result = Failure("E-INTERNAL", {"reason": reason})
            else:
                self._tally.read += 1
                self._tally.found_in(entry.findings)
                return
        assert isinstance(result, Failure)
        await self._put_failure(ready.location, ready.stamp, ready.hash, result, attempts)
        self._tally.failed += 1
        self._tally.failures[result.code] += 1

    async def _put_failure(
        self, location: str, stamp: str, hash_: str, failure: Failure, attempts: Sequence[AttemptRow] | None
    ) -> None:
        intake = self._intake
        await self._archivist.do(
            lambda c: store.put_failure(
                c, location, stamp, hash_, intake.run_id, intake.configuration_id, failure.code, failure.params, attempts or ()
            )
        )

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(standing.BEAT)
            try:
                await self._archivist.do(lambda c: standing.beat(c, self._intake.run_id))
            except ArchiveError as error:
                self._fail(error)
                return

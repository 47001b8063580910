"""The models' side of a run: a document's question, asked of each model, its answers kept in the archive."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from extractor.archive.connecting import ArchiveError, shown
from extractor.archive.entry import AttemptRow, attempt_row
from extractor.bulk.archivist import PATIENCE, passes, reason_of
from extractor.llm.budget import Budget
from extractor.llm.cache import AnswerCache
from extractor.llm.client import AsyncClient, Question
from extractor.llm.limits import Pacer
from extractor.llm.outcome import Kind, Outcome
from extractor.llm.settings import Settings

UNANSWERED = (Kind.UNAVAILABLE, Kind.REJECTED)
"""Outcomes that say nothing of the document: asked another time, the question may be answered."""
_LONGEST = 10.0


class Models:
    """The models of a run, with one cache and one budget; `vision` is asked about images alone."""

    def __init__(self, settings: Sequence[Settings], engine: Engine, budget: Budget, vision: Settings | None = None) -> None:
        self._engine, self._cache = engine, AnswerCache(engine)
        pacers: dict[str, Pacer] = {}
        every = [*settings, vision] if vision is not None else [*settings]
        for s in every:  # two models at one endpoint share its limits
            pacers.setdefault(s.base_url, Pacer(s.limits))
        self._all = [AsyncClient(s, cache=self._cache, pacer=pacers[s.base_url], budget=budget) for s in every]
        self._clients = self._all[: len(settings)]
        self.places = sum(p.limits.concurrency for p in pacers.values())
        self.budget = budget

    async def ask(self, question: Question[Any]) -> list[Outcome[Any] | BaseException]:
        """What came of the question with each model; BudgetReachedError in the place of what was not asked any more."""
        return await asyncio.gather(*[self._ask(client, question) for client in self._clients], return_exceptions=True)

    async def see(self, questions: Sequence[Question[Any]]) -> list[Outcome[Any] | BaseException]:
        """The same of each question with the model that sees, in their order."""
        return await asyncio.gather(*[self._ask(self._all[-1], question) for question in questions], return_exceptions=True)

    async def _ask(self, client: AsyncClient, question: Question[Any]) -> Outcome[Any]:
        pause, waited = 0.25, 0.0
        while True:
            try:
                return await client.ask(question)
            except (OperationalError, InterfaceError) as error:
                # the archive is away; an answer that came meanwhile is kept by the cache, and not asked for again
                if waited > PATIENCE or not passes(error):
                    raise ArchiveError(f"{shown(self._engine)}: {reason_of(error)}") from error
            await asyncio.sleep(pause)
            waited, pause = waited + pause, min(2 * pause, _LONGEST)

    async def close(self) -> None:
        for client in self._all:
            await client.close()
        self._cache.close()


def attempts_of(outcomes: Sequence[Outcome[Any]]) -> tuple[AttemptRow, ...]:
    """The requests that were made, as the archive keeps them."""
    return tuple(attempt_row(o.model, o.prompt, a) for o in outcomes for a in o.attempts)

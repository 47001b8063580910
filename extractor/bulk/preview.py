"""What a run would do, without doing it: `--dry-run` and `--estimate`. The archive is only looked into."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, func, select

from extractor.archive import standing
from extractor.archive.schema import attempts
from extractor.bulk.order import Order
from extractor.bulk.sources import Content, Place, places, read, unfold
from extractor.bulk.work import Asking, Failure, ReadJob, Result, perform
from extractor.documents.unreadable import UnreadableError

if TYPE_CHECKING:
    from extractor.llm.client import Question
    from extractor.llm.settings import Settings

SAMPLE = 60
"""Files that are read for an estimate."""
_SECONDS = 120.0
"""The longest that reading the sample takes."""
_CHUNK = 500
ANSWER = 500
"""Tokens of an answer, where the archive knows none of this model's (`docs/models.md`: 437 to 549 were measured with a
stand-in)."""


@dataclass(slots=True)
class Standing:
    """Files by what a run would do with them. `sample` is drawn evenly from those to be read."""

    fresh: int = 0
    known: int = 0
    known_failed: int = 0
    sample: list[Place] | None = None

    @property
    def found(self) -> int:
        return self.fresh + self.known + self.known_failed


def look(order: Order, archive: Engine | None, told: Callable[[Place], None] = lambda _: None) -> Standing:
    """Go through the sources. `told` hears of each file that would be read. `archive` is None where there is none yet. Raises
    UnreadableError for a list that can't be read."""
    standing_ = Standing(sample=[])
    assert standing_.sample is not None
    draw = Random(1)
    for place, passed in sorted_out(order, archive):
        if passed is not None:
            standing_.known += not passed
            standing_.known_failed += passed
            continue
        told(place)
        standing_.fresh += 1
        if len(standing_.sample) < SAMPLE:
            standing_.sample.append(place)
        elif (at := draw.randrange(standing_.fresh)) < SAMPLE:
            standing_.sample[at] = place
    return standing_


def sorted_out(order: Order, archive: Engine | None) -> Iterator[tuple[Place, bool | None]]:
    """Each place, and None where it is to be read, else whether it failed before."""
    stream = places(order.sources, order.lists)
    while chunk := list(islice(stream, _CHUNK)):
        passed: dict[str, bool] = {}
        if archive is not None:
            with archive.connect() as connection:
                id_ = standing.configuration_of(connection, order.configuration.key)
                if id_ is not None:
                    stamps = [(p.location, p.stamp) for p in chunk]
                    passed = standing.passed(connection, stamps, id_, order.retry_failed)
        yield from ((place, passed.get(place.location)) for place in chunk)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What reading the fresh files is going to take. `each`: seconds of one worker for each; tokens are of all of them."""

    fresh: int
    sample: int
    failed: int
    each: float
    calls: float
    tokens_in: float
    tokens_out: float
    cost: float | None
    seconds: float


def estimate(order: Order, found: Standing, archive: Engine | None) -> Estimate:
    """From the sample, read here one after the other; no model is asked."""
    began = time.monotonic()
    sample = list(found.sample or ())
    seconds = 0.0
    done = failed = 0
    asked: list[Question[Any]] = []
    for place in (*sample[:1], *sample):  # the first one twice: what it takes to start is none of the documents'
        started = time.monotonic()
        if done > 1 and started - began > _SECONDS:
            break
        result = _perform(order, place)
        done += 1
        if done == 1:
            continue
        seconds += time.monotonic() - started
        failed += isinstance(result, Failure)
        if isinstance(result, Asking):
            asked.append(result.question)
    done = max(done - 1, 0)
    each = found.fresh / max(done, 1)
    calls = len(asked) * each * len(order.models)
    tokens_in = tokens_out = cost = 0.0
    for settings in order.models:
        out = _answer(archive, settings.model)
        inward = sum(_tokens(settings, question) for question in asked) * each
        tokens_in += inward
        tokens_out += out * len(asked) * each
        cost += settings.cost(round(inward), round(out * len(asked) * each)) or 0.0
    priced = all(s.price_in is not None and s.price_out is not None for s in order.models)
    whole = seconds * each / order.workers
    for settings in order.models:
        limits = settings.limits
        share = len(order.models)
        whole = max(
            whole, calls / share / limits.requests * limits.period if limits.requests else 0.0,
            (tokens_in + tokens_out) / share / limits.tokens * limits.period if limits.tokens else 0.0,
        )
    return Estimate(
        found.fresh, done, failed, seconds / max(done, 1), calls, tokens_in, tokens_out, cost if priced else None, whole
    )


def _perform(order: Order, place: Place) -> Result:
    content = read(place)
    first = content if isinstance(content, UnreadableError) else next(unfold(place, content), None)
    if not isinstance(first, Content):
        return Failure("", {})
    return perform(ReadJob(first.content, first.location, order.mode, order.deep), order.threads)


def _tokens(settings: Settings, question: Question[Any]) -> int:
    """One for each character, which is more than tokenizers make of Chinese."""
    return len(settings.profile.fixed(question.fixed, question.reply.strict_schema())) + len(question.document)


def _answer(archive: Engine | None, model: str) -> float:
    """Tokens of an answer: the mean of this model's answers in the archive."""
    if archive is None:
        return ANSWER

    def mean(connection: Connection) -> float | None:
        query = select(func.avg(attempts.c.tokens_out)).where(attempts.c.model == model, attempts.c.tokens_out > 0)
        found = connection.execute(query).scalar()
        return None if found is None else float(found)

    with archive.connect() as connection:
        return mean(connection) or ANSWER


"""Answers out of batch files into the archive, where a run finds them and makes no call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import Connection, Engine

from extractor.archive import store
from extractor.archive.entry import attempt_row
from extractor.bulk.batch import ledger
from extractor.bulk.batch.ledger import File, RequestState
from extractor.bulk.batch.sending import settings_of
from extractor.llm.batch import Line, Provider, Standing, judged
from extractor.llm.outcome import Attempt, Kind
from extractor.llm.settings import Settings
from extractor.reading.model.answer import ReportAnswer

_CHUNK = 200
"""Lines that are written in one transaction."""
_KEPT = (Kind.ANSWERED, Kind.REFUSED, Kind.FILTERED)
"""Kinds that asking again would not change. A truncated answer is asked for with a larger limit, by a run."""
_EXPIRED = ("batch_expired", "batch_cancelled")


@dataclass(slots=True)
class Collected:
    """Files by what was found: `pending` are still at work. `requests` counts what became of requests (`RequestState`), `kinds`
    what their answers came to. `reasons`: of batches that failed as a whole."""

    files: int = 0
    pending: int = 0
    requests: Counter[RequestState] = field(default_factory=Counter)
    kinds: Counter[Kind] = field(default_factory=Counter)
    tokens_in: int = 0
    tokens_out: int = 0
    money: float | None = None
    reasons: list[str] = field(default_factory=list)


def collect(archive: Engine, models: Sequence[Settings]) -> Collected:
    """Take in what has come. Said again, or after it was stopped, it goes on where it was. Raises BatchError,
    WrongModelError."""
    found = Collected()
    with archive.connect() as connection:
        out = ledger.files(connection, "submitted")
    for file in out:
        settings = settings_of(file, models)
        provider = Provider(settings)
        try:
            assert file.batch is not None
            standing = provider.standing(file.batch)
            if not standing.over:
                found.pending += 1
                continue
            with ledger.working(archive, file.configuration_id, "batch collect") as run_id:
                if ledger.mine(archive, file, run_id):
                    _take_in(archive, file, standing, provider, settings, run_id, found)
        finally:
            provider.close()
    return found


def _take_in(
    archive: Engine, file: File, standing: Standing, provider: Provider, settings: Settings, run_id: int, found: Collected
) -> None:
    for lines in _chunks(provider, standing):
        with store.writing(archive) as connection, connection.begin():
            for line in lines:
                _take(connection, file, line, settings, run_id, found)
    expired = standing.state in ("expired", "cancelled")
    rest: RequestState = "expired" if expired else "failed"
    with store.writing(archive) as connection, connection.begin():
        if ledger.file(connection, file.id).state != "submitted":  # another has been through it meanwhile
            return
        found.requests[rest] += ledger.end(
            connection, file.id, "expired" if expired else "failed" if standing.state == "failed" else "collected", rest
        )
    found.files += 1
    if standing.state == "failed":
        found.reasons.append(f"{file.batch}: {standing.reason}")


def _chunks(provider: Provider, standing: Standing) -> Iterator[tuple[Line, ...]]:
    for name in (standing.output, standing.errors):
        if name is not None:
            lines = provider.lines(name)
            while chunk := tuple(islice(lines, _CHUNK)):
                yield chunk


def _take(connection: Connection, file: File, line: Line, settings: Settings, run_id: int, found: Collected) -> None:
    """One line, unless it was taken before."""
    prompt = ledger.prompt(connection, line.key)
    if line.completion is None:
        state = _without_answer(line)
        hash_ = ledger.settle(connection, file.id, line.key, state)
        if hash_ is not None:
            attempt = Attempt(str(line.status or line.code or "no answer")[:20], 0.0)
            store.put_attempts(connection, run_id, hash_, [attempt_row(file.model, prompt, attempt)])
            found.requests[state] += 1
        return
    outcome = judged(line.completion, ReportAnswer, prompt, settings)
    state = "answered" if outcome.kind in _KEPT else "left"
    hash_ = ledger.settle(connection, file.id, line.key, state)
    if hash_ is None:
        return
    if state == "answered":
        content = outcome.value.model_dump_json() if outcome.value is not None else ""
        ledger.answer(connection, file.id, line.key, outcome.kind.value, content, outcome.tokens_in, outcome.tokens_out)
    store.put_attempts(connection, run_id, hash_, [attempt_row(outcome.model, prompt, a) for a in outcome.attempts])
    found.requests[state] += 1
    found.kinds[outcome.kind] += 1
    found.tokens_in += outcome.tokens_in
    found.tokens_out += outcome.tokens_out
    if outcome.cost is not None:
        found.money = (found.money or 0.0) + outcome.cost


def _without_answer(line: Line) -> RequestState:
    if line.code in _EXPIRED:
        return "expired"
    return "left" if 400 <= line.status < 500 and line.status not in (408, 409, 425, 429) else "failed"

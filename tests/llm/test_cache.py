"""The same question is paid for once: within a run, by two at the same time, by the next run."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from extractor.cli import cli
from extractor.eval.standin.faults import Faults
from extractor.eval.standin.server import StandIn
from extractor.llm.cache import AnswerCache
from extractor.llm.client import AsyncClient
from extractor.llm.limits import Limits, Pacer
from extractor.llm.outcome import Kind, Outcome
from tests.llm.asking import QUICK, RIGHT, Entries, ask_several, question, settings


def test_the_next_run_asks_nothing(tmp_path: Path) -> None:
    file = tmp_path / "answers.sqlite"
    (first, standin), = ask_several([question()], [], cache=file)
    (again, silent), = ask_several([question()], [], cache=file)
    assert (len(standin.requests), len(silent.requests)) == (1, 0)
    assert again.value == first.value
    assert again.cached and again.attempts == () and again.cost is None


def test_two_at_the_same_time_ask_once(tmp_path: Path) -> None:
    answers = ask_several([question(), question(), question()], ["slow:0.1"], cache=tmp_path / "answers.sqlite")
    assert len(answers[0][1].requests) == 1
    assert all(outcome.value == answers[0][0].value for outcome, _ in answers)
    assert [outcome.cached for outcome, _ in answers].count(False) == 1


def test_another_document_model_or_setting_is_another_question(tmp_path: Path) -> None:
    file = tmp_path / "answers.sqlite"
    asked = 0
    for document, profile, limit in (("a", "openai", 400), ("b", "openai", 400), ("a", "vllm", 400), ("a", "openai", 500)):
        (_, standin), = ask_several([question(document, limit)], [], profile, cache=file)
        asked += len(standin.requests)
    assert asked == 4


@pytest.mark.parametrize(("script", "kind"), [(["refuse"], Kind.REFUSED), (["filter"], Kind.FILTERED)])
def test_a_refusal_is_not_paid_for_again(tmp_path: Path, script: list[str], kind: Kind) -> None:
    file = tmp_path / "answers.sqlite"
    (first, _), = ask_several([question()], script, cache=file)
    (again, silent), = ask_several([question()], [], cache=file)
    assert first.kind is again.kind is kind
    assert not silent.requests


@pytest.mark.parametrize("script", [["500"] * 5, ["invalid"] * 3, ["401"]])
def test_a_failure_is_asked_again_by_the_next_run(tmp_path: Path, script: list[str]) -> None:
    file = tmp_path / "answers.sqlite"
    (first, _), = ask_several([question()], script, cache=file)
    (again, _), = ask_several([question()], [], cache=file)
    assert first.kind is not Kind.ANSWERED
    assert again.kind is Kind.ANSWERED


def test_an_answer_with_words_around_it_is_kept_too(tmp_path: Path) -> None:
    file = tmp_path / "answers.sqlite"
    (first, _), = ask_several([question()], ["fenced"], cache=file)
    (again, silent), = ask_several([question()], [], cache=file)
    assert again.value == first.value is not None
    assert not silent.requests


def test_a_kept_answer_that_no_longer_keeps_to_the_schema_is_asked_for_anew(tmp_path: Path) -> None:
    file = tmp_path / "answers.sqlite"
    ask_several([question()], [], cache=file)
    with sqlite3.connect(file) as db:
        db.execute("UPDATE answers SET content = substr(content, 1, 10)")
    db.close()
    (again, standin), = ask_several([question()], [], cache=file)
    assert again.kind is Kind.ANSWERED
    assert not again.cached
    assert len(standin.requests) == 1
    (_, silent), = ask_several([question()], [], cache=file)
    assert not silent.requests


def test_a_question_given_up_can_be_asked_at_once(tmp_path: Path) -> None:
    """A task that is cancelled on the way leaves no claim behind that others would wait for."""
    file = tmp_path / "answers.sqlite"
    standin = StandIn(lambda body: json.dumps(RIGHT), Faults(["slow:30"]))

    async def run() -> Outcome[Entries]:
        async with standin.serving():
            store = AnswerCache(file)
            client = AsyncClient(settings(standin.base_url), QUICK, store)
            first = asyncio.create_task(client.ask(question()))
            while not standin.requests:
                await asyncio.sleep(0.01)
            waiting = asyncio.create_task(client.ask(question()))
            await asyncio.sleep(0.1)
            first.cancel()
            try:
                return await asyncio.wait_for(waiting, 10)
            finally:
                await client.close()
                store.close()

    outcome = asyncio.run(run())
    assert outcome.kind is Kind.ANSWERED
    assert len(standin.requests) == 2


def test_a_file_of_answers_that_can_not_be_used_is_named(tmp_path: Path) -> None:
    report, letter = tmp_path / "report.txt", tmp_path / "letter.txt"
    report.write_text("…", "utf-8")
    letter.write_text("no database " * 100)
    for odd in (letter, letter / "answers.sqlite"):
        own = {"EXTRACTOR_MODEL": "m", "EXTRACTOR_BASE_URL": "http://127.0.0.1:1/v1", "EXTRACTOR_CACHE": str(odd)}
        result = CliRunner().invoke(cli, ["extract", str(report)], env=own)
        assert result.exit_code == 2
        assert f"EXTRACTOR_CACHE ({odd}" in result.stderr


def test_questions_that_wait_for_their_turn_hold_no_claim(tmp_path: Path) -> None:
    """Two processes with the same questions share them; one that has no place free yet keeps nothing from the other."""
    file = tmp_path / "answers.sqlite"
    standin = StandIn(lambda body: json.dumps(RIGHT), Faults(["slow:0.4"]))
    questions = [question(f"{n} 十一") for n in range(6)]

    async def run() -> tuple[int, int]:
        async with standin.serving():
            stores = [AnswerCache(file), AnswerCache(file)]
            one = AsyncClient(settings(standin.base_url), QUICK, stores[0], Pacer(Limits(concurrency=1)))
            other = AsyncClient(settings(standin.base_url), QUICK, stores[1], Pacer(Limits(concurrency=1)))
            first = asyncio.gather(*[one.ask(q) for q in questions])
            await asyncio.sleep(0.1)
            await asyncio.gather(*[other.ask(q) for q in questions[1:]])
            done = other.calls
            await first
            for client in (one, other):
                await client.close()
            for store in stores:
                store.close()
            return done, one.calls + other.calls

    by_the_other, calls = asyncio.run(run())
    assert by_the_other == 5
    assert calls == 6


def test_while_the_file_of_answers_is_busy_everything_else_goes_on(tmp_path: Path) -> None:
    standin = StandIn(lambda body: json.dumps(RIGHT), Faults([]))
    cache = AnswerCache(tmp_path / "answers.sqlite")

    async def asked() -> Outcome[Entries]:
        async with standin.serving():
            client = AsyncClient(settings(standin.base_url), QUICK, cache)
            other = sqlite3.connect(tmp_path / "answers.sqlite", isolation_level=None)
            try:
                other.execute("BEGIN IMMEDIATE")
                asking = asyncio.create_task(client.ask(question()))
                await asyncio.sleep(0.1)  # where the question held up the loop, nobody came to end this transaction
                other.execute("ROLLBACK")
                return await asking
            finally:
                other.close()
                await client.close()

    assert asyncio.run(asked()).value is not None
    cache.close()

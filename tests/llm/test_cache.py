"""The same question is paid for once: within a run, by two at the same time, by the next run."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor.llm.outcome import Kind
from tests.llm.asking import ask_several, question


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

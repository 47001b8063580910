"""Each fault ends in a right answer or in a failure of a named kind, with the number of calls it takes."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from extractor.eval.standin.faults import BODIES
from extractor.llm.outcome import Kind
from extractor.llm.retries import Policy, seconds_asked
from tests.llm.asking import QUICK, RIGHT, Entries, ask

ANSWER = Entries.model_validate(RIGHT)


@pytest.mark.parametrize(
    ("script", "calls"),
    [
        ([], 1),
        (["429"], 2),
        (["429", "500", "503"], 4),
        (["drop"], 2),
        (["half"], 2),
        (["cut"], 2),
        (["slow:0.05"], 1),
        (["invalid"], 2),
        (["empty"], 2),
        (["unknown_row", "invalid"], 3),
        (["invalid", "500", "unknown_row", "drop"], 5),
        (["truncate"], 2),
        (["fenced"], 1),
        (["brackets"], 2),
        (["interrupted"], 2),
        (["drip:0.1"], 1),
        *[([odd], 2) for odd in BODIES],
    ],
)
def test_a_passing_fault_ends_in_the_right_answer(script: list[str], calls: int) -> None:
    outcome, standin = ask(script)
    assert (outcome.kind, outcome.value) == (Kind.ANSWERED, ANSWER)
    assert len(standin.requests) == calls == len(outcome.attempts)


@pytest.mark.parametrize(
    ("script", "kind", "calls"),
    [
        (["500"] * 9, Kind.UNAVAILABLE, 5),
        (["drop"] * 9, Kind.UNAVAILABLE, 5),
        (["429", "half"] * 9, Kind.UNAVAILABLE, 5),
        (["429:60"], Kind.UNAVAILABLE, 1),  # longer than anyone waits
        (["invalid"] * 9, Kind.INVALID, 3),
        (["refuse"], Kind.REFUSED, 1),
        (["filter"], Kind.FILTERED, 1),
        (["truncate", "truncate"], Kind.TRUNCATED, 2),
        (["401"], Kind.REJECTED, 1),
        (["quota"], Kind.REJECTED, 1),
        (["inspected"], Kind.FILTERED, 1),
        (["interrupted"] * 9, Kind.UNAVAILABLE, 5),
        *[([odd] * 9, Kind.UNAVAILABLE, 5) for odd in BODIES if odd != "odd_content"],
    ],
)
def test_a_lasting_fault_ends_in_a_failure_of_its_kind(script: list[str], kind: Kind, calls: int) -> None:
    outcome, standin = ask(script)
    assert (outcome.kind, outcome.value) == (kind, None)
    assert len(standin.requests) == calls == len(outcome.attempts)


def test_a_quota_that_counts_by_the_minute_is_waited_for() -> None:
    outcome, standin = ask(["quota"], "dashscope")
    assert outcome.kind is Kind.ANSWERED
    assert len(standin.requests) == 2


def test_words_in_place_of_a_forced_tool_are_sent_back() -> None:
    outcome, standin = ask(["prose"], "deepseek-tools")
    assert outcome.kind is Kind.ANSWERED
    assert [a.outcome for a in outcome.attempts] == ["invalid", "answered"]
    assert len(standin.requests) == 2


def test_a_connection_kept_alive_by_blank_lines_is_given_up_in_the_end() -> None:
    outcome, standin = ask(["drip:9"], policy=replace(QUICK, tries=1, deadline=0.3))
    assert outcome.kind is Kind.UNAVAILABLE
    assert outcome.attempts[0].seconds < 5
    assert len(standin.requests) == 1


def test_what_was_used_counts_even_where_no_answer_came() -> None:
    outcome, _ = ask(["interrupted", "no_choice"])
    assert [a.outcome for a in outcome.attempts] == ["interrupted", "no answer in the response", "answered"]
    assert outcome.attempts[0].cost
    assert outcome.attempts[1].tokens_in == 7


def test_retry_after_is_honoured() -> None:
    started = time.monotonic()
    outcome, _ = ask(["429:0.3"])
    assert outcome.kind is Kind.ANSWERED
    assert time.monotonic() - started >= 0.3


def test_retry_after_is_read_in_every_form() -> None:
    assert seconds_asked("2") == 2.0
    assert seconds_asked(None, "250") == 0.25
    assert seconds_asked("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0
    assert seconds_asked(format_datetime(datetime.now(UTC) + timedelta(seconds=60))) == pytest.approx(60, abs=2)
    for odd in ("soon", "²", "nan", "-5", "Wed, 99 Oct 2015 07:28:00 GMT", "9" * 400, "Wed, 21 Oct 99999 07:28:00 GMT"):
        assert seconds_asked(odd) is None or seconds_asked(odd) == float("inf")
    for odd in ("nan", "x"):
        assert seconds_asked(None, odd) is None
    assert seconds_asked(None) is None


def test_errors_go_back_to_the_model() -> None:
    _, standin = ask(["unknown_row"])
    first, second = standin.requests
    assert second["messages"][: len(first["messages"])] == first["messages"]
    assert "entries" in second["messages"][-1]["content"]  # pydantic: the field that is missing
    assert second["response_format"] == first["response_format"]


def test_a_truncated_answer_is_asked_for_once_more_with_a_larger_limit() -> None:
    outcome, standin = ask([], limit=15)
    assert outcome.kind is Kind.ANSWERED
    assert [r["max_completion_tokens"] for r in standin.requests] == [15, 60]
    assert [a.outcome for a in outcome.attempts] == ["truncated", "answered"]


def test_usage_and_cost_are_those_of_each_attempt() -> None:
    outcome, _ = ask(["invalid", "500"])
    assert [a.outcome for a in outcome.attempts] == ["invalid", "500", "answered"]
    first, failed, last = outcome.attempts
    assert failed.tokens_in == failed.tokens_out == 0 and failed.cost is None
    assert last.tokens_in > first.tokens_in > 0  # longer by the errors that are sent back
    assert last.tokens_in < 3 * first.tokens_in + 200
    assert last.cost == pytest.approx((2.0 * last.tokens_in + 8.0 * last.tokens_out) / 1e6)
    assert outcome.cost == pytest.approx((first.cost or 0) + (last.cost or 0))


def test_one_try_is_one_request() -> None:
    outcome, standin = ask(["500"] * 3, policy=Policy(tries=1, first=0.001))
    assert outcome.kind is Kind.UNAVAILABLE
    assert len(standin.requests) == 1


def test_no_correction_is_one_request() -> None:
    outcome, standin = ask(["invalid"] * 3, policy=Policy(corrections=0, first=QUICK.first))
    assert outcome.kind is Kind.INVALID
    assert len(standin.requests) == 1

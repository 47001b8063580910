"""A run spends what it may, sees through what it has begun, and is told where it ends."""

from __future__ import annotations

import asyncio
import json

import pytest

from extractor.eval.standin.faults import Faults
from extractor.eval.standin.server import StandIn
from extractor.llm.budget import Budget, BudgetReachedError
from extractor.llm.client import AsyncClient
from extractor.llm.limits import Limits, Pacer
from extractor.llm.outcome import Outcome
from tests.llm.asking import QUICK, RIGHT, Entries, question, settings


def ask(budget: Budget, count: int, script: list[str] | None = None) -> tuple[list[Outcome[Entries]], int, int]:
    """Ask so many questions, four at once: the outcomes, how many were turned away, and the requests that arrived."""
    standin = StandIn(lambda body: json.dumps(RIGHT), Faults(script or []))

    async def asked() -> list[Outcome[Entries] | BaseException]:
        async with standin.serving():
            client = AsyncClient(settings(standin.base_url), QUICK, None, Pacer(Limits(concurrency=4)), budget)
            try:
                questions = [question(f"{n} 十一") for n in range(count)]
                return await asyncio.gather(*[client.ask(q) for q in questions], return_exceptions=True)
            finally:
                await client.close()

    found = asyncio.run(asked())
    away = [o for o in found if isinstance(o, BaseException)]
    assert all(isinstance(o, BudgetReachedError) for o in away)
    return [o for o in found if isinstance(o, Outcome)], len(away), len(standin.requests)


def test_without_a_budget_everything_is_asked() -> None:
    budget = Budget()
    outcomes, away, _ = ask(budget, 20)
    assert (len(outcomes), away) == (20, 0)
    assert budget.spent.tokens == sum(o.tokens_in + o.tokens_out for o in outcomes)
    assert budget.spent.money == pytest.approx(sum(o.cost or 0 for o in outcomes))
    assert not budget.reached


@pytest.mark.parametrize("unit", ["money", "tokens"])
def test_a_budget_ends_the_run_before_it_is_overspent(unit: str) -> None:
    whole = Budget()
    ask(whole, 40)
    most = 0.5 * getattr(whole.spent, unit)
    budget = Budget(**{unit: most if unit == "money" else int(most)})
    outcomes, away, requests = ask(budget, 40)
    assert budget.reached and away > 0
    assert requests == len(outcomes) and all(o.value for o in outcomes)
    assert 0.7 * most <= getattr(budget.spent, unit) <= most


def test_a_question_that_was_begun_is_seen_through() -> None:
    one = Budget()
    ask(one, 1)
    budget = Budget(tokens=4 * one.spent.tokens)
    outcomes, away, requests = ask(budget, 8, ["invalid", "unknown_row"])
    assert budget.reached and away > 0
    assert all(o.value for o in outcomes)
    assert requests == sum(len(o.attempts) for o in outcomes) > len(outcomes)


def test_a_budget_ends_where_the_endpoint_does_not_say_what_it_took() -> None:
    unmetered = Budget()
    ask(unmetered, 20, ["unmetered"] * 20)
    assert unmetered.spent.tokens > 0 and unmetered.spent.money > 0
    outcomes, away, _ = ask(Budget(tokens=unmetered.spent.tokens // 2), 20, ["unmetered"] * 20)
    assert away >= 5 and outcomes


def test_a_budget_of_nothing_asks_nothing() -> None:
    assert ask(Budget(tokens=0), 3) == ([], 3, 0)

"""A provider's limits are used and hardly ever overstepped, whether they are known or not; nobody who waits is lost."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

import pytest

from extractor.eval.standin.allowance import Allowance
from extractor.eval.standin.pace import pace
from extractor.llm.limits import Limits, Pacer
from tests.llm.clock import run

REQUESTS, TOKENS = 500, 200_000
SMALL, LARGE = (200, 300), (2000, 6000)  # tokens of a request: with small ones the requests bind, with large ones the tokens


@dataclass(frozen=True, slots=True)
class Share:
    requests: float
    tokens: float
    refused: float


async def asked(
    limits: Limits, allowance: Allowance, minutes: int, size: tuple[int, int], after: bool = True, first: int = 0
) -> Share:
    """What of the allowance is used by many who ask without end, after `first` minutes. Answers take 1 to 5 seconds; the
    tokens of a request are known to within 15 %."""
    rng = random.Random(7)
    pacer = Pacer(limits)
    now = asyncio.get_running_loop().time

    async def ask() -> None:
        while True:
            tokens = rng.randint(*size)
            async with pacer.place():
                while True:
                    turn = await pacer.turn(tokens * rng.uniform(0.85, 1.15))
                    await asyncio.sleep(rng.uniform(0.02, 0.08))
                    wait = allowance.admit(now(), tokens)
                    if wait is None:
                        await asyncio.sleep(rng.uniform(1, 5))
                        turn.settle(tokens)
                        break
                    turn.refuse(wait if after else None)
                    await asyncio.sleep(wait if after else rng.uniform(0.5, 1))

    tasks = [asyncio.create_task(ask()) for _ in range(limits.concurrency)]
    await asyncio.sleep(first * 60)
    before = Allowance(admitted=allowance.admitted, admitted_tokens=allowance.admitted_tokens, refused=allowance.refused)
    await asyncio.sleep((minutes - first) * 60)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    admitted, refused = allowance.admitted - before.admitted, allowance.refused - before.refused
    length = minutes - first
    return Share(
        admitted / (REQUESTS * length), (allowance.admitted_tokens - before.admitted_tokens) / (TOKENS * length),
        refused / (admitted + refused),
    )


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_known_limits_are_used_and_kept(size: tuple[int, int]) -> None:
    share = run(asked(Limits(REQUESTS, TOKENS, 128), Allowance(REQUESTS, TOKENS), 20, size))
    assert max(share.requests, share.tokens) >= 0.95
    assert share.refused <= 0.01


@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_unknown_limits_are_found_out(size: tuple[int, int], after: bool) -> None:
    share = run(asked(Limits(concurrency=128), Allowance(REQUESTS, TOKENS), 30, size, after, first=10))
    assert max(share.requests, share.tokens) >= 0.85
    assert share.refused <= 0.02


def test_limits_that_others_use_up_too_are_shared() -> None:
    """Two that know nothing of each other, each told the whole limit, together keep to it."""
    allowance = Allowance(REQUESTS, TOKENS)

    async def both() -> None:
        await asyncio.gather(*[asked(Limits(REQUESTS, TOKENS, 64), allowance, 20, SMALL) for _ in range(2)])

    run(both())
    assert allowance.admitted >= 0.9 * REQUESTS * 20
    assert allowance.refused <= 0.02 * allowance.admitted


def test_over_http_limits_are_kept() -> None:
    """Real requests, a minute in one and a half seconds. How much is used then is this machine's to say: `eval.standin.pace`
    measures it."""
    period = 1.5
    used = asyncio.run(pace(Allowance(100, 200_000, period), Limits(100, 200_000, 8, period), SMALL, 0.02, 2.5))
    assert 0 < used.requests <= 1.1
    assert used.refused <= 0.05
    assert used.failed == 0


def test_nobody_asks_before_the_time_that_the_provider_names() -> None:
    async def ask() -> float:
        pacer = Pacer(Limits())
        (await pacer.turn(1)).refuse(30.0)
        await pacer.turn(1)
        return asyncio.get_running_loop().time()

    assert run(ask()) == pytest.approx(30, abs=0.1)


def test_one_round_of_refusals_halves_once_and_successes_bring_it_back() -> None:
    async def ask() -> tuple[list[float], float]:
        pacer = Pacer(Limits(concurrency=64))
        seen = [pacer.concurrency]
        for _ in range(2):
            turns = [await pacer.turn(1) for _ in range(8)]
            await asyncio.sleep(1)
            for turn in turns:
                turn.refuse(1.0)
            seen.append(pacer.concurrency)
            await asyncio.sleep(300)  # the rate is no matter any more
        for _ in range(2000):
            (await pacer.turn(1)).settle(1)
        return seen, pacer.concurrency

    (first, halved, _), at_last = run(ask())
    assert halved == first / 2
    assert at_last > first


def test_a_request_larger_than_the_limit_of_a_moment_passes() -> None:
    async def ask() -> float:
        pacer = Pacer(Limits(tokens=600))
        for _ in range(3):
            await pacer.turn(1000)
        return asyncio.get_running_loop().time()

    assert run(ask()) == pytest.approx(300, rel=0.1)  # 3,000 tokens at 600 a minute


def test_those_who_wait_are_served_in_order_and_one_who_gives_up_holds_up_nobody() -> None:
    async def ask() -> tuple[list[int], float]:
        pacer = Pacer(Limits(requests=60, concurrency=1))
        served: list[int] = []

        async def one(number: int) -> None:
            async with pacer.place():
                (await pacer.turn(0)).settle(0)
                served.append(number)

        tasks = [asyncio.create_task(one(number)) for number in range(6)]
        await asyncio.sleep(0.5)
        for number in (2, 3):
            tasks[number].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return served, asyncio.get_running_loop().time()

    served, seconds = run(ask())
    assert served == [0, 1, 4, 5]
    assert seconds == pytest.approx(3, abs=1)

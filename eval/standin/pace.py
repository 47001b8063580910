"""python -m extractor.eval.standin.pace: how much of a provider's limits is used, and how many calls it refuses.

Real requests over loopback to a stand-in with limits, at several times the speed of the clock: a minute lasts `60 / speed`
seconds, latencies shrink alike. The first minute, in which nothing has been used yet, is left out of the use.
"""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import dataclass

import click

from extractor.eval.standin.allowance import Allowance
from extractor.eval.standin.server import StandIn
from extractor.llm.client import AsyncClient, Question
from extractor.llm.limits import Limits, Pacer
from extractor.llm.profiles import profiles
from extractor.llm.reply import Reply
from extractor.llm.settings import Settings


class Small(Reply):
    """An answer of hardly any tokens."""

    line: int


@dataclass(frozen=True, slots=True)
class Used:
    """Shares of what was allowed after the first minute; `refused`: of all calls, first minute included."""

    requests: float
    tokens: float
    refused: float
    failed: int


async def pace(
    allowance: Allowance, limits: Limits, size: tuple[int, int], latency: float, minutes: float, seed: int = 1
) -> Used:
    """Ask for so many minutes (of `allowance.period`). `size`: tokens of a request, from and to."""
    rng = random.Random(seed)
    standin = StandIn(lambda body: json.dumps({"line": 1}), latency=latency, allowance=allowance)
    failed = 0
    async with standin.serving():
        settings = Settings(standin.base_url, "none", "stand-in", profiles()["openai"])
        client = AsyncClient(settings, pacer=Pacer(limits))

        async def ask() -> None:
            nonlocal failed
            while True:
                document = "字" * rng.randint(*size)
                failed += (await client.ask(Question("", document, Small, "pace", 20))).value is None

        tasks = [asyncio.create_task(ask()) for _ in range(limits.concurrency)]
        await asyncio.sleep(allowance.period)
        before = (allowance.admitted, allowance.admitted_tokens)
        await asyncio.sleep(allowance.period * (minutes - 1))
        after = (allowance.admitted, allowance.admitted_tokens)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await client.close()
    shares = [
        (b - a) / (limit * (minutes - 1)) if limit else 0.0
        for a, b, limit in zip(before, after, (allowance.requests, allowance.tokens), strict=True)
    ]
    return Used(shares[0], shares[1], allowance.refused / max(allowance.admitted + allowance.refused, 1), failed)


@click.command()
@click.option("--requests", default=500, show_default=True, help="Allowed by the minute.")
@click.option("--tokens", default=200_000, show_default=True, help="Allowed by the minute.")
@click.option("--speed", default=10.0, show_default=True)
@click.option("--latency", default=5.0, show_default=True, help="Seconds before each response, at speed 1.")
@click.option("--minutes", default=4.0, show_default=True, help="At speed 1.")
@click.option("--size", default="200-300", show_default=True, help="Tokens of a request, from-to.")
@click.option("--known/--unknown", default=True, show_default=True, help="The client is told the limits.")
@click.option("--concurrency", default=128, show_default=True)
def main(requests: int, tokens: int, speed: float, latency: float, minutes: float, size: str, known: bool,
         concurrency: int) -> None:
    """Use of a stand-in's limits. It refuses what is more than allowed in any minute."""
    period = 60 / speed
    allowance = Allowance(requests, tokens, period)
    limits = Limits(requests if known else None, tokens if known else None, concurrency, period)
    low, _, high = size.partition("-")
    used = asyncio.run(pace(allowance, limits, (int(low), int(high or low)), latency / speed, minutes))
    click.echo(
        f"used after the first minute: requests {used.requests:.1%}, tokens {used.tokens:.1%}; refused {used.refused:.2%} "
        f"of {allowance.admitted + allowance.refused} calls; failed {used.failed}"
    )


if __name__ == "__main__":
    main()

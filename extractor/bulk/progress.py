"""What is shown while a run is under way, and when it is over: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from extractor.bulk.preview import Estimate
from extractor.bulk.tally import Ending, Tally
from extractor.presenting.sheet import Language
from extractor.presenting.wording import word

_TERMINAL = 0.5
_PIPE = 10.0
"""Seconds between looks."""


@contextmanager
def shown(console: Console, tally: Tally, language: Language) -> Iterator[None]:
    """Show the progress as long as the context lasts. Inside an event loop."""
    if console.is_terminal:
        with Progress(BarColumn(), TextColumn("{task.description}"), console=console, transient=True) as bar:
            task = bar.add_task("", total=None)

            def show() -> None:
                bar.update(task, total=tally.total, completed=tally.settled, description=_line(tally, language))

            with _every(_TERMINAL, show):
                yield
    else:
        with _every(_PIPE, lambda: console.print(_line(tally, language), markup=False, soft_wrap=True)):
            yield


@contextmanager
def _every(seconds: float, show: object) -> Iterator[None]:
    assert callable(show)

    async def repeat() -> None:
        while True:
            await asyncio.sleep(seconds)
            show()

    task = asyncio.create_task(repeat())
    try:
        yield
    finally:
        task.cancel()


def _line(tally: Tally, language: Language) -> str:
    if tally.waiting:
        return word("W-RUN-WAITING", language, reason=tally.waiting)
    total = "?" if tally.total is None else max(tally.total, tally.settled)
    return word(
        "W-RUN-PROGRESS", language, settled=tally.settled, total=total,
        failed=tally.failed, rate=f"{tally.rate:.1f}", findings=tally.findings.total(), models=_models(tally, language),
        left=_left(tally),
    )


def _left(tally: Tally) -> str:
    """The time left at this run's rate, once it can be told."""
    if tally.total is None or not tally.rate:
        return "?"
    return duration((tally.total - tally.settled) / tally.rate)


def _models(tally: Tally, language: Language) -> str:
    if not tally.calls and not tally.answers_known:
        return ""
    cost = "" if tally.cost is None else word("W-RUN-COST", language, cost=f"{tally.cost:.2f}")
    return word(
        "W-RUN-MODELS", language, calls=tally.calls, tokens_in=tally.tokens_in, tokens_out=tally.tokens_out, cost=cost
    )


def estimate_lines(estimated: Estimate, workers: int, language: Language) -> list[str]:
    """The lines of an estimate."""
    lines = [word("W-RUN-ESTIMATE", language, fresh=estimated.fresh, sample=estimated.sample)]
    if estimated.failed:
        lines.append(word("W-RUN-ESTIMATE-UNREADABLE", language, failed=estimated.failed))
    if estimated.calls:
        tokens = {"tokens_in": round(estimated.tokens_in), "tokens_out": round(estimated.tokens_out)}
        lines.append(word("W-RUN-ESTIMATE-TOKENS", language, calls=round(estimated.calls), **tokens))
        if estimated.cost is None:
            lines.append(word("W-RUN-ESTIMATE-NO-PRICE", language))
        else:
            lines.append(word("W-RUN-ESTIMATE-COST", language, cost=f"{estimated.cost:.2f}"))
    each = f"{estimated.each * 1000:.1f}"
    lines.append(word("W-RUN-ESTIMATE-TIME", language, time=duration(estimated.seconds), workers=workers, each=each))
    return lines


def duration(seconds: float) -> str:
    """Hours, minutes and seconds."""
    whole = max(round(seconds), 0)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def summary(tally: Tally, ending: Ending, language: Language) -> list[str]:
    """The lines of the summary."""
    lines = [
        word(
            "W-RUN-SUMMARY", language, ending=word(f"W-RUN-{ending.name}", language), read=tally.read, failed=tally.failed,
            known=tally.known, known_failed=tally.known_failed, seconds=f"{tally.seconds:.1f}", rate=f"{tally.rate:.1f}",
            errors=tally.findings["error"], warnings=tally.findings["warning"], notes=tally.findings["info"],
            models=_models(tally, language),
        )
    ]
    lines += [word("W-RUN-FAILURES", language, reason=code, count=count) for code, count in tally.failures.most_common()]
    if tally.failed or tally.known_failed:
        lines.append(word("W-RUN-WHICH", language))
    if tally.in_batch:
        lines.append(word("W-BATCH-OUT", language, count=tally.in_batch))
    if tally.left:
        lines.append(word("W-RUN-LEFT", language, count=tally.left))
    return lines

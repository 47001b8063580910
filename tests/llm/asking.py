"""A small question, and a client that asks a stand-in on loopback."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from extractor.eval.standin.faults import Faults
from extractor.eval.standin.server import StandIn
from extractor.llm.cache import AnswerCache
from extractor.llm.client import AsyncClient, Question
from extractor.llm.outcome import Outcome
from extractor.llm.profiles import profiles
from extractor.llm.reply import Reply
from extractor.llm.retries import Policy
from extractor.llm.settings import Settings

QUICK = Policy(first=0.001, longest=0.002, patience=1.0)


class Entry(Reply):
    """A number and its line."""

    line: int
    value: str | None


class Entries(Reply):
    """What is asked for."""

    entries: list[Entry]


RIGHT = {"entries": [{"line": 3, "value": "十一"}, {"line": 4, "value": None}]}


def question(document: str = "3 十一", limit: int = 400) -> Question[Entries]:
    return Question("固定部分", document, Entries, "test-1#0", limit)


def settings(base_url: str, profile: str = "openai") -> Settings:
    return Settings(base_url, "sk-secret", "stand-in", profiles()[profile], 2.0, 8.0)


def ask(
    script: list[str], profile: str = "openai", answer: dict[str, Any] | None = None, limit: int = 400, policy: Policy = QUICK
) -> tuple[Outcome[Entries], StandIn]:
    """Ask once, with this befalling the requests."""
    return ask_several([question(limit=limit)], script, profile, answer, policy)[0]


def ask_several(
    questions: list[Question[Entries]], script: list[str], profile: str = "openai", answer: dict[str, Any] | None = None,
    policy: Policy = QUICK, cache: Path | None = None,
) -> list[tuple[Outcome[Entries], StandIn]]:
    """Ask side by side."""
    content = json.dumps(answer or RIGHT, ensure_ascii=False)
    standin = StandIn(lambda body: content, Faults(script))

    async def asked() -> list[Outcome[Entries]]:
        async with standin.serving():
            store = AnswerCache(cache) if cache else None
            client = AsyncClient(settings(standin.base_url, profile), policy, store)
            try:
                return await asyncio.gather(*[client.ask(q) for q in questions])
            finally:
                await client.close()
                if store:
                    store.close()

    return [(outcome, standin) for outcome in asyncio.run(asked())]

"""The way of the data where a language model is asked: grid reader → question → answer → report → verification.

Sync and async; the model's side is `extractor.llm`, what is asked and made of it `extractor.reading.modes`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from extractor.documents import Document
from extractor.llm.cache import AnswerCache
from extractor.llm.client import AsyncClient, Client
from extractor.llm.retries import Policy
from extractor.llm.settings import Settings, SettingsError, from_environment
from extractor.pipeline import read_report, survey_report
from extractor.reading.lines import Cut
from extractor.reading.modes import Mode, Plan, finish, plan
from extractor.report import Report
from extractor.verification.finding import Verification
from extractor.verification.verify import verify


def extract_with(document: Document, mode: Mode, clients: Sequence[Client]) -> tuple[Report, Verification]:
    """Read one report in a mode and verify it; a second client is asked in challenge alone. Raises NotAReportError."""
    planned, before = _planned(document, mode)
    if planned is None or (question := planned.question) is None:
        return before
    outcomes = [client.ask(question) for client in _asked(mode, clients)]
    report = finish(planned, outcomes)
    return report, verify(report)


async def extract_async(document: Document, mode: Mode, clients: Sequence[AsyncClient]) -> tuple[Report, Verification]:
    """The same, beside others."""
    planned, before = _planned(document, mode)
    if planned is None or (question := planned.question) is None:
        return before
    outcomes = await asyncio.gather(*[client.ask(question) for client in _asked(mode, clients)])
    report = finish(planned, outcomes)
    return report, verify(report)


C = TypeVar("C")


def _asked(mode: Mode, clients: Sequence[C]) -> Sequence[C]:
    return clients if mode == "challenge" else clients[:1]


def _planned(document: Document, mode: Mode) -> tuple[Plan | None, tuple[Report, Verification]]:
    """The plan, None where nothing is to be asked; then the grid reader's report, verified, is all there is."""
    cut: Cut = {}
    base = base_of(document, mode, cut)
    if mode == "grid":
        return None, (base, verify(base))
    verification = verify(base) if mode == "cascade" else None
    planned = plan(document, base, verification, mode, cut)
    if planned.question is None:
        whole = read_report(document) if mode == "model" else base
        return None, (whole, verification or verify(whole))
    return planned, (base, verification or _UNVERIFIED)


def base_of(document: Document, mode: Mode, cut: Cut | None = None) -> Report:
    """What the rules read of a report in a mode: all of it, or where a model alone reads, what that needs to be told and to be
    looked up. Raises NotAReportError."""
    return survey_report(document, cut) if mode == "model" else read_report(document, cut)


_UNVERIFIED = Verification({}, {}, {}, (), ())


@contextmanager
def reader(
    mode: Mode, settings: Sequence[Settings], policy: Policy | None = None
) -> Iterator[Callable[[Document], tuple[Report, Verification]]]:
    """A function that reads and verifies one document in a mode, with the models of these settings. Raises SettingsError where
    the file of answers can't be used."""
    caches = {s.cache: answers_in(s.cache) for s in settings if s.cache is not None}
    clients = [Client(s, policy, caches.get(s.cache) if s.cache else None) for s in settings]
    try:
        yield lambda document: extract_with(document, mode, clients)
    finally:
        for client in clients:
            client.close()
        for cache in caches.values():
            cache.close()


def answers_in(path: Path) -> AnswerCache:
    """The file of answers. Raises SettingsError."""
    try:
        return AnswerCache(path)
    except OSError as error:
        raise SettingsError(f"EXTRACTOR_CACHE ({path}: {error.strerror})") from None
    except DBAPIError as error:
        raise SettingsError(f"EXTRACTOR_CACHE ({path}: {error.orig})") from None


def models(environment: Mapping[str, str] = os.environ) -> list[Settings]:
    """The model that the environment names, and behind it the second one for challenge (EXTRACTOR_SECOND_MODEL and, where they
    differ from the first's, its other settings). Raises SettingsError."""
    own = {k.replace("SECOND_", ""): v for k, v in environment.items() if k.startswith("EXTRACTOR_SECOND_")}
    found = [from_environment(environment)]
    if "EXTRACTOR_MODEL" in own:
        found.append(from_environment({**environment, **own}))
    return [settings for settings in found if settings is not None]

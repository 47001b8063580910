"""A second look at the cells of a scan that are in doubt, with a model that sees (`extractor.reading.second_look`)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from extractor.asking import answers_in
from extractor.documents import Document
from extractor.documents.crops import crops
from extractor.documents.page_image import content_of
from extractor.llm.budget import Budget, BudgetReachedError
from extractor.llm.client import Client
from extractor.llm.retries import Policy
from extractor.llm.settings import Settings, SettingsError, from_environment
from extractor.reading.second_look import Answer, doubts, looked, question
from extractor.report import Report
from extractor.verification.finding import Verification
from extractor.verification.verify import verify

Read = Callable[[Document], tuple[Report, Verification]]


def look_again(
    document: Document, report: Report, verification: Verification, client: Client, content: bytes | None = None
) -> tuple[Report, Verification]:
    """Look at what is in doubt and verify again. `content` is what the document was read from; else the file is opened again.
    Where the budget is reached, what is left keeps its doubt."""
    places = doubts(report, verification, document.layout)
    content = content if content is not None or not places else content_of(document)
    if not places or content is None:
        return report, verification
    answers: list[Answer | None] = []
    for crop in crops(content, document, [(place.page, place.box) for place in places]):
        try:
            answers.append(client.ask(question(crop)) if crop else None)
        except BudgetReachedError:
            answers.append(None)
    after = looked(report, places, answers)
    return after, verify(after)


@contextmanager
def second_look(read: Read, settings: Settings, policy: Policy | None = None, budget: Budget | None = None) -> Iterator[Read]:
    """What reads and verifies a document as `read` does, and looks again. Raises SettingsError where the file of answers can't
    be used."""
    cache = answers_in(settings.cache) if settings.cache is not None else None
    client = Client(settings, policy, cache, budget)
    try:
        yield lambda document: look_again(document, *read(document), client)
    finally:
        client.close()
        if cache is not None:
            cache.close()


def vision_model(environment: Mapping[str, str] = os.environ) -> Settings:
    """The model that sees: EXTRACTOR_VISION_MODEL and, where they differ from the first model's, its other settings
    (EXTRACTOR_VISION_BASE_URL …). Raises SettingsError."""
    own = {k.replace("VISION_", ""): v for k, v in environment.items() if k.startswith("EXTRACTOR_VISION_")}
    settings = from_environment({**environment, **own}) if own.get("EXTRACTOR_MODEL") else None
    if settings is None:
        raise SettingsError("EXTRACTOR_VISION_MODEL")
    return settings

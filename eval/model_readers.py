"""Readers for `extractor eval run --reader extractor.eval.model_readers:challenge`: the modes with the models that EXTRACTOR_…
names, or a stand-in that is served beside (`python -m extractor.eval.standin`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import cache
from typing import Any

from extractor.asking import models, reader
from extractor.documents import Document
from extractor.output import to_json_object
from extractor.reading.modes import Mode
from extractor.report import Report
from extractor.verification.finding import Verification

_open = ExitStack()
"""Clients stay open as long as the process: a run asks thousands of questions."""


@cache
def _reader(mode: Mode) -> Callable[[Document], tuple[Report, Verification]]:
    settings = models()
    if not settings:
        raise ValueError("EXTRACTOR_MODEL names no model")
    return _open.enter_context(reader(mode, settings))


def _read(document: Document, mode: Mode) -> Mapping[str, Any]:
    report, verification = _reader(mode)(document)
    usage = {
        "cost": sum(asked.cost or 0.0 for asked in report.models),
        "tokens_in": sum(asked.tokens_in for asked in report.models),
        "tokens_out": sum(asked.tokens_out for asked in report.models),
        "calls": sum(asked.calls for asked in report.models),
    }
    return {**to_json_object(document, report, verification), "usage": usage}


def model(document: Document) -> Mapping[str, Any]:
    """A model alone."""
    return _read(document, "model")


def cascade(document: Document) -> Mapping[str, Any]:
    """The rules first, a model for the rest."""
    return _read(document, "cascade")


def challenge(document: Document) -> Mapping[str, Any]:
    """Both, compared."""
    return _read(document, "challenge")

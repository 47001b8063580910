"""Readers that can be measured: a reader takes a document and gives the JSON object of `extractor extract --json`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from extractor.documents import Document


class UnknownReaderError(Exception):
    """There is no reader of this name."""


Reader = Callable[[Document], Mapping[str, Any]]
"""May add `usage` to the object: `cost`, `tokens_in`, `tokens_out`, numbers that are summed over the run."""


def read_grid(document: Document) -> Mapping[str, Any]:
    """The grid reader with the verifier."""
    from extractor.output import to_json_object
    from extractor.pipeline import extract

    report, verification = extract(document)
    return to_json_object(document, report, verification)


def reader(name: str) -> Reader:
    """The reader of this name: "grid", or "package.module:function" for one of your own.

    Raises UnknownReaderError where there is none."""
    if name == "grid":
        return read_grid
    module, _, function = name.partition(":")
    try:
        found = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise UnknownReaderError(f"no reader {name}: {error}") from error
    if not callable(found):
        raise UnknownReaderError(f"no reader {name}: not a function")
    return found  # type: ignore[no-any-return]

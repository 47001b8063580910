"""What decides what a document is read as: documents are read again under another configuration, and never under the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from extractor import __version__

if TYPE_CHECKING:
    from extractor.llm.settings import Settings
    from extractor.reading.modes import Mode


@dataclass(frozen=True, slots=True)
class Configuration:
    """`content` is kept in the archive, `key` is its hash."""

    key: str
    content: dict[str, Any]


def configuration(mode: Mode, deep: bool, models: Sequence[Settings]) -> Configuration:
    """The configuration of this software with these models (those that are asked in the mode)."""
    content: dict[str, Any] = {"mode": mode, "software": __version__, "forms": _forms()}
    if deep:
        content["deep"] = True
    if models:
        from extractor.reading.model.prompts import prompt
        from extractor.reading.model.question import PROMPT

        content["prompt"] = prompt(*PROMPT).identity
        content["models"] = [
            {"model": m.model, "profile": m.profile.name, "settings": dict(m.profile.settings)} for m in models
        ]
    return Configuration(hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(), content)


@cache
def _forms() -> str:
    """A hash over the forms' data."""
    digest = hashlib.sha256()
    for path in sorted(files("extractor.forms").joinpath("data").iterdir(), key=lambda p: p.name):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]

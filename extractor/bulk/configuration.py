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


def configuration(mode: Mode, deep: bool, models: Sequence[Settings], vision: Settings | None = None) -> Configuration:
    """The configuration of this software with these models (those that are asked in the mode, and that of a second look)."""
    content: dict[str, Any] = {"mode": mode, "software": __version__, "forms": _forms()}
    if deep:
        content["deep"] = True
    if models:
        from extractor.reading.model.prompts import prompt
        from extractor.reading.model.question import PROMPT

        content["prompt"] = prompt(*PROMPT).identity
        content["models"] = [_model(m) for m in models]
    if vision is not None:
        from extractor.reading.model.prompts import prompt
        from extractor.reading.second_look import PROMPT as LOOK

        content["second_look"] = {"prompt": prompt(*LOOK).identity, **_model(vision)}
    return Configuration(hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(), content)


def _model(settings: Settings) -> dict[str, Any]:
    return {"model": settings.model, "profile": settings.profile.name, "settings": dict(settings.profile.settings)}


@cache
def _forms() -> str:
    """A hash over the forms' data."""
    digest = hashlib.sha256()
    for path in sorted(files("extractor.forms").joinpath("data").iterdir(), key=lambda p: p.name):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]

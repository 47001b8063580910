"""The one catalogue of messages to people, in Chinese and English: the TOML files beside this module.

An entry: `[CODE]` with `zh`, `en` (templates in `str.format` style), and for findings `severity` (error, warning, info),
`level` (structure, report, history, peers: which data the edit needs), `source` (the law, notice or paper behind it) and, where
an edit doesn't ask for equality, `tolerance`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Message:
    code: str
    zh: str
    en: str
    severity: str = ""
    level: str = ""
    source: str = ""
    tolerance: str = ""


@cache
def catalogue() -> Mapping[str, Message]:
    """Every message by code. Raises ValueError where two files define one code."""
    found: dict[str, Message] = {}
    for path in sorted(files("extractor.messages").iterdir(), key=lambda p: p.name):
        if not path.name.endswith(".toml"):
            continue
        for code, entry in tomllib.loads(path.read_text("utf-8")).items():
            if code in found:
                raise ValueError(f"{path.name}: message {code} is defined twice")
            found[code] = Message(code, **entry)
    return found


def text(code: str, params: Mapping[str, object], language: str) -> str:
    """The message in one language ("zh" or "en"). Raises KeyError for an unknown code or a missing parameter."""
    message = catalogue()[code]
    return (message.zh if language == "zh" else message.en).format_map(params)

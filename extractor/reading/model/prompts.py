"""The prompts: one file each in `prompts/` at the top of the repository, NAME-VERSION.md."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from extractor.reading.model.codes import codes


@dataclass(frozen=True, slots=True)
class Prompt:
    """`text` is the fixed part of every request, byte for byte. `identity`: name, version and hash, for results."""

    name: str
    version: int
    text: str

    @property
    def identity(self) -> str:
        return f"{self.name}-{self.version}#{hashlib.sha256(self.text.encode()).hexdigest()[:12]}"


@cache
def prompt(name: str, version: int) -> Prompt:
    """A prompt, with the rows of the forms in place. Raises FileNotFoundError."""
    text = files("extractor.prompts").joinpath(f"{name}-{version}.md").read_text("utf-8")
    return Prompt(name, version, text.replace("{rows}", _rows()).strip())


def _rows() -> str:
    """Every code with its label; where forms print it differently, all wordings."""
    lines = []
    for code in codes().values():
        lines.append(f"{code.name} {' 或 '.join(dict.fromkeys(code.labels.values()))}")
    return "\n".join(lines)

"""Recognised text: what an engine says of images of one line each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

from extractor.documents.layout import Alternative
from extractor.documents.ocr.ink import Grey


class Sign(NamedTuple):
    """One character: how sure it is (0 to 1), its middle as a share of the line's width, and what it may be else."""

    text: str
    confidence: float
    at: float
    other: str = ""
    other_confidence: float = 0.0


@dataclass(frozen=True)
class Recognised:
    """One line. `overlooked`: the probability that it has a character more."""

    signs: tuple[Sign, ...] = ()
    overlooked: float = 0.0

    @cached_property
    def text(self) -> str:
        return "".join(sign.text for sign in self.signs)

    @property
    def confidence(self) -> float:
        """That of the least sure character."""
        return min((min(sign.confidence for sign in self.signs), 1 - self.overlooked)) if self.signs else 0.0

    @property
    def alternatives(self) -> tuple[Alternative, ...]:
        """Other readings of the whole line, each with one character changed or left out, likeliest first."""
        found = [
            Alternative(self.text_with(i, sign.other), round(sign.other_confidence, 4))
            for i, sign in enumerate(self.signs)
            if sign.other_confidence >= _ALTERNATIVE
        ]
        return tuple(sorted(found, key=lambda a: -a.confidence)[:_MOST])

    def text_with(self, place: int, other: str) -> str:
        """The text with another character at one place."""
        return "".join(other if i == place else sign.text for i, sign in enumerate(self.signs))


_ALTERNATIVE = 0.01
"""Probability from which another reading is named."""
_MOST = 3

NOTHING = Recognised()

Quad = tuple[int, int, int, int]
"""Left, top, right, bottom, in pixels."""


class Engine(Protocol):
    """Recognises print. Lines are grey images, dark on white, cut out with some white around."""

    def read(self, lines: Sequence[Grey], numbers: bool = False) -> list[Recognised]:
        """The text of each line; with `numbers`, one without Chinese characters is taken for a number."""

    def find(self, page: Grey) -> list[Quad]:
        """Where lines of text stand on a page, in any order."""

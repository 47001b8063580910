"""What a request will take in tokens, before it is sent: learnt from those that came back. No tokenizer is at hand, and none
would fit every model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MEMORY = 200.0
"""Requests after which an old one has faded from the mean to a third."""
_FIRST = (1.0, 0.25)
"""Tokens for a character of the messages, and answer tokens as a share of their limit, before any has come back. One for each
character is more than tokenizers make of Chinese, and the answers of this program fill a fraction of their limit."""

_IMAGE = 400
"""Characters that an image of one cell is taken for."""


class Expectation:
    """Tokens in by characters of the messages; tokens out by their mean."""

    def __init__(self) -> None:
        self._seen = 0.0
        self._characters = self._tokens_in = self._tokens_out = 0.0

    def of(self, body: Mapping[str, Any], limit: int) -> tuple[int, int]:
        """Tokens in and out that a request body with this limit of the answer is expected to take."""
        characters = characters_of(body)
        if not self._seen:
            return int(characters * _FIRST[0]), int(limit * _FIRST[1])
        return int(characters * self._tokens_in / self._characters), min(int(self._tokens_out / self._seen), limit)

    def learn(self, body: Mapping[str, Any], tokens_in: int, tokens_out: int) -> None:
        """A request came back and took so many."""
        if not tokens_in:
            return
        fade = 1 - 1 / _MEMORY
        self._seen = self._seen * fade + 1
        self._characters = self._characters * fade + characters_of(body)
        self._tokens_in = self._tokens_in * fade + tokens_in
        self._tokens_out = self._tokens_out * fade + tokens_out


def characters_of(body: Mapping[str, Any]) -> int:
    """Characters of the messages; an image counts as so many."""
    return max(sum(_characters(m.get("content")) for m in body["messages"]), 1)


def _characters(content: object) -> int:
    if isinstance(content, str):
        return len(content)
    parts = content if isinstance(content, list) else ()
    return sum(_IMAGE if part.get("type") == "image_url" else len(part.get("text", "")) for part in parts)

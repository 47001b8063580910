"""An estimate of tokens, without any model's tokenizer: for comparing requests and answers with each other, nothing more."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"[A-Za-z]{1,6}|\d{1,3}|[\u3400-\u9fff]|\s+|[^\sA-Za-z\d\u3400-\u9fff]{1,3}")


def estimated_tokens(text: str) -> int:
    """One for each Chinese character, up to six letters, up to three digits, up to three signs side by side."""
    return sum(1 for m in _TOKEN.finditer(text) if not m.group().isspace())

"""The error of a file that can't be read: a code of the message catalogue and the parameters of its template, so that
whoever meets it speaks the user's language."""

from __future__ import annotations

from extractor.messages import text


class UnreadableError(Exception):
    """A file that gives no report. `source` is its name as the user gave it; `str()` is one line in both languages."""

    def __init__(self, code: str, source: str, **params: object) -> None:
        super().__init__(code, source, params)
        self.code = code
        self.source = source
        self.params = params

    def message(self, language: str) -> str:
        """What is wrong and what to do, on one line, in one language ("zh" or "en")."""
        return text(self.code, self.params, language)

    def __str__(self) -> str:
        return f"{self.source}: {self.message('zh')} | {self.message('en')}"

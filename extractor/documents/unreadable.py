"""The two ways in which a file is no report: its text can't be had, or the text is of another kind.

Both carry a code of the message catalogue and the parameters of its template, so that whoever meets them speaks the
user's language; `str()` is one line in both languages.
"""

from __future__ import annotations

from extractor.messages import text


class UnreadableError(Exception):
    """The text of a file can't be had. `source` is the file's name as the user gave it."""

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


class NotAReportError(UnreadableError):
    """The text was read and is no annual report: neither a title, nor a table of the form, nor two of its sections."""

    def __init__(self, source: str) -> None:
        super().__init__("E-NOT-A-REPORT", source)

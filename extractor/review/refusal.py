"""The one kind of error that a request is refused with."""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):
    """Answered as the API's `Problem`, or as a page. `code` is of the message catalogue, `params` are for its template."""

    def __init__(self, status: int, code: str, headers: Mapping[str, str] | None = None, **params: object) -> None:
        super().__init__(status, code)
        self.status = status
        self.code = code
        self.headers = dict(headers or {})
        self.params = params

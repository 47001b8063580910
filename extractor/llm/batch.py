"""Batch files of a provider (OpenAI's files and batches, and whoever has the same): questions as lines, answers out of lines.

A line's answer is judged by the code that judges an answer that came at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeVar

import httpx2
import instructor
import openai
from openai.types.chat import ChatCompletion
from tenacity import Retrying, stop_after_attempt

from extractor.llm.client import Question, body_of
from extractor.llm.outcome import Kind, Outcome
from extractor.llm.reply import Reply
from extractor.llm.response import attempt_of, failure_of, fault_in, mode_of
from extractor.llm.settings import Settings

R = TypeVar("R", bound=Reply)
_ENDPOINT: Literal["/v1/chat/completions"] = "/v1/chat/completions"
_TRIES = 4
"""Of a call that changes nothing."""


class BatchError(Exception):
    """The provider's endpoint won't do it. `str()` is one line."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a batch stands. `over`: nothing more will come of it. `output`, `errors`: the provider's names of files."""

    state: str
    total: int
    answered: int
    failed: int
    output: str | None
    errors: str | None
    reason: str

    @property
    def over(self) -> bool:
        return self.state in ("completed", "expired", "cancelled", "failed")


@dataclass(frozen=True, slots=True)
class Line:
    """What came of one request. `completion` is None where none came: `status` and `code` say why."""

    key: str
    completion: ChatCompletion | None
    status: int
    code: str


class Provider:
    """The batch side of an endpoint. All raise BatchError."""

    def __init__(self, settings: Settings) -> None:
        self._client = openai.OpenAI(base_url=settings.base_url, api_key=settings.key, max_retries=0)
        self._reading = self._client.with_options(max_retries=_TRIES - 1)
        self._settings = settings

    def upload(self, path: Path) -> str:
        """The provider's name of the file."""
        with _told(self._settings), path.open("rb") as file:
            return self._reading.files.create(file=(path.name, file), purpose="batch").id

    def create(self, file: str, window: Literal["24h"]) -> str:
        """The provider's name of a new batch over an uploaded file. Not tried twice: each time is paid for."""
        with _told(self._settings):
            return self._client.batches.create(input_file_id=file, endpoint=_ENDPOINT, completion_window=window).id

    def find(self, file: str) -> str | None:
        """The batch over a file, where there is one: whoever made it may have been stopped before it was noted."""
        with _told(self._settings):
            return next((batch.id for batch in self._reading.batches.list(limit=100) if batch.input_file_id == file), None)

    def standing(self, batch: str) -> Standing:
        with _told(self._settings):
            found = self._reading.batches.retrieve(batch)
        counts = found.request_counts
        errors = (found.errors.data or []) if found.errors is not None else []
        return Standing(
            found.status, counts.total if counts else 0, counts.completed if counts else 0, counts.failed if counts else 0,
            found.output_file_id, found.error_file_id, " ".join((errors[0].message or "").split())[:200] if errors else "",
        )

    def lines(self, file: str) -> Iterator[Line]:
        """The lines of an output or error file; those that are none are left out."""
        with _told(self._settings), self._reading.files.with_streaming_response.content(file) as response:
            for line in response.iter_lines():
                found = _line(line)
                if found is not None:
                    yield found

    def close(self) -> None:
        self._client.close()


def request_line(key: str, question: Question[Any], settings: Settings) -> bytes:
    """A question as a line of a batch file."""
    request = {"custom_id": key, "method": "POST", "url": _ENDPOINT, "body": body_of(question, settings)}
    return json.dumps(request, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


def judged(completion: ChatCompletion, reply: type[R], prompt: str, settings: Settings) -> Outcome[R]:
    """What an answer out of a batch file comes to; its cost is the provider's for batches, None where that is not told."""
    fault = fault_in(completion)
    attempt = attempt_of(completion, fault, 0.0, settings)
    share = settings.batch_share
    attempt = replace(attempt, cost=attempt.cost * share if attempt.cost is not None and share is not None else None)

    def given(**_: object) -> ChatCompletion:
        if fault is not None:
            raise fault
        return completion

    create: Any = instructor.patch(create=given, mode=mode_of(settings.profile))
    once = Retrying(stop=stop_after_attempt(1), reraise=True)
    kind, detail, value = Kind.ANSWERED, "", None
    try:
        value = create(response_model=reply, max_retries=once, messages=[{"role": "user", "content": ""}])
    except Exception as error:
        kind, detail = failure_of(error)
        if kind is Kind.INVALID:
            attempt = replace(attempt, outcome=kind.value)
    return Outcome(kind, value, settings.model, prompt, (attempt,), detail)


def _line(text: str) -> Line | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    if not isinstance(found, Mapping) or not isinstance(key := found.get("custom_id"), str):
        return None
    response, error = _mapping(found.get("response")), _mapping(found.get("error"))
    body = response.get("body")
    status = response.get("status_code")
    if status == 200 and isinstance(body, Mapping):
        return Line(key, ChatCompletion.model_construct(**body), 200, "")
    code = error.get("code") or _mapping(_mapping(body).get("error")).get("code") or ""
    return Line(key, None, status if isinstance(status, int) else 0, str(code))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


@contextmanager
def _told(settings: Settings) -> Iterator[None]:
    try:
        yield
    except openai.NotFoundError as error:
        raise BatchError(f"{settings.base_url}: 404, {error.message}"[:300]) from error
    except openai.APIError as error:
        raise BatchError(f"{settings.base_url}: {error.message}"[:300]) from error
    except httpx2.HTTPError as error:  # inside of a file that is being read
        raise BatchError(f"{settings.base_url}: {type(error).__name__}") from error

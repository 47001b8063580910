"""What the routes share: connections, and answers in which numbers are written digit for digit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel
from sqlalchemy import Connection

from extractor.archive.store import writing
from extractor.messages import text
from extractor.output import dumps
from extractor.review.api.models import Problem
from extractor.review.refusal import Refusal

JSON = "application/json"
REFUSED: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": words}
    for status, words in (
        (400, "the request can't be understood"),
        (401, "nobody known"), (403, "not allowed, or the CSRF token is missing"), (404, "there is no such thing"),
        (405, "not by this method"), (408, "it took too long"), (409, "something changed meanwhile"),
        (413, "the body is too big"), (422, "the request makes no sense"), (429, "too often"), (503, "busy: ask again"),
    )
}


def answer(model: BaseModel) -> Response:
    """The model as JSON; unlike pydantic's own, decimals come as numbers."""
    return Response(dumps(model.model_dump()), media_type=JSON)


def problem(refusal: Refusal) -> Response:
    words = {language: text(refusal.code, refusal.params, language) for language in ("zh", "en")}
    body = {"code": refusal.code, **words}
    return Response(dumps(body), refusal.status, refusal.headers, JSON)


@contextmanager
def reading(request: Request) -> Iterator[Connection]:
    with request.app.state.engine.connect() as connection:
        yield connection


@contextmanager
def changing(request: Request) -> Iterator[Connection]:
    """A transaction that writes: committed at the end, or nothing of it happened."""
    with request.app.state.turn, writing(request.app.state.engine) as connection, connection.begin():
        yield connection

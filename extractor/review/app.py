"""The review's server: the API, the pages, and what stands before them."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from extractor import __version__
from extractor.bulk.engine import EngineError
from extractor.review.api import administration, documents, findings
from extractor.review.api.answering import problem
from extractor.review.counts import Aged, cube
from extractor.review.guarding import HEADERS, LOOPBACK, Guarding
from extractor.review.identity import Alone, Proxy, cookie_of, entering, identifying
from extractor.review.pages import desk_pages, entry_pages, lead_pages, queue_pages
from extractor.review.pages.entry_pages import refused
from extractor.review.pages.render import static
from extractor.review.refusal import Refusal
from extractor.review.statistics import statistics
from extractor.review.uploading import UploadReader

_MOST_BYTES = 1_000_000
"""Of a request's body, where the route doesn't say otherwise."""
_CODES = {404: "E-NOT-FOUND", 405: "E-METHOD", 413: "E-TOO-BIG", 401: "E-WHO", 403: "E-NOT-ALLOWED"}


@dataclass(frozen=True, slots=True)
class Serving:
    """How it is served. `alone`: one person on loopback without accounts. `proxy`: whom it believes who somebody is. `hosts`:
    the names it is reached by; None: any."""

    alone: Alone | None = None
    proxy: Proxy | None = None
    hosts: Collection[str] | None = LOOPBACK


def create_app(engine: Engine, serving: Serving) -> FastAPI:
    """The server on an archive."""
    reader = UploadReader()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await reader.close()

    app = FastAPI(
        title="extractor review", version=__version__, description=_DESCRIPTION, docs_url=None, redoc_url=None,
        openapi_url=None, lifespan=lifespan, max_body_size=_MOST_BYTES, redirect_slashes=False,
    )
    app.state.engine = engine
    app.state.serving = serving
    # SQLite has one writer, and who waits for it there looks again in growing intervals; here they wait in line
    app.state.turn = threading.Lock() if engine.dialect.name == "sqlite" else nullcontext()
    app.state.identify = identifying(engine, serving.alone, serving.proxy)
    app.state.cookie = cookie_of(serving.alone)
    app.state.enter = entering(serving.alone)
    app.state.cube = Aged(engine, cube)
    app.state.statistics = Aged(engine, statistics)
    app.state.reader = reader
    for module in (findings, documents, administration, desk_pages, entry_pages, lead_pages, queue_pages):
        app.include_router(module.router)
    app.mount(static("").rstrip("/"), StaticFiles(packages=[("extractor.review.pages", "static")]))
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for passing in (OperationalError, PoolTimeout, EngineError):
        app.add_exception_handler(passing, _busy)
    app.add_exception_handler(Exception, _failed)
    app.add_middleware(Guarding, hosts=None if serving.hosts is None else frozenset(h.lower() for h in serving.hosts))
    app.openapi = _openapi(app)  # type: ignore[method-assign]
    return app


_DESCRIPTION = """Hand in documents, get reports, list findings, decide, undo, export.

A script authenticates by an API token (`Authorization: Bearer …`, from `extractor user token`); a browser by its session's
cookie, and then each request that changes something carries the header `X-CSRF-Token` with the token of `/api/me`.
Refusals are problems with a code and words in Chinese and English."""


def _openapi(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """FastAPI's document, with the two ways to say who one is."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        schema = made()
        schema.setdefault("components", {})["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer"},
            "session": {"type": "apiKey", "in": "cookie", "name": "review"},
        }
        schema["security"] = [{"token": []}, {"session": []}]
        return schema

    return openapi


def _answered(request: Request, refusal: Refusal) -> Response:
    return problem(refusal) if request.url.path.startswith("/api/") else refused(request, refusal)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return _answered(request, error)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return _answered(request, Refusal(422, "E-INPUT", place=f"{place}: {first['msg']}"[:300]))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code)
    if code is not None:
        return _answered(request, Refusal(error.status_code, code, error.headers))
    return _answered(request, Refusal(error.status_code, "E-INPUT", error.headers, place=str(error.detail)[:300]))


async def _busy(request: Request, error: Exception) -> Response:
    # the database or the reader of documents is away or overrun; whoever asks may ask again
    logging.getLogger(__name__).error("%s %s: %s", request.method, request.url.path, error)
    return _answered(request, Refusal(503, "E-BUSY", {"retry-after": "5"}))


async def _failed(request: Request, error: Exception) -> Response:
    # what went wrong is in the server's log; whoever asked is told no more than that it did
    response = _answered(request, Refusal(500, "E-SERVER"))
    response.headers.update(HEADERS)  # this answer is given outside of Guarding
    return response

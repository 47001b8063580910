"""Routes: log-in, who one is, the lead's figures and settings, health."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from extractor import __version__
from extractor.output import dumps
from extractor.review import accounts
from extractor.review.access import guarded_router
from extractor.review.api.answering import JSON, REFUSED, answer, changing, reading
from extractor.review.api.findings import Who
from extractor.review.api.models import Health, LogIn, Me, Settings, Statistics
from extractor.review.identity import address_of
from extractor.review.refusal import Refusal
from extractor.review.settings import set_settings, settings

router = guarded_router()


@router.get("/api/health", response_model=Health)
def health(request: Request) -> Response:
    """Whether the server answers and its archive does."""
    with reading(request) as connection:
        settings(connection)
    return answer(Health(version=__version__, ok=True))


@router.get("/api/openapi.json", include_in_schema=False)
def openapi(request: Request) -> Response:
    schema: dict[str, Any] = request.app.openapi()
    return Response(dumps(schema), media_type=JSON)


@router.post("/api/log-in", responses=REFUSED, status_code=204, response_model=None)
def log_in(request: Request, asked: LogIn) -> Response:
    """Begin a session; its cookie comes with the answer. After five failures a name is refused for a quarter of an hour."""
    address = address_of(request, request.app.state.serving.proxy)
    try:
        secret = accounts.log_in(request.app.state.engine, asked.name, asked.password, address)
    except accounts.TooOftenError as error:
        raise Refusal(429, "E-TOO-OFTEN", {"retry-after": str(error.seconds)}, seconds=error.seconds) from None
    if secret is None:
        raise Refusal(401, "E-LOG-IN")
    response = Response(status_code=204)
    set_session(request, response, secret, accounts.SESSION_SECONDS)
    return response


@router.post("/api/log-out", responses=REFUSED, status_code=204, response_model=None)
def log_out(request: Request, person: Who) -> Response:
    """End the session."""
    with changing(request) as connection:
        accounts.log_out(connection, request.cookies.get(request.app.state.cookie, ""))
    response = Response(status_code=204)
    response.delete_cookie(request.app.state.cookie, path="/", httponly=True, samesite="lax")
    return response


@router.get("/enter", include_in_schema=False)
def enter(request: Request, key: str = "") -> Response:
    """The link that `extractor review` prints: the one session of somebody who works alone."""
    secret = request.app.state.enter(key)
    if secret is None:
        raise Refusal(401, "E-WHO")
    response = RedirectResponse("/", 303)
    set_session(request, response, secret, None)
    return response


def set_session(request: Request, response: Response, secret: str, seconds: int | None) -> None:
    """The session's cookie. `secure` where the browser came by https, to this server or to a proxy before it."""
    by_https = request.url.scheme == "https" or request.headers.get("x-forwarded-proto", "") == "https"
    name = request.app.state.cookie
    response.set_cookie(name, secret, max_age=seconds, path="/", httponly=True, samesite="lax", secure=by_https)


@router.get("/api/me", responses=REFUSED, response_model=Me)
def me(person: Who) -> Response:
    """Who is asking."""
    found = {"name": person.name, "role": person.role.name.lower(), "scopes": sorted(person.scopes), "csrf": person.csrf}
    return answer(Me.model_validate(found))


@router.get("/api/statistics", responses=REFUSED, response_model=Statistics)
def get_statistics(request: Request, person: Who) -> Response:
    """Progress, throughput, agreement, what is left. Counted anew in the background, so it may be some minutes old."""
    found: Statistics = request.app.state.statistics.get()
    return answer(found)


@router.get("/api/settings", responses=REFUSED, response_model=Settings)
def get_settings(request: Request, person: Who) -> Response:
    """What the lead has set."""
    with reading(request) as connection:
        return answer(settings(connection))


@router.put("/api/settings", responses=REFUSED, response_model=Settings)
def put_settings(request: Request, person: Who, new: Settings) -> Response:
    """Set it. It holds for decisions from now on."""
    with changing(request) as connection:
        set_settings(connection, new)
    return answer(new)

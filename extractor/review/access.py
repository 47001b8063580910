"""Who may do what: one table of all routes, and the class of route that holds every request to it before its body is read.

A route that the table doesn't name is open to nobody. A request is somebody's by an API token, a session's cookie, or a header
of a trusted proxy (`extractor.review.identity`); what the browser sends by itself (cookie, proxy) must carry the session's
CSRF token where it changes something.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from extractor.review.refusal import Refusal

Scope = Literal["read", "review", "upload", "admin"]
SCOPES: tuple[Scope, ...] = ("read", "review", "upload", "admin")


class Role(IntEnum):
    """Each may do what those before it may."""

    ANYONE = 0
    READER = 1
    REVIEWER = 2
    LEAD = 3


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks. `scopes` are all but for an API token; `csrf` is "" for one."""

    name: str
    role: Role
    scopes: frozenset[Scope] = frozenset(SCOPES)
    csrf: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may call a route. `guarded`: a change, so that a browser's request needs the CSRF token."""

    role: Role
    scope: Scope = "read"
    guarded: bool = False


_OPEN = Rule(Role.ANYONE)
_READ = Rule(Role.READER)
_REVIEW = Rule(Role.REVIEWER, "review", True)
_UPLOAD = Rule(Role.REVIEWER, "upload", True)
_LEAD = Rule(Role.LEAD, "admin")
_LEAD_CHANGE = Rule(Role.LEAD, "admin", True)

RULES: Mapping[str, Rule] = {
    "GET /api/health": _OPEN,
    "POST /api/log-in": _OPEN,  # whoever gets in by it has said the password, so nobody can be made to
    "POST /api/log-out": Rule(Role.READER, "read", True),
    "GET /api/me": _READ,
    "GET /api/openapi.json": _READ,
    "GET /api/findings": _READ,
    "GET /api/findings/{finding}": _READ,
    "GET /api/counts": _READ,
    "POST /api/next": _REVIEW,
    "PUT /api/documents/{document}/lease": _REVIEW,
    "DELETE /api/documents/{document}/lease": _REVIEW,
    "POST /api/decisions": _REVIEW,
    "POST /api/check": Rule(Role.READER, "read", True),
    "POST /api/undo": _REVIEW,
    "POST /api/bulk/preview": Rule(Role.REVIEWER, "review", True),
    "POST /api/bulk": _REVIEW,
    "POST /api/documents": _UPLOAD,
    "GET /api/documents/{document}": _READ,
    "GET /api/documents/{document}/text": _READ,
    "GET /api/documents/{document}/findings": _READ,
    "GET /api/documents/{document}/decisions": _READ,
    "GET /api/documents/{document}/pages/{page}": _READ,
    "GET /api/export": _READ,
    "GET /api/statistics": _LEAD,
    "GET /api/settings": _LEAD,
    "PUT /api/settings": _LEAD_CHANGE,
    # the pages
    "GET /enter": _OPEN,
    "GET /log-in": _OPEN,
    "GET /": _READ,
    "GET /documents/{document}": _READ,
    "GET /findings/{finding}": _READ,
    "GET /lead": _LEAD,
    "GET /documents/{document}/history": _READ,
    "GET /desk": Rule(Role.REVIEWER, "review"),
    "GET /upload": Rule(Role.REVIEWER, "upload"),
}


class Guarded(APIRoute):
    """A route that runs only for whom the table admits. The person is in `request.state.person` then."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        rules = {method: RULES.get(f"{method} {self.path_format}") for method in self.methods or ()}

        async def guarded(request: Request) -> Response:
            await run_in_threadpool(admit, request, rules.get(request.method))
            return await handle(request)

        return guarded


def guarded_router() -> APIRouter:
    """A router whose routes are all held to the table."""
    return APIRouter(route_class=Guarded)


def admit(request: Request, rule: Rule | None) -> None:
    """Raises Refusal: 401 nobody known, 403 not allowed or the CSRF token is missing."""
    if rule is None:
        raise Refusal(403, "E-NOT-ALLOWED")
    person: Person | None = request.app.state.identify(request)
    request.state.person = person
    if rule.role is Role.ANYONE:
        return
    if person is None:
        raise Refusal(401, "E-WHO")
    if person.role < rule.role or rule.scope not in person.scopes:
        raise Refusal(403, "E-NOT-ALLOWED")
    if rule.guarded and person.csrf and not hmac.compare_digest(
        request.headers.get("x-csrf-token", "").encode(), person.csrf.encode()
    ):
        raise Refusal(403, "E-CSRF")


def who(request: Request) -> Person:
    """The person that `admit` let in."""
    person = request.state.person
    if not isinstance(person, Person):
        raise Refusal(401, "E-WHO")
    return person

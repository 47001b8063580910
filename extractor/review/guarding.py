"""What every request passes before any route: its host must be one that is served here; and what every answer carries: headers
that let a browser do nothing but what the pages need."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from extractor.review.api.answering import problem
from extractor.review.refusal import Refusal

LOOPBACK = ("127.0.0.1", "localhost", "::1")
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_STATIC = "/static/"
_FOR_EVER = "public, max-age=31536000, immutable"  # the address of a static file changes with its content


class Guarding:
    """`hosts`: names that are served; None: any. On loopback it is names of the loopback alone, or a page elsewhere could have
    its own name point here and speak to the server as if it were its own (DNS rebinding)."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str] | None) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("cache-control", _FOR_EVER if scope["path"].startswith(_STATIC) else "no-store")
            await send(message)

        if self._hosts is not None and host_of(Headers(scope=scope).get("host", "")) not in self._hosts:
            await problem(Refusal(400, "E-HOST"))(scope, receive, with_headers)
            return
        await self._app(scope, receive, with_headers)


def host_of(header: str) -> str:
    """The host's name without its port."""
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].lower()

"""Who a request comes from.

Three ways, in this order: an API token (`Authorization: Bearer …`); where the server was told so, a header that a proxy at a
named address sets; a session's cookie. Where the archive is reviewed by one person alone, on loopback, there are no accounts:
the one session is in the link that the command prints, so that other users of the machine don't get in.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address

from fastapi import Request
from sqlalchemy import Engine

from extractor.review import accounts
from extractor.review.access import SCOPES, Person, Role

COOKIE = "review"
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Alone:
    """One person, without accounts, who may do everything. `secret` is what the printed link carries and the cookie keeps.
    `once` is what a browser is started with: it lets in once, for other users of the machine can read a program's arguments."""

    name: str
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    once: str = field(default_factory=lambda: secrets.token_urlsafe(32))


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy at one of `addresses`, which is believed where a request comes from, and, where it has checked who somebody is
    and says so in `header`, who asks. Nobody else's word is taken for either."""

    header: str
    addresses: tuple[Network, ...]


def cookie_of(alone: Alone | None) -> str:
    """The name of the session's cookie. Who reviews alone may have several archives open: to a browser their servers, which
    differ in nothing but the port, are one, so each has a name of its own."""
    return COOKIE if alone is None else f"{COOKIE}-{accounts.digest(alone.secret)[:8]}"


def csrf_of(secret: str) -> str:
    """The CSRF token that belongs to a session: known to whoever has the page, not to whoever makes a browser send a form."""
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()


def identifying(engine: Engine, alone: Alone | None, proxy: Proxy | None) -> Callable[[Request], Person | None]:
    """What tells of a request who it is from; None: nobody known."""
    cookie = cookie_of(alone)
    own = secrets.token_urlsafe(32)  # for people whom a proxy names: they have no session here

    def identify(request: Request) -> Person | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return _by_token(engine, alone, token.strip())
        if proxy is not None and (name := _named(request, proxy)):
            with engine.connect() as connection:
                known = accounts.of_name(connection, name)
            return None if known is None else Person(known.name, known.role, csrf=csrf_of(f"{own} {known.name}"))
        secret = request.cookies.get(cookie, "")
        if not secret:
            return None
        if alone is not None:
            return _the_one(alone, csrf_of(alone.secret)) if _same(secret, alone.secret) else None
        with engine.connect() as connection:
            known = accounts.of_session(connection, secret)
        return None if known is None else Person(known.name, known.role, csrf=csrf_of(secret))

    return identify


def entering(alone: Alone | None) -> Callable[[str], str | None]:
    """What gives for the key of a link the session's secret; None: it is no key, or none any more."""
    left = {alone.secret, alone.once} if alone is not None else set()

    def enter(key: str) -> str | None:
        found = next((known for known in left if _same(key, known)), None)
        if alone is None or found is None:
            return None
        if found == alone.once:
            left.discard(found)
        return alone.secret

    return enter


def _by_token(engine: Engine, alone: Alone | None, token: str) -> Person | None:
    if alone is not None:
        return _the_one(alone, "") if _same(token, alone.secret) else None
    with engine.connect() as connection:
        known = accounts.of_token(connection, token)
    return None if known is None else Person(known.name, known.role, known.scopes or frozenset())


def _the_one(alone: Alone, csrf: str) -> Person:
    return Person(alone.name, Role.LEAD, frozenset(SCOPES), csrf)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())


def _named(request: Request, proxy: Proxy) -> str:
    """Whom the proxy names; "" where it names nobody, or it is not the proxy that speaks."""
    said = request.headers.getlist(proxy.header) if proxy.header and comes_from(request, proxy) else []
    if len(said) != 1:  # of two names one is not the proxy's
        return ""
    try:  # headers are read as latin-1; names are UTF-8
        return said[0].strip().encode("latin-1").decode("utf-8")
    except UnicodeError:
        return ""


def comes_from(request: Request, proxy: Proxy) -> bool:
    try:
        address = ip_address(request.client.host if request.client is not None else "")
    except ValueError:
        return False
    return any(address in network for network in proxy.addresses)


def address_of(request: Request, proxy: Proxy | None) -> str:
    """Where a request comes from; of one that comes by the trusted proxy, what that says: last, and in a line of its own where
    it adds one."""
    forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
    if forwarded and proxy is not None and comes_from(request, proxy):
        return forwarded.rpartition(",")[2].strip()[:100]
    return request.client.host if request.client is not None else ""

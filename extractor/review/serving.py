"""Starts the server: for one person on this machine, or for several with accounts."""

from __future__ import annotations

import socket
import threading
import time
import webbrowser
from collections.abc import Collection, Sequence
from ipaddress import ip_address, ip_network

import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine

from extractor.review.accounts import any_account
from extractor.review.app import Serving, create_app
from extractor.review.guarding import LOOPBACK
from extractor.review.identity import Alone, Proxy


class ServingError(Exception):
    """Why the server doesn't start; one line."""


def review(engine: Engine, name: str, port: int, browser: bool) -> None:
    """Serve one person on loopback, without accounts, until interrupted. The link with the session's key is printed; who has
    not got it does not get in. Raises ServingError."""
    alone = Alone(name)
    with listening("127.0.0.1", port) as listener:
        link = f"http://127.0.0.1:{listener.getsockname()[1]}/enter?key="
        print(link + alone.secret, flush=True)
        if browser:
            threading.Thread(target=_open, args=(link + alone.once,), daemon=True).start()
        _run(create_app(engine, Serving(alone=alone)), listener)


def serve(
    engine: Engine, host: str, port: int, hosts: Sequence[str], header: str | None, proxies: Sequence[str]
) -> None:
    """Serve people with accounts until interrupted. Raises ServingError: there are none, or the call makes no sense."""
    with engine.connect() as connection:
        if not any_account(connection):
            raise ServingError("there are no accounts yet: extractor user add NAME --role lead --archive ARCHIVE")
    if header and not proxies:
        raise ServingError("--trust-header needs --trust-proxy: the addresses that may set it")
    try:
        proxy = Proxy(header or "", tuple(ip_network(p) for p in proxies)) if proxies else None
    except ValueError as error:
        raise ServingError(f"--trust-proxy: {error}") from None
    served: Collection[str] | None = hosts or (LOOPBACK if _is_loopback(host) else None)
    with listening(host, port) as listener:
        shown = f"[{host}]" if ":" in host else host
        print(f"http://{shown}:{listener.getsockname()[1]}/", flush=True)
        _run(create_app(engine, Serving(proxy=proxy, hosts=served)), listener)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises ServingError."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # with the protocol named, asyncio sends small packets at once on its connections; without, each answer takes 40 ms more
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
        return listener
    except OSError as error:
        raise ServingError(f"{host}:{port}: {error.strerror or error}") from None


def _run(app: FastAPI, listener: socket.socket) -> None:
    # who a request comes from is `identity`'s to say; uvicorn's own reading of forwarded headers would get between
    app.state.cube.get()  # counting a million findings from a cold disk takes a second: not while the first person waits
    config = uvicorn.Config(
        app, log_level="warning", server_header=False, proxy_headers=False, timeout_keep_alive=20, limit_concurrency=500,
        h11_max_incomplete_event_size=65536,
    )
    uvicorn.Server(config).run(sockets=[listener])


def _open(link: str) -> None:
    time.sleep(0.5)  # the server is listening already; this only lets its first lines come before the browser's
    webbrowser.open(link)

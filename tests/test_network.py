"""Tests reach servers on this machine and nothing beyond it."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

OUTSIDE = "192.0.2.1"  # set apart for documentation: nobody is there (RFC 5737)


def test_a_connection_to_the_outside_fails() -> None:
    with socket.socket() as one, pytest.raises(RuntimeError, match="Network is disabled"):
        one.connect((OUTSIDE, 80))
    with socket.socket(socket.AF_INET6) as other, pytest.raises(RuntimeError, match="Network is disabled"):
        other.connect_ex(("2001:db8::1", 80))


def test_a_connection_of_an_event_loop_to_the_outside_fails() -> None:
    with pytest.raises(RuntimeError, match="Network is disabled"):
        asyncio.run(asyncio.open_connection(OUTSIDE, 80))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_servers_on_loopback_are_reached(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection((host, server.getsockname()[1])) as client:
        assert client.getpeername() == server.getsockname()


def test_unix_sockets_are_reached(tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    for address in (path, "\0" + path):
        with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
            server.bind(address)
            server.listen()
            client.connect(address)
            assert client.getpeername() in (address, address.encode())

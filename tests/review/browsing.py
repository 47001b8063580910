"""A real server and a real browser, for the tests of the pages."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import Engine, delete, insert

from extractor.archive.schema import sessions
from extractor.archive.store import writing
from extractor.review import accounts
from extractor.review.app import Serving, create_app
from extractor.review.identity import COOKIE

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)
PASSWORD = "correct horse battery"


@contextmanager
def site(engine: Engine) -> Iterator[str]:
    """The server on a free port of the loopback; its address."""
    server = uvicorn.Server(uvicorn.Config(create_app(engine, Serving()), port=0, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@dataclass(slots=True)
class Desk:
    """A person at a browser, who has nothing but a keyboard. `problems`: errors of scripts and of the console."""

    page: Page
    problems: list[str]
    engine: Engine

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate("() => JSON.parse(document.getElementById('data').textContent)")
        return found

    @property
    def finding(self) -> dict[str, Any]:
        """The finding before the person."""
        number = self.page.locator("#main").get_attribute("data-finding")
        return next(f for f in self.data["findings"] if str(f["id"]) == number)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def decide(self, *keys: str) -> None:
        """Press keys and wait until the desk is at something else."""
        turn = self.page.locator("#main").get_attribute("data-turn") or ""
        self.press(*keys)
        self.page.wait_for_function("turn => (document.getElementById('main')?.dataset.turn ?? '') !== turn", arg=turn)

    def at_the_desk(self) -> bool:
        return self.page.locator("body.desk").count() > 0

    def cell(self, cell: str) -> str:
        return self.page.locator(f'#sheets [data-cell="{cell}"]').inner_text()


def person(
    browser: Browser, engine: Engine, address: str, name: str, role: str = "reviewer", language: str = "zh",
    password: bool = False,
) -> Desk:
    """A new person with an account: logged in by the log-in page with `password`, else with a session already."""
    with writing(engine) as connection, connection.begin():
        accounts.add(connection, name, role, PASSWORD if password else None)
    context: BrowserContext = browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="zh-CN" if language == "zh" else "en-GB"
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    if not password:
        context.add_cookies([{"name": COOKIE, "value": _session(engine, name), "url": address}])
    page.goto(address)
    if password:
        for typed in (name, "Tab", PASSWORD, "Enter"):
            (page.keyboard.press if typed in ("Tab", "Enter") else page.keyboard.type)(typed)
        page.wait_for_url(f"{address}/")
    return Desk(page, problems, engine)


def log_out(engine: Engine, name: str) -> None:
    """A person's sessions end, as after twelve hours."""
    with writing(engine) as connection, connection.begin():
        connection.execute(delete(sessions).where(sessions.c.name == name))


def log_in_elsewhere(desk: Desk, name: str) -> None:
    """Somebody logs in in another tab of the same browser."""
    address = desk.page.evaluate("() => location.origin")
    desk.page.context.add_cookies([{"name": COOKIE, "value": _session(desk.engine, name), "url": address}])


def _session(engine: Engine, name: str) -> str:
    """The secret of a new session."""
    secret = secrets.token_urlsafe()
    with writing(engine) as connection, connection.begin():
        row = {"digest": accounts.digest(secret), "name": name, "until": time.time() + 600}
        connection.execute(insert(sessions).values(row))
    return secret

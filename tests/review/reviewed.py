"""Archives to review, and people who do, for tests. The spoilt report says 999 in one cell; the right value mends it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from extractor.archive.schema import findings
from extractor.archive.store import writing
from extractor.forms.form import form
from extractor.review import accounts
from extractor.review.access import Role
from extractor.review.app import Serving, create_app
from extractor.review.identity import Proxy
from tests.archive.filled import filled
from tests.plain_report import plain_report, plain_values

CELL = "requests.granted.natural_person"
RIGHT = plain_values(form("2021"))[CELL]
PASSWORD = "correct horse battery"
PEOPLE = {"rita": Role.READER, "anna": Role.REVIEWER, "bert": Role.REVIEWER, "lena": Role.LEAD}


def spoilt(issuer: str = "云溪县水务局") -> str:
    """A report in which one number was read wrongly: its row and its column do not add up any more."""
    text = plain_report(issuer=issuer)
    values = plain_values(form("2021"))
    row = [str(values[cell]) for cell in form("2021").table("requests").row("granted").cells]
    line = "\t".join(row)
    assert text.count(line) == 1
    return text.replace(line, "\t".join(["999", *row[1:]]))


def archive_of(where: str, texts: Sequence[str]) -> Engine:
    """An archive with these reports, and an account for each of PEOPLE."""
    engine = filled(where, [(f"{number}.txt", text) for number, text in enumerate(texts, 1)])
    add_people(engine)
    return engine


def add_people(engine: Engine) -> None:
    with writing(engine) as connection, connection.begin():
        for name, role in PEOPLE.items():
            accounts.add(connection, name, role.name.lower(), None)  # who needs no password takes no time to hash one


def token(engine: Engine, name: str, scopes: Sequence[Any] = ("read", "review", "upload", "admin")) -> dict[str, str]:
    """The header of a person's API token."""
    with writing(engine) as connection, connection.begin():
        _, secret = accounts.new_token(connection, name, "test", set(scopes), 1)
    return {"authorization": f"Bearer {secret}"}


@contextmanager
def served(engine: Engine, proxy: Proxy | None = None) -> Iterator[TestClient]:
    """The server, called without a network."""
    with TestClient(create_app(engine, Serving(proxy=proxy, hosts=("testserver",)))) as client:
        yield client


class Caller:
    """One person who uses the API."""

    def __init__(self, client: TestClient, engine: Engine, name: str) -> None:
        self._client = client
        self._headers = token(engine, name)

    def get(self, path: str, expect: int = 200) -> Any:
        return self._done(self._client.get(path, headers=self._headers), expect)

    def post(self, path: str, body: Any = None, expect: int = 200) -> Any:
        return self._done(self._client.post(path, json=body, headers=self._headers), expect)

    def put(self, path: str, body: Any = None, expect: int = 200) -> Any:
        return self._done(self._client.put(path, json=body, headers=self._headers), expect)

    def delete(self, path: str, expect: int = 204) -> Any:
        return self._done(self._client.delete(path, headers=self._headers), expect)

    def next(self, query: str = "") -> Any:
        return self.post(f"/api/next{query}")["finding"]

    def decide(self, finding: Any, kind: str, value: Any = None, cell: str = CELL, expect: int = 200, **more: Any) -> Any:
        """An answer to a finding; for the kinds that are said of a cell, of CELL."""
        body = {"document": finding["document"], "finding": finding["id"], "kind": kind, **more}
        if kind in ("misread", "wrong_in_print", "illegible"):
            body["cells"] = [{"cell": cell, "value": value}]
        if kind == "dismissed":
            body.setdefault("reason", "test")
        return self.post("/api/decisions", body, expect)

    @staticmethod
    def _done(response: Any, expect: int) -> Any:
        assert response.status_code == expect, response.text
        return response.json() if response.headers.get("content-type") == "application/json" else response


def states(engine: Engine, document: int = 1) -> dict[str, str]:
    """The state of each finding of a document, by what stands before the point in its key."""
    with engine.connect() as connection:
        rows = connection.execute(select(findings.c.key, findings.c.state).where(findings.c.document_id == document))
        return {row.key.partition(".")[0]: row.state for row in rows}

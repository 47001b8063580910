"""What tests of several parts share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.postgres import Server, available


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server; `postgres.database()` is the URL of a new database on it."""
    if not available():
        pytest.skip("PostgreSQL is not installed")
    server = Server()
    try:
        yield server
    finally:
        server.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def new_archive(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """Makes addresses of new archives: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return lambda: str(tmp_path_factory.mktemp("archive") / "archive.sqlite")
    server: Server = request.getfixturevalue("postgres")
    return server.database

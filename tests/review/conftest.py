"""What the review's tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from tests.review.reviewed import Caller, archive_of, served, spoilt


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An archive with two spoilt reports."""
    engine = archive_of(str(tmp_path / "archive.sqlite"), [spoilt(), spoilt("云溪县教育局")])
    yield engine
    engine.dispose()


@pytest.fixture
def client(engine: Engine) -> Iterator[TestClient]:
    with served(engine) as client:
        yield client


@pytest.fixture
def person(client: TestClient, engine: Engine) -> Callable[[str], Caller]:
    """Somebody who uses the API, by name."""
    return lambda name: Caller(client, engine, name)

"""What the review's tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from tests.review.reviewed import Caller, archive_of, served, spoilt


@pytest.fixture
def engine(new_archive: Callable[[], str]) -> Iterator[Engine]:
    """An archive with two spoilt reports, on each database."""
    engine = archive_of(new_archive(), [spoilt(), spoilt("云溪县教育局")])
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

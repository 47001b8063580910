"""The OpenAPI document is true: no call that it allows makes the server fail, and answers are as it says."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import response_schema_conformance

from extractor.review.app import Serving, create_app
from extractor.review.serving import listening
from tests.review.reviewed import RIGHT, Caller, archive_of, served, spoilt, token


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, dict[str, str], Any]]:
    """A real one on loopback with a report on which something was decided: its address, a lead's header, its document."""
    engine = archive_of(str(tmp_path / "a.sqlite"), [spoilt()])
    with served(engine) as client:
        anna = Caller(client, engine, "anna")
        anna.decide(anna.next(), "misread", RIGHT)
        headers = token(engine, "lena")
        document = client.get("/api/openapi.json", headers=headers).json()
    listener = listening("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(create_app(engine, Serving()), log_level="critical", proxy_headers=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", headers, document
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
        engine.dispose()


def test_no_call_makes_the_server_fail(server: tuple[str, dict[str, str], Any]) -> None:
    address, headers, document = server
    tried = []
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]  # it raises where the document is wrong
        tried.append(operation.label)

        @given(case=operation.as_strategy())
        @settings(
            max_examples=10, deadline=None, derandomize=True, phases=[Phase.generate], database=None,
            suppress_health_check=list(HealthCheck),
        )
        def holds(case: Any) -> None:
            response = case.call(base_url=address, headers=headers)
            assert response.status_code < 500, response.text
            if response.status_code < 300:
                case.validate_response(response, checks=(response_schema_conformance,))

        holds()
    assert len(tried) == sum(len(methods) for methods in document["paths"].values())

"""Recorded exchanges: where they lie, how they are written and matched, and what they never hold."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from vcr import VCR
from vcr.cassette import Cassette

CASSETTES = Path(__file__).parents[2] / "cassettes"
ENDPOINT = "http://recorded.invalid/v1"
"""In the place of the endpoint that was recorded: which one it was is no part of an exchange."""
_KEPT = {"content-type", "retry-after"}


class _Blocks(yaml.SafeDumper):
    """Texts of several lines as blocks."""


_Blocks.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, "|" if "\n" in text else None)
)


class Readable:
    """Cassettes as YAML whose bodies are YAML too, Chinese as Chinese."""

    @staticmethod
    def serialize(cassette: dict[str, Any]) -> str:
        for exchange in cassette["interactions"]:
            exchange["request"]["body"] = _opened(exchange["request"]["body"])
            exchange["response"]["body"] = _opened(exchange["response"]["body"].get("string"))
        return yaml.dump(cassette, Dumper=_Blocks, allow_unicode=True, sort_keys=False, width=120)

    @staticmethod
    def deserialize(text: str) -> dict[str, Any]:
        cassette: dict[str, Any] = yaml.safe_load(text)
        for exchange in cassette["interactions"]:
            exchange["request"]["body"] = _closed(exchange["request"]["body"])
            exchange["response"]["body"] = {"string": _closed(exchange["response"]["body"])}
        return cassette


def _opened(body: Any) -> Any:
    text = body.decode() if isinstance(body, bytes) else body
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


def _closed(body: Any) -> Any:
    return body if body is None or isinstance(body, str) else json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def pytest_recording_configure(config: pytest.Config, vcr: VCR) -> None:
    vcr.register_serializer("yaml", Readable)


@pytest.fixture(scope="module")
def vcr_cassette_dir() -> str:
    return str(CASSETTES)


@pytest.fixture
def vcr_config() -> dict[str, Any]:
    return {
        "match_on": ["method", "path", "body"],
        "before_record_request": _plain_request,
        "before_record_response": _plain_response,
        "allow_playback_repeats": False,
        "decode_compressed_response": True,
    }


def _plain_request(request: Any) -> Any:
    """Without the endpoint's name and without headers: the key is one of them."""
    request.uri = ENDPOINT + request.path[request.path.index("/chat/") :]
    request.headers = {k: v for k, v in request.headers.items() if k.lower() == "content-type"}
    return request


def _plain_response(response: dict[str, Any]) -> dict[str, Any]:
    response["headers"] = {k: v for k, v in response["headers"].items() if k.lower() in _KEPT}
    return response


@pytest.fixture(autouse=True)
def every_exchange_is_played(vcr: Cassette | None, record_mode: str) -> Iterator[None]:
    """A recorded exchange that the test does not play is a failure."""
    yield
    if vcr is not None and record_mode == "none":
        assert len(vcr) > 0, "nothing is recorded for this test: make record"
        assert vcr.all_played, f"{len(vcr) - vcr.play_count} recorded exchanges were not played"


@pytest.fixture(autouse=True)
def no_settings_from_outside(record_mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests see no model that the environment names, unless they record it."""
    if record_mode == "none":
        for name in [n for n in os.environ if n.startswith("EXTRACTOR_")]:
            monkeypatch.delenv(name)

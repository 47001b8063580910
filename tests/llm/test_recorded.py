"""Whole questions and answers, played from cassettes/ with the network blocked; `make record` records them anew.

Recorded is what EXTRACTOR_BASE_URL names, with its key and profile, and where nothing is named the stand-in.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from extractor.asking import extract_with
from extractor.documents import Document
from extractor.documents.load import load
from extractor.eval.judge import named_cells
from extractor.eval.standin.answers import Library
from extractor.eval.standin.errors import ErrorModel
from extractor.eval.standin.server import StandIn, from_library
from extractor.eval.truth import read_truth, same
from extractor.llm.client import Client
from extractor.llm.outcome import Kind
from extractor.llm.profiles import profiles
from extractor.llm.settings import Settings, from_environment
from extractor.output import to_json_object
from extractor.reading.model.answer import ReportAnswer
from extractor.reading.model.prompts import prompt
from extractor.reading.modes import Mode
from tests.llm.conftest import CASSETTES, ENDPOINT

SAMPLES = Path(__file__).parents[2] / "samples"
RECORDED = CASSETTES / "recorded.toml"
CASES: list[tuple[str, Mode]] = [
    ("3-township-2023", "model"), ("4-water-bureau-2020", "challenge"), ("5-tea-centre-2021", "cascade"),
]


def document(name: str) -> Document:
    return load(SAMPLES / f"{name}.txt")


@pytest.fixture
def settings(record_mode: str) -> Iterator[Settings]:
    """Whom to ask: when playing, whoever was recorded."""
    if record_mode == "none":
        recorded = tomllib.loads(RECORDED.read_text("utf-8"))
        yield Settings(ENDPOINT, "none", recorded["model"], profiles()[recorded["profile"]])
        return
    named = from_environment()
    if named is not None:
        _note(named, "an endpoint of the recorder's")
        yield Settings(named.base_url, named.key, named.model, named.profile)
        return
    library = Library((document(name), read_truth(SAMPLES / f"{name}.json")) for name, _ in CASES)
    with StandIn(from_library(library, ErrorModel(0.02, 1))).in_thread() as standin:
        own = Settings(standin.base_url, "none", "stand-in", profiles()["openai"])
        _note(own, "the stand-in of this repository, with 2 % wrong values per cell; no model's")
        yield own


def _note(settings: Settings, answers: str) -> None:
    RECORDED.write_text(
        f'model = "{settings.model}"\nprofile = "{settings.profile.name}"\nanswers = "{answers}"\n', "utf-8"
    )


@pytest.mark.vcr
@pytest.mark.block_network
@pytest.mark.parametrize(("name", "mode"), CASES)
def test_report(name: str, mode: Mode, settings: Settings) -> None:
    source, truth = document(name), read_truth(SAMPLES / f"{name}.json")
    client = Client(settings)
    try:
        report, verification = extract_with(source, mode, [client])
    finally:
        client.close()
    assert [asked.outcome for asked in report.models] == [Kind.ANSWERED]
    assert report.models[0].prompt == prompt("read-report", 2).identity
    assert report.models[0].tokens_in > report.models[0].tokens_out > 0
    output = to_json_object(source, report, verification)
    named = named_cells(output["findings"])
    for key, cell in output["cells"].items():
        if cell["value"] is not None:
            assert source.text[slice(*cell["span"])] == cell["raw"]
            true = truth.cells[key]
            assert same(cell["value"], true.value) or same(cell["value"], true.on_page) or key in named, key


def cassettes() -> list[Path]:
    return sorted(CASSETTES.glob("*.yaml"))


def test_no_cassette_is_left_over() -> None:
    assert [path.stem for path in cassettes()] == sorted(f"test_report[{name}-{mode}]" for name, mode in CASES)


@pytest.mark.parametrize("path", cassettes(), ids=lambda path: path.stem)
def test_what_left_carries_the_strict_schema_and_no_secret(path: Path) -> None:
    recorded: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    profile = profiles()[tomllib.loads(RECORDED.read_text("utf-8"))["profile"]]
    for exchange in recorded["interactions"]:
        request = exchange["request"]
        if profile.reply == "json_schema":
            held = request["body"]["response_format"]["json_schema"]
            assert held == {"name": "ReportAnswer", "strict": True, "schema": ReportAnswer.strict_schema()}
        assert request["uri"].startswith(ENDPOINT)
        assert set(request["headers"]) <= {"content-type", "Content-Type"}
        assert request["body"]["messages"][0]["content"].startswith(prompt("read-report", 2).text)


@pytest.mark.parametrize("path", cassettes(), ids=lambda path: path.stem)
def test_cassettes_are_readable(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "\\u" not in text
    assert "政府信息公开" in text

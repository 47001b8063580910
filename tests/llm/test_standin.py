"""The stand-in speaks the protocol, errs as told, and serves the command line and two models at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from click.testing import CliRunner

from extractor.asking import extract_with, models
from extractor.cli import cli
from extractor.documents import Document
from extractor.eval.datasets import GeneratedSet
from extractor.eval.standin.answers import Library
from extractor.eval.standin.errors import ErrorModel
from extractor.eval.standin.server import StandIn, from_library
from extractor.eval.truth import Truth
from extractor.llm.client import Client
from extractor.reading.modes import MODES
from extractor.report import State
from tests.llm.asking import settings

SET = GeneratedSet("default", 6, 17)
READ: list[tuple[Document, Truth]] = [SET.load(name) for name in SET.names()]
LIBRARY = Library(READ)


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with StandIn(from_library(LIBRARY)).in_thread() as serving:
        yield serving


def test_streamed_and_whole_answers_are_the_same(standin: StandIn) -> None:
    client = openai.OpenAI(base_url=standin.base_url, api_key="none", max_retries=0)
    asked: list[Any] = [{"role": "user", "content": "要读：d\n1 无"}]
    whole = client.chat.completions.create(model="m", messages=asked)
    pieces = client.chat.completions.create(model="m", messages=asked, stream=True, stream_options={"include_usage": True})
    streamed, tokens = "", 0
    for piece in pieces:
        streamed += "".join(choice.delta.content or "" for choice in piece.choices)
        tokens = piece.usage.total_tokens if piece.usage else tokens
    client.close()
    assert streamed == whole.choices[0].message.content
    assert whole.usage is not None and tokens == whole.usage.total_tokens


def test_two_models_are_compared(standin: StandIn) -> None:
    erring = StandIn(from_library(LIBRARY, ErrorModel(0.2, 3)))
    with erring.in_thread():
        clients = [Client(settings(standin.base_url)), Client(settings(erring.base_url))]
        for document, truth in READ:
            report, verification = extract_with(document, "challenge", clients)
            assert len(report.models) == 2
            named = {cell for finding in verification.findings for cell in finding.cells}
            for table in report.tables.values():
                for cell, reading in table.cells.items():
                    if reading.state is State.PRINTED and cell in truth.cells:
                        assert reading.value == truth.cells[cell].value or cell in named
        for client in clients:
            client.close()
    assert len(standin.requests) == len(erring.requests) == len(READ)


def test_errors_are_the_same_for_the_same_seed(standin: StandIn) -> None:
    erring, again, other = (from_library(LIBRARY, ErrorModel(0.3, seed)) for seed in (1, 1, 2))
    client = Client(settings(standin.base_url))
    extract_with(READ[0][0], "model", [client])
    client.close()
    body = standin.requests[0]
    assert erring(body) == again(body) != other(body)


@pytest.mark.parametrize("mode", MODES)
def test_the_command_line_reads_in_every_mode(
    mode: str, standin: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, _ = READ[0]
    file = tmp_path / "report.txt"
    file.write_text(document.text, "utf-8", newline="")
    monkeypatch.setenv("EXTRACTOR_BASE_URL", standin.base_url)
    monkeypatch.setenv("EXTRACTOR_MODEL", "stand-in")
    monkeypatch.setenv("EXTRACTOR_CACHE", str(tmp_path / "answers.sqlite"))
    outputs = [CliRunner().invoke(cli, ["extract", str(file), "--json", "--mode", mode]) for _ in range(2)]
    assert [o.exit_code for o in outputs] == [0, 0]
    first, again = (json.loads(o.stdout) for o in outputs)
    assert len(standin.requests) == (0 if mode == "grid" else 1)  # the second run is paid for already
    assert first["cells"] == again["cells"]
    assert [m["cached"] for m in again.get("models", [])] == ([] if mode == "grid" else [True])


def test_cascade_is_the_default_once_a_model_is_set(
    standin: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "report.txt"
    file.write_text(READ[1][0].text, "utf-8", newline="")
    monkeypatch.setenv("EXTRACTOR_BASE_URL", standin.base_url)
    monkeypatch.setenv("EXTRACTOR_MODEL", "stand-in")
    monkeypatch.setenv("EXTRACTOR_CACHE", "off")
    assert "models" in json.loads(CliRunner().invoke(cli, ["extract", str(file), "--json"]).stdout)
    monkeypatch.delenv("EXTRACTOR_MODEL")
    assert "models" not in json.loads(CliRunner().invoke(cli, ["extract", str(file), "--json"]).stdout)


def test_a_mode_without_a_model_is_a_wrong_call(tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_text("…", "utf-8")
    result = CliRunner().invoke(cli, ["extract", str(file), "--mode", "model"])
    assert result.exit_code == 2
    assert "EXTRACTOR_MODEL" in result.stderr


def test_the_second_model_takes_what_is_not_set_from_the_first() -> None:
    first = {"EXTRACTOR_MODEL": "a", "EXTRACTOR_BASE_URL": "http://x/v1", "EXTRACTOR_CACHE": "off"}
    assert [s.model for s in models(first)] == ["a"]
    both = models({**first, "EXTRACTOR_SECOND_MODEL": "b"})
    assert [(s.model, s.base_url) for s in both] == [("a", "http://x/v1"), ("b", "http://x/v1")]

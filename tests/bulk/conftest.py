"""Reports and a model that knows them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from extractor.eval.standin.server import StandIn
from tests.bulk.runs import holds, run, stand_in, write_reports

COUNT = 16


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of sixteen generated reports."""
    folder = tmp_path_factory.mktemp("reports")
    write_reports(folder, COUNT)
    return folder


@pytest.fixture
def model() -> Iterator[StandIn]:
    """A stand-in that knows them, and takes a moment for each answer."""
    with stand_in(COUNT, latency=0.05).in_thread() as model:
        yield model


@pytest.fixture(scope="session")
def undisturbed(reports: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What an archive holds after a run over the reports, with the model, that nothing disturbed."""
    archive = str(tmp_path_factory.mktemp("undisturbed") / "archive.sqlite")
    with stand_in(COUNT).in_thread() as model:
        status, out, err = run(archive, [reports], "--mode", "cascade", model=model)
        assert status == 0, out + err
        assert len(model.requests) == COUNT
    return holds(archive)

"""A run that looks again: what is in doubt on a scan is asked of the model that sees, within the budget, and paid for once."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2
import pytest
from PIL import Image

pytest.importorskip("rapidocr")

from extractor.archive.connecting import connect
from extractor.archive.lookup import currents
from extractor.eval.pages.printed import printed_report
from extractor.eval.pages.printing import print_all
from extractor.eval.standin.looks import images_in
from extractor.eval.standin.server import StandIn
from extractor.reading.second_look import MOST
from tests.bulk.runs import command, environment

PAGE = 2
"""The page of the report that has a whole table."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One scanned page, with scrawl over its numbers here and there."""
    (pdf,) = print_all([printed_report(1, 5)[0]])
    page = np.array(pypdfium2.PdfDocument(pdf)[PAGE].render(scale=200 / 72).to_pil().convert("L"))
    height, width = page.shape
    for y in range(height // 5, 4 * height // 5, height // 9):
        x = int(0.8 * width)
        cv2.polylines(page, [np.array([[x, y], [x + 9, y + 14], [x + 14, y], [x + 20, y + 14]], np.int32)], False, 40, 2)
    folder = tmp_path_factory.mktemp("scans")
    Image.fromarray(page).save(folder / "page.png", dpi=(200, 200))
    return folder


def ran(folder: Path, archive: Path, *options: str) -> tuple[int, str, StandIn]:
    standin = StandIn(lambda body: json.dumps({"digits": "4711"}))
    with standin.in_thread():
        settings = {"MODEL": "sees", "BASE_URL": standin.base_url, "API_KEY": "none", "PRICE_IN": "1", "PRICE_OUT": "1"}
        told = environment() | {f"EXTRACTOR_VISION_{name}": value for name, value in settings.items()}
        call = command(str(archive), [folder], "--mode", "grid", "--second-look", *options)
        done = subprocess.run(call, env=told, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout + done.stderr, standin


def held(archive: Path) -> Any:
    engine = connect(str(archive), create=False)
    with engine.connect() as connection:
        (current,) = currents(connection)
    engine.dispose()
    return current


def test_a_run_looks_again_within_its_budget_and_pays_once(folder: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive.sqlite"
    status, said, standin = ran(folder, archive, "--budget", "0t")
    assert (status, standin.requests) == (4, []), said
    status, said, standin = ran(folder, archive)
    assert status == 0, said
    assert 0 < len(standin.requests) <= MOST and all(len(images_in(body)) == 1 for body in standin.requests)
    report, verification = held(archive).content.report, held(archive).content.verification
    (asked,) = report.models
    assert asked.model == "sees" and asked.calls == len(standin.requests)
    differ = [f for f in verification.findings if f.code == "C-READERS-DIFFER"]
    assert differ and all("4711" in str(f.params["raw"]) for f in differ)
    cells = {cell: reading for table in report.tables.values() for cell, reading in table.cells.items()}
    assert all(reading.value != 4711 for reading in cells.values())
    assert any(value == 4711 for reading in cells.values() for value, _ in reading.alternatives)
    status, said, standin = ran(folder, archive)
    assert (status, standin.requests) == (0, []), said

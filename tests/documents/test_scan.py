"""Scans, made by the project's own generator of pages, are read as they are printed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

pytest.importorskip("rapidocr")

from extractor.documents.composing import Table
from extractor.documents.load import load
from extractor.documents.ocr import page_reader
from extractor.documents.ocr.ink import inked
from extractor.documents.ocr.paddle import decoded
from extractor.documents.ocr.ruling import grids, rulings
from extractor.documents.ocr.straighten import askew, straight
from extractor.documents.ocr.tesseract import Tesseract
from extractor.eval.judge import GOOD, judge_page, named_cells
from extractor.eval.pages.printing import browser
from extractor.eval.pages.writing import write_pages
from extractor.eval.truth import Truth, read_truth
from extractor.output import to_json_object
from extractor.pipeline import extract
from extractor.reading.cells import content_of
from extractor.reading.on_page import UNSURE
from extractor.report import State

WEARS = ("clean", "fax")
"""One report each; all wears are measured by `extractor eval pages` and `eval run` (docs/scans.md)."""


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    browser()  # a missing browser is said, not skipped: .ci/run installs it
    folder = tmp_path_factory.mktemp("scans")
    assert len(list(write_pages(folder, WEARS, 200, 1, 7, "dense"))) == len(WEARS)
    return folder


def outcomes(truth: Truth, output: Mapping[str, Any]) -> list[str]:
    named = named_cells(output["findings"])
    return [judge_page(true, output["cells"].get(c, {}), named.get(c, "silent")) for c, true in truth.cells.items()]


@pytest.mark.parametrize("wear", WEARS)
def test_a_scan_gives_the_numbers_of_the_page(scans: Path, wear: str) -> None:
    path = scans / f"{wear}-200-7-0000.tif"
    document = load(path)
    output = to_json_object(document, *extract(document))
    found = outcomes(read_truth(path.with_suffix(".json")), output)
    right = sum(outcome in GOOD for outcome in found)
    assert right >= 0.995 * len(found)
    assert not [outcome for outcome in found if outcome.endswith("_silent")]
    if wear == "clean":
        assert right == len(found) and "S-UNSURE" not in {f["code"] for f in output["findings"]}
    assert document.layout is not None
    boxes = [document.layout.boxes(*cell["span"]) for cell in output["cells"].values() if cell.get("span")]
    pages = document.layout.pages
    for places in boxes:
        assert places  # every number has its place on a page
        for page, (x0, y0, x1, y1) in places:
            assert 0 <= x0 < x1 <= pages[page].width and 0 <= y0 < y1 <= pages[page].height


def test_the_same_page_gives_the_same_truth_and_the_same_wear(tmp_path: Path) -> None:
    names = [list(write_pages(tmp_path / run, ("noise",), 75, 1, 3)) for run in ("a", "b")]
    assert names[0] == names[1]
    (name,) = names[0]
    assert (tmp_path / "a" / f"{name}.tif").read_bytes() == (tmp_path / "b" / f"{name}.tif").read_bytes()
    a, b = (json.loads((tmp_path / run / f"{name}.json").read_text("utf-8")) for run in ("a", "b"))
    assert a == b and a["layout"] == "noise"


def table(columns: Sequence[int], rows: Sequence[int]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    image = np.full((rows[-1] + 200, columns[-1] + 200), 255, np.uint8)
    for x in columns:
        cv2.line(image, (x, rows[0]), (x, rows[-1]), 0, 2)
    for y in rows:
        cv2.line(image, (columns[0], y), (columns[-1], y), 0, 2)
    return image


def test_merged_cells_and_gaps_in_lines() -> None:
    columns, rows = [100, 300, 500, 700, 900], [100, 160, 220, 280, 340]
    image = table(columns, rows)
    image[105:158, 298:303] = 255  # the first two cells of the first row are one
    image[220:224, 330:360] = 255  # a line with a gap parts as before
    page = inked(image, 200)
    (grid,) = grids(page, rulings(page))
    assert [(c.row, c.column, c.row_span, c.column_span) for c in grid.cells][:4] == [
        (0, 0, 1, 2), (0, 2, 1, 1), (0, 3, 1, 1), (1, 0, 1, 1),
    ]  # fmt: skip
    assert len(grid.cells) == 15


def test_two_tables_of_one_width_close_together_are_two() -> None:
    image = table([100, 300, 500, 700, 900], [100, 160, 220, 280, 340])
    below = table([100, 200, 420, 640, 760, 900], [400, 460, 520, 580])
    image = np.vstack([image[:370], below[370:]])
    cv2.putText(image, "HEADING", (100, 385), cv2.FONT_HERSHEY_SIMPLEX, 1, 0, 2)
    page = inked(image, 200)
    assert [len(grid.cells) for grid in grids(page, rulings(page))] == [16, 15]


@pytest.mark.parametrize("angle", [-3.0, -0.5, 0.0, 1.7])
def test_a_page_laid_askew_is_laid_straight_and_boxes_find_back(angle: float) -> None:
    image = table([200, 500, 900, 1200], [200, 300, 420, 600, 900])
    height, width = image.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    scan = np.asarray(cv2.warpAffine(image, turn, (width, height), borderValue=255), np.uint8)
    page = inked(scan, 200)
    assert abs(askew(page) + angle) < 0.15
    laid = straight(page)
    (grid,) = grids(laid.page, rulings(laid.page))
    assert len(grid.cells) == 12
    x0, y0, x1, y1 = laid.box(*grid.cells[0].box)
    corner = turn @ np.array([200, 200, 1])
    assert x0 - 4 <= corner[0] <= x1 and y0 - 8 <= corner[1] <= y1


@pytest.mark.parametrize("grey", [60, 215])
def test_ink_that_is_no_number_is_not_called_blank(grey: int) -> None:
    """Scrawl in a cell, dark or hardly there, is illegible and named by its place; the cells beside it stay empty."""
    image = table([200, 500, 900, 1200], [200, 300, 420, 600, 900])
    cv2.polylines(image, [np.array([[650, 345], [665, 372], [680, 345], [695, 372], [690, 350]], np.int32)], False, grey, 3)
    _, blocks = page_reader(1)(Image.fromarray(image), 0, 200)
    (found,) = [block for block in blocks if isinstance(block, Table)]
    held = {(cell.row, cell.column): cell.lines for cell in found.cells if cell.lines}
    (place, (line,)), = held.items()
    assert place == (1, 1)
    text = "".join(run.text for run in line)
    assert content_of(text).state in (State.ILLEGIBLE, State.MARKED) or line[0].confidence < UNSURE
    assert line[0].box is not None


def test_a_second_character_that_is_nearly_as_likely_is_named() -> None:
    scores = np.zeros((5, 4), np.float32)
    scores[:, 0] = 1
    scores[1] = (0, 0.9, 0.05, 0)
    scores[3] = (0, 0.02, 0.5, 0.48)
    line = decoded(scores, ("blank", "1", "3", "8"))
    assert line.text == "13" and line.confidence == 0.5
    assert line.alternatives[0].text == "18" and line.alternatives[0].confidence == pytest.approx(0.48)


def test_tesseract_reads_behind_the_same_interface(scans: Path) -> None:
    assert shutil.which("tesseract")
    with Image.open(scans / "clean-200-7-0000.tif") as image:
        image.seek(1)
        page = np.asarray(image.convert("L"))
    quads = Tesseract().find(page)
    lines = Tesseract().read([page[max(y0 - 4, 0) : y1 + 4, max(x0 - 4, 0) : x1 + 4] for x0, y0, x1, y1 in quads[:8]])
    assert any("政府信息公开" in line.text for line in lines) or sum(len(line.text) for line in lines) > 20

"""A row that has its label and no number: the numbers of the rows above may stand one row too high."""

from __future__ import annotations

import random
from dataclasses import replace

from extractor.report import Defect, State
from extractor.verification.finding import Finding
from extractor.verification.verify import verify
from tests.verification.tables import columns, outcome_rows, report, table_reading, valid_requests

ROWS = outcome_rows("2021")
COLUMNS = columns("2021", "requests")


def slipped(cells: dict[str, int], first: int, last: int) -> dict[str, int | State | None]:
    """From row `first` on the numbers of the next row stand, up to row `last`, which has none."""
    found: dict[str, int | State | None] = dict(cells)
    for row in range(first, last + 1):
        for column in COLUMNS:
            below = f"requests.{ROWS[row + 1]}.{column}" if row < last else None
            found[f"requests.{ROWS[row]}.{column}"] = cells[below] if below else State.BLANK
    return found


def slips(cells: dict[str, int | State | None]) -> list[Finding]:
    return [f for f in verify(report(table_reading("requests", cells))).findings if f.code == "V-SLIPPED"]


def test_every_number_that_slipped_is_named() -> None:
    for seed in range(20):
        cells = valid_requests(random.Random(seed), zeros=0.3)
        first, last = sorted(random.Random(seed + 1000).sample(range(len(ROWS) - 1), 2))
        (finding,) = slips(slipped(cells, first, last))
        moved = {f"requests.{ROWS[row]}.{c}" for row in range(first, last) for c in COLUMNS}
        assert moved <= set(finding.cells)
        assert not any(ROWS[row] in cell for cell in finding.cells for row in range(last, len(ROWS)))


def test_noughts_that_a_body_leaves_blank_are_no_slip() -> None:
    for seed in range(20):
        cells: dict[str, int | State | None] = dict(valid_requests(random.Random(seed), zeros=0.9))
        blank = {cell: State.BLANK if value == 0 else value for cell, value in cells.items()}
        assert slips(blank) == []


def test_a_row_whose_label_is_lost_too_is_no_slip() -> None:
    cells: dict[str, int | State | None] = dict(valid_requests(random.Random(3), zeros=0.3))
    lost = tuple(f"requests.{ROWS[9]}.{c}" for c in COLUMNS)
    names = {"label": ROWS[9], "label_zh": ROWS[9], "label_en": ROWS[9], "last_zh": "", "last_en": "", "count": 1}
    names |= {"table_zh": "", "table_en": ""}
    reading = replace(table_reading("requests", cells | dict.fromkeys(lost)), defects=(Defect("S-ROW-LOST", lost, (), names),))
    codes = {f.code for f in verify(report(reading)).findings}
    assert "S-ROW-LOST" in codes and "V-SLIPPED" not in codes

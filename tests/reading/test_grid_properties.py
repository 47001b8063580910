"""Any report, in any layout: what the page had is read back, and nothing else is ever read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.eval.generate import generate
from extractor.report import State
from tests.reading.tables import read

LAYOUTS = ["tabs", "pipes", "pipes_bare", "html", "lines", "lines_pipes", "columns", "flat"]
numbers = st.integers(0, 2**32)


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=15, deadline=None)
@given(number=numbers)
def test_a_dense_report_is_read_back_exactly(layout: str, number: int) -> None:
    sample = generate(20, "dense", number, layout)
    tables = read(sample.text)
    assert {key: t.form for key, t in tables.items()} == sample.truth.tables
    open_cells = {cell for t in tables.values() for row in t.open_rows for cell in row.cells}
    for key, table in tables.items():
        for cell, truth in sample.truth.cells.items():
            if cell.startswith(key) and truth.state is State.PRINTED and not truth.open and cell not in open_cells:
                assert table.cells[cell].value == truth.value, cell


@settings(max_examples=60, deadline=None)
@given(number=numbers)
def test_every_reading_stands_where_it_says(number: int) -> None:
    sample = generate(21, "dense-damaged", number)
    for table in read(sample.text).values():
        for cell, reading in table.cells.items():
            if reading.span is None:
                assert reading.raw == "" and reading.value is None, cell
            else:
                assert sample.text[slice(*reading.span)] == reading.raw, cell
            assert (reading.value is not None) == (reading.state is State.PRINTED), cell
        for row in table.open_rows:
            assert len(row.readings) <= len(row.cells)
            assert all(way == tuple(sorted(set(way))) and way[-1] < len(row.cells) for way in row.placements)
            assert not set(row.cells) & set(table.cells)

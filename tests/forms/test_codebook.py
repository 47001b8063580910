"""The codebook says of every cell of every form what it is, and its page in docs/ is current."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from extractor.forms.codebook import as_csv, as_json, as_markdown, codebook
from extractor.forms.form import forms

PAGE = Path(__file__).parents[2] / "docs" / "codebook.md"


def test_every_cell_of_every_form_once() -> None:
    variables = {v.id: v for v in codebook()}
    assert len(variables) == len(codebook())
    for form in forms():
        assert set(form.cell_ids) <= variables.keys()
        assert {v.id for v in codebook() if form.code in v.forms} == set(form.cell_ids)


def test_what_a_variable_says() -> None:
    variables = {v.id: v for v in codebook()}
    total = variables["requests.outcomes_total.total"]
    assert total.row == ("三、本年度办理结果", "（七）总计")
    assert total.forms == ("2019", "2021")
    assert set(total.identities) == {"R-ROW-TOTAL", "R-COL-OUTCOMES", "R-COL-BALANCE"}
    assert variables["disclosure.fees.amount"].kind == "amount"
    assert variables["disclosure.fees.amount"].unit == "万元"
    assert variables["disclosure.licences.change"].kind == "change"
    assert variables["requests.received.natural_person"].kind == "count"


def test_all_formats_have_all_variables() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv())))
    ids = [v.id for v in codebook()]
    assert [row["id"] for row in rows] == ids
    assert [entry["id"] for entry in as_json()] == ids
    assert all(f"`{id_}`" in as_markdown() for id_ in ids)


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == as_markdown(), "run: extractor codebook --format markdown > docs/codebook.md"

"""One finding, not one per row, where one cause struck several rows of a table; and every row and cell named in it."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from extractor.messages import text
from extractor.report import Defect, Report, TableReading
from extractor.verification.finding import Finding
from extractor.verification.verify import verify
from tests.verification.tables import columns, open_row, reading, report, rows, table_reading, valid_requests

ROWS = [row for row in rows("2021", "requests") if row.startswith("refused")]


def cells_of(row: str) -> tuple[str, ...]:
    return tuple(f"requests.{row}.{c}" for c in columns("2021", "requests"))


def of_code(found: Report, code: str) -> list[Finding]:
    return [f for f in verify(found).findings if f.code == code]


def with_open(truth: dict[str, int], short: dict[str, int]) -> TableReading:
    """A table of which these rows have so many of their first numbers only."""
    gone = {cell for row in short for cell in cells_of(row)}
    cells = {c: v for c, v in truth.items() if c not in gone}
    lines = [open_row("requests", row, {c: truth[c] for c in cells_of(row)[:kept]}) for row, kept in short.items()]
    return table_reading("requests", cells, lines)


def test_rows_of_noughts_are_one_finding() -> None:
    truth = dict.fromkeys(valid_requests(random.Random(0)), 0)
    found = of_code(report(with_open(truth, dict.fromkeys(ROWS, 5))), "S-ROW-PLACED")
    assert [f.cells for f in found] == [tuple(c for row in ROWS for c in cells_of(row))]
    assert len(found[0].spans) == 5 * len(ROWS)
    for language in ("zh", "en"):
        message = text(found[0].code, found[0].params, language)
        assert str(len(ROWS)) in message
        assert message.count("0 0 0 0 0") == len(ROWS)


def test_rows_that_were_placed_by_value_are_a_finding_each() -> None:
    truth = valid_requests(random.Random(5), zeros=0.0)
    found = of_code(report(with_open(truth, dict.fromkeys(ROWS[:2], 6))), "S-ROW-PLACED")
    assert {f.cells for f in found} == {cells_of(row) for row in ROWS[:2]}


def test_rows_that_stay_open_for_one_reason_are_one_finding() -> None:
    truth = valid_requests(random.Random(5), zeros=0.0)
    wrong = truth | {c: truth[c] + 1000 for c in cells_of("granted")[:2]}
    found = of_code(report(with_open(wrong, dict.fromkeys(ROWS[:3], 3))), "S-ROW-OPEN")
    assert [f.cells for f in found] == [tuple(c for row in ROWS[:3] for c in cells_of(row))]
    assert "几种归栏" in text(found[0].code, found[0].params, "zh")


@pytest.mark.parametrize("code", ["S-LABEL-LOST", "S-ROW-SHORT"])
def test_a_defect_of_several_rows_is_one_finding_and_names_them(code: str) -> None:
    def defect(row: str, at: int, count: int = 5) -> Defect:
        names = {"label_zh": f"〔{row}〕", "label_en": f"<{row}>", "count": count, "columns": 7, "raw": "1"}
        return Defect(code, cells_of(row), ((at, at + 1),), names)

    table = table_reading("requests", dict.fromkeys(valid_requests(random.Random(0)), None))
    defects = [defect(row, at) for at, row in enumerate(ROWS)]
    found = of_code(report(replace(table, defects=tuple(defects))), code)
    assert [f.cells for f in found] == [tuple(c for row in ROWS for c in cells_of(row))]
    assert found[0].spans == tuple(s for d in defects for s in d.spans)
    assert all(f"〔{row}〕" in text(code, found[0].params, "zh") for row in ROWS)
    assert all(f"<{row}>" in text(code, found[0].params, "en") for row in ROWS)
    if code == "S-ROW-SHORT":  # rows that lack another number of cells are told apart
        other = [*defects, defect("granted", 99, 2)]
        assert len(of_code(report(replace(table, defects=tuple(other))), code)) == 2


def test_changes_without_signs_are_one_finding() -> None:
    cells = {f"disclosure.{row}.change": reading(8) for row in ("fees", "licences", "penalties")}
    table = replace(table_reading("disclosure", {}, code="2019"), cells=cells)
    found = of_code(report(table, code="2019"), "V-SIGN-MISSING")
    assert [set(f.cells) for f in found] == [set(cells)]
    assert text(found[0].code, found[0].params, "zh").count("印为") == 3

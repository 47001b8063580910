"""The hard edits of the forms, and their check in batches."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.forms.form import form, forms
from extractor.verification.edits import Edit, check_batch, compile_edits, form_system, table_system
from tests.verification.tables import valid_disputes, valid_requests

CODES = [f.code for f in forms()]
EDITED = [(f.code, t.key) for f in forms() for t in f.tables if table_system(f.code, t.key).edits]


def valid_values(code: str, seed: int) -> list[int]:
    rng = random.Random(seed)
    cells = valid_requests(rng, code) | valid_disputes(rng, code)
    return [cells.get(cell, 7) for cell in form(code).cell_ids]


@pytest.mark.parametrize("code", CODES)
def test_a_valid_report_satisfies_every_edit(code: str) -> None:
    assert not any(form_system(code).residuals(valid_values(code, 1)))


@pytest.mark.parametrize("code", CODES)
def test_every_cell_of_requests_and_disputes_lies_in_an_edit(code: str) -> None:
    system = form_system(code)
    bound = {cell for edit in system.edits for cell in edit.cells}
    assert bound == {cell for cell in form(code).cell_ids if not cell.startswith("disclosure.")}


@pytest.mark.parametrize("code", CODES)
def test_rank(code: str) -> None:
    """The edits of the total column follow from the others of requests; those of disputes are independent."""
    requests = table_system(code, "requests")
    assert np.linalg.matrix_rank(requests.matrix) == len(requests.edits) - 2
    disputes = table_system(code, "disputes")
    assert np.linalg.matrix_rank(disputes.matrix) == len(disputes.edits) == 3


@pytest.mark.parametrize("code", CODES)
def test_any_single_wrong_cell_of_requests_shows_a_pattern_of_its_own(code: str) -> None:
    matrix = table_system(code, "requests").matrix
    patterns = {tuple(column) for column in matrix.T.tolist()} | {tuple(-v for v in column) for column in matrix.T.tolist()}
    assert len(patterns) == 2 * matrix.shape[1]


@pytest.mark.parametrize(("code", "table"), EDITED)
def test_edits_of_one_family_share_no_cell(code: str, table: str) -> None:
    system = table_system(code, table)
    for family in set(system.family):
        cells = [c for e, members in enumerate(system.members) if system.family[e] == family for c, _ in members]
        assert len(cells) == len(set(cells))


def test_an_edit_over_an_unknown_cell_is_refused() -> None:
    table = form("2021").table("disputes")
    total, nobody = "disputes.reconsideration.total", "disputes.reconsideration.nobody"
    edit = Edit("X:1", "D-GROUP-TOTAL", (total,), (nobody,), "1", "2021", "")
    with pytest.raises(ValueError, match=r"disputes\.reconsideration\.nobody"):
        compile_edits("2021", [table], [edit])


def test_an_edit_without_a_message_or_with_a_cell_twice_is_refused() -> None:
    table = form("2021").table("disputes")
    cells = ("disputes.reconsideration.upheld", "disputes.reconsideration.other")
    edit = Edit("X:1", "NO-SUCH-CODE", ("disputes.reconsideration.total",), cells, "1", "2021", "")
    with pytest.raises(ValueError, match="no message"):
        compile_edits("2021", [table], [edit])
    with pytest.raises(ValueError, match="twice"):
        compile_edits("2021", [table], [replace(edit, code="D-GROUP-TOTAL", right=(cells[0], cells[0]))])


@pytest.mark.parametrize("code", CODES)
@given(seeds=st.lists(st.integers(0, 10**6), min_size=1, max_size=4), data=st.data())
def test_a_batch_gives_what_one_by_one_gives(code: str, seeds: list[int], data: st.DataObject) -> None:
    system = form_system(code)
    reports = [valid_values(code, seed) for seed in seeds]
    for report in reports:
        for cell in data.draw(st.lists(st.integers(0, len(report) - 1), max_size=3)):
            report[cell] += data.draw(st.integers(-3, 3))
    fails = check_batch(system, np.array(reports))
    assert fails.tolist() == [[off != 0 for off in system.residuals(report)] for report in reports]


def test_a_batch_decides_by_bounds_where_cells_are_not_known() -> None:
    system = form_system("2021")
    report = np.array([valid_values("2021", 3)])
    known = np.ones_like(report, np.bool_)
    received = system.index["requests.received.natural_person"]
    total = system.index["requests.received.total"]
    row = [e.id for e in system.edits].index("R-ROW-TOTAL:received")
    known[0, received] = False
    assert not check_batch(system, report, known).any()
    report[0, total] = 0  # less than the parts that are known
    assert check_batch(system, report, known)[0, row]
    known[0, total] = False
    assert not check_batch(system, report, known)[0, row]

"""What is forced on cells that are not printed, and that it is never wrong."""

import random
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.messages import text
from extractor.report import State
from extractor.verification.finding import Verification
from extractor.verification.verify import verify
from tests.verification.tables import columns, report, rows, table_reading, valid_disputes, valid_requests

SEED = st.integers(0, 10**6)
GAP = st.sampled_from([None, State.ABSENT, State.BLANK, State.MARKED, State.ILLEGIBLE])
ROWS = rows("2021", "requests")
COLUMNS = columns("2021", "requests")
Cells = dict[str, int | State | None]


def verified(cells: Mapping[str, int | State | None], table: str = "requests") -> Verification:
    return verify(report(table_reading(table, cells)))


def check_right(found: Verification, truth: Mapping[str, int]) -> None:
    for cell, value in found.deduced.items():
        assert truth[cell] == value, cell
    for cell, (low, high) in found.intervals.items():
        assert low is not None and low <= truth[cell] and (high is None or truth[cell] <= high), cell


@given(seed=SEED, gap=GAP, share=st.floats(0, 1), zeros=st.sampled_from([0.3, 0.9]))
@settings(max_examples=200)
def test_deductions_are_never_wrong_where_what_is_printed_is_right(
    seed: int, gap: State | None, share: float, zeros: float
) -> None:
    rng = random.Random(seed)
    truth = valid_requests(rng, zeros=zeros)
    cells: Cells = {cell: gap if rng.random() < share else value for cell, value in truth.items()}
    found = verified(cells)
    check_right(found, truth)
    missing = {cell for cell, value in cells.items() if not isinstance(value, int)}
    assert set(found.deduced) | set(found.intervals) == missing
    assert not [f for f in found.findings if f.severity == "error"]


@given(seed=SEED, row=st.sampled_from(ROWS))
def test_a_lost_row_is_restored(seed: int, row: str) -> None:
    truth = valid_requests(random.Random(seed))
    lost = [f"requests.{row}.{column}" for column in COLUMNS]
    found = verified(truth | dict.fromkeys(lost, None))
    assert found.deduced == {cell: truth[cell] for cell in lost}


def test_a_lost_row_is_named_with_what_it_must_hold() -> None:
    truth = valid_requests(random.Random(1), zeros=0.0)
    lost = [f"requests.granted.{column}" for column in COLUMNS]
    found = verified(truth | dict.fromkeys(lost, None))
    assert [f.code for f in found.findings] == ["S-CELL-LOST", "V-ROW-UNCONFIRMED"]
    message = text("S-CELL-LOST", found.findings[0].params, "zh")
    assert f"「（一）予以公开/自然人」应为 {truth['requests.granted.natural_person']}" in message


def test_noughts_left_blank_are_deduced() -> None:
    truth = valid_requests(random.Random(2), zeros=0.8)
    cells: Cells = {cell: value or State.BLANK for cell, value in truth.items()}
    found = verified(cells)
    assert not [f for f in found.findings if f.severity == "error"]
    assert set(found.deduced.values()) <= {0}
    assert set(found.deduced) == {cell for cell, value in truth.items() if not value}


def test_only_the_total_column_is_filled_with_noughts() -> None:
    cells: Cells = {c: 0 if c.endswith(".total") else State.BLANK for c in valid_requests(random.Random(0))}
    found = verified(cells)
    assert len(found.deduced) == 150
    assert set(found.deduced.values()) == {0}
    assert found.findings == ()


def test_seven_rows_lost_leave_bounds() -> None:
    cells: Cells = dict.fromkeys(valid_requests(random.Random(0), "2019"), 0)
    for row in ("outcomes_total", "unavailable.not_held"):
        for column in ("natural_person", "total"):
            cells[f"requests.{row}.{column}"] = 12 if row == "outcomes_total" else 2
    lost = ("received", "carried_in", "granted", "partly_granted", "refused.state_secret", "refused.prohibited_by_law",
            "refused.security_stability")
    for row in lost:
        for column in COLUMNS:
            cells[f"requests.{row}.{column}"] = None
    found = verify(report(table_reading("requests", cells, code="2019"), code="2019"))
    for row in lost:
        most = 12 if row in ("received", "carried_in") else 10
        for column in COLUMNS:
            cell = f"requests.{row}.{column}"
            if column in ("natural_person", "total"):
                assert found.intervals[cell] == (0, most)
            else:
                assert found.deduced[cell] == 0


def test_bounds_decide_with_cells_missing() -> None:
    """Parts that exceed the total fail, although one of them is missing."""
    cells: Cells = dict(valid_disputes(random.Random(0)))
    group = {"upheld": 7, "corrected": 0, "other": None, "pending": 1, "total": 5}
    cells |= {f"disputes.reconsideration.{column}": value for column, value in group.items()}
    finding = next(f for f in verified(cells, "disputes").findings if f.severity == "error")
    assert (finding.code, finding.severity, finding.expected, finding.found) == ("D-GROUP-TOTAL", "error", (8, None), 5)
    assert "总计印为 5，各项结果之和不小于 8" in text(finding.code, finding.params, "zh")


def test_a_contradiction_that_shows_only_through_missing_cells_is_an_error() -> None:
    """The row makes the lost cell 7, the column makes it 4."""
    cells: Cells = dict.fromkeys(valid_requests(random.Random(0)), 0)
    cells |= {
        "requests.granted.natural_person": None, "requests.granted.total": 7,
        "requests.outcomes_total.natural_person": 4, "requests.received.natural_person": 4,
        "requests.outcomes_total.total": 7, "requests.received.total": 7,
    }
    found = verified(cells)
    assert "error" in {f.severity for f in found.findings}
    assert "requests.granted.natural_person" not in found.deduced
    named = {cell for f in found.findings for cell in f.cells}
    assert {"requests.granted.total", "requests.outcomes_total.natural_person"} <= named


@given(seed=SEED, row=st.sampled_from(ROWS), data=st.data())
@settings(max_examples=150)
def test_a_wrong_number_beside_a_lost_row_makes_no_deduction_wrong(seed: int, row: str, data: st.DataObject) -> None:
    truth = valid_requests(random.Random(seed))
    cells: Cells = truth | dict.fromkeys([f"requests.{row}.{column}" for column in COLUMNS], None)
    wrong = data.draw(st.sampled_from(sorted(cell for cell, value in cells.items() if value is not None)))
    cells[wrong] = truth[wrong] + data.draw(st.integers(-truth[wrong], 500).filter(bool))
    found = verified(cells)
    check_right(found, truth)
    assert wrong in {cell for f in found.findings if f.severity == "error" for cell in f.cells}


@given(seed=SEED, gap=GAP, share=st.floats(0, 0.9), data=st.data())
@settings(max_examples=150)
def test_a_wrong_number_is_named_whatever_is_missing(seed: int, gap: State | None, share: float, data: st.DataObject) -> None:
    rng = random.Random(seed)
    truth = valid_requests(rng)
    cells: Cells = {cell: gap if rng.random() < share else value for cell, value in truth.items()}
    there = sorted(cell for cell, value in cells.items() if isinstance(value, int))
    if not there:
        return
    wrong = data.draw(st.sampled_from(there))
    cells[wrong] = truth[wrong] + data.draw(st.integers(-truth[wrong], 500).filter(bool))
    assert wrong in {cell for f in verified(cells).findings for cell in f.cells}


@pytest.mark.parametrize("value", [3, 40])
def test_a_blank_that_must_hold_a_number_is_a_finding(value: int) -> None:
    cells: Cells = dict.fromkeys(valid_disputes(random.Random(0)), 0)
    cells |= {"disputes.reconsideration.total": value, "disputes.reconsideration.other": State.BLANK}
    found = verified(cells, "disputes")
    assert found.deduced == {"disputes.reconsideration.other": value}
    finding = next(f for f in found.findings if f.code == "S-BLANK-NOT-ZERO")
    assert finding.suspects[0].proposal == value
    assert f"应为 {value}" in text(finding.code, finding.params, "zh")


def test_numbers_between_noughts_left_blank_count_as_confirmed() -> None:
    truth = valid_requests(random.Random(2), zeros=0.8)
    cells: Cells = {cell: value or State.BLANK for cell, value in truth.items()}
    assert verified(cells).findings == ()
    lost = next(cell for cell, value in truth.items() if value and not cell.endswith(".total"))
    cells[lost] = State.BLANK
    assert {f.code for f in verified(cells).findings} >= {"S-BLANK-NOT-ZERO", "V-UNCONFIRMED"}


def test_a_row_under_the_label_of_another_is_named_where_columns_can_not_be_added_up() -> None:
    """With a row lost, the sums of the columns no longer tell that two of the others slid."""
    truth = valid_requests(random.Random(3), zeros=0.0)
    cells: Cells = dict(truth)
    for column in COLUMNS:
        cells[f"requests.refused.third_party.{column}"] = truth[f"requests.refused.internal_affairs.{column}"]
        cells[f"requests.refused.internal_affairs.{column}"] = None
    found = verified(cells)
    named = {cell for f in found.findings for cell in f.cells}
    assert {f"requests.refused.third_party.{column}" for column in COLUMNS} <= named

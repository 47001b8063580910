"""Which numbers are wrong: one or several cells, or one slip that moved many."""

import random
from collections.abc import Mapping

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from extractor.messages import text
from extractor.report import State
from extractor.verification.finding import Verification
from extractor.verification.verify import verify
from tests.verification.tables import columns, report, rows, table_reading, valid_disputes, valid_requests

SEED = st.integers(0, 10**6)
CODE = st.sampled_from(["2019", "2021"])
ROWS = rows("2021", "requests")
COLUMNS = columns("2021", "requests")


def verified(table: str, cells: Mapping[str, int | State | None], code: str = "2021") -> Verification:
    found = verify(report(table_reading(table, cells, code=code)))
    for finding in found.findings:
        for language in ("zh", "en"):
            assert text(finding.code, finding.params, language)
    return found


def errors(found: Verification) -> list[str]:
    return [f.code for f in found.findings if f.severity == "error"]


@given(seed=SEED, code=CODE, top=st.sampled_from([3, 30, 5000]))
def test_a_valid_report_has_no_findings(seed: int, code: str, top: int) -> None:
    rng = random.Random(seed)
    found = verify(report(
        table_reading("requests", valid_requests(rng, code, top), code=code),
        table_reading("disputes", valid_disputes(rng, code), code=code), code=code,
    ))
    assert found.findings == ()
    assert found.deduced == {}
    assert found.intervals == {}


@given(seed=SEED, code=CODE, zeros=st.sampled_from([0.2, 0.9]), data=st.data())
@settings(max_examples=200)
def test_one_wrong_number_in_requests_is_located_uniquely(seed: int, code: str, zeros: float, data: st.DataObject) -> None:
    cells = valid_requests(random.Random(seed), code, zeros=zeros)
    wrong = data.draw(st.sampled_from(sorted(cells)))
    right = cells[wrong]
    cells[wrong] = data.draw(st.integers(0, 9999).filter(lambda v: v != right))
    found = verified("requests", cells, code)
    assert len(found.findings) >= 2
    for finding in found.findings:
        assert finding.severity == "error"
        assert wrong in finding.cells
        assert [(s.cell, s.weight, s.proposal) for s in finding.suspects] == [(wrong, 1.0, right)]
        assert set(finding.suspects[0].edits) == set(finding.suspects[0].mends) == {f.params["edit"] for f in found.findings}


@given(seed=SEED, data=st.data())
@settings(max_examples=100)
def test_of_two_wrong_numbers_both_are_named_and_among_the_suspects(seed: int, data: st.DataObject) -> None:
    cells = valid_requests(random.Random(seed))
    truth = dict(cells)
    pair = data.draw(st.lists(st.sampled_from(sorted(cells)), min_size=2, max_size=2, unique=True))
    for cell in pair:
        cells[cell] += data.draw(st.integers(-cells[cell], 999).filter(bool))
    found = verified("requests", cells)
    named = {cell for f in found.findings for cell in f.cells}
    assert set(pair) <= named
    proposals = {(s.cell, s.proposal) for f in found.findings for s in f.suspects}
    # two errors that make up for each other in a row or a column may be explained by many pairs; the true one is among them
    assert {(cell, truth[cell]) for cell in pair} <= proposals or len(proposals) >= 20


def test_two_wrong_numbers_in_different_rows_and_columns_are_located_uniquely() -> None:
    cells = valid_requests(random.Random(5))
    truth = dict(cells)
    pair = {"requests.granted.natural_person": 4, "requests.refused.third_party.enterprise": 9}
    for cell, more in pair.items():
        cells[cell] += more
    suspects = {(s.cell, s.proposal, s.weight) for f in verified("requests", cells).findings for s in f.suspects}
    assert suspects == {(cell, truth[cell], 1.0) for cell in pair}


@given(seed=SEED, number=st.integers(3, 6))
def test_every_one_of_many_wrong_numbers_is_named(seed: int, number: int) -> None:
    rng = random.Random(seed)
    cells = valid_requests(rng)
    wrong = rng.sample(sorted(cells), number)
    for cell in wrong:
        cells[cell] += rng.randint(1, 50)
    named = {cell for f in verified("requests", cells).findings for cell in f.cells}
    assert set(wrong) <= named


@given(seed=SEED, data=st.data())
def test_in_disputes_all_numbers_of_the_group_are_suspects(seed: int, data: st.DataObject) -> None:
    cells = valid_disputes(random.Random(seed), top=40)
    wrong = data.draw(st.sampled_from(sorted(cells)))
    right = cells[wrong]
    cells[wrong] = right + data.draw(st.integers(1, 200))
    found = verified("disputes", cells)
    assert errors(found) == ["D-GROUP-TOTAL"]
    assert (wrong, right) in [(s.cell, s.proposal) for s in found.findings[0].suspects]
    assert {cell for cell in cells if cell.rpartition(".")[0] == wrong.rpartition(".")[0]} >= {
        s.cell for s in found.findings[0].suspects if not s.jointly
    }


def row_cells(row: str) -> list[str]:
    return [f"requests.{row}.{column}" for column in COLUMNS]


@pytest.mark.parametrize("gap", [0, State.BLANK, None])
@pytest.mark.parametrize("left", [True, False])
@given(seed=SEED)
def test_a_row_one_column_off_is_located(left: bool, gap: State | int | None, seed: int) -> None:
    rng = random.Random(seed)
    truth = valid_requests(rng)
    row = row_cells(rng.choice(ROWS))
    old = [truth[cell] for cell in row]
    assume(any(old))
    cells: dict[str, int | State | None] = dict(truth)
    cells.update(zip(row, [*old[1:], gap] if left else [gap, *old[:-1]], strict=True))
    wrong = [cell for cell in row if isinstance(cells[cell], int) and cells[cell] != truth[cell]]
    found = verified("requests", cells)
    named = {cell for f in found.findings for cell in f.cells}
    assert set(wrong) <= named
    likely = {(s.cell, s.proposal) for f in found.findings for s in f.suspects}
    assert {(cell, truth[cell]) for cell in wrong} <= likely


def test_a_row_one_column_off_says_so() -> None:
    truth = valid_requests(random.Random(1), zeros=0.1)
    cells = dict(truth)
    row = row_cells("granted")
    cells.update(zip(row, [0, *[truth[cell] for cell in row[:-1]]], strict=True))
    found = verified("requests", cells)
    assert {s.verdict for f in found.findings for s in f.suspects if s.weight > 0.5} == {"shifted"}
    assert "错位一列" in text(found.findings[0].code, found.findings[0].params, "zh")


@pytest.mark.parametrize("down", [True, False])
def test_rows_one_row_off_are_all_named(down: bool) -> None:
    truth = valid_requests(random.Random(2), zeros=0.1)
    cells = dict(truth)
    values = [[truth[cell] for cell in row_cells(row)] for row in ROWS]
    start = ROWS.index("unavailable.not_held")
    nothing = [[0] * len(COLUMNS)]
    moved = values[:start] + nothing + values[start:-1] if down else values[:start] + values[start + 1 :] + nothing
    for row, new in zip(ROWS, moved, strict=True):
        cells.update(zip(row_cells(row), new, strict=True))
    found = verified("requests", cells)
    wrong = {cell for cell in cells if cells[cell] != truth[cell]}
    assert wrong <= {cell for f in found.findings for cell in f.cells}
    assert "slipped" in {s.verdict for f in found.findings for s in f.suspects}


def test_two_rows_under_each_others_labels() -> None:
    truth = valid_requests(random.Random(3), zeros=0.1)
    cells = dict(truth)
    for one, other in zip(row_cells("received"), row_cells("outcomes_total"), strict=True):
        cells[one], cells[other] = truth[other], truth[one]
    found = verified("requests", cells)
    assert found.findings[0].suspects[0].verdict == "exchanged"
    message = text(found.findings[0].code, found.findings[0].params, "zh")
    assert "「一、本年新收政府信息公开申请数量」与「（七）总计」两行互换" in message


def test_two_outcomes_exchanged_leave_every_sum_as_it_is() -> None:
    """Arithmetic can't tell these; only the label can."""
    cells = valid_requests(random.Random(4))
    for one, other in zip(row_cells("granted"), row_cells("refused.third_party"), strict=True):
        cells[one], cells[other] = cells[other], cells[one]
    assert verified("requests", cells).findings == ()


def test_two_neighbours_swapped() -> None:
    cells = valid_requests(random.Random(6), zeros=0.0)
    one, other = "requests.granted.research_institution", "requests.granted.nonprofit"
    cells[one], cells[other] = 41, 7
    for row in ("granted",):
        cells[f"requests.{row}.total"] = sum(cells[cell] for cell in row_cells(row)[:-1])
    for cell in (one, other, "requests.granted.total"):  # make the columns add up with 41 and 7
        column = cell.rpartition(".")[2]
        total = sum(cells[f"requests.{row}.{column}"] for row in ROWS if row not in
                    ("received", "carried_in", "outcomes_total", "carried_out"))
        cells[f"requests.outcomes_total.{column}"] = total
        cells[f"requests.carried_in.{column}"] = 0
        cells[f"requests.received.{column}"] = total + cells[f"requests.carried_out.{column}"]
    for row in ("outcomes_total", "received", "carried_in"):
        cells[f"requests.{row}.total"] = sum(cells[cell] for cell in row_cells(row)[:-1])
    assert verified("requests", cells).findings == ()
    cells[one], cells[other] = 7, 41
    likeliest = [f.suspects[0] for f in verified("requests", cells).findings]
    assert {s.cell for s in likeliest} == {one, other}
    assert {s.verdict for s in likeliest} == {"swapped"}


def test_digits_of_two_numbers_run_together() -> None:
    truth = valid_requests(random.Random(8), zeros=0.0)
    cells: dict[str, int | State | None] = dict(truth)
    row = row_cells("granted")
    old = [truth[cell] for cell in row]
    new: list[int | State | None] = [old[0], int(f"{old[1]}{old[2]}"), *old[3:], State.BLANK]
    cells.update(zip(row, new, strict=True))
    found = verified("requests", cells)
    best = next(f for f in found.findings if f.severity == "error")
    assert "joined" in {s.verdict for s in best.suspects}
    proposals = {(s.cell, s.proposal) for s in best.suspects if s.verdict == "joined"}
    assert {(row[1], old[1]), (row[2], old[2])} <= proposals


def test_a_total_that_no_misreading_explains_is_called_wrong_in_print() -> None:
    cells = {cell: 0 for cell in valid_disputes(random.Random(0))}
    cells |= {"disputes.reconsideration.upheld": 12, "disputes.reconsideration.total": 21}
    verdicts = {s.cell: s.verdict for f in verified("disputes", cells).findings for s in f.suspects}
    assert verdicts["disputes.reconsideration.total"] == "wrong_in_print"
    cells["disputes.reconsideration.total"] = 18  # 2 and 8 are not alike, 3 and 8 are
    cells["disputes.reconsideration.upheld"] = 13
    finding = verified("disputes", cells).findings[0]
    assert finding.suspects[0].verdict == "misread"


def test_the_message_states_the_numbers() -> None:
    cells = {cell: 0 for cell in valid_requests(random.Random(0))}
    cells |= {
        "requests.received.natural_person": 11, "requests.granted.natural_person": 11, "requests.received.total": 11,
        "requests.granted.total": 11, "requests.outcomes_total.natural_person": 12, "requests.outcomes_total.total": 11,
    }
    finding = next(f for f in verified("requests", cells).findings if f.code == "R-COL-OUTCOMES")
    assert (finding.expected, finding.found) == (11, 12)
    assert text(finding.code, finding.params, "zh") == (
        "「（七）总计」自然人一栏印为 12，各办理结果之和为 11，相差 1；"
        "最可能是「（七）总计/自然人」原文即有误：印为 12，应为 11。"
    )
    assert text(finding.code, finding.params, "en") == (
        "Column “Natural persons”: the total of outcomes is printed as 12, the sum over outcomes is 11, 1 apart; "
        "most likely “3.7 Total of outcomes / Natural persons” is wrong in print: 12 for 11."
    )

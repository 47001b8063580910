"""Rows with fewer numbers than columns: placed where arithmetic leaves one choice, open where it doesn't."""

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.messages import text
from extractor.report import OpenRow, State
from extractor.verification.finding import Verification
from extractor.verification.verify import verify
from tests.verification.tables import columns, open_row, report, rows, table_reading, valid_disputes, valid_requests

SEED = st.integers(0, 10**6)
ROWS = rows("2021", "requests")
COLUMNS = columns("2021", "requests")
Cells = dict[str, int | State | None]


def cells_of(row: str) -> list[str]:
    return [f"requests.{row}.{column}" for column in COLUMNS]


def with_short_rows(truth: dict[str, int], kept: dict[str, list[str]]) -> Verification:
    """The table with only the cells in `kept` printed in those rows, and no column known for them."""
    cells: Cells = dict(truth)
    short: list[OpenRow] = []
    for row, keep in kept.items():
        short.append(open_row("requests", row, {cell: truth[cell] for cell in keep}))
        for cell in cells_of(row):
            del cells[cell]
    return verify(report(table_reading("requests", cells, short)))


def check(found: Verification, truth: dict[str, int], short: dict[str, list[str]]) -> None:
    named = {cell for f in found.findings for cell in f.cells}
    for row in short:
        assert set(cells_of(row)) <= named
        for cell in cells_of(row):
            reading = found.placed[cell]
            if reading.state is State.PRINTED:
                assert reading.value == truth[cell]
                assert reading.placed
                assert reading.confidence < 0.99
            elif cell in found.deduced:
                assert found.deduced[cell] == truth[cell]
            else:
                low, high = found.intervals[cell]
                assert low is not None and low <= truth[cell] and (high is None or truth[cell] <= high)


@given(seed=SEED, number=st.integers(1, 25), lost=st.integers(1, 4), zeros=st.sampled_from([0.4, 0.9]))
@settings(max_examples=60, deadline=None)
def test_no_placement_is_ever_wrong(seed: int, number: int, lost: int, zeros: float) -> None:
    rng = random.Random(seed)
    truth = valid_requests(rng, zeros=zeros)
    short = {row: sorted(rng.sample(cells_of(row), 7 - lost), key=cells_of(row).index) for row in rng.sample(ROWS, number)}
    found = with_short_rows(truth, short)
    check(found, truth, short)
    assert not [f for f in found.findings if f.code.startswith("R-")]


@given(seed=SEED, row=st.sampled_from(ROWS), data=st.data())
def test_one_short_row_of_a_table_is_always_placed(seed: int, row: str, data: st.DataObject) -> None:
    truth = valid_requests(random.Random(seed))
    gone = data.draw(st.sampled_from(cells_of(row)))
    short = {row: [cell for cell in cells_of(row) if cell != gone]}
    found = with_short_rows(truth, short)
    check(found, truth, short)
    assert {f.code for f in found.findings} <= {"S-ROW-PLACED", "V-ROW-UNCONFIRMED"}
    values = [found.placed[c].value if found.placed[c].state is State.PRINTED else found.deduced[c] for c in cells_of(row)]
    assert values == [truth[cell] for cell in cells_of(row)]


def test_rows_of_noughts_are_all_nought_whichever_column_was_lost() -> None:
    truth = dict.fromkeys(valid_requests(random.Random(0)), 0)
    short = {row: cells_of(row)[: 5 + number % 2] for number, row in enumerate(ROWS[2:22])}
    found = with_short_rows(truth, short)
    check(found, truth, short)
    assert {f.code for f in found.findings} == {"S-ROW-PLACED", "V-ROW-UNCONFIRMED"}
    assert {f.severity for f in found.findings} == {"info"}
    assert all(r.value == 0 for r in found.placed.values() if r.state is State.PRINTED)
    left = {cell for cell, r in found.placed.items() if r.state is State.ABSENT}
    assert left and all(found.deduced[cell] == 0 for cell in left)


def test_a_row_that_several_placements_satisfy_gives_no_value_where_they_differ() -> None:
    """Two rows lost a number each: 5 may stand under either of two columns, since the other row can make up for it."""
    truth = dict.fromkeys(valid_requests(random.Random(0)), 0)
    for column, value in (("natural_person", 5), ("enterprise", 5), ("total", 10)):
        for row in ("outcomes_total", "received"):
            truth[f"requests.{row}.{column}"] = value
    truth |= {"requests.granted.natural_person": 5, "requests.granted.total": 5,
              "requests.partly_granted.enterprise": 5, "requests.partly_granted.total": 5}
    short = {row: [cell for cell in cells_of(row) if truth[cell]] for row in ("granted", "partly_granted")}
    found = with_short_rows(truth, short)
    check(found, truth, short)
    opened = [f for f in found.findings if f.code == "S-ROW-OPEN"]
    assert [f.cells for f in opened] == [tuple(cells_of("granted") + cells_of("partly_granted"))]
    for row in short:
        first, second = (found.placed[f"requests.{row}.{c}"] for c in ("natural_person", "enterprise"))
        assert (first.state, second.state) == (State.ILLEGIBLE, State.ILLEGIBLE)
        assert found.placed[f"requests.{row}.total"].value == 5
        assert found.intervals[f"requests.{row}.enterprise"] == (0, 5)
    assert "5 5" in text("S-ROW-OPEN", opened[0].params, "zh")


def test_a_row_that_no_placement_satisfies_is_an_error_and_gives_no_value() -> None:
    truth = dict.fromkeys(valid_requests(random.Random(0)), 0)
    wrong = truth | {"requests.granted.natural_person": 3, "requests.granted.total": 1}
    cells: Cells = {c: v for c, v in truth.items() if c not in cells_of("granted")}
    row = open_row("requests", "granted", {c: wrong[c] for c in cells_of("granted")[:-2]} | {"requests.granted.total": 1})
    found = verify(report(table_reading("requests", cells, [row])))
    finding = next(f for f in found.findings if f.code == "S-ROW-OPEN")
    assert finding.severity == "error"
    assert finding.cells == row.cells
    assert all(r.value is None for r in found.placed.values())
    assert "任何归栏都不满足" in text(finding.code, finding.params, "zh")


def test_identities_used_for_placing_do_not_confirm() -> None:
    """A number that only a placed row confirms is listed as confirmed by nothing."""
    truth = valid_disputes(random.Random(3))
    first = [c for c in truth if c.startswith("disputes.reconsideration.")]
    cells: Cells = {c: v for c, v in truth.items() if c not in first}
    row = open_row("disputes", "reconsideration", {c: truth[c] for c in first[:4]})
    found = verify(report(table_reading("disputes", cells, [row])))
    assert all(found.placed[c].placed for c in first if found.placed[c].state is State.PRINTED)
    assert {f.code for f in found.findings} <= {"S-ROW-PLACED", "S-ROW-OPEN"}
    requests = valid_requests(random.Random(3))
    short = {"granted": cells_of("granted")[:6]}
    lost = [cell for cell in cells_of("refused.third_party") if not cell.endswith(".total")]
    found = with_short_rows(requests, short)
    assert "V-UNCONFIRMED" not in {f.code for f in found.findings}  # every row but the placed one confirms itself
    cells = {c: v for c, v in requests.items() if c not in cells_of("granted")} | dict.fromkeys(lost[:1], None)
    table = table_reading("requests", cells, [open_row("requests", "granted", {c: requests[c] for c in short["granted"]})])
    found = verify(report(table))
    unconfirmed = next(f for f in found.findings if f.code == "V-UNCONFIRMED")
    assert set(unconfirmed.cells) == {c for c in cells_of("refused.third_party") if c != lost[0]}


def test_a_misread_number_in_a_short_row_is_never_silent() -> None:
    for seed in range(60):
        rng = random.Random(seed)
        truth = valid_requests(rng)
        row = rng.choice(ROWS)
        keep = sorted(rng.sample(cells_of(row), 6), key=cells_of(row).index)
        wrong = truth | {keep[2]: truth[keep[2]] + rng.randint(1, 9)}
        cells: Cells = {c: v for c, v in truth.items() if c not in cells_of(row)}
        found = verify(report(table_reading("requests", cells, [open_row("requests", row, {c: wrong[c] for c in keep})])))
        named = {cell for f in found.findings for cell in f.cells}
        assert set(cells_of(row)) <= named
        assert not {c: v for c, v in found.deduced.items() if truth[c] != v}


def test_too_many_candidates_leave_a_row_open() -> None:
    truth = dict.fromkeys(valid_disputes(random.Random(0)), 0)
    ids = tuple(truth)
    row = open_row("disputes", "reconsideration", {})
    readings = open_row("requests", "granted", dict.fromkeys(cells_of("granted"), 0)).readings
    many = tuple((i % 9, 9 + i % 6) for i in range(5001))
    found = verify(report(table_reading("disputes", {}, [replace(row, cells=ids, readings=readings[:2], placements=many)])))
    assert [f.code for f in found.findings] == ["S-ROW-OPEN"]
    assert all(r.value is None for r in found.placed.values())


def test_the_only_candidate_is_taken_where_no_edit_bounds_the_row() -> None:
    ids = tuple(f"disclosure.regulations.{c}" for c in ("issued", "repealed", "in_force"))
    readings = open_row("requests", "granted", dict.fromkeys(cells_of("granted"), 4)).readings[:2]
    one = OpenRow("disclosure.regulations", ids, readings, ((0, 2),), (0, 9))
    found = verify(report(table_reading("disclosure", {}, [one])))
    assert [found.placed[cell].value for cell in ids] == [4, None, 4]
    several = replace(one, placements=((0, 1), (0, 2), (1, 2)))
    found = verify(report(table_reading("disclosure", {}, [several])))
    assert all(r.value is None for r in found.placed.values())
    assert "S-ROW-OPEN" in {f.code for f in found.findings}


def test_digits_that_run_together_are_not_placed_as_if_a_cell_were_lost() -> None:
    """52 20 1 1 4 3 81 printed as 52 20 1 14 3 81: without the columns, the total could as well be missing (171)."""
    values = dict(zip(cells_of("granted"), (52, 20, 1, 1, 4, 3, 81), strict=True))
    glued = values | {"requests.granted.nonprofit": 14}
    del glued["requests.granted.legal_service"]
    row = open_row("requests", "granted", glued)
    found = verify(report(table_reading("requests", {}, [row])))
    assert [f.code for f in found.findings if f.cells == row.cells] == ["S-ROW-OPEN"]
    assert "requests.granted.total" not in found.deduced
    # the columns leave one way
    truth = dict.fromkeys(valid_requests(random.Random(0)), 0) | values
    for cell, value in values.items():
        column = cell.rpartition(".")[2]
        truth[f"requests.outcomes_total.{column}"] = truth[f"requests.received.{column}"] = value
    cells: Cells = {c: v for c, v in truth.items() if c not in values}
    found = verify(report(table_reading("requests", cells, [row])))
    placed = next(f for f in found.findings if f.code == "S-ROW-PLACED")
    assert "连在了一起" in text(placed.code, placed.params, "zh")
    known = {c: r.value if r.state is State.PRINTED else found.deduced[c] for c, r in found.placed.items()}
    assert known == values
    assert [r.value for r in found.placed.values() if r.state is State.PRINTED] == [52, 20, 1, 3, 81]

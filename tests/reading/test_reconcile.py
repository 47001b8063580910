"""Two readings become one: agreement raises confidence, disagreement is named and never averaged."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from extractor.forms.form import form
from extractor.reading.reconcile import RULES, reconcile, rule_of
from extractor.report import Reading, State, TableReading

CELLS = [cell for row in form("2021").table("disputes").rows for cell in row.cells]


def readings(reader: str) -> st.SearchStrategy[Reading]:
    printed = st.integers(0, 3).map(lambda n: Reading(State.PRINTED, str(n), n, (n, n + 1), reader, 0.97))
    others = st.sampled_from([Reading(s, reader=reader) for s in State if s is not State.PRINTED])
    return st.one_of(printed, others)


def tables(reader: str) -> st.SearchStrategy[TableReading]:
    cells = st.fixed_dictionaries({cell: readings(reader) for cell in CELLS})
    return cells.map(lambda found: TableReading("disputes", "2021", found))


@given(tables("grid"), tables("model"))
def test_no_number_that_neither_read_and_no_silent_difference(first: TableReading, second: TableReading) -> None:
    both = reconcile(first, second)
    named = {cell for defect in both.defects if defect.code == "C-READERS-DIFFER" for cell in defect.cells}
    for cell in CELLS:
        one, other, taken = first.cells[cell], second.cells[cell], both.cells[cell]
        assert (taken.state, taken.value, taken.span) in (
            (one.state, one.value, one.span), (other.state, other.value, other.span),
        )
        numbers = {one.value, other.value} - {None}
        assert (taken.value is None) == (not numbers)
        if len(numbers) == 2:
            assert cell in named
            assert taken.confidence < one.confidence
        if one.value is not None and one.value == other.value:
            assert cell not in named
            assert taken.confidence > one.confidence
            assert taken.reader == "grid+model"


@given(tables("grid"))
def test_a_reading_agrees_with_itself(table: TableReading) -> None:
    both = reconcile(table, table)
    assert not [d for d in both.defects if d.code == "C-READERS-DIFFER"]
    assert {c: (r.state, r.value) for c, r in both.cells.items()} == {c: (r.state, r.value) for c, r in table.cells.items()}


def test_the_rules_cover_every_pair() -> None:
    for one in State:
        for other in State:
            first, second = Reading(one, value=1 if one is State.PRINTED else None), Reading(other, value=2)
            assert rule_of(first, second) in RULES.values()

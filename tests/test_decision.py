"""Which decisions stand: what follows from the list holds whatever the list."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from extractor.decision import Before, Decision, Kind, decided_layer, stale, standing, valid
from extractor.report import Reading, State

CELLS = ("a.b.c", "a.b.d")
FINDINGS = ("R-ONE:1.1", "R-ONE:1.2", "R-TWO:2.1")
PEOPLE = ("anna", "bert", "lena")
KINDS: tuple[Kind, ...] = ("as_printed", "misread", "illegible", "dismissed")


@st.composite
def logs(draw: st.DrawFn) -> list[Decision]:
    """A document's log, in order: answers to cells and findings by several people, some taken back."""
    log: list[Decision] = []
    for number in range(1, draw(st.integers(0, 12)) + 1):
        open_ = [d.id for d in valid(log)]
        who = draw(st.sampled_from(PEOPLE))
        takes_back = draw(st.booleans())
        if open_ and takes_back:
            log.append(Decision(number, 1, 1, float(number), who, "undone", "g", undoes=draw(st.sampled_from(open_))))
            continue
        kind = draw(st.sampled_from(KINDS))
        finding = draw(st.sampled_from(FINDINGS)) if kind == "dismissed" else draw(st.sampled_from((None, *FINDINGS)))
        cell = None if kind == "dismissed" else draw(st.sampled_from(CELLS))
        after = draw(st.integers(0, 3)) if kind == "misread" else None
        doubled = finding is not None and draw(st.booleans())
        log.append(
            Decision(number, 1, 1, float(number), who, kind, "g", cell, finding, None, after, doubled=doubled)
        )
    return log


@given(logs(), st.randoms())
def test_the_order_in_which_the_log_is_read_does_not_matter(log: list[Decision], chance: object) -> None:
    shuffled = list(log)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert standing(shuffled) == standing(log)


@given(logs())
def test_what_is_undone_is_as_if_it_had_never_been(log: list[Decision]) -> None:
    undone = {d.undoes for d in log if d.kind == "undone"}
    assert standing([d for d in log if d.kind != "undone" and d.id not in undone]) == standing(log)


@given(logs(), st.sampled_from(PEOPLE))
def test_who_is_left_out_leaves_no_trace(log: list[Decision], who: str) -> None:
    without = standing(log, without=[who])
    assert all(d.who != who for d in (*without.cells.values(), *without.findings.values()))
    assert all(who not in double.people for double in without.doubles.values())


@given(logs(), st.sampled_from(CELLS))
def test_the_last_word_on_a_cell_stands(log: list[Decision], cell: str) -> None:
    last = Decision(99, 1, 1, 99.0, "lena", "misread", "g", cell, None, None, 42)
    assert standing([*log, last]).cells[cell] is last


@given(logs())
def test_of_a_dispute_nothing_stands(log: list[Decision]) -> None:
    stands = standing(log)
    disputed = {about for about, double in stands.doubles.items() if double.stage == "disputed"}
    assert disputed.isdisjoint(stands.findings)
    assert all(d.about not in disputed for d in stands.cells.values())


@given(logs())
def test_the_decided_layer_never_touches_a_cell_that_nobody_decided(log: list[Decision]) -> None:
    readings = {cell: Reading(State.PRINTED, "7", 7, (0, 1)) for cell in (*CELLS, "a.b.e")}
    layer = decided_layer(standing(log), readings)
    assert layer.keys() == standing(log).cells.keys()
    assert all(layer[c].value == 7 for c, d in standing(log).cells.items() if d.kind == "as_printed")


def test_a_decision_is_stale_once_its_cell_is_read_otherwise() -> None:
    misread = Decision(1, 1, 1, 0.0, "anna", "misread", "g", CELLS[0], before=Before(State.PRINTED, "7", 7), after=9)
    assert not stale(misread, Reading(State.PRINTED, "7", 7))
    assert stale(misread, Reading(State.PRINTED, "8", 8))
    assert not stale(misread, Reading(State.PRINTED, "9", 9))  # it is read as decided now
    assert stale(replace(misread, kind="as_printed", after=None), Reading(State.PRINTED, "9", 9))

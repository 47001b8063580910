"""What comes first in a reviewer's list."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.messages import catalogue
from extractor.report import Reading, State
from extractor.verification.finding import Finding, Suspect
from extractor.verification.priority import by_priority, priority

COUNT, OTHER, TOTAL = "requests.granted.natural_person", "requests.granted.legal_enterprise", "requests.granted.total"
PRINTED = {cell: Reading(State.PRINTED, "7", 7, (0, 1)) for cell in (COUNT, OTHER, TOTAL)}
LOST = dict.fromkeys(PRINTED, Reading(State.ABSENT))


def failed(*suspects: Suspect) -> Finding:
    return Finding("R-ROW-TOTAL", "error", (COUNT, OTHER, TOTAL), suspects=suspects)


def score(finding: Finding, readings: dict[str, Reading] | None = None, deduced: dict[str, int] | None = None) -> float:
    return priority(finding, PRINTED if readings is None else readings, deduced or {})


def test_a_clear_suspect_comes_before_one_among_several() -> None:
    assert score(failed(Suspect(COUNT, 0.9, 8))) > score(failed(Suspect(COUNT, 0.5, 8), Suspect(OTHER, 0.5, 8)))


def test_a_total_matters_more_than_a_part() -> None:
    assert score(failed(Suspect(TOTAL, 0.9, 8))) > score(failed(Suspect(COUNT, 0.9, 8)))


def test_a_number_far_off_matters_more_than_one_next_to_the_right_one() -> None:
    assert score(failed(Suspect(COUNT, 0.9, 700))) > score(failed(Suspect(COUNT, 0.9, 8)))


def test_what_is_lost_comes_before_what_arithmetic_restored() -> None:
    row = Finding("S-ROW-LOST", "warning", (COUNT, OTHER))
    assert score(row, LOST) > score(row, LOST, {COUNT: 1}) > score(row, LOST, {COUNT: 1, OTHER: 0})


def test_one_lost_number_among_many_that_are_read_comes_after_one_on_its_own() -> None:
    some = {**PRINTED, COUNT: Reading(State.ILLEGIBLE)}
    assert score(Finding("S-ROW-OPEN", "error", (COUNT,)), some) > score(Finding("S-ROW-OPEN", "error", tuple(some)), some)


@given(st.permutations([failed(Suspect(COUNT, w / 10, 8)) for w in range(1, 10)]))
def test_findings_come_highest_first_whatever_the_order_they_were_made_in(findings: list[Finding]) -> None:
    scores = [f.priority for f in by_priority(findings, PRINTED, {})]
    assert scores == sorted(scores, reverse=True) and len(set(scores)) == 9


@pytest.mark.parametrize("code", sorted(code for code, message in catalogue().items() if message.severity))
def test_every_finding_has_a_score(code: str) -> None:
    bare = Finding(code, "warning")
    for finding in (bare, replace(bare, cells=(COUNT, TOTAL)), replace(bare, suspects=(Suspect(COUNT, 1.0, 10**12),))):
        assert 0 < score(finding) <= 3
        assert 0 < score(finding, LOST) <= 3

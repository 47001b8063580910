"""Checks on claims of invented narratives: what holds, what fails, what can't be told, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.documents.view import view_of
from extractor.messages import text as message
from extractor.reading.claims import read_claims
from extractor.reading.narrative import read_figures
from extractor.report import Header, Reading, Report, State, TableReading
from extractor.verification.claims import check_claims
from extractor.verification.finding import Finding, Interval

RECEIVED, CARRIED_IN = "requests.received.total", "requests.carried_in.total"
OUTCOMES, CARRIED_OUT = "requests.outcomes_total.total", "requests.carried_out.total"
KINDS = ("城建物业类", "教育卫生类", "民生诉求类", "纪律作风类", "公共交通类", "环境保护类", "社会保障类")
FORMS = {"requests": "2021", "disclosure": "2021", "disputes": "2021"}


def check(
    text: str,
    cells: Mapping[str, int | None] | None = None,
    intervals: Mapping[str, Interval] | None = None,
    deduced: Mapping[str, int] | None = None,
) -> tuple[list[bool | None], list[Finding]]:
    """Claims of a narrative, checked against tables in which these cells are printed (None: lost)."""
    view = view_of(text)
    figures = read_figures(view, (), ())
    claims = read_claims(view, figures, FORMS)
    readings = {
        cell: Reading(State.ABSENT) if value is None else Reading(State.PRINTED, str(value), value, (0, 1))
        for cell, value in (cells or {}).items()
    }
    tables = {key: TableReading(key, form, {}) for key, form in FORMS.items()}
    report = Report("id", "source", len(text), "2021", tables, Header(), (), figures, claims)
    holds, findings = check_claims(report, readings, intervals or {}, deduced or {})
    assert len(holds) == len(claims)
    for finding in findings:  # every message can be said in both languages
        assert message(finding.code, finding.params, "zh") != message(finding.code, finding.params, "en")
    return list(holds), findings


def codes(findings: list[Finding]) -> list[str]:
    return [f.code for f in findings]


@st.composite
def compositions(draw: st.DrawFn) -> list[int]:
    """At least two counts of kinds that make up a whole."""
    return draw(st.lists(st.integers(1, 5000), min_size=2, max_size=8))


def letters(parts: list[int], shares: list[str]) -> str:
    names = [*KINDS[: len(parts) - 1], "其他类"]
    items = "；".join(f"{n}{p}件，占比{s}%" for n, p, s in zip(names, parts, shares, strict=True))
    return f"全年收到群众来信共计{sum(parts)}件，其中：{items}，办结率100%。"


@given(compositions(), st.integers(0, 2), st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN]))
def test_properly_rounded_shares_never_give_a_finding(parts: list[int], places: int, rounding: str) -> None:
    step = Decimal(1).scaleb(-places)
    shares = [str((Decimal(100 * p) / sum(parts)).quantize(step, rounding)) for p in parts]
    holds, findings = check(letters(parts, shares))
    assert findings == []
    assert holds.count(True) == len(holds) == len(parts) + 2  # the sum, each share, the shares' total


@given(compositions(), st.data())
def test_a_share_off_by_more_than_its_rounding_is_found(parts: list[int], data: st.DataObject) -> None:
    right = [int((Decimal(100 * p) / sum(parts)).quantize(Decimal(1), ROUND_HALF_UP)) for p in parts]
    place = data.draw(st.integers(0, len(parts) - 1))
    wrong = data.draw(st.integers(0, 100).filter(lambda s: abs(Decimal(100 * parts[place]) / sum(parts) - s) > Decimal("0.5")))
    shares = [str(wrong if i == place else s) for i, s in enumerate(right)]
    findings = [f for f in check(letters(parts, shares))[1] if f.code == "N-SHARE"]
    assert [(f.found, f.expected) for f in findings] == [(wrong, right[place])]


@given(compositions(), st.data())
def test_a_closed_list_that_misses_its_total_is_found(parts: list[int], data: st.DataObject) -> None:
    total = sum(parts)
    stated = data.draw(st.integers(max(parts), total + 50).filter(lambda n: n != total))
    names = [*"甲乙丙丁戊己庚"[: len(parts) - 1], "其他"]
    listed = "，".join(f"{name}类{part}件" for name, part in zip(names, parts, strict=True))
    holds, findings = check(f"收到来信{stated}件，其中{listed}。")
    assert holds == [False]
    (finding,) = findings
    assert (finding.code, finding.expected, finding.found) == ("N-SUM", stated, total)


def test_shares_cut_off_instead_of_rounded_weigh_less() -> None:
    found = check("收到来信178件，其中交通类14件，占比7%；城建类41件，占比26%；其他123件，占比69%。")[1]
    assert [(f.code, f.severity, f.expected) for f in found if f.code == "N-SHARE"] == [
        ("N-SHARE", "info", 8),
        ("N-SHARE", "warning", 23),
    ]


def test_shares_that_do_not_make_up_a_whole() -> None:
    findings = check("来信10件，其中甲类3件，占30%；乙类3件，占30%；其他4件，占43%。")[1]
    assert "N-SHARES-TOTAL" in codes(findings)
    assert check("甲类占33%，乙类占33%，其他占33%。")[1] == []
    assert codes(check("甲类占33%，乙类占33%，其他占31%。")[1]) == ["N-SHARES-TOTAL"]


def test_a_list_that_may_be_incomplete_is_not_judged() -> None:
    holds, findings = check("发布信息664条，其中乡镇动态408条，公示公告140条，政策解读1条。")
    assert holds == [None]
    assert [(f.code, f.severity) for f in findings] == [("N-SUM-OPEN", "info")]


def test_the_same_quantity_with_two_numbers() -> None:
    findings = check("收到政府信息公开申请11件。其他事项：共收到政府信息公开申请12件。", {RECEIVED: 11})[1]
    assert codes(findings) == ["N-REPEATED", "N-TABLE"]
    assert len(findings[0].spans) == 2


def test_an_illegible_number_is_told_with_what_stands_elsewhere() -> None:
    holds, findings = check("选聘30-9-名社会监督员，查看网站。还选聘21名社会监督员，听取意见。")
    assert (holds, codes(findings)) == ([False], ["N-ILLEGIBLE"])
    assert "21" in message(findings[0].code, findings[0].params, "en")
    holds, findings = check("选聘□1名社会监督员，查看网站。还选聘21名社会监督员，听取意见。")
    assert (holds, codes(findings)) == ([None], ["N-ILLEGIBLE"])


@pytest.mark.parametrize("text", ["发布信息□□条，其中网站14条，微信169条。", "发布信息197条，其中网站14条，微信1□□条。"])
def test_a_sum_tells_what_an_illegible_number_would_be(text: str) -> None:
    holds, (finding,) = check(text)
    assert holds == [None]
    assert (finding.code, finding.expected) == ("N-ILLEGIBLE", 183)


@pytest.mark.parametrize(
    ("text", "cells", "holds"),
    [
        ("共收到政府信息公开申请11件。", {RECEIVED: 11}, [True]),
        ("共收到政府信息公开申请11件。", {RECEIVED: 12}, [False]),
        ("未收到政府信息公开申请。", {RECEIVED: 0}, [True]),
        ("未收到政府信息公开申请。", {RECEIVED: 4}, [False]),
        ("未收到政府信息公开申请。", {RECEIVED: None}, [None]),
        ("受理政府信息公开申请11件。", {RECEIVED: 10, CARRIED_IN: 1}, [True]),
        ("收到政府信息公开申请11件。", {RECEIVED: 10, CARRIED_IN: 1}, [False]),
        ("收到政府信息公开申请11件（含上年结转1件）。", {RECEIVED: 10, CARRIED_IN: 1}, [True, True]),
        ("收到政府信息公开申请11件，其中上年结转1件。", {RECEIVED: 11, CARRIED_IN: 1}, [True, True]),
        ("收到政府信息公开申请11件（含上年结转1件）。", {RECEIVED: 12, CARRIED_IN: 1}, [False, True]),
    ],
)
def test_narrative_against_table(text: str, cells: dict[str, int | None], holds: list[bool | None]) -> None:
    got, findings = check(text, cells)
    assert got == holds
    assert codes(findings) == ["N-TABLE"] * holds.count(False)
    assert all(RECEIVED in f.cells for f in findings)


def test_a_sum_of_cells_counts() -> None:
    both = {"disputes.litigation_direct.total": 2, "disputes.litigation_after_reconsideration.total": 1}
    assert check("因政府信息公开引起行政诉讼3件。", both) == ([True], [])
    holds, findings = check("因政府信息公开引起行政诉讼4件。", both)
    assert holds == [False]
    assert (findings[0].expected, findings[0].found) == (3, 4)


def test_a_lost_cell_is_judged_by_its_bounds() -> None:
    text = "收到政府信息公开申请11件。"
    assert check(text, {RECEIVED: None}, deduced={RECEIVED: 11})[0] == [True]
    assert check(text, {RECEIVED: None}, deduced={RECEIVED: 9})[0] == [False]
    assert check(text, {RECEIVED: None}, intervals={RECEIVED: (0, 10)})[0] == [False]
    assert check(text, {RECEIVED: None}, intervals={RECEIVED: (0, 12)})[0] == [None]


def test_what_a_lost_neighbour_would_have_to_be() -> None:
    cells: dict[str, int | None] = {RECEIVED: None, CARRIED_IN: None, OUTCOMES: 12, CARRIED_OUT: 0}
    bounds: dict[str, Interval] = {RECEIVED: (0, 12), CARRIED_IN: (0, 12)}
    holds, findings = check("受理政府信息公开申请11件。", cells, bounds)
    assert holds == [None]
    (finding,) = findings
    assert (finding.code, finding.cells, finding.expected) == ("N-TABLE-ONLY-IF", (RECEIVED, CARRIED_IN), 1)
    for language in ("zh", "en"):
        said = message(finding.code, finding.params, language)
        assert all(number in said for number in ("11", "12", "1"))
    # no such value: a contradiction
    holds, findings = check("受理政府信息公开申请11件。", cells, {RECEIVED: (0, 12), CARRIED_IN: (3, 12)})
    assert (holds, codes(findings)) == ([False], ["N-TABLE"])


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 50))
def test_true_statements_never_give_a_finding(received: int, lost: int, carried: int) -> None:
    """Whatever bounds hold the true value, a true statement does not fail."""
    text = f"新收政府信息公开申请{received}件。" if received else "未收到政府信息公开申请。"
    bounds: dict[str, Interval] = {RECEIVED: (max(0, received - lost), received + lost), CARRIED_IN: (0, None)}
    for cells in ({RECEIVED: received}, {RECEIVED: None}):
        holds, findings = check(text, {**cells, CARRIED_IN: carried}, bounds)
        assert False not in holds
        assert findings == []

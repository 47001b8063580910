"""Figures and claims of a model are taken where they stand in the text."""

from __future__ import annotations

from tests.plain_report import plain_report
from tests.reading.model_answers import answered, codes_found, planned

PROSE = "全年公开信息 183 条，其中网站 14 条、公众号 169 条。展板陈列物品 77 样。未收到政府信息公开申请。"
TEXT = plain_report().replace("本年度各项工作按要求完成。", PROSE, 1)
LINE = next(n for n, line in planned(TEXT).lines.numbered.items() if "183" in line.text)
FIGURES = f"{LINE}:183条|14条|169条"


def test_figures_have_value_unit_and_place() -> None:
    report = answered(TEXT, {"figures": [f"{FIGURES}|77样"]})
    assert [f.value for f in report.figures] == [183, 14, 169, 77]
    assert report.figures[-1].unit == "样"
    assert "陈列物品" in report.figures[-1].label  # the words beside it
    assert all(TEXT[slice(*f.span)] == f.raw for f in report.figures)


def test_a_figure_that_is_not_there_is_not_taken() -> None:
    for figure in (f"{LINE}:184条", f"{LINE}:18条", f"{LINE}:3条", "9999:183条", f"{LINE}:条", f"{LINE}:-"):
        report = answered(TEXT, {"figures": [figure]})
        assert not report.figures
        assert "M-FIGURE-NOT-FOUND" in codes_found(report)


def test_one_place_is_one_figure() -> None:
    report = answered(TEXT, {"figures": [f"{LINE}:183条|183条"]})
    assert len(report.figures) == 1


def test_a_unit_that_does_not_stand_there_is_left_out() -> None:
    report = answered(TEXT, {"figures": [f"{LINE}:77万元"]})
    assert [f.unit for f in report.figures] in ([""], ["样"])


def test_claims_go_with_their_figures() -> None:
    report = answered(TEXT, {"figures": [FIGURES], "claims": ["0=1-2"]})
    claim = next(c for c in report.claims if c.kind == "sum")
    assert report.figures[claim.total or 0].value == 183
    assert [report.figures[p].value for p in claim.parts] == [14, 169]


def test_a_claim_over_a_figure_that_is_not_there_is_left_out() -> None:
    for claims in (["0=1+3"], ["0=1+9"], ["0=1+1"], ["0=1/2"], ["0=0-2"], ["0=2-1"], ["0=1-999"]):
        report = answered(TEXT, {"figures": [f"{FIGURES}|5555条"], "claims": claims})
        assert not [c for c in report.claims if c.kind in ("sum", "share")]


def test_a_cascade_has_what_rules_and_model_found_each_once() -> None:
    alone = planned(TEXT, "cascade").base
    report = answered(TEXT, {"figures": [f"{FIGURES}|77样#陈列"], "claims": ["0=1+2"]}, "cascade")
    assert {f.span for f in report.figures} >= {f.span for f in alone.figures}
    assert 77 in [f.value for f in report.figures]
    assert len([c for c in report.claims if c.kind == "sum"]) == 1
    spans = [f.span for f in report.figures]
    assert spans == sorted(set(spans))

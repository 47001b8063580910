"""Figures of narratives about invented bodies, in the wordings of townships, bureaus, cities and ministries."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.documents.view import view_of
from extractor.reading.narrative import read_figures
from extractor.report import Number, Section
from tests.reading.prose import claims, figures, stated


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("全年通过政府网站发布信息 183 条，其中动态 １４ 条。", [(183, "条"), (14, "条")]),
        ("网站访问量1,465,274次，点击量达24.5万次。", [(1_465_274, "次"), (245_000, "次")]),
        ("公众号粉丝达3.2万，阅读量12万+。", [(32_000, ""), (120_000, "")]),
        ("收费251000元，采购金额24.5万元。", [(251_000, "元"), (245_000, "元")]),
        ("编印政府公报四期，共计2400册。", [(4, "期"), (2400, "册")]),
        ("目前粉丝一千两百余，培训150余人次，解答咨询近300人次。", [(1200, ""), (150, "人次"), (300, "人次")]),
        ("召开专题会议两次，学习十二次，开展活动一次。", [(2, "次"), (12, "次"), (1, "次")]),
        ("办结率100％，满意率达99.60%，占百分之二十六点五。", [(100, "%"), (Decimal("99.60"), "%"), (Decimal("26.5"), "%")]),
        ("共发布公开信息**183**条。", [(183, "条")]),
        ("发布信息1O5条，转发l8条。", [(105, "条"), (18, "条")]),
        ("全年接待来访 1 178 件次。", [(1178, "件次")]),
        ("审核发布政务公开信息43\n35条。", [(4335, "条")]),
        ("召开\n\n座谈会 15 次，办理提案\n2 件。", [(15, "次"), (2, "件")]),
        ("我局接到12项申请，设立50个受理点。", [(12, "项"), (50, "个")]),
        ("行政诉讼0件，申请数为0。", [(0, "件"), (0, "")]),
        ("通过12345热线受理群众诉求 2257 件，12345 27 件。", [(2257, "件"), (27, "件")]),
        ("培训基层干部20多人，开设专栏近百个，发放资料千余份。", [(20, "人"), (1000, "份")]),
    ],
)
def test_numbers_that_count(text: str, expected: list[tuple[Number | None, str]]) -> None:
    assert stated(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2021年1月1日至12月31日，二〇二一年度。",
        "根据《通知》（国办公开办函〔2021〕30号）和国务院令第711号要求。",
        "深入贯彻党的十九大和十九届二中、三中、四中、五中全会精神。",
        "落实“三审三校”制度，管好“两微一端”，树牢“四个意识”，做到“两个维护”。",
        "按照《条例》第二十条、二十一条、二十二条要求。",
        "第 3 期公报，前 3 名，第2次会议。",
        "地址：云岭县和顺路18号3楼302室，邮编：750001，电话：0951-5012345，手机13800000000。",
        "在收到留言后 5 个工作日内答复，20个工作日办结，7天内反馈，实行24小时值班。",
        "一是加强领导；二是进一步规范；三个方面着手。\n1. 严格落实\n2、健全机制\n（3）完善制度",
        "对信息进行二次审核，形成一级抓一级的格局，一次性告知，千方百计服务千家万户。",
        "建设“一站式”政务服务2.0版，推广5G应用，全县四套班子带头执行八项规定和三项制度。",
        "本报告由总体情况等六个部分组成。",
        "网址 http://www.yunling.gov.cn/2021/35条/a.html",
        "每周至少更新一次。属于四类过程性信息的不予公开。",
        "申请人无正当理由逾期不补正，无需提供证明，无法定事由不得拒绝申请。",
    ],
)
def test_numbers_that_count_nothing(text: str) -> None:
    assert stated(text) == []


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("公开选聘20-8-名监督员。", "20-8-"), ("发布信息1.178件。", "1.178"), ("发布信息□□条。", "□□"),
        ("推送口篇文章。", "口"),
        ("发布信息×5条。", "×5"), ("发布信息46 5274次。", "46 5274"), ("共发布1, 178件。", "1, 178"),
        ("答复1�3件。", "1�3"),
        ("回应关切30-21次。", "30-21"), ("公开XX条信息。", "XX"),
    ],
)  # fmt: skip
def test_numbers_that_cannot_be_read_have_no_value(text: str, raw: str) -> None:
    (figure,) = figures(text)
    assert figure.value is None
    assert figure.raw == raw


def test_a_range_is_no_figure() -> None:
    assert stated("每村配备20-30人，入户1—2次。") == []


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("2021年，未收到政府信息公开申请。", ["政府信息公开申请"]),
        ("未收到公民、法人和其他组织提出的任何申请。", ["公民、法人和其他组织提出的任何申请"]),
        ("本年度我镇未收到依申请公开件，未收取信息处理费。", ["依申请公开件", "信息处理费"]),
        ("无因政府信息公开提起行政复议或者行政诉讼的情况。", ["行政复议", "行政诉讼"]),
        ("未发生因政府信息公开申请行政复议、提起行政诉讼的情况。", ["行政复议", "行政诉讼"]),
        ("全年没有复议、行政诉讼及申诉。", ["行政复议", "行政诉讼"]),
        ("未出现因政府信\n息公开引起的行政诉讼。", ["行政诉讼"]),
        ("本年度未制发行政规范性文件，无结转下年度继续办理的申请。", ["行政规范性文件", "结转下年度继续办理的申请"]),
        ("未收到人大代表建议、政协提案。", ["人大代表建议、政协提案"]),
    ],
)
def test_statements_that_there_was_none_are_figures_of_zero(text: str, labels: list[str]) -> None:
    found = figures(text)
    assert [f.value for f in found] == [0] * len(labels)
    assert [f.label for f in found] == labels
    assert all(f.raw.startswith(("未", "无", "没")) for f in found)


def test_a_clause_that_also_has_a_number_does_not_say_that_there_was_none() -> None:
    assert stated("未出现收到申请3件逾期答复的情形。") == [(3, "件")]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("2021年，通过政府网站共发布信息17条，政务新媒体转发197条。", ["通过政府网站共发布信息", "政务新媒体转发"]),
        ("编印《云岭公报》四期，共计2400册。", ["编印《云岭公报》", "编印《云岭公报》"]),
        ("选聘21名社会监督员。", ["选聘社会监督员"]),
        ("其中：城建类41件，占比26%；其他53件，占30%。", ["城建类", "城建类占比", "其他", "其他占比"]),
        ("## （一）主动公开情况\n全年制发公文17件。", ["制发公文"]),
        ("（一）主动公开情况 全年制发公文17件。", ["制发公文"]),
        ("在12个乡镇投入使用。", ["在乡镇投入使用"]),
        ("因政\n\n府信息公开引起行政复议1件。", ["因政府信息公开引起行政复议"]),
    ],
)
def test_labels_say_what_is_counted(text: str, labels: list[str]) -> None:
    assert [f.label for f in figures(text)] == labels


def test_about_is_approximate() -> None:
    assert [f.approximate for f in figures("培训150余人次，约30场，5000人以上，共12期。")] == [True, True, True, False]


def test_figures_know_their_section_and_tables_hold_none() -> None:
    text = "标题2021年报告，共3条。\n一、总体情况\n发布信息17条。\n二、公开\n行政许可\t63件\n制发文件5份。\n"
    overview, disclosure, table = text.index("一、"), text.index("二、"), text.index("行政许可")
    sections = (Section("overview", (overview, disclosure)), Section("disclosure", (disclosure, len(text))))
    found = read_figures(view_of(text), sections, ((table, text.index("制发")),))
    assert [(f.value, f.section) for f in found] == [(17, "overview"), (5, "disclosure")]


def test_spans_index_the_source_where_the_view_differs() -> None:
    text = "①发布…信息\u200b２５条，㈠共 ３0 件。"
    assert [text[slice(*f.span)] for f in figures(text)] == ["２５", "３0"]
    assert [f.value for f in figures(text)] == [25, 30]


SIGNS = "发布信息共未收到申请行政复议其中占比条件次%0123456789一二十百万零余.,-—（）()〔〕、，。；：\n \t*#OlX□"


@given(st.text(SIGNS, max_size=200))
def test_any_text_gives_figures_with_their_places(text: str) -> None:
    for figure in figures(text):
        a, b = figure.span
        assert 0 <= a < b <= len(text)


RUNS = ["1", "1 ", "1-", "一", "（", "\n", "未", "1.", "其中1条，", "□", " ", "第", "占1%", "#\n", "信 "]


@pytest.mark.parametrize("piece", RUNS)
def test_long_runs_of_anything_are_read_in_bounded_work(piece: str) -> None:
    claims(piece * 20_000)

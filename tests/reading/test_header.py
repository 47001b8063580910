"""Headers of invented reports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.documents.view import view_of
from extractor.reading.header import read_header
from extractor.reading.sections import find_sections
from extractor.report import Defect, Header

BODY = """
一、总体情况
2021年，我局深入贯彻落实条例，认真做好各项公开工作。
二、主动公开政府信息情况
第二十条第（一）项
六、其他需要报告的事项
无其他需要报告的事项。
"""
TITLE = "云岭县林业局2021年政府信息公开工作年度报告\n"


def read(text: str) -> tuple[Header, tuple[Defect, ...]]:
    view = view_of(text)
    return read_header(view, find_sections(view)[0])


def value(text: str, field: str) -> str | int | None:
    """The value of one field; its span must hold the same characters."""
    found = getattr(read(text)[0], field)
    if found is None:
        return None
    a, b = found.span
    assert text[a:b]
    return found.value  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("title", "issuer", "year"),
    [
        ("云岭县林业局2021年政府信息公开工作年度报告", "云岭县林业局", 2021),
        ("# 云岭县林业局 2021 年度政府信息公开工作年度报告", "云岭县林业局", 2021),
        ("云岭县林业局\n\n2021 年政府信息公开工作年度报告", "云岭县林业局", 2021),
        ("云岭县\n林业和草原局\n2021年政府信息公开\n工作年度报告", "云岭县林业和草原局", 2021),
        ("2021年云岭县林业局政府信息公开工作年度报告", "云岭县林业局", 2021),
        ("云岭县林业局政府信息公开工作2021年度报告", "云岭县林业局", 2021),
        ("云岭县林业局政府信息公开工作年度报告（2021年）", "云岭县林业局", 2021),
        ("**云岭县林业局二〇二一年政府信息公开工作年度报告**", "云岭县林业局", 2021),
        ("云岭县青石镇人民政府\n2021年政府信息公开工作年度报告", "云岭县青石镇人民政府", 2021),
        ("青石镇政府2021年信息公开工作年度报告", "青石镇政府", 2021),
        ("雲嶺縣林業局2021年政府信息公開工作年度報告", "雲嶺縣林業局", 2021),
        ("首页 > 政务公开 > 年报\n云岭县林业局2021年政府信息公开工作年度报告", "云岭县林业局", 2021),
        ("首页 / 法定公开 / 年度报告 / 正文 云岭县林业局2021年政府信息公开工作年度报告 根据条例", "云岭县林业局", 2021),
        ("关于发布《云岭县林业局2021年政府信息公开工作年度报告》的通知", "云岭县林业局", 2021),
        ("云 岭 县 林 业 局 2021 年 政 府 信 息 公 开 工 作 年 度 报 告", "云岭县林业局", 2021),
    ],
)
def test_issuer_and_year_of_a_title(title: str, issuer: str, year: int) -> None:
    text = title + "\n" + BODY
    assert value(text, "issuer") == issuer
    assert value(text, "year") == year


def test_a_place_stands_for_its_government_only_where_the_text_names_it() -> None:
    title = "云岭县2021年政府信息公开工作年度报告\n"
    named = title + "请与云岭县人民政府办公室联系。" + BODY
    assert value(named, "issuer") == "云岭县人民政府"
    a, b = read(named)[0].issuer.span  # type: ignore[union-attr]
    assert named[a:b] == "云岭县人民政府"
    assert value(title + BODY, "issuer") == "云岭县"


def test_without_a_title_the_quoted_one_or_the_signature_names_the_issuer() -> None:
    quoted = "现发布《云岭县林业局2021年政府信息公开工作年度报告》。" + BODY
    assert value(quoted, "issuer") == "云岭县林业局"
    signed = "统计数据自2021年1月1日至2021年12月31日。" + BODY + "\n云岭县林业局\n2022年1月20日\n"
    assert (value(signed, "issuer"), value(signed, "year")) == ("云岭县林业局", 2021)


def test_a_lost_title_is_a_defect_and_nothing_is_invented() -> None:
    header, defects = read(BODY)
    assert header.issuer is None
    assert header.year is None
    assert [d.code for d in defects] == ["H-MISSING", "H-MISSING"]


def test_a_body_named_two_ways_is_a_defect() -> None:
    text = "云岭县机关事务服务中心2021年政府信息公开工作年度报告\n" + BODY + "执行《云岭县机关事务管理中心财务办法》。"
    (defect,) = read(text)[1]
    assert defect.code == "H-ISSUER-NAMES"
    assert [text[a:b] for a, b in defect.spans] == ["云岭县机关事务服务中心", "云岭县机关事务管理中心"]


@pytest.mark.parametrize(
    ("contact", "field", "expected"),
    [
        ("（地址：云岭县和顺路 6 号楼 318 室，邮编：750001）", "address", "云岭县和顺路6号楼318室"),
        ("通讯地址: 云岭县和顺路18号(行政中心3楼); 邮编", "address", "云岭县和顺路18号(行政中心3楼)"),
        ("地 址：云岭县和顺路18号 邮政编码：750001", "address", "云岭县和顺路18号"),
        ("地址：云岭县和顺路\n档案馆三楼312室，邮编：750001", "address", "云岭县和顺路档案馆三楼312室"),
        ("邮政编码：７５０００１", "postcode", "750001"),
        ("邮 编 750001，", "postcode", "750001"),
        ("邮编：75010，", "postcode", "75010"),
        ("电话：0951-5012345，", "phone", "0951-5012345"),
        ("联系电话（传真）：（0951）5012345，", "phone", "0951-5012345"),
        ("联系方式：0951—5012345", "phone", "0951-5012345"),
        ("联系电话:13800000000。", "phone", "13800000000"),
        ("电 话：0951 - 501 2345", "phone", "0951-5012345"),
        ("电子邮箱：ylxlyj@163.com）", "email", "ylxlyj@163.com"),
        ("电子邮箱：[ylxlyj@163.com](mailto:ylxlyj@163.com)）", "email", "ylxlyj@163.com"),
        ("邮箱：ylxlyj @ 163.com。", "email", "ylxlyj@163.com"),
        ("电子邮箱：ylxlyj163.com，", "email", "ylxlyj163.com"),
        ("门户网站（<http://www.yunling.gov.cn>）", "website", "http://www.yunling.gov.cn"),
        ("网站([http://www.yunling.gov.cn](http://www.yunling.gov.cn))", "website", "http://www.yunling.gov.cn"),
        ("网站（www.yunling.gov.cn）下载", "website", "www.yunling.gov.cn"),
        ("网址：https://www.yunling.gov.cn/col/1/index.html。", "website", "https://www.yunling.gov.cn/col/1/index.html"),
        ("网站（yunling.gov.cn）", "website", "yunling.gov.cn"),
    ],
)
def test_contact_data(contact: str, field: str, expected: str) -> None:
    assert value(TITLE + contact + "\n" + BODY, field) == expected


def test_contact_data_at_the_end_are_found() -> None:
    assert value(TITLE + BODY + "联系电话：0951-5012345\n", "phone") == "0951-5012345"


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("自2021年1月1日起至2021年12月31日止", "2021-01-01", "2021-12-31"),
        ("为 2020 年 1 月 1 日至 12 月 31 日", "2020-01-01", "2020-12-31"),
        ("从2021.1.1-2021.12.31", "2021-01-01", "2021-12-31"),
        ("二〇二一年一月一日至十二月三十一日", "2021-01-01", "2021-12-31"),
        ("从2021年1月1日到2020年12月31日", "2021-01-01", "2020-12-31"),
    ],
)
def test_period(words: str, start: str, end: str) -> None:
    text = TITLE + f"统计期限{words}。\n" + BODY
    assert value(text, "period_start") == start
    assert value(text, "period_end") == end


@pytest.mark.parametrize(
    ("end", "date"),
    [
        ("云岭县林业局\n2022年1月27日\n", "2022-01-27"),
        ("云岭县林业局 2022年1月27日", "2022-01-27"),
        ("云岭县林业局\r\n2022年1月27日\r\n", "2022-01-27"),
        ("  云岭县林业局\n  二〇二二年一月二十七日\n\n打印 关闭", "2022-01-27"),
        ("无其他事项。 云岭县林业局 2022 年 1 月 27 日 打印 关闭 ", "2022-01-27"),
        ("2022年1月27日我局召开会议。", None),
        ("统计期限自2022年1月1日至\n2022年12月31日\n", None),
    ],
)
def test_date_of_signature(end: str, date: str | None) -> None:
    assert value(TITLE + BODY + end, "signed_on") == date


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("《通知》（国办公开办函〔2021〕30号）", ["国办公开办函〔2021〕30号"]),
        ("根据国办公开办函[2021]30 号和云政办发（2021）5号文件", ["国办公开办函〔2021〕30号", "云政办发〔2021〕5号"]),
        ("《条例》（国务院令 第 711 号）", ["国务院令第711号"]),
        ("按照云政公开办发【2021】第33号要求，再按云政公开办发〔2021〕33号", ["云政公开办发〔2021〕33号"]),
    ],
)
def test_legal_basis(words: str, numbers: list[str]) -> None:
    assert [b.value for b in read(TITLE + words + "。\n" + BODY)[0].basis] == numbers


def test_spans_index_the_source_where_the_view_differs() -> None:
    text = "\ufeff…\n云岭县林业局２０２１年政府信息公开工作年度报告\n邮编：７５０００１\n" + BODY
    header, _ = read(text)
    assert header.postcode is not None
    assert header.year is not None
    assert text[slice(*header.postcode.span)] == "７５０００１"
    assert text[slice(*header.year.span)] == "２０２１"


@given(st.text("云岭县局政府信息公开工作年度报告2021一、地址邮编电话：@.-w:/gov cn\n年月日至自〔〕《》（）号", max_size=300))
def test_any_text_is_read(text: str) -> None:
    header, _ = read(text)
    for field in (header.issuer, header.address, header.phone, header.website, header.email):
        assert field is None or 0 <= field.span[0] < field.span[1] <= len(text)


RUNS = ["政 ", "a", "a@", "地址：", "a.", "1-", "2021年", "《", "云", "www.", "\n", "信息公开", "[2021]", "//"]


@pytest.mark.parametrize("piece", RUNS)
def test_long_runs_of_anything_are_read_in_bounded_work(piece: str) -> None:
    read(piece * 20_000)

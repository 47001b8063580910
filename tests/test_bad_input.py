"""Hostile and broken input, through the whole pipeline: a report or one line, never a crash, never a number from nowhere."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.documents.document import Document
from extractor.documents.load import document_from_bytes
from extractor.output import dumps, to_json_object
from extractor.output_schema import Extraction
from extractor.pipeline import NotAReportError, extract
from tests.plain_report import plain_report

REPORT = plain_report()


def output(text: str) -> dict[str, Any] | None:
    """The report's output, held to the contract, or None where the text is no report."""
    document = document_from_bytes(text.encode(), "x.txt")
    try:
        report, verification = extract(document)
    except NotAReportError:
        return None
    written = json.loads(dumps(to_json_object(document, report, verification)), parse_float=Decimal)
    Extraction.model_validate(written)
    numbers_stand_at_their_places(document, written)
    return dict(written)


def numbers_stand_at_their_places(document: Document, written: dict[str, Any]) -> None:
    for name, cell in written["cells"].items():
        if cell.get("span"):
            start, end = cell["span"]
            assert document.text[start:end] == cell["raw"], name
        if cell["value"] is not None:
            assert any(c.isdigit() or c in "OoIl〇零" for c in cell["raw"]), name
    for part in (*written["findings"], *written["claims"], *written["figures"], *written["sections"]):
        for start, end in part.get("spans", [part.get("span")]):
            assert 0 <= start <= end <= len(document.text)


HOSTILE = {
    "endless number": REPORT.replace("188\t189", "1" * 6000 + "\t189"),
    "wide number": REPORT.replace("188\t189", "1" * 30 + "\t189"),
    "endless composition": REPORT.replace("二、主动", f"发布信息{'9' * 7000}条，其中{'网站1条，' * 3000}。\n二、主动"),
    "open tags": REPORT.replace("规章", "<table>" * 5000 + "规章"),
    "brackets": "（" * 50_000 + REPORT,
    "headings": "一、总体情况\n" * 5000 + REPORT,
    "titles": REPORT + REPORT[:200] * 500,
    "pipes": REPORT.replace("规章", "| " * 100_000 + "规章"),
    "impossible dates": REPORT.replace("2023年12月31日", "2023年13月45日").replace("2023年1月1日", "0000年00月00日"),
    "exponent": REPORT.replace("规章\t", "规章\t1e999999\t"),
    "one line": " ".join(REPORT.split()),
    "no spaces": "".join(REPORT.split()),
    "combining marks": REPORT.replace("\t", "\u0301\t"),
    "zero width": "\u200b".join(REPORT),
    "right to left": "\u202e" + REPORT,
    "table without end": REPORT.replace("规章\t", "某项\t1\t2\n" * 100_000 + "规章\t"),
    "rows without end": REPORT.replace("规章\t", "<tr><td>某项</td><td>1</td></tr>" * 50_000 + "规章\t"),
    "line feeds": "\n" * 100_000 + REPORT.replace("二、主动", "\n" * 100_000 + "二、主动") + "\n" * 100_000,
    "spaces": " " * 100_000 + REPORT.replace("二、主动", " " * 100_000 + "二、主动") + " " * 100_000,
    "parts without end": REPORT.replace("二、主动", "发布信息3条，其中" * 30_000 + "二、主动"),
    "zeros everywhere": "一、总体情况\n三、收到和处理政府信息公开申请情况\n" + "0 " * 50_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_borne(name: str) -> None:
    output(HOSTILE[name])


def test_what_stands_below_a_table_without_end_is_said_to_be_unread() -> None:
    written = output(HOSTILE["table without end"])
    assert written is not None
    (finding,) = [f for f in written["findings"] if f["code"] == "S-TABLE-LONG"]
    assert {cell["value"] for name, cell in written["cells"].items() if name.startswith("disclosure.")} == {None}
    assert finding["spans"][0][1] - finding["spans"][0][0] > 500_000


def test_two_reports_in_one_file_are_named() -> None:
    written = output(REPORT + "\n" + plain_report("2019", issuer="青石县林业局"))
    assert written is not None
    assert written["header"]["issuer"]["value"] == "云溪县水务局"
    assert any(f["severity"] == "error" for f in written["findings"])


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.9])
def test_a_report_cut_short_has_findings_and_no_invented_numbers(share: float) -> None:
    whole, cut = output(REPORT), output(REPORT[: int(len(REPORT) * share)])
    assert whole is not None and cut is not None
    lost = [name for name, cell in whole["cells"].items() if cut["cells"][name]["value"] != cell["value"]]
    assert all(cut["cells"][name]["value"] is None for name in lost)
    assert bool(lost) == bool([f for f in cut["findings"] if f["severity"] != "info"]) or not lost


@pytest.mark.parametrize(
    "text",
    [
        "话说天下大势，分久必合，合久必分。" * 50,
        "2023年政府工作报告\n各位代表：\n一、2023年工作回顾\n全年地区生产总值增长5.2%。\n二、2024年工作安排\n",
        "序号\t名称\t数量\n1\t铅笔\t20\n2\t本子\t35\n",
        "import os\nprint(os.getcwd())\n",
    ],
)
def test_another_kind_of_document_is_refused(text: str) -> None:
    assert output(text) is None


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_happens_to_a_report_nothing_crashes(data: st.DataObject) -> None:
    text = REPORT
    for _ in range(data.draw(st.integers(1, 4))):
        start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
        end = min(end, start + 400)
        what = data.draw(st.sampled_from(["drop", "double", "junk", "swap"]))
        if what == "drop":
            text = text[:start] + text[end:]
        elif what == "double":
            text = text[:end] + text[start:]
        elif what == "junk":
            text = text[:start] + data.draw(st.text(max_size=30)).replace("\x00", "") + text[start:]
        else:
            text = text[:start] + text[start:end][::-1] + text[end:]
    output(text)

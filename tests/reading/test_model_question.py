"""What leaves for a model: the same beginning for every document, no arithmetic, nothing that is settled already."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.eval.generate import generate
from extractor.llm.client import Question
from extractor.messages import catalogue
from extractor.reading.model.answer import ReportAnswer, Row, StatedClaim, StatedFigure, by_line, in_runs
from extractor.reading.model.codes import codes, packed, runs
from extractor.reading.model.prompts import prompt
from extractor.reading.modes import Mode, Plan
from tests.plain_report import plain_report
from tests.reading.model_answers import planned

GENERATED = [generate(5, "default", n).text for n in range(8)]


def asked(text: str, mode: Mode = "model") -> Question[ReportAnswer]:
    found = planned(text, mode).question
    assert found is not None
    return found


def test_the_fixed_part_is_the_same_for_all_documents_and_modes() -> None:
    questions = [asked(text, mode) for text in (*GENERATED, plain_report()) for mode in ("model", "challenge")]
    assert len({q.fixed.encode() for q in questions}) == 1
    assert len({json.dumps(q.reply.strict_schema()) for q in questions}) == 1
    assert len({q.prompt for q in questions}) == 1


def test_the_prompt_has_a_version_and_a_hash() -> None:
    assert re.fullmatch(r"read-report-2#[0-9a-f]{12}", prompt("read-report", 2).identity)


def test_no_expected_arithmetic_in_the_prompt() -> None:
    fixed = prompt("read-report", 2).text
    for word in ("勾稽", "等于", "之和", "相加", "合计应", "平衡", "核对", "校验", "应为", "sum", "equal", "must"):
        assert word not in fixed
    for code, message in catalogue().items():
        assert code not in fixed
        assert not message.severity or message.zh not in fixed


def test_no_deduced_number_and_no_finding_in_a_question() -> None:
    whole = plain_report()
    line = next(part for part in whole.split("\n") if "（七）总计" in part)
    total = line.split("\t")[-1]
    cut = whole.replace(line, line.rsplit("\t", 1)[0] + "\t")
    for mode in ("model", "cascade", "challenge"):
        question = asked(cut, mode)
        assert total not in re.findall(r"\d+", question.document)


def test_the_forms_own_arithmetic_is_not_shown() -> None:
    note = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    text = plain_report().replace("项目\t自然人", f"{note}\t自然人")
    assert note in text
    for mode in ("model", "cascade", "challenge"):
        shown = planned(text, mode).question
        assert shown is None or ("勾稽" not in shown.document and "之和" not in shown.document)
    for text in GENERATED:
        assert "之和" not in asked(text).document.replace(" ", "")


def test_a_document_is_shown_at_most_once() -> None:
    for text in (*GENERATED, plain_report()):
        question = asked(text)
        lines = len(question.document.splitlines())
        assert len(question.document) <= len(text) + 6 * lines  # the numbers of the lines


@pytest.mark.parametrize("end", ["\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_a_document_begins_no_numbered_line_of_its_own(end: str) -> None:
    forged = f"{end}58 本年新收 9999|9999|9999|9999|9999|9999|9999"
    question = asked(plain_report().replace("本年度各项工作按要求完成。", "完成 1 项。" + forged, 1))
    lines = question.document.splitlines()[1:]
    numbers = [int(line.partition(" ")[0]) for line in lines]
    assert numbers == sorted(set(numbers))
    assert any("9999" in line for line in lines)


def test_settled_tables_are_not_asked_for() -> None:
    first = planned(plain_report(), "cascade")
    assert not first.wanted.tables
    lost = re.sub(r"\n[^\n]*国家秘密[^\n]*", "", plain_report())
    assert set(planned(lost, "cascade").wanted.tables) == {"requests"}
    shown = asked(lost, "cascade").document
    assert "科研机构" in shown and "规章" not in shown


def lines_shown(found: Plan) -> dict[int, str]:
    return {n: line.text for n, line in found.lines.numbered.items()}


def test_every_printed_number_of_a_table_is_on_a_numbered_line() -> None:
    for number in range(8):
        sample = generate(5, "default", number)
        found = planned(sample.text)
        view = found.lines.document.view
        for key, true in sample.truth.cells.items():
            if true.span is not None and true.value is not None:
                start, _ = view.view_span(*true.span)
                assert any(line.start <= start < line.end for line in found.lines.numbered.values()), key


ROWS = st.lists(
    st.tuples(st.sampled_from(list(codes())), st.one_of(st.none(), st.integers(1, 400))),
    unique_by=lambda row: row[0],
    max_size=30,
)


@given(ROWS)
def test_runs_of_rows_say_what_was_packed(rows: list[tuple[str, int | None]]) -> None:
    assert list(runs(packed(rows))) == rows


@given(st.lists(st.text(alphabet="drp0123456789@-", max_size=14), max_size=5))
def test_runs_name_known_rows_only(entries: list[str]) -> None:
    assert all(code in codes() for code, _ in runs(entries))


VALUE = st.one_of(st.none(), st.sampled_from(["", "0", "3", "12", "/", "-"]))


CODES = st.sampled_from(["d1", "d2", "r3", "r4", "r5", "p1", "p2", "p3"])
ROW = st.builds(Row, CODES, st.integers(58, 61), st.lists(VALUE, min_size=1, max_size=8).map(tuple))


@given(st.lists(ROW, max_size=8))
def test_rows_say_what_was_written(rows: list[Row]) -> None:
    whole: dict[str, list[str]] = {key: [] for key in ReportAnswer.model_fields}
    answer = ReportAnswer.model_validate(whole | {"rows": in_runs(rows)})
    assert [row for entry in answer.rows for row in Row.of(entry)] == rows


FIGURE = st.builds(
    StatedFigure, st.integers(1, 3), st.sampled_from(["0", "183", "1,024", "3.5", "十二"]),
    st.sampled_from(["", "条", "万元", "%"]), st.sampled_from(["", "培训"]),
)
PLACE = st.integers(0, 99)
CLAIM = st.one_of(
    st.builds(
        lambda total, parts: StatedClaim("sum", total, tuple(parts), None), PLACE, st.lists(PLACE, min_size=1, max_size=9)
    ),
    st.builds(lambda a, b, c: StatedClaim("share", a, (b,), c), PLACE, PLACE, PLACE),
    st.builds(lambda parts: StatedClaim("repeated", None, tuple(parts), None), st.lists(PLACE, min_size=2, max_size=4)),
)


@given(st.lists(FIGURE, max_size=9), st.lists(CLAIM, max_size=4))
def test_a_narrative_says_what_was_written(figures: list[StatedFigure], claims: list[StatedClaim]) -> None:
    whole: dict[str, list[str]] = {key: [] for key in ReportAnswer.model_fields}
    answer = ReportAnswer.model_validate(whole | {"figures": by_line(figures), "claims": [str(c) for c in claims]})
    assert [figure for entry in answer.figures for figure in StatedFigure.of(entry)] == figures
    assert [StatedClaim.of(entry) for entry in answer.claims] == claims


HOSTILE = [
    "勾稽1" * 40_000, " " * 200_000 + "x", "1 " * 100_000, "|" * 100_000, "1|" * 60_000, "(" * 100_000,
    "\n".join(["7"] * 20_000),
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_a_question_stays_small_whatever_the_document(hostile: str) -> None:
    text = plain_report().replace("一、本年新收", hostile + "\n一、本年新收", 1)
    question = planned(text).question
    assert question is not None
    assert len(question.document) < 61_000

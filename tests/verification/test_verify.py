"""The verifier as a whole: defects of the source, header against form, order of findings, determinism."""

import os
import random
import string
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.messages import catalogue, text
from extractor.report import Defect, ExtraRow, Header, HeaderField, Reading, Report, State
from extractor.verification.finding import Finding
from extractor.verification.verify import verify
from tests.verification.tables import columns, open_row, printed, reading, report, table_reading, valid_disputes, valid_requests

COLUMNS = columns("2021", "requests")
ROW = [f"requests.granted.{column}" for column in COLUMNS]


def messages(finding: Finding) -> tuple[str, str]:
    return text(finding.code, finding.params, "zh"), text(finding.code, finding.params, "en")


def damaged_report() -> Report:
    """A report with wrong, lost, blank, open and misplaced numbers in all its tables."""
    rng = random.Random(11)
    requests: dict[str, int | Decimal | State | None] = dict(valid_requests(rng))
    for cell in rng.sample(sorted(requests), 3):
        requests[cell] = 77
    for column in COLUMNS:
        requests[f"requests.carried_out.{column}"] = None
    row = open_row("requests", "granted", {cell: 3 for cell in ROW[:5]})
    for cell in ROW:
        del requests[cell]
    disputes: dict[str, int | Decimal | State | None] = dict(valid_disputes(rng))
    disputes |= {"disputes.reconsideration.total": 99, "disputes.litigation_direct.upheld": State.BLANK}
    disclosure = {f"disclosure.licences.{c}": v for c, v in (("decisions", State.BLANK),)}
    lost = Defect("S-ROW-LOST", tuple(f"requests.carried_out.{c}" for c in COLUMNS), (), {"label_zh": "四", "label_en": "4"})
    table = replace(table_reading("requests", requests, [row]), defects=(lost,))
    return report(table_reading("disclosure", disclosure), table, table_reading("disputes", disputes))


def test_findings_do_not_depend_on_the_order_of_the_input() -> None:
    one = damaged_report()
    rng = random.Random(1)
    shuffled = {}
    for key in sorted(one.tables, reverse=True):
        cells = list(one.tables[key].cells.items())
        rng.shuffle(cells)
        shuffled[key] = replace(one.tables[key], cells=dict(cells))
    other = verify(replace(one, tables=shuffled))
    first = verify(one)
    assert repr(other.findings) == repr(first.findings)
    assert list(other.deduced.items()) == list(first.deduced.items())
    assert list(other.intervals.items()) == list(first.intervals.items())


def test_findings_do_not_depend_on_the_hash_seed() -> None:
    root = Path(__file__).parents[2]
    program = "from tests.verification.test_verify import damaged_report\n" \
              "from extractor.verification.verify import verify\nprint(repr(verify(damaged_report())))"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root), "PYTHONIOENCODING": "utf-8"},
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(outputs) == 1
    assert "S-ROW-OPEN" in outputs.pop()


def test_findings_come_by_priority_and_a_note_never_first() -> None:
    findings = verify(damaged_report()).findings
    scores = [f.priority for f in findings]
    assert scores == sorted(scores, reverse=True)
    assert findings[0].severity != "info"
    assert findings[-1].severity == "info"


def test_every_message_can_be_written() -> None:
    for finding in verify(damaged_report()).findings:
        for message in messages(finding):
            assert "{" not in message


_DEFECTS = [
    "S-TABLE-LOST", "S-ROW-LOST", "S-ROW-SHORT", "S-ROW-LONG", "S-ROW-DOUBLED", "S-ROW-CONTRADICTED", "S-LABEL-LOST",
    "S-COLUMN-LOST", "S-HEADER-LOST", "S-CELL-BLANK", "S-CELL-ILLEGIBLE", "S-EXTRA-ROW", "S-NUMBERS-DETACHED",
    "S-NUMBERS-STRAY", "S-TWO-REPORTS", "S-DECODE",
]


@pytest.mark.parametrize("code", _DEFECTS)
def test_each_defect_becomes_a_finding_that_can_be_written(code: str) -> None:
    names = {
        "table_zh": "表", "table_en": "table", "label": "行", "label_zh": "行", "label_en": "row", "count": 3, "columns": 7,
        "raw": "1 2 3", "last_zh": "末行", "last_en": "last row",
    }
    of_cells = code in ("S-COLUMN-LOST", "S-CELL-BLANK", "S-CELL-ILLEGIBLE")
    empty = table_reading("requests", dict.fromkeys(valid_requests(random.Random(0)), None))
    for cells in [tuple(ROW)] if of_cells else [(), tuple(ROW)]:
        defect = Defect(code, cells, ((4, 9),), names)
        table = replace(empty, defects=(defect,))
        finding = next(f for f in verify(report(table)).findings if f.code == code)
        assert (finding.cells, finding.spans) == (cells, ((4, 9),))
        assert finding.severity == catalogue()[code].severity
        for message in messages(finding):
            assert "{" not in message


def test_a_defect_that_the_catalogue_does_not_know_is_refused() -> None:
    table = replace(table_reading("disputes", {}), defects=(Defect("S-NO-SUCH-THING"),))
    with pytest.raises(KeyError, match="S-NO-SUCH-THING"):
        verify(report(table))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_templates_use_only_their_own_language(language: str) -> None:
    other = {"zh": "_en", "en": "_zh"}[language]
    for message in catalogue().values():
        fields = [name for _, name, _, _ in string.Formatter().parse(getattr(message, language)) if name]
        assert not [name for name in fields if name.endswith(other)], message.code


def test_a_lost_row_says_what_it_must_hold() -> None:
    truth = valid_requests(random.Random(2), zeros=0.0)
    lost = [f"requests.refused.third_party.{c}" for c in COLUMNS]
    defect = Defect("S-ROW-LOST", tuple(lost), (), {"label_zh": "4.保护第三方合法权益", "label_en": "Third party", "count": 1})
    table = replace(table_reading("requests", truth | dict.fromkeys(lost, None)), defects=(defect,))
    findings = verify(report(table)).findings
    assert [f.code for f in findings] == ["S-ROW-LOST", "V-ROW-UNCONFIRMED"]
    zh, en = messages(findings[0])
    for cell in lost[:2]:
        assert str(truth[cell]) in zh
        assert str(truth[cell]) in en
    assert findings[0].severity == "info"  # arithmetic makes the loss good


@pytest.mark.parametrize("value", [Decimal("1.5"), -3, 10**13])
def test_what_can_not_be_a_count_is_a_finding(value: int | Decimal) -> None:
    cells: dict[str, int | Decimal | State | None] = dict(valid_disputes(random.Random(0)))
    cells["disputes.reconsideration.upheld"] = value
    found = verify(report(table_reading("disputes", cells)))
    finding = next(f for f in found.findings if f.code == "V-NOT-A-COUNT")
    assert finding.severity == "error"
    assert finding.cells == ("disputes.reconsideration.upheld",)
    assert str(value) in messages(finding)[0]
    assert "disputes.reconsideration.upheld" not in found.deduced


def test_a_change_without_a_sign_is_a_finding() -> None:
    cells = {"disclosure.fees.change": printed(8), "disclosure.licences.change": printed(0),
             "disclosure.penalties.change": Reading(State.PRINTED, "增10", 10, (0, 3)),
             "disclosure.coercive_measures.change": printed(-66)}
    table = replace(table_reading("disclosure", {}, code="2019"), cells=cells)
    findings = [f for f in verify(report(table, code="2019")).findings if f.code == "V-SIGN-MISSING"]
    assert [f.cells for f in findings] == [("disclosure.fees.change",)]


def test_an_amount_of_money_may_be_a_fraction() -> None:
    cells = {f"disclosure.{row}.{c}": printed(0) for row, columns_ in (
        ("regulations", ("issued", "repealed", "in_force")), ("normative_documents", ("issued", "repealed", "in_force")),
        ("licences", ("decisions",)), ("penalties", ("decisions",)), ("coercive_measures", ("decisions",)),
    ) for c in columns_}
    cells["disclosure.fees.amount"] = reading(Decimal("24.5"))
    table = replace(table_reading("disclosure", {}), cells=cells)
    assert verify(report(table)).findings == ()


def test_numbers_that_nothing_confirms_are_listed_once_per_table() -> None:
    cells: dict[str, int | State | None] = dict(valid_disputes(random.Random(0)))
    cells |= {"disputes.reconsideration.upheld": State.ABSENT, "disputes.reconsideration.total": 40}
    found = verify(report(table_reading("disputes", cells)))
    listed = [set(f.cells) for f in found.findings if f.code == "V-UNCONFIRMED"]
    assert listed == [{f"disputes.reconsideration.{c}" for c in ("corrected", "other", "pending", "total")}]


def test_an_outcome_that_the_form_does_not_know_may_be_part_of_the_sum() -> None:
    truth = valid_requests(random.Random(4), zeros=0.3)
    extra = {f"requests.extra.1.{c}": 3 if c == "natural_person" else 0 for c in COLUMNS[:-1]} | {"requests.extra.1.total": 3}
    for column in ("natural_person", "total"):
        for row in ("outcomes_total", "received"):
            truth[f"requests.{row}.{column}"] += 3
    added = ExtraRow("extra.1", "4.省里增加的一种", (0, 9), tuple(extra))
    defect = Defect("S-EXTRA-ROW", tuple(extra), ((0, 9),), {"label_zh": "4.省里增加的一种", "label_en": "4.省里增加的一种"})
    table = replace(table_reading("requests", truth | extra), extra_rows=(added,), defects=(defect,))
    assert [f.code for f in verify(report(table)).findings] == ["S-EXTRA-ROW"]
    # it makes up for nothing else
    broken = truth | extra | {"requests.granted.natural_person": truth["requests.granted.natural_person"] + 9}
    table = replace(table_reading("requests", broken), extra_rows=(added,), defects=(defect,))
    assert "R-COL-OUTCOMES" in {f.code for f in verify(report(table)).findings}


def header(year: int, basis: str = "") -> Header:
    cited = (HeaderField(basis, (9, 20)),) if basis else ()
    return Header(year=HeaderField(year, (0, 4)), basis=cited)


@pytest.mark.parametrize(
    ("codes", "year", "basis", "expected"),
    [
        (("2021", "2021"), 2022, "国办公开办函〔2021〕30号", set()),
        (("2019", "2019"), 2020, "国办公开办函[2019]60号", set()),
        (("2019", "2019"), 2022, "", {"H-FORM-YEAR"}),
        (("2021", "2019"), 2021, "", {"H-FORM-YEAR", "H-FORM-MIXED"}),
        (("2021", "2021"), 2021, "国办公开办函〔2019〕60号", {"H-FORM-BASIS"}),
    ],
)
def test_form_against_year_and_basis(codes: tuple[str, str], year: int, basis: str, expected: set[str]) -> None:
    rng = random.Random(0)
    tables = (table_reading("requests", valid_requests(rng, codes[0]), code=codes[0]),
              table_reading("disputes", valid_disputes(rng, codes[1]), code=codes[1]))
    found = verify(replace(report(*tables), header=header(year, basis)))
    assert {f.code for f in found.findings if f.code.startswith("H-FORM")} == expected
    for finding in found.findings:
        messages(finding)


@given(seed=st.integers(0, 10**6), data=st.data())
def test_nothing_a_reader_hands_in_breaks_the_verifier(seed: int, data: st.DataObject) -> None:
    """States, fractions, negatives, giants anywhere: an answer, and every message can be written."""
    odd = st.one_of(
        st.sampled_from([None, State.BLANK, State.MARKED, State.ILLEGIBLE]), st.integers(-5, 10**15),
        st.decimals(allow_nan=False, allow_infinity=False, places=1, min_value=-10, max_value=10**6),
    )
    cells: dict[str, int | Decimal | State | None] = dict(valid_requests(random.Random(seed)))
    for cell, value in data.draw(st.dictionaries(st.sampled_from(sorted(cells)), odd, max_size=12)).items():
        cells[cell] = value
    found = verify(report(table_reading("requests", cells)))
    for finding in found.findings:
        assert all(messages(finding))
        assert 0 <= sum(s.weight for s in finding.suspects if not s.jointly) <= len(finding.suspects)

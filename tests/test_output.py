"""The JSON object of one report: what a consumer may rely on, whatever the report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from extractor.documents.document import Document, content_id
from extractor.forms.form import form
from extractor.output import dumps, to_json_object
from extractor.output_schema import Extraction, json_schema
from extractor.report import Claim, ExtraRow, Figure, Header, HeaderField, Number, Reading, Report, Section, State, TableReading
from extractor.verification.finding import Finding, Suspect, Verification

TEXT = "云溪县水务局2023年报告 发布183条，占41.5% 12 24.50万元 / 20-8- 7"


def reading(raw: str, value: Number | None = None, state: State = State.PRINTED, **more: Any) -> Reading:
    start = TEXT.index(raw)
    return Reading(state, raw, value, (start, start + len(raw)), **more)


def report_with(cells: Mapping[str, Reading]) -> Report:
    """A report whose disclosure table is of the form of 2021 and whose other tables are of 2019."""
    tables = {}
    for key, code in (("disclosure", "2021"), ("requests", "2019"), ("disputes", "2019")):
        ids = [c for c in form(code).cell_ids if c.startswith(f"{key}.")]
        own = {c: cells.get(c, Reading(State.BLANK)) for c in ids}
        extra: tuple[ExtraRow, ...] = ()
        if key == "disclosure":
            own["disclosure.extra.other_files.issued"] = reading("7", 7)
            extra = (ExtraRow("other_files", "其他主动公开文件", (0, 5), ("disclosure.extra.other_files.issued",)),)
        tables[key] = TableReading(key, code, own, extra_rows=extra)
    figures = (
        Figure("发布信息", 183, "条", (15, 18), "overview", "183"),
        Figure("占比", Decimal("41.5"), "%", (21, 26), "overview", "41.5%"),
        Figure("发布信息", None, "条", (0, 1), "overview", "云", approximate=True),
    )
    claims = (
        Claim("share", (15, 26), total=0, parts=(2,), share=1),
        Claim("sum", (15, 26), total=0, parts=(0, 2)),
        Claim("table", (15, 18), total=0, cells=("requests.received.total",)),
    )
    header = Header(issuer=HeaderField("云溪县水务局", (0, 6)), year=HeaderField(2023, (6, 10)))
    return Report("x", "x.txt", len(TEXT), "2019", tables, header, (Section("overview", (0, 9)),), figures, claims)


def object_of(cells: Mapping[str, Reading], **verification: Any) -> dict[str, Any]:
    layer: dict[str, Any] = {"placed": {}, "deduced": {}, "intervals": {}, "holds": (None, False, True), "findings": ()}
    layer |= verification
    document = Document(content_id(TEXT.encode()), "x.txt", TEXT)
    return to_json_object(document, report_with(cells), Verification(**layer))


def printed(extraction: dict[str, Any]) -> Any:
    """As a consumer gets it, decimals kept."""
    return json.loads(dumps(extraction), parse_float=Decimal)


CELLS = {
    "requests.received.total": reading("12", 12, confidence=0.5, note="（其中修订 16 件）"),
    "disclosure.fees.amount": reading("24.50", Decimal("24.50"), unit="万元"),
    "requests.granted.total": reading("/", None, State.MARKED),
    "requests.other.total": reading("20-8-", None, State.ILLEGIBLE),
    "requests.carried_out.total": Reading(State.ABSENT),
}
FINDINGS = (
    Finding("S-TRUNCATED", "warning", ("requests.received.total",), ((3, 4),), 12, Decimal("24.50"), {"bytes": 1},
            (Suspect("requests.received.total", 0.8, 3),)),
    Finding("S-DECODE", "warning", expected=(0, None), params={"count": 2}),
)  # fmt: skip


def test_output_keeps_to_the_contract() -> None:
    output = dumps(
        object_of(
            CELLS,
            placed={"requests.granted.enterprise": reading("7", 7, placed=True)},
            deduced={"requests.carried_out.total": 0},
            intervals={
                "requests.other.total": (0, 10),
                "requests.granted.total": (3, None),
                "disputes.reconsideration.total": (None, None),
            },
            findings=FINDINGS,
        )
    )
    Extraction.model_validate_json(output)
    validator = jsonschema.Draft202012Validator(json_schema())
    validator.check_schema(json_schema())
    assert list(validator.iter_errors(json.loads(output))) == []

    out = printed(json.loads(output, parse_float=Decimal))
    assert out["tables"] == {"disclosure": "2021", "requests": "2019", "disputes": "2019"}
    assert out["header"]["year"] == {"value": 2023, "span": [6, 10]}
    assert out["header"]["phone"] == {}
    cells = out["cells"]
    assert cells["requests.granted.enterprise"]["placed"] is True
    assert cells["requests.received.total"]["note"] == "（其中修订 16 件）"
    assert cells["requests.carried_out.total"] == {"state": "absent", "value": None, "deduced": 0, "interval": None}
    assert cells["requests.other.total"]["interval"] == [0, 10]
    assert cells["requests.other.total"]["raw"] == "20-8-"
    assert cells["requests.granted.total"]["interval"] == [3, None]
    assert cells["disputes.reconsideration.total"]["interval"] is None
    assert cells["disclosure.extra.other_files.issued"]["label"] == "其他主动公开文件"
    assert out["claims"][0] == {"kind": "share", "total": 183, "parts": [None], "holds": None, "span": [15, 26],
                                "share": Decimal("41.5"), "count": None}  # fmt: skip
    assert out["claims"][1]["parts"] == [183, None]
    assert out["claims"][2]["parts"] == [12]
    assert out["findings"][0]["suspects"] == [{"cell": "requests.received.total", "weight": Decimal("0.8"), "proposal": 3}]
    assert out["findings"][1]["expected"] == [0, None]
    assert set(out["findings"][1]["message"]) == {"zh", "en"}


def test_money_is_written_digit_for_digit() -> None:
    assert b'"value":24.50,' in dumps(object_of(CELLS))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6), st.integers())
def test_numbers_of_any_size_survive(amount: Decimal, count: int) -> None:
    back = json.loads(dumps({"a": [amount], "n": count}), parse_float=Decimal)
    assert back["a"][0] == amount
    assert back["n"] == count


@pytest.mark.parametrize("damage", ["drop", "unknown", "value", "unread"])
def test_the_models_refuse_what_is_not_the_contract(damage: str) -> None:
    out = printed(object_of(CELLS))
    cells = out["cells"]
    if damage == "drop":
        del cells["requests.other.total"]
    elif damage == "unknown":  # a cell of the form of 2021 in a table of 2019
        cells["requests.other.other.total"] = cells["requests.other.total"]
    elif damage == "value":
        cells["requests.other.total"]["value"] = 5
    else:
        cells["requests.received.total"]["value"] = None
    with pytest.raises(ValidationError):
        Extraction.model_validate(out)
    if damage in ("drop", "unknown"):
        assert not jsonschema.Draft202012Validator(json_schema()).is_valid(json.loads(dumps(out)))

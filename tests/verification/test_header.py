from __future__ import annotations

import pytest

from extractor.messages import text as message
from extractor.report import Header, HeaderField
from extractor.verification.header import check_header


def header(**fields: str | int) -> Header:
    known: dict[str, str | int] = {"issuer": "云岭县林业局", "year": 2021, **fields}
    return Header(**{key: HeaderField(value, (0, 1)) for key, value in known.items()})  # type: ignore[arg-type]


def codes(**fields: str | int) -> list[str]:
    findings = check_header(header(**fields))
    for finding in findings:
        assert finding.severity != "error"
        assert message(finding.code, finding.params, "zh") != message(finding.code, finding.params, "en")
    return [f.code for f in findings]


@pytest.mark.parametrize(
    "fields",
    [
        {"period_start": "2021-01-01", "period_end": "2021-12-31", "signed_on": "2022-01-31"},
        {"issuer": "云岭县人民政府", "signed_on": "2022-03-31"},
        {"issuer": "云岭县", "signed_on": "2022-03-31"},
        {"issuer": "青石镇人民政府", "signed_on": "2022-02-11"},
        {"signed_on": "2021-12-30"},
        {"postcode": "755100", "phone": "0955-5012345"},
        {"postcode": "100010", "phone": "010-65012345"},
        {"postcode": "570100", "phone": "0898-65012345"},
        {"postcode": "850000", "phone": "0891-6501234"},
        {"postcode": "510000", "phone": "020-65012345"},
        {"phone": "13800000000"}, {"phone": "5012345"}, {"phone": "0951-5012345转801"}, {"phone": "12345"},
        {"phone": "09515012345"}, {"email": "yl_lyj.2021@mail.yunling.gov.cn"},
        {"website": "http://www.yunling.gov.cn/col/index.html?x=1"},
        {"website": "www.yunling.gov.cn"},
    ],
)  # fmt: skip
def test_likely_headers_give_no_finding(fields: dict[str, str]) -> None:
    assert codes(**fields) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"period_start": "2020-01-01", "period_end": "2021-12-31"}, ["H-PERIOD"]),
        ({"period_start": "2021-01-01", "period_end": "2021-02-30"}, ["H-PERIOD"]),
        ({"period_end": "2021-12-13"}, ["H-PERIOD"]),
        ({"signed_on": "2022-02-01"}, ["H-LATE"]),
        ({"issuer": "云岭县人民政府", "signed_on": "2022-04-01"}, ["H-LATE"]),
        ({"signed_on": "2021-01-27"}, ["H-SIGNED"]),
        ({"signed_on": "2028-01-27"}, ["H-SIGNED"]),
        ({"signed_on": "2022-13-27"}, ["H-SIGNED"]),
        ({"postcode": "75010"}, ["H-CONTACT"]),
        ({"postcode": "995100"}, ["H-CONTACT"]),
        ({"postcode": "755100", "phone": "0931-5012345"}, ["H-AREA"]),
        ({"phone": "0955-50123"}, ["H-CONTACT"]),
        ({"email": "ylxlyj163.com"}, ["H-CONTACT"]),
        ({"website": "http://www,yunling"}, ["H-CONTACT"]),
    ],
)
def test_unlikely_ones_do(fields: dict[str, str], expected: list[str]) -> None:
    assert codes(**fields) == expected

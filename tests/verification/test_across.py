"""Edits between reports: other years of the same body, other bodies of the county, any other body."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from extractor.documents.load import document_from_bytes
from extractor.messages import text
from extractor.pipeline import extract
from extractor.verification.across import Record, check_across, record_of
from extractor.verification.finding import Finding
from tests.plain_report import plain_report

FORMS = {"disclosure": "2021", "requests": "2021", "disputes": "2021"}


def record(issuer: str, year: int, values: dict[str, int] | None = None, host: str = "", sentences: str = "") -> Record:
    span = (10, 30) if host else None
    digests = frozenset(s.encode() for s in sentences.split())
    spans = {cell: (100 + i, 101 + i) for i, cell in enumerate(values or {})}
    return Record(f"{issuer}-{year}", f"{issuer}{year}.txt", issuer, year, FORMS, values or {}, spans, host, span, digests)


def codes(found: dict[str, tuple[Finding, ...]]) -> dict[str, list[str]]:
    return {document: [f.code for f in findings] for document, findings in found.items()}


def carried(year: int, inward: int, outward: int) -> Record:
    return record("云溪县水务局", year, {"requests.carried_in.total": inward, "requests.carried_out.total": outward})


def test_what_was_carried_out_last_year_is_carried_in_this_year() -> None:
    assert check_across([carried(2022, 0, 4), carried(2023, 4, 0)]) == {}
    found = check_across([carried(2022, 0, 4), carried(2023, 3, 0)])
    (finding,) = found["云溪县水务局-2023"]
    assert (finding.code, finding.expected, finding.found) == ("A-CARRIED", 4, 3)
    assert finding.cells == ("requests.carried_in.total",)
    assert "云溪县水务局2022.txt" in text(finding.code, finding.params, "zh")


def test_years_apart_and_other_bodies_are_not_compared() -> None:
    other = replace(carried(2022, 0, 9), issuer="云溪县民政局", document="x")
    assert check_across([carried(2021, 0, 4), carried(2023, 3, 0), other]) == {}


def test_documents_in_force_follow_from_last_year() -> None:
    def documents(year: int, *counts: int) -> Record:
        cells = [f"disclosure.normative_documents.{c}" for c in ("in_force", "issued", "repealed")]
        return record("云溪县人民政府", year, dict(zip(cells, counts, strict=True)))

    before, right, wrong = documents(2022, 40, 3, 1), documents(2023, 44, 6, 2), documents(2023, 46, 6, 2)
    assert check_across([before, right]) == {}
    (finding,) = check_across([before, wrong])["云溪县人民政府-2023"]
    assert (finding.code, finding.expected, finding.found) == ("A-IN-FORCE", 44, 46)


def test_two_reports_on_one_year_that_differ() -> None:
    second = replace(carried(2022, 0, 5), document="second")
    assert codes(check_across([carried(2022, 0, 4), second])) == {"second": ["A-TWICE"], "云溪县水务局-2022": ["A-TWICE"]}


def test_a_host_one_letter_from_the_countys_usual_one() -> None:
    usual = [record(f"云溪县{name}局", 2023, host="www.yxzf.gov.cn") for name in ("水务", "民政", "财政")]
    odd = record("云溪县教育局", 2023, host="www.yxxzf.gov.cn")
    own = record("云溪县卫生健康局", 2023, host="www.yunxi-health.gov.cn")
    found = check_across([*usual, odd, own])
    assert codes(found) == {"云溪县教育局-2023": ["A-HOST"]}
    assert "www.yxzf.gov.cn" in text("A-HOST", found["云溪县教育局-2023"][0].params, "en")


def test_a_narrative_copied_from_another_body() -> None:
    words = " ".join(f"s{i}" for i in range(10))
    copy = record("云溪县民政局", 2023, sentences=" ".join(words.split()[:8]) + " own1 own2")
    source = record("云溪县水务局", 2022, sentences=words)
    own_last_year = record("云溪县民政局", 2022, sentences="s1 s2")
    assert codes(check_across([copy, source, own_last_year])) == {"云溪县民政局-2023": ["A-COPIED"]}


def test_a_number_far_from_the_bodys_other_years() -> None:
    cell = "requests.received.total"
    years = [record("云溪县水务局", 2020 + i, {cell: v}) for i, v in enumerate((31, 28, 35, 31000))]
    assert codes(check_across(years)) == {"云溪县水务局-2023": ["A-MAGNITUDE"]}


def test_units_that_report_more_than_the_body_above_them() -> None:
    cell = "requests.received.total"
    county = record("云溪县人民政府", 2023, {cell: 10})
    units = [record("云溪县水务局", 2023, {cell: 7}), record("云溪县民政局", 2023, {cell: 5})]
    parents = {u.issuer: county.issuer for u in units}
    assert codes(check_across([county, *units], parents)) == {"云溪县人民政府-2023": ["A-UNITS"]}
    assert check_across([county, *units]) == {}


def test_the_order_of_reports_does_not_matter() -> None:
    records = [carried(2021, 0, 2), carried(2022, 1, 4), carried(2023, 3, 0)]
    results = [check_across(order) for order in permutations(records)]
    assert all(result == results[0] for result in results)
    assert len(results[0]) == 2


def test_a_record_of_a_real_reading() -> None:
    document = document_from_bytes(plain_report("2021").encode(), "plain.txt")
    found = record_of(document, *extract(document))
    assert found is not None
    assert (found.issuer, found.year) == ("云溪县水务局", 2023)
    cell = "requests.received.total"
    assert document.text[slice(*found.spans[cell])] == str(found.values[cell])

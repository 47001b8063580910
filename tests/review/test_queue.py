"""The queue: order, filters, pages, leases, one cause over many reports."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, update

from extractor.archive.schema import leases
from extractor.archive.store import writing
from tests.archive.filled import filled
from tests.review.reviewed import RIGHT, Caller, add_people, served, spoilt

People = Callable[[str], Caller]


def test_findings_come_by_priority_and_every_one_once(person: People) -> None:
    anna = person("anna")
    everything = anna.get("/api/findings?limit=500")["findings"]
    paged: list[Any] = []
    after: str | None = ""
    while after is not None:
        page = anna.get(f"/api/findings?limit=3{after and '&after=' + after}")
        paged += page["findings"]
        after = page["after"]
    assert [f["id"] for f in paged] == [f["id"] for f in everything]
    assert [f["priority"] for f in paged] == sorted((f["priority"] for f in paged), reverse=True)


@pytest.mark.parametrize(
    "query",
    ["code=R-ROW-TOTAL", "severity=error", "table=requests", "issuer=云溪县教育局", "year=2023", "reader=grid", "document=2",
     "q=教育", "q=row-total", "code=R-ROW-TOTAL&q=水务", "q=nothing-of-the-kind", "view=mine", "state=decided&view=all"],
)
def test_counts_and_lists_agree_under_every_filter(person: People, query: str) -> None:
    anna = person("anna")
    anna.decide(anna.next("?document=1"), "misread", RIGHT)
    found = anna.get(f"/api/findings?limit=500&{query}")["findings"]
    counts = anna.get(f"/api/counts?{query}")
    assert counts["exact"] and counts["total"] == len(found)
    named = query.partition("=")[0]
    for facet in ("code", "severity", "table"):
        if facet != named and "code=" not in query:
            assert sum(counts[facet].values()) == sum(f[facet] is not None for f in found)


def test_a_percent_sign_in_a_search_is_only_a_percent_sign(person: People) -> None:
    assert person("anna").get("/api/findings?q=水%25局")["findings"] == []
    assert person("anna").get("/api/findings?q=水_局")["findings"] == []


def test_a_report_in_somebodys_hands_is_not_handed_out(person: People) -> None:
    anna, bert = person("anna"), person("bert")
    first, second = anna.next(), bert.next()
    assert first["document"] != second["document"]
    assert person("lena").next() is None
    assert anna.next()["document"] == first["document"]
    shown = bert.get(f"/api/findings?document={first['document']}")["findings"]
    assert {f["held_by"] for f in shown} == {"anna"}
    assert bert.decide(first, "dismissed", expect=409)["code"] == "E-HELD"
    bert.put(f"/api/documents/{first['document']}/lease", expect=409)
    anna.delete(f"/api/documents/{first['document']}/lease")
    bert.put(f"/api/documents/{first['document']}/lease")


def test_a_lease_that_is_not_renewed_lapses(person: People, engine: Engine) -> None:
    first = person("anna").next()
    with writing(engine) as connection, connection.begin():
        connection.execute(update(leases).values(until=0))
    assert person("bert").next()["document"] == first["document"]


def test_who_goes_on_gives_the_report_back(person: People) -> None:
    anna = person("anna")
    first = anna.next("?document=1")
    anna.next("?document=2")
    assert person("bert").next()["document"] == first["document"]


def test_the_next_one_stays_with_the_report_at_hand(person: People) -> None:
    anna = person("anna")
    first = anna.next("?document=1")
    behind = f"{first['priority']!r}_{first['id']}"
    assert anna.next(f"?stay=1&after={behind}")["document"] == 1
    anna.decide(first, "misread", RIGHT)
    assert anna.next("?stay=1")["document"] == 2


def test_many_people_at_once_never_get_the_same_report(new_archive: Callable[[], str]) -> None:
    engine = filled(new_archive(), [(f"{n}.txt", spoilt(f"云溪县第{n}局")) for n in range(12)])
    add_people(engine)

    def work(caller: Caller) -> list[int]:
        taken: list[int] = []
        while len(taken) < 12 and (finding := caller.next("?severity=error")) is not None:
            taken.append(finding["document"])
            caller.decide(finding, "misread", RIGHT)
        return taken

    with served(engine) as client, ThreadPoolExecutor() as threads:
        people = [Caller(client, engine, name) for name in ("anna", "bert", "lena")]
        taken = [document for documents in threads.map(work, people) for document in documents]
    engine.dispose()
    assert sorted(taken) == list(range(1, 13))


def test_people_who_change_reports_all_the_time_do_not_block_each_other(new_archive: Callable[[], str]) -> None:
    engine = filled(new_archive(), [(f"{n}.txt", spoilt(f"云溪县第{n}局")) for n in range(4)])
    add_people(engine)

    def work(caller: Caller, chance: Random) -> int:
        asked = [caller.next(f"?document={chance.randint(1, 4)}") for _ in range(25)]
        return sum(finding is not None for finding in asked)

    with served(engine) as client, ThreadPoolExecutor() as threads:
        people = [Caller(client, engine, name) for name in ("anna", "bert", "lena")]
        got = list(threads.map(work, people, [Random(n) for n in range(3)]))
    engine.dispose()
    assert all(got)


def test_one_cause_over_many_reports_is_decided_and_undone_at_once(person: People) -> None:
    anna = person("anna")
    cause = {"filters": {"code": "R-ROW-TOTAL"}, "kind": "dismissed", "reason": "known"}
    seen = anna.post("/api/bulk/preview", cause)
    assert (seen["findings"], seen["documents"], seen["more"]) == (2, 2, False)
    assert {e["code"] for e in seen["examples"]} == {"R-ROW-TOTAL"}
    done = anna.post("/api/bulk", cause | {"digest": seen["digest"]})
    assert (done["findings"], done["documents"]) == (2, 2)
    assert anna.get("/api/findings?code=R-ROW-TOTAL")["findings"] == []
    undone = anna.post("/api/undo", {})
    assert undone["documents"] == [1, 2] and undone["group"] == done["group"]
    assert len(anna.get("/api/findings?code=R-ROW-TOTAL")["findings"]) == 2


def test_it_touches_what_the_preview_showed_and_nothing_else(person: People) -> None:
    anna, bert = person("anna"), person("bert")
    cause = {"filters": {"code": "R-ROW-TOTAL"}, "kind": "as_printed"}
    seen = anna.post("/api/bulk/preview", cause)
    held = bert.next()
    assert anna.post("/api/bulk", cause | {"digest": seen["digest"]}, 409)["code"] == "E-OTHER-BY-NOW"
    seen = anna.post("/api/bulk/preview", cause)
    assert seen["findings"] == 1
    anna.post("/api/bulk", cause | {"digest": seen["digest"]})
    left = anna.get("/api/findings?code=R-ROW-TOTAL")["findings"]
    assert [f["document"] for f in left] == [held["document"]]


def test_a_cause_has_a_code_and_a_dismissal_a_reason(person: People) -> None:
    person("anna").post("/api/bulk/preview", {"filters": {}, "kind": "as_printed"}, 422)
    person("anna").post("/api/bulk/preview", {"filters": {"code": "R-ROW-TOTAL"}, "kind": "dismissed"}, 422)

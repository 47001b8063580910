"""Decisions: what they settle, what they make, what is left when they are taken back, and after a new reading."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from extractor.output_schema import Extraction
from extractor.review.access import Person, Role
from extractor.review.opened import opened
from tests.review.reviewed import CELL, RIGHT, Caller, spoilt, states

People = Callable[[str], Caller]


def test_a_right_value_settles_all_that_the_wrong_one_broke(person: People, engine: Engine) -> None:
    anna = person("anna")
    finding = anna.next("?document=1")
    taken = anna.decide(finding, "misread", RIGHT)
    assert taken["state"] == "decided"
    assert {f["code"] for f in taken["consequences"]["settled"]} >= {"R-ROW-TOTAL", "R-COL-OUTCOMES"}
    assert taken["consequences"]["made"] == []
    assert set(states(engine).values()) == {"decided"}
    assert set(states(engine, 2).values()) == {"open"}


def test_a_trial_says_what_a_decision_would_do_and_stores_nothing(person: People, engine: Engine) -> None:
    anna = person("anna")
    before = states(engine)
    tried = anna.post("/api/check", {"document": 1, "cells": [{"cell": CELL, "value": str(RIGHT)}]})
    taken = anna.decide(anna.next("?document=1"), "misread", RIGHT)
    assert [f["code"] for f in tried["settled"]] == [f["code"] for f in taken["consequences"]["settled"]]
    anna.post("/api/undo", {})
    assert states(engine) == before
    assert len(anna.get("/api/documents/1/decisions")["decisions"]) == 2


def test_a_wrong_value_makes_findings_which_undo_takes_away(person: People, engine: Engine) -> None:
    anna = person("anna")
    before = states(engine)
    body = {"document": 1, "kind": "misread", "cells": [{"cell": "requests.received.natural_person", "value": 7}]}
    made = anna.post("/api/decisions", body)["consequences"]["made"]
    assert made
    listed = anna.get("/api/documents/1/findings")["findings"]
    assert {f["id"] for f in made} <= {f["id"] for f in listed if f["made"]}
    assert anna.get(f"/api/findings/{made[0]['id']}")["code"] == made[0]["code"]
    anna.post("/api/undo", {})
    assert states(engine) == before


@pytest.mark.parametrize("kind", ["misread", "wrong_in_print"])
def test_what_was_printed_stays_beside_what_was_decided(person: People, kind: str) -> None:
    anna = person("anna")
    anna.decide(anna.next("?document=1"), kind, RIGHT)
    report = anna.get("/api/documents/1")
    cell = report["cells"][CELL]
    assert (cell["value"], cell["raw"], cell["reader"]) == (999, "999", "grid")
    assert (cell["decided"]["kind"], cell["decided"]["value"], cell["decided"]["who"]) == (kind, RIGHT, "anna")
    assert any(f["code"] == "R-ROW-TOTAL" for f in report["findings"])
    Extraction.model_validate(report)
    first = json.loads(anna.get("/api/export").text.splitlines()[0])
    assert first == report


def test_a_finding_of_one_cell_as_printed_is_said_of_the_cell(person: People) -> None:
    anna = person("anna")
    finding = next(
        f for f in anna.get("/api/documents/1/findings")["findings"] if len({s["cell"] for s in f["suspects"]}) == 1
    )
    anna.decide(finding, "as_printed")
    said = anna.get("/api/documents/1")["cells"][finding["suspects"][0]["cell"]]["decided"]
    assert (said["kind"], said["value"]) == ("as_printed", 999)


def test_a_number_that_can_not_be_read_is_no_number_any_more(person: People, engine: Engine) -> None:
    anna = person("anna")
    taken = anna.decide(anna.next("?document=1"), "illegible")
    assert {f["code"] for f in taken["consequences"]["settled"]} >= {"R-ROW-TOTAL"}
    assert taken["consequences"]["deduced"] == {CELL: RIGHT}
    own = [f for f in anna.get("/api/documents/1/findings")["findings"] if f["cells"] == [CELL]]
    assert own and {f["state"] for f in own} == {"decided"}  # nobody is sent to the cell again


def test_a_dismissed_finding_stays_so_and_can_be_had_back(person: People, engine: Engine) -> None:
    anna = person("anna")
    finding = anna.next("?document=1")
    group = anna.decide(finding, "dismissed", reason="known")["group"]
    assert sorted(states(engine).values()).count("dismissed") == 1
    assert anna.get("/api/findings?document=1&state=dismissed&view=all")["findings"][0]["id"] == finding["id"]
    anna.post("/api/undo", {"group": group})
    assert "dismissed" not in states(engine).values()
    anna.post("/api/undo", {"group": group}, 404)


def test_only_the_person_or_a_lead_takes_back(person: People, engine: Engine) -> None:
    anna = person("anna")
    group = anna.decide(anna.next("?document=1"), "misread", RIGHT)["group"]
    person("bert").post("/api/undo", {"group": group}, 403)
    person("lena").post("/api/undo", {"group": group})
    assert set(states(engine).values()) == {"open"}


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "misread"},
        {"kind": "misread", "cells": [{"cell": "no.such.cell", "value": 1}]},
        {"kind": "wrong_in_print", "cells": [{"cell": CELL}]},
        {"kind": "illegible", "cells": [{"cell": CELL, "value": 3}]},
        {"kind": "dismissed"},
        {"kind": "dismissed", "finding": 1},
        {"kind": "misread", "cells": [{"cell": CELL, "value": "1e99"}]},
        {"kind": "misread", "cells": [{"cell": CELL, "value": "NaN"}]},
        {"kind": "undone", "finding": 1},
    ],
)
def test_what_makes_no_sense_is_refused(person: People, engine: Engine, body: dict[str, object]) -> None:
    assert person("anna").post("/api/decisions", {"document": 1, **body}, 422)["en"]
    assert set(states(engine).values()) == {"open"}


def read_anew(engine: Engine, text: str, key: str) -> None:
    """The first document is read again, otherwise: as if another version of the software had read the same bytes."""
    from extractor.archive.entry import entry_of
    from extractor.documents.load import document_from_bytes
    from extractor.pipeline import extract
    from tests.archive.filled import put_entries

    original = document_from_bytes(spoilt().encode(), "1.txt")
    report, verification = extract(document_from_bytes(text.encode(), "1.txt"))
    put_entries(engine, [entry_of(original, len(text), report, verification)], key)


def test_decisions_survive_a_new_reading(person: People, engine: Engine) -> None:
    anna = person("anna")
    anna.decide(anna.next("?document=1"), "misread", RIGHT)
    read_anew(engine, spoilt(), "another")
    assert set(states(engine).values()) == {"decided"}
    assert anna.get("/api/documents/1")["cells"][CELL]["decided"]["stale"] is False


def test_what_is_read_otherwise_now_is_open_again_and_marked(person: People, engine: Engine) -> None:
    anna = person("anna")
    anna.decide(anna.next("?document=1"), "wrong_in_print", RIGHT)
    read_anew(engine, spoilt().replace("999", "777"), "another")
    assert "open" in states(engine).values()
    assert anna.get("/api/documents/1")["cells"][CELL]["decided"]["stale"] is True


def test_a_dismissed_finding_that_says_something_else_now_is_open_again(person: People, engine: Engine) -> None:
    anna = person("anna")
    for finding in anna.get("/api/findings?document=1")["findings"]:
        anna.decide(finding, "dismissed")
    read_anew(engine, spoilt(), "same")
    assert set(states(engine).values()) == {"dismissed"}
    read_anew(engine, spoilt().replace("999", "777"), "other")
    assert set(states(engine).values()) == {"open"}


def test_a_newer_reading_must_be_looked_at_first(person: People, engine: Engine) -> None:
    anna = person("anna")
    finding = anna.next("?document=1")
    version = anna.get("/api/documents/1/findings")["version"]
    read_anew(engine, spoilt(), "another")
    row = anna.get("/api/findings?document=1")["findings"][0]
    refused = anna.decide(row | {"document": finding["document"]}, "misread", RIGHT, version=version, expect=409)
    assert refused["code"] == "E-NEWER"


def test_what_somebody_else_decided_meanwhile_must_be_looked_at_first(person: People, engine: Engine) -> None:
    anna, bert = person("anna"), person("bert")
    finding = anna.next("?document=1")
    seen = anna.get("/api/documents/1/findings")["last"]
    anna.delete("/api/documents/1/lease")  # as when it lapses
    bert.decide(finding, "misread", RIGHT)
    bert.delete("/api/documents/1/lease")
    refused = anna.decide(finding, "as_printed", last=seen, expect=409)
    assert refused["code"] == "E-DECIDED-MEANWHILE" and "bert" in refused["en"]
    assert anna.get("/api/documents/1")["cells"][CELL]["decided"]["who"] == "bert"
    anna.decide(finding, "as_printed", last=anna.get("/api/documents/1/findings")["last"])


def test_what_one_decided_oneself_meanwhile_is_known(person: People) -> None:
    anna = person("anna")
    finding = anna.next("?document=1")
    seen = anna.get("/api/documents/1/findings")["last"]
    anna.decide(finding, "misread", 5, last=seen)
    anna.decide(finding, "misread", RIGHT, last=seen)


def test_numbers_of_findings_outlast_decisions(person: People, engine: Engine) -> None:
    anna = person("anna")
    before = {f["id"] for f in anna.get("/api/documents/1/findings")["findings"]}
    anna.decide(anna.next("?document=1"), "misread", RIGHT)
    anna.post("/api/undo", {})
    assert {f["id"] for f in anna.get("/api/documents/1/findings")["findings"]} == before


def test_the_person_sees_the_report_as_decided(person: People, engine: Engine) -> None:
    anna = person("anna")
    anna.decide(anna.next("?document=1"), "misread", RIGHT)
    with engine.connect() as connection:
        view = opened(connection, 1, Person("anna", Role.REVIEWER))
    assert view.settled.verification.findings == ()
    assert view.now.content.verification.findings != ()

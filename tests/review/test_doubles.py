"""Findings that two people answer: neither sees the other's answer; a third one decides where they differ."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine

from extractor.review.statistics import kappa
from tests.review.reviewed import CELL, RIGHT, Caller, states

People = Callable[[str], Caller]


def _first(person: People, value: Any = RIGHT) -> tuple[Caller, Any]:
    """Anna has answered the first finding of the first report, which a second person is to answer too."""
    person("lena").put("/api/settings", {"share": 1})
    anna = person("anna")
    finding = anna.next("?document=1")
    assert anna.decide(finding, "misread", value)["state"] == "second"
    anna.delete("/api/documents/1/lease")
    return anna, finding


def test_the_second_one_sees_nothing_of_the_first_answer(person: People) -> None:
    anna, finding = _first(person)
    bert = person("bert")
    assert bert.next("?document=1")["id"] == finding["id"]
    assert bert.get("/api/documents/1/decisions")["decisions"] == []
    assert "decided" not in bert.get("/api/documents/1")["cells"][CELL]
    seen = next(f for f in bert.get("/api/documents/1/findings")["findings"] if f["id"] == finding["id"])
    assert seen["who"] is None and seen["message"] == anna.get(f"/api/findings/{finding['id']}")["message"]
    assert anna.get("/api/documents/1/decisions")["decisions"] != []


def test_what_the_first_answer_settled_beside_does_not_show(person: People, engine: Engine) -> None:
    anna, finding = _first(person)
    assert sorted(states(engine).values()) == ["decided", "second"]  # the right value mends both sums
    bert = person("bert")
    for seen in bert.get("/api/documents/1/findings")["findings"]:
        assert seen["state"] == ("second" if seen["id"] == finding["id"] else "open") and seen["who"] is None
    assert "anna" not in bert.get(f"/findings/{finding['id']}").text
    assert {f["state"] for f in anna.get("/api/documents/1/findings")["findings"]} == {"decided", "second"}


def test_all_pages_are_drawn_while_answers_are_waited_for_and_disputed(person: People) -> None:
    _, finding = _first(person)
    everybody = [person(name) for name in ("anna", "bert", "lena", "rita")]
    for stage in ("second", "disputed", "decided"):
        for caller in everybody:
            for path in ("/", "/?view=all", f"/?view=all&state={stage}", "/documents/1", "/documents/1/history"):
                for language in ("zh", "en"):
                    caller.get(f"{path}{'&' if '?' in path else '?'}lang={language}")
        data = everybody[0].get("/documents/1").text.partition('id="data">')[2].partition("</script>")[0]
        assert f"U-STATE-{stage.upper()}" in json.loads(data)["words"]  # what the script of the desk calls the state
        if stage == "second":
            assert everybody[1].decide(finding, "as_printed")["state"] == "disputed"
            everybody[1].delete("/api/documents/1/lease")
        elif stage == "disputed":
            everybody[2].decide(finding, "wrong_in_print", RIGHT)


def test_the_export_tells_the_second_one_nothing_either(person: People) -> None:
    anna, _ = _first(person)

    def decided(caller: Caller) -> bool:
        first, _ = caller.get("/api/export").text.splitlines()
        return "decided" in json.loads(first)["cells"][CELL]

    assert decided(anna) and decided(person("lena"))  # a lead takes the data set out, with all that was said
    assert not decided(person("bert")) and not decided(person("rita"))


def test_the_first_one_is_not_asked_again(person: People) -> None:
    anna, finding = _first(person)
    following = anna.next("?document=1")
    assert following is None or following["id"] != finding["id"]


def test_the_same_answer_twice_settles_it(person: People, engine: Engine) -> None:
    _, finding = _first(person)
    assert person("bert").decide(finding, "misread", RIGHT)["state"] == "decided"
    figures = person("lena").get("/api/statistics")
    assert (figures["doubled"], figures["agreed"], figures["waiting"], figures["disputed"]) == (1, 1, 0, 0)


def test_a_dispute_is_settled_by_a_third_one_who_leads(person: People, engine: Engine) -> None:
    anna, finding = _first(person)
    bert, lena = person("bert"), person("lena")
    assert bert.decide(finding, "as_printed")["state"] == "disputed"
    bert.delete("/api/documents/1/lease")
    assert "decided" not in lena.get("/api/documents/1")["cells"][CELL]  # neither answer stands
    anna.decide(finding, "misread", 5, expect=403)
    bert.delete("/api/documents/1/lease")
    assert lena.next("?document=1&code=" + finding["code"])["id"] == finding["id"]
    assert lena.decide(finding, "wrong_in_print", RIGHT)["state"] == "decided"
    assert lena.get("/api/documents/1")["cells"][CELL]["decided"]["who"] == "lena"


def _of_the_cell(caller: Caller, value: Any, expect: int = 200) -> Any:
    """A decision on the cell, not on the occasion of a finding."""
    body = {"document": 1, "kind": "misread", "cells": [{"cell": CELL, "value": value}]}
    return caller.post("/api/decisions", body, expect)


def test_who_decides_on_the_cell_alone_has_answered_the_finding_that_doubts_it(person: People, engine: Engine) -> None:
    person("lena").put("/api/settings", {"share": 1})
    anna, bert = person("anna"), person("bert")
    _of_the_cell(anna, RIGHT)
    anna.delete("/api/documents/1/lease")
    assert "second" in states(engine).values()
    assert bert.next("?document=1") is not None and "decided" not in bert.get("/api/documents/1")["cells"][CELL]


def test_a_dispute_is_not_got_around_by_deciding_on_the_cell(person: People) -> None:
    _, finding = _first(person)
    bert = person("bert")
    assert bert.decide(finding, "as_printed")["state"] == "disputed"
    _of_the_cell(bert, 5, expect=403)
    for sibling in bert.get("/api/documents/1/findings")["findings"]:
        bert.decide(sibling, "misread", 5, expect=403)
    assert "decided" not in bert.get("/api/documents/1")["cells"][CELL]


def test_an_answer_taken_back_is_asked_for_again(person: People, engine: Engine) -> None:
    anna, finding = _first(person)
    anna.post("/api/undo", {})
    assert set(states(engine).values()) == {"open"}
    assert person("bert").next("?document=1")["id"] == finding["id"]


def test_kappa_is_agreement_beyond_chance() -> None:
    a, b = "as_printed", "misread"
    assert kappa([(a, a), (b, b)]) == 1
    assert kappa([(a, a), (a, b), (b, a), (b, b)]) == 0
    # the textbook's example: 20 and 15 agreed, 5 and 10 not
    pairs = [(a, a)] * 20 + [(a, b)] * 5 + [(b, a)] * 10 + [(b, b)] * 15
    found = kappa(pairs)
    assert found is not None and abs(found - 0.4) < 1e-9
    assert kappa([]) is None and kappa([(a, a)]) is None

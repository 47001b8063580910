"""The review on PostgreSQL: every operation once, on one archive."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine, select, text

from extractor.archive.schema import findings
from extractor.archive.store import writing
from extractor.review import bulk, deciding
from extractor.review.access import Person, Role
from extractor.review.api.models import Bulk, BulkCause, Deciding
from extractor.review.refusal import Refusal
from tests.postgres import Server
from tests.review.reviewed import CELL, PASSWORD, RIGHT, Caller, archive_of, served, spoilt, states


def test_every_operation_works_on_postgresql_too(postgres: Server) -> None:
    engine: Engine = archive_of(postgres.database(), [spoilt(), spoilt("云溪县教育局"), spoilt("云溪县民政局")])
    with served(engine) as client:
        anna, bert, lena = (Caller(client, engine, name) for name in ("anna", "bert", "lena"))
        assert client.post("/api/log-in", json={"name": "anna", "password": PASSWORD}).status_code == 401
        first = anna.next()
        assert bert.next()["document"] != first["document"]
        taken = anna.decide(first, "misread", RIGHT)
        assert taken["state"] == "decided" and set(states(engine, first["document"]).values()) == {"decided"}
        anna.post("/api/undo", {})
        assert set(states(engine, first["document"]).values()) == {"open"}
        page = anna.get("/api/findings?limit=2")
        assert anna.get(f"/api/findings?limit=2&after={page['after']}")["findings"][0]["id"] != page["findings"][0]["id"]
        assert {f["issuer"] for f in anna.get("/api/findings?q=教育")["findings"]} == {"云溪县教育局"}
        assert anna.get("/api/counts?code=R-ROW-TOTAL")["total"] == 3
        for caller in (anna, bert):
            for document in (1, 2, 3):
                caller.delete(f"/api/documents/{document}/lease")
        cause = {"filters": {"code": "R-ROW-TOTAL"}, "kind": "dismissed", "reason": "known"}
        digest = anna.post("/api/bulk/preview", cause)["digest"]
        assert anna.post("/api/bulk", cause | {"digest": digest})["documents"] == 3
        assert anna.post("/api/undo", {})["documents"] == [1, 2, 3]
        lena.put("/api/settings", {"share": 1})
        finding = anna.next("?document=2")
        assert anna.decide(finding, "misread", RIGHT)["state"] == "second"
        anna.delete("/api/documents/2/lease")
        assert bert.next("?document=2")["id"] == finding["id"]
        assert bert.decide(finding, "misread", RIGHT)["state"] == "decided"
        figures = lena.get("/api/statistics")
        assert (figures["doubled"], figures["agreed"]) == (1, 1)
        assert len(lena.get("/api/export").text.splitlines()) == 3
    engine.dispose()


def test_many_findings_at_once_wait_for_who_decides_on_one_of_them(postgres: Server) -> None:
    """What is decided while the others are chosen is not overruled: the action is refused, as it would touch it too."""
    engine: Engine = archive_of(postgres.database(), [spoilt(), spoilt("云溪县教育局")])
    anna, bert = Person("anna", Role.REVIEWER), Person("bert", Role.REVIEWER)
    said = {"filters": {"code": "R-ROW-TOTAL"}, "kind": "dismissed", "reason": "known"}
    with engine.connect() as connection:
        number = connection.execute(
            select(findings.c.id).where(findings.c.code == "R-ROW-TOTAL", findings.c.document_id == 1)
        ).scalar_one()
        preview = bulk.preview(connection, bert, BulkCause.model_validate(said))
    asked = Bulk.model_validate(said | {"digest": preview.digest})
    right = {"document": 1, "finding": number, "kind": "misread", "cells": [{"cell": CELL, "value": RIGHT}]}

    def together() -> str:
        try:
            with writing(engine) as connection, connection.begin():
                bulk.decide(connection, bert, asked)
        except Refusal as refusal:
            return refusal.code
        return "taken"

    with ThreadPoolExecutor() as threads, writing(engine) as connection:
        with connection.begin():
            deciding.decide(connection, anna, Deciding.model_validate(right))
            waiting = threads.submit(together)
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
                while not other.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar():
                    assert not waiting.done()
        assert waiting.result() == "E-OTHER-BY-NOW"
    assert set(states(engine, 1).values()) == {"decided"} and "open" in states(engine, 2).values()
    engine.dispose()

"""The review on PostgreSQL: every operation once, on one archive."""

from __future__ import annotations

from sqlalchemy import Engine

from tests.postgres import Server
from tests.review.reviewed import PASSWORD, RIGHT, Caller, archive_of, served, spoilt, states


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

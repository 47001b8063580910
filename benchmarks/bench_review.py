"""How long the review takes with a large archive: python benchmarks/bench_review.py [--archive PATH|URL] [--findings N]

The archive is filled with copies of 400 generated, damaged reports under other names and years, until it has N findings
(1,000,000); one that is filled already is used as it is. Then a server is started on loopback and asked over HTTP, by one
person and by four at once: the next finding, its report, a decision on it (a proposal taken, as printed, or dismissed, in
turn), the list, the counts. Printed are the median and the 95th percentile in milliseconds, with the time of the network's
loopback and of this program in it.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import socket
import statistics
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import Connection, Engine, func, insert, select, text

from extractor.archive.connecting import connect
from extractor.archive.entry import Entry, entry_of
from extractor.archive.schema import documents, findings, versions
from extractor.archive.store import begin_run, configuration, writing
from extractor.documents.load import document_from_bytes
from extractor.eval.generate import generate
from extractor.pipeline import extract
from extractor.review import accounts
from extractor.review.app import Serving, create_app
from extractor.review.serving import listening

_ORIGINALS = 400
_AT_ONCE = 500
_PEOPLE = ("one", "two", "three", "four")
_PASSWORD = "not a secret at all"


def originals() -> list[Entry]:
    """Reports with findings, as they are put into an archive."""
    found = []
    for number in range(_ORIGINALS):
        content = generate(7, number=number).text.encode()
        document = document_from_bytes(content, f"{number}.txt")
        entry = entry_of(document, len(content), *extract(document))
        if entry.findings:
            found.append(entry)
    return found


def fill(engine: Engine, wanted: int) -> None:
    """Copies of the originals until there are `wanted` findings; the numbers of rows are given out here, to be quick."""
    with engine.connect() as connection:
        if connection.execute(select(func.count()).select_from(documents)).scalar_one():
            return
    entries = originals()
    with writing(engine) as connection, connection.begin():
        of = configuration(connection, "bench", {"mode": "grid"})
        run = begin_run(connection, of, {}, "localhost", 1)
    document_id = finding_id = 0
    while finding_id < wanted:
        with writing(engine) as connection, connection.begin():
            rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
            for _ in range(_AT_ONCE):
                document_id += 1
                finding_id = _copy(rows, entries[document_id % len(entries)], document_id, finding_id, of, run)
            for table in (documents, versions, findings):
                connection.execute(insert(table), rows[table.name])
    with writing(engine) as connection, connection.begin():
        _number_on(connection)
        connection.execute(text("ANALYZE"))


def _copy(rows: dict[str, list[dict[str, Any]]], entry: Entry, number: int, finding_id: int, of: int, run: int) -> int:
    issuer, year = f"云溪县第{number % 5000}局", 2008 + number % 17
    rows["documents"].append({
        "id": number, "hash": f"sha256:{number:064x}", "source": f"reports/{number}.txt", "media_type": entry.media_type,
        "encoding": entry.encoding, "size": entry.size, "characters": entry.characters, "text": entry.text, "layout": None,
        "issuer": issuer, "year": year, "form": entry.form, "version_id": number, **entry.states,
    })
    rows["versions"].append({
        "id": number, "document_id": number, "number": 1, "configuration_id": of, "run_id": run, "at": 0.0,
        "content": entry.content,
    })
    for finding in entry.findings:
        finding_id += 1
        rows["findings"].append({
            "id": finding_id, "document_id": number, "version_id": number, "state": "open", "issuer": issuer, "year": year,
            "content": None, "who": None, **asdict(finding),
        })
    return finding_id


def _number_on(connection: Connection) -> None:
    """PostgreSQL's own numbers go on behind those given out here."""
    if connection.dialect.name == "postgresql":
        for name in ("documents", "versions", "findings"):
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"))


class Caller:
    """One person's connection, with the times of what they asked for."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        self.times: dict[str, list[float]] = defaultdict(list)

    def ask(self, name: str, method: str, path: str, body: Any = None) -> Any:
        began = time.perf_counter()
        self._connection.request(method, path, None if body is None else json.dumps(body), self._headers)
        response = self._connection.getresponse()
        content = response.read()
        self.times[name].append((time.perf_counter() - began) * 1000)
        if response.status >= 400:
            raise SystemExit(f"{method} {path}: {response.status} {content.decode()[:300]}")
        return json.loads(content) if content[:1] in (b"{", b"[") else None

    def decide(self, turn: int) -> None:
        """The next finding, its report, a decision on it."""
        filters = ("", "?code=R-ROW-TOTAL", "?severity=error", "?year=2015", "?table=requests&severity=warning")[turn % 5]
        row = self.ask("next finding", "POST", f"/api/next{filters}")["finding"]
        if row is None:
            return
        known = self.ask("its report", "GET", f"/api/documents/{row['document']}/findings")
        finding = next(f for f in known["findings"] if f["id"] == row["id"])
        body: dict[str, Any] = {"document": row["document"], "finding": row["id"], "version": known["version"]}
        proposal = next((s for s in finding["suspects"] if s["proposal"] is not None), None)
        if proposal is not None and turn % 3 < 2:
            body |= {"kind": "misread", "cells": [{"cell": proposal["cell"], "value": proposal["proposal"]}]}
        elif turn % 3 == 1:
            body |= {"kind": "as_printed"}
        else:
            body |= {"kind": "dismissed", "reason": "measured"}
        self.ask("decision", "POST", "/api/decisions", body)


def tokens(engine: Engine) -> list[str]:
    made = []
    for name in _PEOPLE:
        with writing(engine) as connection, connection.begin():
            if accounts.of_name(connection, name) is None:
                accounts.add(connection, name, "lead", _PASSWORD)
            made.append(accounts.new_token(connection, name, "bench", {"read", "review", "admin"}, 1)[1])
    return made


def serve(archive: str, listener: socket.socket) -> None:
    """The server, in a process of its own."""
    app = create_app(connect(archive), Serving())
    app.state.cube.get()  # as `extractor serve` does
    uvicorn.Server(uvicorn.Config(app, log_level="error", proxy_headers=False)).run(sockets=[listener])


def measure(port: int, secrets: Sequence[str], count: int) -> Iterator[tuple[str, list[Caller]]]:
    for people in (1, len(secrets)):
        callers = [Caller(port, secret) for secret in secrets[:people]]
        threads = [threading.Thread(target=_work, args=(caller, count // people)) for caller in callers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        yield f"{people} at once", callers


def _work(caller: Caller, count: int) -> None:
    for turn in range(count):
        caller.decide(turn)
    for turn in range(20):
        caller.ask("list", "GET", "/api/findings")
        caller.ask("list, filtered", "GET", f"/api/findings?code=R-ROW-TOTAL&year={2008 + turn % 17}")
        caller.ask("list, by issuer", "GET", f"/api/findings?q=%E7%AC%AC{turn * 100}%E5%B1%80")
        caller.ask("counts", "GET", "/api/counts")
        caller.ask("queue's page", "GET", "/")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", default="")
    parser.add_argument("--findings", type=int, default=1_000_000)
    parser.add_argument("--decisions", type=int, default=400)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        archive = options.archive or str(Path(folder) / "archive.sqlite")
        engine = connect(archive)
        began = time.perf_counter()
        fill(engine, options.findings)
        with engine.connect() as connection:
            many = connection.execute(select(func.count()).select_from(findings)).scalar_one()
            reports = connection.execute(select(func.count()).select_from(documents)).scalar_one()
        print(f"{engine.dialect.name}: {many} findings in {reports} reports, filled in {time.perf_counter() - began:.0f} s")
        secrets = tokens(engine)
        engine.dispose()
        listener = listening("127.0.0.1", 0)
        server = multiprocessing.get_context("fork").Process(target=serve, args=(archive, listener), daemon=True)
        server.start()
        port = listener.getsockname()[1]
        try:
            first = Caller(port, secrets[0])
            first.ask("first page of all", "GET", "/")
            first.ask("first counts of all", "GET", "/api/counts")
            _print("at first", [first])
            for title, callers in measure(port, secrets, options.decisions):
                _print(title, callers)
        finally:
            server.terminate()
            server.join()


def _print(title: str, callers: Sequence[Caller]) -> None:
    times: dict[str, list[float]] = defaultdict(list)
    for caller in callers:
        for name, found in caller.times.items():
            times[name] += found
    for name, found in times.items():
        late = statistics.quantiles(found, n=20)[18] if len(found) > 1 else found[0]
        print(f"{title:12} {name:20} n={len(found):4}  median {statistics.median(found):7.1f}  95 % {late:7.1f}")


if __name__ == "__main__":
    main()

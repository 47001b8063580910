"""Who has a document in hand, what is done, and that everything can be said twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Connection, Engine, func, select, update

from extractor.archive import standing, store
from extractor.archive.connecting import connect
from extractor.archive.content import packed_text
from extractor.archive.entry import AttemptRow, Entry, entry_of
from extractor.archive.lookup import currents
from extractor.archive.schema import attempts, claims, documents, failures, findings, runs, versions
from extractor.documents.load import document_from_bytes
from extractor.pipeline import extract
from extractor.processes import this_process
from tests.plain_report import plain_report

ELSEWHERE = "another-machine/1/2 77 12345"
ASKED = AttemptRow("a model", "a prompt", "answered", 1.0, 100, 0, 10, None)


@pytest.fixture
def archive(new_archive: Callable[[], str]) -> Iterator[Engine]:
    engine = connect(new_archive())
    yield engine
    engine.dispose()


def begun(connection: Connection, host: str = ELSEWHERE) -> tuple[int, int]:
    of = store.configuration(connection, "key", {"mode": "grid"})
    return store.begin_run(connection, of, {}, host, 77), of


def entry() -> Entry:
    content = plain_report().replace("1", "2").encode()  # the arithmetic fails, so there are findings
    document = document_from_bytes(content, "report.txt")
    return replace(entry_of(document, len(content), *extract(document)), attempts=(ASKED,))


def count(connection: Connection, table: object) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def test_a_claim_is_one_runs_until_the_run_is_over(archive: Engine) -> None:
    with store.writing(archive) as connection, connection.begin():
        first, of = begun(connection)
        second, _ = begun(connection, this_process())
        assert standing.claim(connection, {"a", "b"}, first, of) == {"a", "b"}
        assert standing.claim(connection, {"a", "b", "c"}, second, of) == {"c"}
        assert standing.claim(connection, {"a"}, first, of) == {"a"}  # said twice
        standing.release(connection, {"a"}, of)
        assert standing.claim(connection, {"a", "b"}, second, of) == {"a"}
        store.end_run(connection, first, "stopped")
        assert standing.claim(connection, {"a", "b"}, second, of) == {"a", "b"}


@pytest.mark.parametrize("silent, lapsed", [(standing.LAPSE - 20, False), (standing.LAPSE + 5, True)])
def test_a_claim_lapses_with_the_signs_of_life(archive: Engine, silent: float, lapsed: bool) -> None:
    with store.writing(archive) as connection, connection.begin():
        first, of = begun(connection)
        second, _ = begun(connection, this_process())
        standing.claim(connection, {"a"}, first, of)
        connection.execute(update(runs).where(runs.c.id == first).values(alive=time.time() - silent))
        assert standing.claim(connection, {"a"}, second, of) == ({"a"} if lapsed else set())


def test_a_run_whose_process_is_gone_holds_nothing(archive: Engine) -> None:
    place, number, _ = this_process().split(" ")
    with store.writing(archive) as connection, connection.begin():
        first, of = begun(connection, f"{place} {number} 1")  # a process of this number that started at another time
        second, _ = begun(connection, this_process())
        standing.claim(connection, {"a"}, first, of)
        assert standing.claim(connection, {"a"}, second, of) == {"a"}


def test_what_is_said_twice_changes_nothing(archive: Engine) -> None:
    read = entry()
    with store.writing(archive) as connection:
        with connection.begin():
            run, of = begun(connection)
            standing.claim(connection, {read.hash}, run, of)
            assert store.put(connection, read, run, of, "/a.txt", "1") is not None
        before = [count(connection, table) for table in (documents, versions, findings, attempts, claims)]
        connection.rollback()
        assert before[0] == before[1] == before[3] == 1 and before[2] > 0 and before[4] == 0
        with connection.begin():
            assert store.put(connection, read, run, of, "/a.txt", "1") is None
        assert [count(connection, table) for table in (documents, versions, findings, attempts, claims)] == before
        connection.rollback()
        for _ in range(2):
            with connection.begin():
                store.put_failure(connection, "/b.txt", "1", "sha256:b", run, of, "E-EMPTY", {}, [ASKED])
        assert (count(connection, failures), count(connection, attempts)) == (1, 2)


def test_a_document_read_anew_has_its_new_version_and_the_findings_of_that(archive: Engine) -> None:
    read = entry()
    with store.writing(archive) as connection, connection.begin():
        run, of = begun(connection)
        other = store.configuration(connection, "another key", {"mode": "cascade"})
        first = store.put(connection, read, run, of, "/a.txt", "1")
        again = replace(read, findings=read.findings[:1], issuer="云溪县民政局")
        second = store.put(connection, again, run, other, "/a.txt", "1")
        assert first != second
        current = connection.execute(select(documents.c.version_id, documents.c.issuer)).one()
        assert tuple(current) == (second, "云溪县民政局")
        assert set(connection.scalars(select(findings.c.version_id))) == {second}
        assert list(connection.scalars(select(versions.c.number).order_by(versions.c.id))) == [1, 2]
        assert standing.done(connection, {read.hash}, of) == standing.done(connection, {read.hash}, other) == {read.hash}


def test_an_unchanged_place_is_passed_over(archive: Engine) -> None:
    read = entry()
    with store.writing(archive) as connection, connection.begin():
        run, of = begun(connection)
        store.put(connection, read, run, of, "/a.txt", "1")
        store.put_failure(connection, "/b.txt", "1", "sha256:b", run, of, "E-EMPTY", {})
        store.put_failure(connection, "/c.zip!/d.txt", "1", "sha256:d", run, of, "E-EMPTY", {})
        store.put_failure(connection, "/e.zip", "", "", run, of, "E-BROKEN", {})
        for name in ("c", "e", "f"):
            standing.note_container(connection, f"/{name}.zip", "1", f"sha256:{name}", of)
        stamps = [(f"/{name}", "1") for name in ("a.txt", "b.txt", "c.zip", "e.zip", "f.zip", "new.txt")]
        passed = {"/a.txt": False, "/b.txt": True, "/c.zip": True, "/e.zip": True, "/f.zip": False}
        assert standing.passed(connection, stamps, of, retry_failed=False) == passed
        assert standing.passed(connection, stamps, of, retry_failed=True) == {"/a.txt": False, "/f.zip": False}
        assert standing.passed(connection, [(name, "2") for name, _ in stamps], of, retry_failed=False) == {}
        assert standing.passed(connection, [(name, "") for name, _ in stamps], of, retry_failed=False) == {}


def test_archives_of_nearly_one_name_are_kept_apart(archive: Engine) -> None:
    with store.writing(archive) as connection, connection.begin():
        run, of = begun(connection)
        store.put_failure(connection, "/C.zip!/d.txt", "1", "sha256:d", run, of, "E-EMPTY", {})
        store.put_failure(connection, "/c.zip!/d.txt", "1", "sha256:d", run, of, "E-EMPTY", {})
        standing.forget_inside(connection, "/c.zip", of)
        assert standing.failed_inside(connection, "/C.zip", of) and not standing.failed_inside(connection, "/c.zip", of)


def test_bytes_that_were_read_at_one_place_have_failed_nowhere(archive: Engine) -> None:
    read = entry()
    with store.writing(archive) as connection, connection.begin():
        run, of = begun(connection)
        store.put_failure(connection, "/a.txt", "1", read.hash, run, of, "E-WORKER", {"reason": "SIGKILL"})
        store.put_failure(connection, "/b.txt", "1", "sha256:b", run, of, "E-EMPTY", {})
        assert standing.same_failures(connection, {read.hash}, run, of) == {read.hash: ("E-WORKER", {"reason": "SIGKILL"})}
        store.put(connection, read, run, of, "/copy.txt", "1")
        standing.note_done(connection, "/b.txt", "2", read.hash, of)  # another file has taken its place
        assert count(connection, failures) == 0
        stamps = [("/a.txt", "1"), ("/b.txt", "2"), ("/copy.txt", "1")]
        assert standing.passed(connection, stamps, of, retry_failed=False) == dict.fromkeys(dict(stamps), False)


def test_a_document_read_anew_has_the_text_it_was_read_from(archive: Engine) -> None:
    read = entry()
    with store.writing(archive) as connection, connection.begin():
        run, of = begun(connection)
        other = store.configuration(connection, "newer software", {"mode": "grid"})
        store.put(connection, read, run, of, "/a.txt", "1")
        again = replace(read, text=packed_text("loaded otherwise"), characters=16, encoding="gb18030")
        store.put(connection, again, run, other, "/a.txt", "1")
        (current,) = currents(connection)
        assert (current.document.text, current.document.encoding) == ("loaded otherwise", "gb18030")

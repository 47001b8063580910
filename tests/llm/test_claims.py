"""Who asks a question and who waits: in a file of answers, and in an archive on either database."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, update
from sqlalchemy.exc import SQLAlchemyError

from extractor.archive.connecting import connect
from extractor.llm.answers import answers
from extractor.llm.cache import BATCH, LEASE, AnswerCache, Stored
from extractor.llm.outcome import Kind
from extractor.processes import is_gone, this_process
from tests.postgres import Server

Opening = Callable[[], AnswerCache]
_DIES = """
import sys
from pathlib import Path
from extractor.archive.connecting import connect
from extractor.llm.cache import AnswerCache
where = sys.argv[1]
cache = AnswerCache(Path(where) if where.endswith("answers.sqlite") else connect(where))
assert cache.claim("k", "m", "p") is None
print("claimed", flush=True)
sys.stdin.read()
"""


@pytest.fixture(params=["file", "sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a file of answers, or of an archive on either database."""
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        return server.database()
    return str(tmp_path / ("answers.sqlite" if request.param == "file" else "archive.sqlite"))


@pytest.fixture
def opening(where: str) -> Iterator[Opening]:
    """Opens the answers, as often as is wanted."""
    engines: list[Engine] = []
    caches: list[AnswerCache] = []

    def opened() -> AnswerCache:
        if where.endswith("answers.sqlite"):
            caches.append(AnswerCache(Path(where)))
        else:
            engines.append(connect(where))
            caches.append(AnswerCache(engines[-1]))
        return caches[-1]

    yield opened
    for cache in caches:
        cache.close()
    for engine in engines:
        engine.dispose()


def test_who_asks_first_asks_alone_until_there_is_an_answer(opening: Opening) -> None:
    one, other = opening(), opening()
    assert one.claim("k", "m", "p") is None
    waiting = other.claim("k", "m", "p")
    assert waiting is not None and waiting.kind is None and not waiting.in_batch
    assert one.claim("k", "m", "p") is not None
    one.store("k", Kind.ANSWERED, "{}", 5, 7)
    assert other.claim("k", "m", "p") == Stored(Kind.ANSWERED, "{}")


def test_a_claim_given_back_can_be_taken_and_another_s_can_not_be_given_back(opening: Opening) -> None:
    one, other = opening(), opening()
    one.claim("k", "m", "p")
    other.release("k")
    assert other.claim("k", "m", "p") is not None
    one.release("k")
    assert other.claim("k", "m", "p") is None


def test_an_answer_that_is_there_is_not_replaced(opening: Opening) -> None:
    one, other = opening(), opening()
    one.claim("k", "m", "p")
    one.store("k", Kind.ANSWERED, "first", 1, 1)
    other.store("k", Kind.ANSWERED, "second", 1, 1)
    assert one.claim("k", "m", "p") == Stored(Kind.ANSWERED, "first")


def test_of_many_at_once_one_asks(opening: Opening) -> None:
    caches = [opening() for _ in range(4)]
    for round_ in range(5):
        asking: list[bool] = []
        barrier = threading.Barrier(len(caches))

        def ask(cache: AnswerCache, key: str = f"k{round_}", barrier: threading.Barrier = barrier,
                asking: list[bool] = asking) -> None:
            barrier.wait()
            asking.append(cache.claim(key, "m", "p") is None)

        threads = [threading.Thread(target=ask, args=(cache,)) for cache in caches]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(asking) == [False, False, False, True]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells which processes are gone")
def test_the_claim_of_a_killed_process_is_taken_over_at_once_that_of_a_living_one_is_not(where: str, opening: Opening) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _DIES, where], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None and process.stdin is not None
    assert process.stdout.readline() == b"claimed\n"
    cache = opening()
    assert cache.claim("k", "m", "p") is not None
    process.kill()
    process.wait()
    process.stdout.close()
    process.stdin.close()
    assert cache.claim("k", "m", "p") is None


def test_a_claim_from_elsewhere_runs_out_unless_it_is_renewed(where: str, opening: Opening) -> None:
    one, other = opening(), opening()
    one.claim("k", "m", "p")
    _change(where, content="another-machine/x/y 1 2 3")
    assert other.claim("k", "m", "p") is not None
    _change(where, at=time.time() - LEASE - 1)
    assert other.claim("k", "m", "p") is None
    one.renew("k")  # not its own any more
    other.store("k", Kind.REFUSED, "", 1, 1)
    assert one.claim("k", "m", "p") == Stored(Kind.REFUSED)


def test_what_is_out_in_a_batch_file_does_not_run_out(where: str, opening: Opening) -> None:
    cache = opening()
    cache.claim("k", "m", "p")
    _change(where, content=f"{BATCH}7", at=0.0)
    stored = cache.claim("k", "m", "p")
    assert stored is not None and stored.in_batch


def test_an_answer_that_could_not_be_written_is_known_all_the_same(where: str, opening: Opening) -> None:
    cache = opening()
    cache.claim("k", "m", "p")
    with _away(where), pytest.raises(SQLAlchemyError):
        cache.store("k", Kind.ANSWERED, "{}", 1, 1)
    assert cache.claim("k", "m", "p") == Stored(Kind.ANSWERED, "{}")


def test_a_claim_that_could_not_be_given_back_is_taken_up_by_the_same_again(where: str, opening: Opening) -> None:
    cache = opening()
    cache.claim("k", "m", "p")
    with _away(where):
        cache.release("k")
    assert cache.claim("k", "m", "p") is None


def test_a_process_knows_itself_and_not_those_elsewhere() -> None:
    place, number, started = this_process().rsplit(" ", 2)
    assert not is_gone(this_process())
    assert not is_gone(f"other {number} {started}")
    assert not is_gone("")
    if started != "?":
        assert is_gone(f"{place} {number} {int(started) - 1}")


def _change(where: str, **values: object) -> None:
    with _opened(where) as engine, engine.begin() as connection:
        connection.execute(update(answers).values(**values))


@contextmanager
def _away(where: str) -> Iterator[None]:
    """As long as this lasts, the table can't be used."""
    with _opened(where) as engine:
        with engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE answers RENAME TO away")
        yield
        with engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO answers")


@contextmanager
def _opened(where: str) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{where}") if where.endswith("answers.sqlite") else connect(where)
    yield engine
    engine.dispose()

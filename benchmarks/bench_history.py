"""What it takes to hold an archive's reports against each other: all of them, then one more, then a thousand more.

    python benchmarks/bench_history.py [--reports 100000]

Records are made up: bodies with five years each, in counties of forty; twenty long sentences a report, of which a tenth
come from a template that all reports have and a third from the report of the year before; one report in a hundred copied
from that of another body; one body in five hundred with the name that all of these share; one report in fifty that
contradicts the years next to it.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from random import Random

from sqlalchemy import Engine, insert, select

from extractor.archive.connecting import connect
from extractor.archive.history import update_history
from extractor.archive.record import packed_record, packed_sentences
from extractor.archive.schema import configurations, documents, records, runs, versions
from extractor.archive.store import writing
from extractor.forms.form import form
from extractor.verification.across import Record, county_of

YEARS, SENTENCES = 5, 20
FORMS = {"disclosure": "2021", "requests": "2021", "disputes": "2021"}


def made(number: int) -> Record:
    """Report `number`: the same one wherever it is made."""
    body, year = divmod(number, YEARS)
    random = Random(number)
    issuer = "教育局" if body % 500 == 499 else f"第{body // 40}县{body % 40}局"
    most = 40 if number % 50 == 0 else 1
    values = {cell: random.randrange(most) for cell in form("2021").cell_ids}
    spans = {cell: (2000 + 5 * at, 2002 + 5 * at) for at, cell in enumerate(values)}
    host = f"www.x{body // 40:05d}.gov.{'com' if body % 997 == 0 else 'cn'}"
    author = number - random.randrange(1, 400) * YEARS if number % 100 == 0 and number > 2000 else number
    own = (f"{author // YEARS} {author % YEARS if at > 7 else 0} {at}" for at in range(SENTENCES - 2))
    sentences = frozenset(blake2b(text.encode(), digest_size=8).digest() for text in (*own, "template 1", "template 2"))
    return Record(f"sha256:{number:064d}", f"{number}.txt", issuer, 2018 + year, FORMS, values, spans, host, (9, 40), sentences)


def fill(engine: Engine, numbers: range) -> None:
    """Put records into the archive as a run leaves them, but without the reports that they come from."""
    with writing(engine) as connection, connection.begin():
        for some in _sets(numbers):
            made_now = [(number + 1, made(number)) for number in some]
            connection.execute(insert(documents), [
                {"id": id_, "hash": r.document, "source": r.source, "media_type": "", "encoding": "", "size": 0,
                 "characters": 0, "text": b"", "issuer": r.issuer, "year": r.year, "form": "2021", "version_id": id_}
                for id_, r in made_now
            ])  # fmt: skip
            connection.execute(insert(versions), [
                {"id": id_, "document_id": id_, "number": 1, "configuration_id": 1, "run_id": 1, "at": 0.0, "content": b""}
                for id_, _ in made_now
            ])  # fmt: skip
            connection.execute(insert(records), [
                {"document_id": id_, "issuer": r.issuer, "year": r.year, "county": county_of(r.issuer), "host": r.host,
                 "content": packed_record(r), "digests": packed_sentences(r), "pending": True}
                for id_, r in made_now
            ])  # fmt: skip


def _sets(numbers: range) -> Iterator[range]:
    for at in range(0, len(numbers), 1000):
        yield numbers[at : at + 1000]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=100_000)
    count = parser.parse_args().reports
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.sqlite"
        engine = connect(str(path))
        with writing(engine) as connection, connection.begin():
            connection.execute(insert(configurations).values(id=1, key="bench", content="{}"))
            run = {"id": 1, "configuration_id": 1, "settings": "{}", "host": "", "process": 0, "started": 0.0, "alive": 0.0}
            connection.execute(insert(runs).values(run))
        done = 0
        for more in (count, 1, 1000):
            fill(engine, range(done, done + more))
            size = path.stat().st_size
            start, cpu = time.perf_counter(), time.process_time()
            updated = update_history(engine)
            seconds, spent = time.perf_counter() - start, time.process_time() - cpu
            done += more
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                assert connection.execute(select(records.c.document_id).where(records.c.pending)).first() is None
            grown = path.stat().st_size - size
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(
                f"{more:7d} more, {done} in all: {seconds:.2f} s ({spent:.2f} of processor), "
                f"{updated.changed} reports with other findings, archive larger by {grown / 1e6:.1f} MB, peak memory {peak} MB"
            )


if __name__ == "__main__":
    main()

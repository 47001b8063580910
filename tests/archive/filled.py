"""Archives with reports in them, for tests: of generated reports as they are read, or of records made up for a test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Engine

from extractor.archive.connecting import connect
from extractor.archive.entry import Entry, RecordRow, entry_of
from extractor.archive.record import packed_record, packed_sentences
from extractor.archive.store import begin_run, configuration, put, writing
from extractor.documents import Document
from extractor.documents.load import document_from_bytes
from extractor.eval.generate import generate
from extractor.pipeline import extract
from extractor.report import Header, Report
from extractor.verification.across import Record, county_of
from extractor.verification.finding import Verification


def filled(where: str, texts: Iterable[tuple[str, str]], configuration_key: str = "grid") -> Engine:
    """The archive at a path or URL, with these reports (name, text) read by the rules."""
    entries = []
    for name, text in texts:
        document = document_from_bytes(text.encode(), name)
        entries.append(entry_of(document, len(text.encode()), *extract(document)))
    engine = connect(where)
    put_entries(engine, entries, configuration_key)
    return engine


def generated(count: int, seed: int = 11) -> list[tuple[str, str]]:
    """Names and texts of generated reports, of which some are damaged."""
    samples = (generate(seed, number=number) for number in range(count))
    return [(f"{sample.name}.txt", sample.text) for sample in samples]


def put_entries(engine: Engine, entries: Sequence[Entry], configuration_key: str = "grid") -> None:
    """Write read documents as a run does, one transaction each."""
    with writing(engine) as connection:
        with connection.begin():
            of = configuration(connection, configuration_key, {"mode": configuration_key})
            run = begin_run(connection, of, {"sources": ["reports"]}, "localhost", 1)
        for entry in entries:
            with connection.begin():
                put(connection, entry, run, of, entry.source, "stamp")


def entry_with(record: Record | None, hash_: str = "") -> Entry:
    """A read document of which nothing is known but what the edits between reports need. None: neither body nor year."""
    name = record.document if record is not None else hash_
    source = record.source if record is not None else hash_
    report = Report(name, source, 0, "2021", {}, Header(), ())
    entry = entry_of(Document(name, source, ""), 0, report, Verification({}, {}, {}, (), ()))
    if record is None:
        return entry
    row = RecordRow(
        record.issuer, record.year, county_of(record.issuer), record.host, packed_record(record), packed_sentences(record)
    )
    return replace(entry, issuer=record.issuer, year=record.year, record=row)

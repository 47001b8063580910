"""What one read document comes to in the archive, ready to be written: made where the document is read, in a worker, so that
the one who writes has nothing left to compute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from extractor.archive.content import Content, packed, packed_text
from extractor.archive.finding_key import keys_of
from extractor.archive.record import packed_record, packed_sentences
from extractor.archive.schema import STATES
from extractor.documents import Document
from extractor.documents.page_image import PageImage
from extractor.llm.outcome import Attempt
from extractor.output import cell_readings
from extractor.report import Report, TableReading
from extractor.verification.across import county_of, record_of
from extractor.verification.finding import Finding, Verification


@dataclass(frozen=True, slots=True)
class FindingRow:
    """The index entry of a finding: `ordinal` is its place among the version's findings, `key` as
    `extractor.archive.finding_key` makes it, `reader` that of its first cell."""

    ordinal: int
    code: str
    severity: str
    priority: float
    table: str | None
    cell: str | None
    key: str
    reader: str | None


@dataclass(frozen=True, slots=True)
class RecordRow:
    """What the edits between reports need (`extractor.archive.record`)."""

    issuer: str
    year: int
    county: str
    host: str
    content: bytes
    digests: bytes


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One request to a model (`extractor.llm.outcome.Attempt`), and what was asked."""

    model: str
    prompt: str
    outcome: str
    seconds: float
    tokens_in: int
    tokens_cached: int
    tokens_out: int
    cost: float | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A read document. Bytes are as `extractor.archive.content` packs them; `size` is that of the file, `states` counts
    the cells (`extractor.archive.schema.STATES`), `pages` are the images of pages that are to be kept."""

    hash: str
    source: str
    media_type: str
    encoding: str
    size: int
    characters: int
    text: bytes
    layout: bytes | None
    issuer: str | None
    year: int | None
    form: str
    content: bytes
    readings: tuple[tuple[str, bytes], ...]
    findings: tuple[FindingRow, ...]
    record: RecordRow | None
    states: Mapping[str, int]
    attempts: tuple[AttemptRow, ...] = ()
    pages: tuple[PageImage, ...] = ()


def entry_of(
    document: Document, size: int, report: Report, verification: Verification,
    readings: Mapping[str, Mapping[str, TableReading]] | None = None, attempts: tuple[AttemptRow, ...] = (),
) -> Entry:
    """The entry of a document of `size` bytes. `readings`: tables by reader, where several readers read."""
    header = report.header
    return Entry(
        document.id, document.source, document.media_type, document.encoding, size, len(document.text),
        packed_text(document.text), packed(document.layout) if document.layout is not None else None,
        str(header.issuer.value) if header.issuer is not None else None,
        int(header.year.value) if header.year is not None else None,
        report.form, packed(Content(report, verification)),
        tuple((reader, packed(dict(tables))) for reader, tables in sorted((readings or {}).items())),
        finding_rows(report, verification),
        _record(document, report, verification), _states(report, verification), attempts,
    )


def attempt_row(model: str, prompt: str, attempt: Attempt) -> AttemptRow:
    """`prompt`: name, version and hash."""
    return AttemptRow(
        model, prompt, attempt.outcome, attempt.seconds, attempt.tokens_in, attempt.tokens_cached, attempt.tokens_out,
        attempt.cost,
    )


def finding_rows(report: Report, verification: Verification) -> tuple[FindingRow, ...]:
    """The index entries of what the verifier found."""
    keys = keys_of(verification.findings)
    return tuple(
        finding_row(ordinal, finding, key, _reader(report, verification, finding))
        for ordinal, (finding, key) in enumerate(zip(verification.findings, keys, strict=True))
    )


def finding_row(ordinal: int, finding: Finding, key: str, reader: str | None = None) -> FindingRow:
    cell = finding.cells[0] if finding.cells else None
    table = cell.partition(".")[0] if cell is not None else None
    return FindingRow(ordinal, finding.code, finding.severity, finding.priority, table, cell, key, reader)


def _reader(report: Report, verification: Verification, finding: Finding) -> str | None:
    cells = [s.cell for s in finding.suspects] or finding.cells
    if not cells:
        return None
    table = report.tables.get(cells[0].partition(".")[0])
    reading = verification.placed.get(cells[0]) or (table.cells.get(cells[0]) if table is not None else None)
    return reading.reader if reading is not None else None


def _states(report: Report, verification: Verification) -> dict[str, int]:
    readings = cell_readings(report, verification)
    found = Counter(reading.state.value for reading in readings.values())
    found["deduced"] = sum(cell in readings for cell in verification.deduced)
    return {state: found[state] for state in STATES}


def _record(document: Document, report: Report, verification: Verification) -> RecordRow | None:
    record = record_of(document, report, verification)
    if record is None:
        return None
    return RecordRow(
        record.issuer, record.year, county_of(record.issuer), record.host, packed_record(record), packed_sentences(record)
    )

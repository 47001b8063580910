"""What one read document comes to in the archive, ready to be written: made where the document is read, in a worker, so that
the one who writes has nothing left to compute."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from extractor.archive.content import Content, packed, packed_text
from extractor.documents import Document
from extractor.llm.outcome import Attempt
from extractor.report import Report, TableReading
from extractor.verification.across import record_of
from extractor.verification.finding import Finding, Verification

_COUNTY = re.compile(r".{1,10}?[县区旗市]")
_SIGNED = 1 << 63


@dataclass(frozen=True, slots=True)
class FindingRow:
    """The index entry of a finding: `ordinal` is its place among the version's findings."""

    ordinal: int
    code: str
    severity: str
    priority: float
    table: str | None
    cell: str | None


@dataclass(frozen=True, slots=True)
class RecordRow:
    """What the edits between reports need; `sentences` are digests of the narrative's long sentences, as signed 64-bit ints."""

    issuer: str
    year: int
    county: str
    host: str
    content: bytes
    sentences: tuple[int, ...]


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
    """A read document. Bytes are as `extractor.archive.content` packs them; `size` is that of the file."""

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
    attempts: tuple[AttemptRow, ...] = ()


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
        tuple(finding_row(ordinal, finding) for ordinal, finding in enumerate(verification.findings)),
        _record(document, report, verification), attempts,
    )


def attempt_row(model: str, prompt: str, attempt: Attempt) -> AttemptRow:
    """`prompt`: name, version and hash."""
    return AttemptRow(
        model, prompt, attempt.outcome, attempt.seconds, attempt.tokens_in, attempt.tokens_cached, attempt.tokens_out,
        attempt.cost,
    )


def finding_row(ordinal: int, finding: Finding) -> FindingRow:
    cell = finding.cells[0] if finding.cells else None
    table = cell.partition(".")[0] if cell is not None else None
    return FindingRow(ordinal, finding.code, finding.severity, finding.priority, table, cell)


def _record(document: Document, report: Report, verification: Verification) -> RecordRow | None:
    record = record_of(document, report, verification)
    if record is None:
        return None
    county = _COUNTY.match(record.issuer)
    digests = sorted(int.from_bytes(sentence, "big") - _SIGNED for sentence in record.sentences)
    bare = replace(record, sentences=frozenset())
    return RecordRow(
        record.issuer, record.year, county.group() if county else "", record.host, packed(bare), tuple(digests)
    )

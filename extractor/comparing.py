"""Several reports against each other: from files to the findings between them. Of each report only a small record is kept."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from extractor.documents.unreadable import UnreadableError
from extractor.several import Extracted, extract_files
from extractor.verification.across import Record, check_across, record_of
from extractor.verification.finding import Finding


class UnitsError(Exception):
    """The list of who belongs to whom can't be used; says why."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What was found between reports. `found`: id, file and findings of each document that has any, in the order of the files.
    `unplaced`: files whose body or year is not known, so that they were compared with nothing."""

    found: tuple[tuple[str, str, tuple[Finding, ...]], ...]
    reports: int
    unplaced: tuple[str, ...]
    failures: tuple[UnreadableError, ...]


def files_in(paths: Iterable[Path]) -> Iterator[Path]:
    """The files, and those in the folders among them by name; hidden ones are left out."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inside = (p for p in sorted(path.rglob("*")) if p.is_file())
        yield from (p for p in inside if not any(part.startswith(".") for part in p.relative_to(path).parts))


def read_units(path: Path) -> dict[str, str]:
    """Parent by unit, from a CSV file with the columns `unit` and `parent`. Raises UnitsError."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnitsError(f"{path}: {error}") from None
    if any(row.get("unit") is None or row.get("parent") is None for row in rows):
        raise UnitsError(f"{path}: the columns unit and parent are wanted")
    return {row["unit"].strip(): row["parent"].strip() for row in rows if row["unit"].strip()}


def compare(files: Sequence[Path], parents: Mapping[str, str]) -> Compared:
    """Read the files and hold the reports against each other. `parents`: the body that each unit belongs to."""
    records: list[Record] = []
    unplaced: list[str] = []
    failures: list[UnreadableError] = []
    for result in extract_files(files):
        if not isinstance(result, Extracted):
            failures.append(result)
            continue
        record = record_of(result.document, result.report, result.verification)
        if record is None:
            unplaced.append(result.document.source)
        else:
            records.append(record)
    findings = check_across(records, parents)
    sources: dict[str, str] = {}
    for record in records:
        sources.setdefault(record.document, record.source)
    found = tuple((id_, source, findings[id_]) for id_, source in sources.items() if id_ in findings)
    return Compared(found, len(records), tuple(unplaced), tuple(failures))

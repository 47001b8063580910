"""Several files, one after the other: each gives a report or one line that says why not, and none stops the others."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from extractor.documents.document import Document
from extractor.documents.load import load, load_all
from extractor.documents.unreadable import UnreadableError
from extractor.pipeline import NotAReportError, extract
from extractor.report import Report
from extractor.verification.finding import Verification

Read = Callable[[Document], tuple[Report, Verification]]


@dataclass(frozen=True, slots=True)
class Extracted:
    """One document that was read, from the file `path`."""

    path: Path
    document: Document
    report: Report
    verification: Verification


def extract_file(path: Path, read: Read = extract) -> Extracted:
    """Read and verify one file. Raises UnreadableError, whatever went wrong."""
    return _read(path, load(path), read)


def _read(path: Path, document: Document, read: Read) -> Extracted:
    try:
        return Extracted(path, document, *read(document))
    except NotAReportError:
        raise UnreadableError("E-NOT-A-REPORT", document.source) from None
    except Exception as error:
        if os.environ.get("EXTRACTOR_TRACEBACK"):
            raise
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise UnreadableError("E-INTERNAL", document.source, reason=reason[:200]) from error


def extract_files(paths: Iterable[Path], read: Read = extract) -> Iterator[Extracted | UnreadableError]:
    """The documents of the files in order, of an archive all that are in it; an error in the place of one that gave no
    report."""
    for path in paths:
        for document in load_all(path):
            if isinstance(document, UnreadableError):
                yield document
                continue
            try:
                yield _read(path, document, read)
            except UnreadableError as error:
                yield error


def named(results: Iterable[Extracted | UnreadableError]) -> Iterator[tuple[str, Extracted | UnreadableError]]:
    """Each result with a name for its files: the stem of its source, only characters that every file system takes, no two
    alike."""
    taken = {"index", "summary"}
    for result in results:
        source = Path(result.document.source if isinstance(result, Extracted) else result.source)
        stem = "".join(c if c.isalnum() or c in "-_.（）()" else "_" for c in source.stem).strip("._")[:80] or "report"
        name, number = stem, 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(name.casefold())
        yield name, result

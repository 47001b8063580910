"""The unit of work: what is computed of one document where there are cores to spare. Jobs and results can be pickled; nothing
here opens a file, a connection or an archive, and `perform` never raises for what a document is like."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from extractor.archive.entry import Entry, attempt_row, entry_of
from extractor.documents import Document
from extractor.documents.load import document_from_bytes
from extractor.documents.page_image import PageImage, page_images
from extractor.documents.unreadable import UnreadableError
from extractor.pipeline import NotAReportError, read_report
from extractor.verification.verify import verify

if TYPE_CHECKING:
    from extractor.llm.client import Question
    from extractor.reading.modes import Answer, Mode, Plan


@dataclass(frozen=True, slots=True)
class ReadJob:
    """Read the document in these bytes. `source` names it; it is never opened. `keep_pages`: the entry is to hold images of the
    document's pages."""

    content: bytes
    source: str
    mode: Mode
    deep: bool = False
    keep_pages: bool = False


@dataclass(frozen=True, slots=True)
class FinishJob:
    """Make the entry of a document whose question (`Asking.question`) came to these outcomes, one for each model asked."""

    asking: bytes
    source: str
    outcomes: tuple[Answer, ...]


Job = ReadJob | FinishJob


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that gave no report: a code of the message catalogue and its parameters."""

    code: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Asking:
    """A document that waits for a model. `asking` is for FinishJob and opaque to everybody else."""

    asking: bytes
    question: Question[Any]


Result = Entry | Failure | Asking


def perform(job: Job, threads: int = 1) -> Result:
    """Do a job, with so many threads (0: one for each core) where its pages are read by OCR. Whatever goes wrong with a
    document is a Failure."""
    try:
        return _read(job, threads) if isinstance(job, ReadJob) else _finish(job)
    except UnreadableError as error:
        return Failure(error.code, {key: _plain(value) for key, value in error.params.items()})
    except NotAReportError:
        return Failure("E-NOT-A-REPORT", {})
    except (Exception, MemoryError) as error:  # a document must not stop the others; the failure tells what happened
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        return Failure("E-INTERNAL", {"reason": reason[:200]})


def _read(job: ReadJob, threads: int) -> Entry | Asking:
    document = document_from_bytes(job.content, job.source, threads)  # the driver unfolds archives
    size = len(job.content)
    base = read_report(document)
    if job.mode == "grid":
        return replace(entry_of(document, size, base, verify(base, deep=job.deep)), pages=_pages(job, document))
    from extractor.reading.modes import plan  # with the model's packages, which the rules alone don't need

    verification = verify(base) if job.mode == "cascade" else None
    planned = plan(document, base, verification, job.mode)
    if planned.question is None:
        if verification is None or job.deep:
            verification = verify(base, deep=job.deep)
        return replace(entry_of(document, size, base, verification), pages=_pages(job, document))
    return Asking(
        pickle.dumps((planned, size, job.deep, _pages(job, document)), pickle.HIGHEST_PROTOCOL), planned.question
    )


def _pages(job: ReadJob, document: Document) -> tuple[PageImage, ...]:
    """What is kept of how the document's pages look."""
    return page_images(job.content, document) if job.keep_pages and document.layout is not None else ()


def _finish(job: FinishJob) -> Entry:
    from extractor.reading.modes import finished

    planned: Plan
    pages: tuple[PageImage, ...]
    planned, size, deep, pages = pickle.loads(job.asking)
    report, readings = finished(planned, job.outcomes)
    attempts = tuple(attempt_row(o.model, o.prompt, a) for o in job.outcomes for a in o.attempts)
    entry = entry_of(planned.lines.document, size, report, verify(report, deep=deep), readings, attempts)
    return replace(entry, pages=pages)


def _plain(value: object) -> object:
    return value if isinstance(value, int | float | str) else str(value)

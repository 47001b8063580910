"""The unit of work: what is computed of one document where there are cores to spare. Jobs and results can be pickled; nothing
here opens a file, a connection or an archive, and `perform` never raises for what a document is like."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from extractor.archive.entry import AttemptRow, Entry, attempt_row, entry_of
from extractor.documents import Document
from extractor.documents.load import document_from_bytes
from extractor.documents.page_image import PageImage, page_images
from extractor.documents.unreadable import UnreadableError
from extractor.pipeline import NotAReportError, read_report
from extractor.report import Report, TableReading
from extractor.verification.finding import Verification
from extractor.verification.verify import verify

if TYPE_CHECKING:
    from extractor.llm.client import Question
    from extractor.reading.modes import Answer, Mode, Plan
    from extractor.reading.second_look import Answer as Look


@dataclass(frozen=True, slots=True)
class ReadJob:
    """Read the document in these bytes. `source` names it; it is never opened. `keep_pages`: the entry is to hold images of the
    document's pages. `second_look`: cells in doubt are to be looked at again."""

    content: bytes
    source: str
    mode: Mode
    deep: bool = False
    keep_pages: bool = False
    second_look: bool = False


@dataclass(frozen=True, slots=True)
class FinishJob:
    """Make the entry of a document whose question (`Asking.question`) came to these outcomes, one for each model asked.
    `content`: the document's bytes, where cells in doubt are to be looked at again."""

    asking: bytes
    source: str
    outcomes: tuple[Answer, ...]
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class LookJob:
    """Make the entry of a document whose second look (`Looking.questions`) came to these outcomes, one for each question."""

    looking: bytes
    source: str
    outcomes: tuple[Look, ...]


Job = ReadJob | FinishJob | LookJob


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


@dataclass(frozen=True, slots=True)
class Looking:
    """A document that waits for a second look. `looking` is for LookJob and opaque to everybody else."""

    looking: bytes
    questions: tuple[Question[Any], ...]


Result = Entry | Failure | Asking | Looking


def perform(job: Job, threads: int = 1) -> Result:
    """Do a job, with so many threads (0: one for each core) where its pages are read by OCR. Whatever goes wrong with a
    document is a Failure."""
    try:
        if isinstance(job, LookJob):
            return _look(job)
        return _read(job, threads) if isinstance(job, ReadJob) else _finish(job)
    except UnreadableError as error:
        return Failure(error.code, {key: _plain(value) for key, value in error.params.items()})
    except NotAReportError:
        return Failure("E-NOT-A-REPORT", {})
    except (Exception, MemoryError) as error:  # a document must not stop the others; the failure tells what happened
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        return Failure("E-INTERNAL", {"reason": reason[:200]})


def _read(job: ReadJob, threads: int) -> Result:
    document = document_from_bytes(job.content, job.source, threads)  # the driver unfolds archives
    size = len(job.content)
    base = read_report(document)
    if job.mode == "grid":
        read = _Read(document, size, base, verify(base, deep=job.deep), job.deep, _pages(job, document))
        return _entry(read, job.content if job.second_look else b"")
    from extractor.reading.modes import plan  # with the model's packages, which the rules alone don't need

    verification = verify(base) if job.mode == "cascade" else None
    planned = plan(document, base, verification, job.mode)
    if planned.question is None:
        if verification is None or job.deep:
            verification = verify(base, deep=job.deep)
        read = _Read(document, size, base, verification, job.deep, _pages(job, document))
        return _entry(read, job.content if job.second_look else b"")
    return Asking(
        pickle.dumps((planned, size, job.deep, _pages(job, document)), pickle.HIGHEST_PROTOCOL), planned.question
    )


def _pages(job: ReadJob, document: Document) -> tuple[PageImage, ...]:
    """What is kept of how the document's pages look."""
    return page_images(job.content, document) if job.keep_pages and document.layout is not None else ()


def _finish(job: FinishJob) -> Result:
    from extractor.reading.modes import finished

    planned: Plan
    pages: tuple[PageImage, ...]
    planned, size, deep, pages = pickle.loads(job.asking)
    report, readings = finished(planned, job.outcomes)
    attempts = tuple(attempt_row(o.model, o.prompt, a) for o in job.outcomes for a in o.attempts)
    read = _Read(planned.lines.document, size, report, verify(report, deep=deep), deep, pages, readings, attempts)
    return _entry(read, job.content)


@dataclass(frozen=True, slots=True)
class _Read:
    """A document that was read and verified; `deep`: in which way."""

    document: Document
    size: int
    report: Report
    verification: Verification
    deep: bool
    pages: tuple[PageImage, ...]
    readings: Mapping[str, Mapping[str, TableReading]] = field(default_factory=dict)
    attempts: tuple[AttemptRow, ...] = ()


def _entry(read: _Read, content: bytes) -> Entry | Looking:
    """The entry, or where the document's bytes are given and something is in doubt, what is to be looked at before."""
    if content and read.document.layout is not None:
        from extractor.documents.crops import crops
        from extractor.reading.second_look import doubts, question

        places = doubts(read.report, read.verification, read.document.layout)
        found = zip(places, crops(content, read.document, [(place.page, place.box) for place in places]), strict=True)
        seen = [(place, crop) for place, crop in found if crop]
        if seen:
            looking = pickle.dumps((read, tuple(place for place, _ in seen)), pickle.HIGHEST_PROTOCOL)
            return Looking(looking, tuple(question(crop) for _, crop in seen))
    entry = entry_of(read.document, read.size, read.report, read.verification, read.readings, read.attempts)
    return replace(entry, pages=read.pages)


def _look(job: LookJob) -> Entry | Looking:
    from extractor.reading.second_look import Doubt, looked

    read: _Read
    places: tuple[Doubt, ...]
    read, places = pickle.loads(job.looking)
    report = looked(read.report, places, job.outcomes)
    attempts = (*read.attempts, *(attempt_row(o.model, o.prompt, a) for o in job.outcomes for a in o.attempts))
    return _entry(replace(read, report=report, verification=verify(report, deep=read.deep), attempts=attempts), b"")


def _plain(value: object) -> object:
    return value if isinstance(value, int | float | str) else str(value)

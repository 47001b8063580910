"""The unit of work: what is computed of one document where there are cores to spare. Jobs and results can be pickled; nothing
here opens a file, a connection or an archive, and `perform` never raises for what a document is like."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from extractor.archive.entry import Entry, attempt_row, entry_of
from extractor.documents.load import document_from_bytes
from extractor.documents.unreadable import UnreadableError
from extractor.pipeline import NotAReportError, read_report
from extractor.verification.verify import verify

if TYPE_CHECKING:
    from extractor.llm.client import Question
    from extractor.reading.modes import Answer, Mode, Plan


@dataclass(frozen=True, slots=True)
class ReadJob:
    """Read the document in these bytes. `source` names it; it is never opened."""

    content: bytes
    source: str
    mode: Mode
    deep: bool = False


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


def perform(job: Job) -> Result:
    """Do a job. Whatever goes wrong with a document is a Failure."""
    try:
        return _read(job) if isinstance(job, ReadJob) else _finish(job)
    except UnreadableError as error:
        return Failure(error.code, {key: _plain(value) for key, value in error.params.items()})
    except NotAReportError:
        return Failure("E-NOT-A-REPORT", {})
    except (Exception, MemoryError) as error:  # a document must not stop the others; the failure tells what happened
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        return Failure("E-INTERNAL", {"reason": reason[:200]})


def _read(job: ReadJob) -> Entry | Asking:
    document = document_from_bytes(job.content, job.source)  # the driver unfolds archives
    size = len(job.content)
    base = read_report(document)
    if job.mode == "grid":
        return entry_of(document, size, base, verify(base, deep=job.deep))
    from extractor.reading.modes import plan  # with the model's packages, which the rules alone don't need

    verification = verify(base) if job.mode == "cascade" else None
    planned = plan(document, base, verification, job.mode)
    if planned.question is None:
        if verification is None or job.deep:
            verification = verify(base, deep=job.deep)
        return entry_of(document, size, base, verification)
    return Asking(pickle.dumps((planned, size, job.deep), pickle.HIGHEST_PROTOCOL), planned.question)


def _finish(job: FinishJob) -> Entry:
    from extractor.reading.modes import finished

    planned: Plan
    planned, size, deep = pickle.loads(job.asking)
    report, readings = finished(planned, job.outcomes)
    attempts = tuple(attempt_row(o.model, o.prompt, a) for o in job.outcomes for a in o.attempts)
    return entry_of(planned.lines.document, size, report, verify(report, deep=deep), readings, attempts)


def _plain(value: object) -> object:
    return value if isinstance(value, int | float | str) else str(value)

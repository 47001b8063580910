"""Routes: the queue, leases, decisions."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request, Response
from sqlalchemy import select

from extractor.archive.schema import findings as table
from extractor.review import bulk, deciding, queue
from extractor.review.access import Person, guarded_router, who
from extractor.review.api.answering import REFUSED, answer, changing, reading
from extractor.review.api.models import (
    Bulk,
    BulkCause,
    BulkPreview,
    BulkTaken,
    Consequences,
    Deciding,
    Facets,
    Filters,
    FindingDetail,
    FindingPage,
    Key,
    Lease,
    Line,
    Next,
    Taken,
    Trial,
    Undoing,
    Undone,
)
from extractor.review.counts import Cube, facets, narrow_cube
from extractor.review.opened import detail, opened
from extractor.review.refusal import Refusal

router = guarded_router()
Who = Annotated[Person, Depends(who)]
Chosen = Annotated[Filters, Query()]


class Listed(Filters):
    """Filters, and where a page begins."""

    after: Line | None = None
    limit: Annotated[int, Query(ge=1, le=500)] = queue.PAGE


class Wanted(Filters):
    """Filters, and where to go on from."""

    after: Line | None = None
    stay: Key | None = None


@router.get("/api/findings", responses=REFUSED, response_model=FindingPage)
def list_findings(request: Request, person: Who, listed: Annotated[Listed, Query()]) -> Response:
    """Findings by priority, highest first."""
    with reading(request) as connection:
        rows, after = queue.page(connection, _filters(listed), person, listed.after, listed.limit)
    return answer(FindingPage.model_construct(findings=rows, after=after))


@router.get("/api/findings/{finding}", responses=REFUSED, response_model=FindingDetail)
def get_finding(request: Request, person: Who, finding: Key) -> Response:
    """One finding in full."""
    with reading(request) as connection:
        document = connection.execute(select(table.c.document_id).where(table.c.id == finding)).scalar()
        if document is None:
            raise Refusal(404, "E-NOT-FOUND")
        view = opened(connection, document, person)
    for seen in view.findings:
        if seen.row.id == finding:
            return answer(detail(seen, person, view.held_by))
    raise Refusal(404, "E-NOT-FOUND")


@router.get("/api/counts", responses=REFUSED, response_model=Facets)
def get_counts(request: Request, person: Who, filters: Chosen) -> Response:
    """How many findings there are, by facet."""
    with reading(request) as connection:
        counted: Cube | None = narrow_cube(connection, filters, person)
    return answer(facets(counted or request.app.state.cube.get(), filters))


@router.post("/api/next", responses=REFUSED, response_model=Next)
def next_finding(request: Request, person: Who, wanted: Annotated[Wanted, Query()]) -> Response:
    """The finding to look at now. Its document is held for this person, and the one held before is given back. `stay`: a
    document whose findings come first; `after`: only findings behind this place in the order (as `priority_id`)."""
    with changing(request) as connection:
        row, until = queue.next_finding(connection, _filters(wanted), person, wanted.after, wanted.stay)
    return answer(Next.model_construct(finding=row, until=until))


@router.put("/api/documents/{document}/lease", responses=REFUSED, response_model=Lease)
def take_lease(request: Request, person: Who, document: Key) -> Response:
    """Hold a document, or go on holding it; 409 where somebody else does. It lapses after five minutes."""
    with changing(request) as connection:
        deciding.lock(connection, document)
        until = queue.hold(connection, document, person.name)
        holder = queue.held_by_other(connection, document, person.name)
    if until is None:
        raise Refusal(409, "E-HELD", who=holder or "")
    return answer(Lease(document=document, until=until))


@router.delete("/api/documents/{document}/lease", responses=REFUSED, status_code=204, response_model=None)
def give_lease_back(request: Request, person: Who, document: Key) -> Response:
    """Hold a document no more."""
    with changing(request) as connection:
        queue.release(connection, document, person.name)
    return Response(status_code=204)


@router.post("/api/decisions", responses=REFUSED, response_model=Taken)
def decide(request: Request, person: Who, asked: Deciding) -> Response:
    """Decide. The report is verified again with the decision in place; the answer says what that settles and makes."""
    with changing(request) as connection:
        taken = deciding.decide(connection, person, asked)
    return answer(taken)


@router.post("/api/check", responses=REFUSED, response_model=Consequences)
def check(request: Request, person: Who, trial: Trial) -> Response:
    """What values would settle and make; nothing is stored."""
    with reading(request) as connection:
        return answer(deciding.check(connection, person, trial))


@router.post("/api/undo", responses=REFUSED, response_model=Undone)
def undo(request: Request, person: Who, asked: Undoing) -> Response:
    """Take back an action: one's own last one, or a named one. The decisions stay in the log."""
    with changing(request) as connection:
        group, added = deciding.undo(connection, person, asked.group)
    documents = sorted({d.document_id for d in added})
    return answer(Undone(group=group, decisions=[d.undoes for d in added if d.undoes is not None], documents=documents))


@router.post("/api/bulk/preview", responses=REFUSED, response_model=BulkPreview)
def preview_bulk(request: Request, person: Who, cause: BulkCause) -> Response:
    """What the same answer to many findings would touch."""
    with reading(request) as connection:
        return answer(bulk.preview(connection, person, cause))


@router.post("/api/bulk", responses=REFUSED, response_model=BulkTaken)
def decide_bulk(request: Request, person: Who, asked: Bulk) -> Response:
    """Give the same answer to many findings, those of the preview and no others. Undone as one."""
    with changing(request) as connection:
        return answer(bulk.decide(connection, person, asked))


def _filters(extended: Filters) -> Filters:
    return Filters.model_construct(**{name: getattr(extended, name) for name in Filters.model_fields})

"""Routes: reports in and out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath
from typing import Annotated

from fastapi import Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from extractor.archive import decisions as log
from extractor.archive.lookup import current, currents
from extractor.archive.schema import documents
from extractor.decision import Decision, decided_layer, stale, standing
from extractor.output import cell_readings, dumps, to_json_object
from extractor.output_schema import Extraction
from extractor.report import Reading, State
from extractor.review.access import Person, Role, guarded_router
from extractor.review.api.answering import REFUSED, answer, reading
from extractor.review.api.findings import Who
from extractor.review.api.models import DecisionLog, DecisionRow, FindingDetail, FindingDetails, Key, Uploaded
from extractor.review.opened import detail, hidden_people, opened
from extractor.review.page_images import kept_page, places_of, rendered_page
from extractor.review.refusal import Refusal
from extractor.review.uploading import MOST_BYTES, Unread, take

router = guarded_router()
_LONGEST_NAME = 200
_PATIENCE = 120
"""Seconds for a file to arrive."""
_LINES_AT_ONCE = 100
_PAGE_NUMBER = Annotated[int, Path(ge=1, le=10_000)]
_UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post(
    "/api/documents", responses=REFUSED, response_model=Uploaded, max_body_size=MOST_BYTES, openapi_extra=_UPLOAD
)
async def hand_in(
    request: Request, person: Who, name: Annotated[str, Query(min_length=1, max_length=1000, description="of the file")]
) -> Response:
    """Hand in a document: the file's bytes are the body, whatever its type. It is read with the rules (no model is asked) and
    put into the archive; the same bytes twice are one document."""
    try:
        async with asyncio.timeout(_PATIENCE):
            content = await request.body()
    except TimeoutError:
        raise Refusal(408, "E-TOOK-TOO-LONG", seconds=_PATIENCE) from None
    except ClientDisconnect:  # nobody hears the answer; in the log it would look like an error of the server
        raise Refusal(400, "E-INPUT", place="body") from None
    try:
        entry = await request.app.state.reader.read(content, file_name(name))
    except Unread as error:
        raise Refusal(422, "E-UNFIT", name=file_name(name), reason_zh=error.zh, reason_en=error.en) from None
    document, version = await run_in_threadpool(take, request.app.state.engine, entry, person.name)
    return answer(Uploaded(document=document, version=version, findings=len(entry.findings)))


def file_name(name: str) -> str:
    """The last part of a name that somebody sent, without what a name has no use for; it is shown, and never opened."""
    last = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(c for c in last if c.isprintable()).strip()[-_LONGEST_NAME:]
    return kept or "document"


@router.get("/api/documents/{document}", responses=REFUSED, response_model=Extraction)
def get_document(request: Request, person: Who, document: Key) -> Response:
    """The report, as `extractor extract --json` prints it, with what was decided on its cells."""
    with reading(request) as connection:
        view = opened(connection, document, person)
    content = view.now.content
    layer = decided_layer(view.stands, view.readings)
    return Response(
        dumps(to_json_object(view.now.document, content.report, content.verification, layer)), media_type="application/json"
    )


@router.get("/api/documents/{document}/text", responses=REFUSED, response_class=Response)
def get_text(request: Request, person: Who, document: Key) -> Response:
    """The text that all spans index."""
    with reading(request) as connection:
        view = opened(connection, document, person)
    return Response(view.now.document.text.encode("utf-8", "replace"), media_type="text/plain; charset=utf-8")


@router.get("/api/documents/{document}/findings", responses=REFUSED, response_model=FindingDetails)
def get_findings(request: Request, person: Who, document: Key) -> Response:
    """All findings of a report, settled ones too, as they stand under the decisions."""
    with reading(request) as connection:
        view = opened(connection, document, person)
    found: list[FindingDetail] = [detail(seen, person, view.held_by) for seen in view.findings]
    return answer(FindingDetails.model_construct(version=view.now.version_id, last=view.last, findings=found))


@router.get("/api/documents/{document}/decisions", responses=REFUSED, response_model=DecisionLog)
def get_decisions(request: Request, person: Who, document: Key) -> Response:
    """Every decision on a report, undone ones too, in their order. Of a finding that waits for a second answer, the first
    one's are told to nobody else."""
    with reading(request) as connection:
        view = opened(connection, document, person)
    undone = {d.undoes for d in view.decisions if d.kind == "undone"}
    readings = view.readings
    rows = [_row(d, d.id in undone, readings) for d in view.decisions]
    return answer(DecisionLog.model_construct(decisions=rows))


def _row(decision: Decision, undone: bool, readings: dict[str, Reading]) -> DecisionRow:
    was = decision.before
    reading_now = readings.get(decision.cell or "", Reading(State.ABSENT))
    return DecisionRow.model_construct(
        id=decision.id, document=decision.document_id, version=decision.version_id, at=decision.at, who=decision.who,
        kind=decision.kind, group=decision.group, cell=decision.cell, code=decision.code,
        before=None if was is None else {"state": was.state.value, "raw": was.raw, "value": was.value, "span": was.span},
        after=decision.after, reason=decision.reason, note=decision.note, undoes=decision.undoes, undone=undone,
        stale=decision.cell is not None and stale(decision, reading_now),
    )


@router.get("/api/documents/{document}/pages/{page}", response_class=Response,
            responses={**REFUSED, 200: {"content": {"image/png": {}, "image/webp": {}}}})
def get_page(request: Request, person: Who, document: Key, page: _PAGE_NUMBER) -> Response:
    """A page of the source as an image: as kept in the archive (WebP), else from the source's file (PNG). 404 where the source
    has no pages, or nothing is kept and its file is not at hand any more."""
    with reading(request) as connection:
        now = current(connection, document)
        if now is None:
            raise Refusal(404, "E-NOT-FOUND")
        layout = now.document.layout
        if layout is None or page > len(layout.pages):
            raise Refusal(404, "E-NO-PAGES")
        image = kept_page(connection, document, page)
        places = places_of(connection, now) if image is None else ()
    image = image or rendered_page(now, places, page)
    if image is None:
        raise Refusal(404, "E-NO-PAGES")
    return Response(image.content, media_type=image.media_type, headers={"cache-control": "private, max-age=3600"})


@router.get("/api/export", responses={**REFUSED, 200: {"content": {"application/x-ndjson": {}}}}, response_class=Response)
def export(request: Request, person: Who) -> Response:
    """All reports with what was decided on them, one JSON object on each line. Answers that wait for a second one are told to
    leads and to who gave them."""
    return StreamingResponse(_lines(request, person), media_type="application/x-ndjson")


def _lines(request: Request, person: Person) -> Iterator[bytes]:
    # a few reports at a time, each batch with a connection of its own: a slow reader must not hold one
    last = 0
    while True:
        out = BytesIO()
        with reading(request) as connection:
            query = select(documents.c.id).where(documents.c.id > last).order_by(documents.c.id).limit(_LINES_AT_ONCE)
            numbers = connection.execute(query).scalars().all()
            some = list(currents(connection, numbers)) if numbers else []
            said = log.of_documents(connection, numbers)
        for one in some:
            report, verification = one.content.report, one.content.verification
            decisions = said.get(one.id, [])
            hidden = hidden_people(decisions, person) if person.role < Role.LEAD else ()
            layer = decided_layer(standing(decisions, hidden), cell_readings(report, verification))
            out.write(dumps(to_json_object(one.document, report, verification, layer)) + b"\n")
        if not numbers:
            return
        last = numbers[-1]
        yield out.getvalue()

"""The desk's pages: one report with its findings, and what was decided of it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection, select

from extractor.archive.schema import findings
from extractor.archive.store import writing
from extractor.decision import Decision, decided_layer, stale, valid
from extractor.messages import text
from extractor.presenting.sheet import Language
from extractor.presenting.wording import header_rows
from extractor.report import Reading, Report, State
from extractor.review.access import Person, Role, guarded_router, who
from extractor.review.api.models import Filters, Key
from extractor.review.opened import Opened, Seen, opened
from extractor.review.pages.context import data_of, filters_of, language_of, page, query_of
from extractor.review.pages.desk import Shown, code_words, desk_of, digits, labels_of
from extractor.review.queue import next_finding
from extractor.review.refusal import Refusal

router = guarded_router()


@router.get("/desk", include_in_schema=False)
def start(request: Request) -> Response:
    """To the finding to look at now, which is held for this person; to the queue where there is none."""
    person, filters = who(request), filters_of(request)
    with writing(request.app.state.engine) as connection, connection.begin():
        row, _ = next_finding(connection, filters, person)
    query = query_of(filters)
    if request.query_params.get("lang") == language_of(request):  # an address that says a language goes on saying it
        query += f"{'&' if query else '?'}lang={language_of(request)}"
    return RedirectResponse(f"/findings/{row.id}{query}" if row is not None else f"/{query}", 303)


@router.get("/findings/{finding}", include_in_schema=False)
def of_finding(request: Request, finding: Key) -> Response:
    with request.app.state.engine.connect() as connection:
        document = connection.execute(select(findings.c.document_id).where(findings.c.id == finding)).scalar()
        if document is None:
            raise Refusal(404, "E-NOT-FOUND")
        return _desk(request, connection, document, finding)


@router.get("/documents/{document}", include_in_schema=False)
def of_document(request: Request, document: Key) -> Response:
    with request.app.state.engine.connect() as connection:
        return _desk(request, connection, document, None)


def _desk(request: Request, connection: Connection, document: int, finding: int | None) -> Response:
    person, language, filters = who(request), language_of(request), filters_of(request)
    view = opened(connection, document, person)
    shown = [Shown(s.row.id, s.finding, s.state, _answerable(s, person), _wanted(s, filters)) for s in view.findings]
    published = view.now.content
    decided = decided_layer(view.stands, view.readings)
    desk = desk_of(view.now.document, view.settled.report, view.settled.verification, shown, decided, language)
    if finding is None:
        open_first = sorted(shown, key=lambda one: not (one.answerable and one.wanted))
        finding = open_first[0].number if open_first else None
    layout = view.now.document.layout
    may_decide = person.role >= Role.REVIEWER
    data = data_of(language) | {
        "document": document, "version": view.now.version_id, "last": view.last, "finding": finding, "query": query_of(filters),
        "filters": filters.model_dump(exclude_defaults=True), "may_decide": may_decide, "held_by": _other(view, person),
        "cells": desk.cells, "findings": desk.findings,
        "pages": [(p.width, p.height) for p in layout.pages] if layout is not None else [],
    }
    return page(
        request, "desk.html", "desk", desk=desk, data=data, heading=heading(published.report, view.now.document.source),
        source=PurePath(view.now.document.source).name, pages=len(data["pages"]), may_decide=may_decide,
        facts=header_rows(published.report.header, language),
    )


def heading(report: Report, source: str) -> str:
    """Whose report on which year; the file's name where it doesn't say."""
    said = [str(field.value) for field in (report.header.issuer, report.header.year) if field is not None]
    return " ".join(said) or PurePath(source).name


def _other(view: Opened, person: Person) -> str | None:
    return view.held_by if view.held_by != person.name else None


def _answerable(seen: Seen, person: Person) -> bool:
    """As `extractor.review.queue.answerable` has it."""
    state, other = seen.state, seen.who != person.name
    return state == "open" or (state == "second" and other) or (state == "disputed" and other and person.role >= Role.LEAD)


def _wanted(seen: Seen, filters: Filters) -> bool:
    """Whether the filters that lie within a report choose the finding; the others chose the report."""
    named = ("code", "severity", "table", "cell", "reader")
    within = all((value := getattr(filters, name)) is None or getattr(seen.row, name) == value for name in named)
    return within and filters.state in (None, seen.state)


@router.get("/documents/{document}/history", include_in_schema=False)
def history(request: Request, document: Key) -> Response:
    person, language = who(request), language_of(request)
    with request.app.state.engine.connect() as connection:
        view = opened(connection, document, person)
    readings, left = view.readings, {d.id for d in valid(view.decisions)}
    rows = [
        _past(decision, view, decision.id not in left, readings, language)
        for decision in reversed(view.decisions) if decision.kind != "undone"
    ]
    return page(request, "history.html", "desk", rows=rows)


_SAID = {
    "as_printed": "U-OPT-PRINTED", "misread": "U-OPT-MISREAD", "wrong_in_print": "U-OPT-MISPRINT",
    "illegible": "U-OPT-ILLEGIBLE", "dismissed": "U-OPT-DISMISSED",
}


def _past(
    decision: Decision, view: Opened, undone: bool, readings: dict[str, Reading], language: Language
) -> dict[str, Any]:
    report = view.now.content.report
    value = digits(decision.after) if decision.after is not None else "—"
    cell = labels_of(decision.cell, report, language)[0] if decision.cell is not None else None
    about = [part for part in (cell, code_words(decision.code, language) if decision.code else None) if part]
    at = datetime.fromtimestamp(decision.at, UTC)
    before = decision.before
    overtaken = decision.cell is not None and stale(decision, readings.get(decision.cell, Reading(State.ABSENT)))
    return {
        "what": text(_SAID[decision.kind], {"value": value}, language), "about": " · ".join(about),
        "before": None if before is None else digits(before.value) if before.value is not None else before.raw or "—",
        "after": value if decision.after is not None else None, "undone": undone, "stale": overtaken,
        "reason": decision.reason, "note": decision.note, "who": decision.who, "iso": at.isoformat(timespec="seconds"),
        "when": time.strftime("%Y-%m-%d %H:%M", time.localtime(decision.at)),
    }

"""The queue's page: findings by priority under filters, how many there are of each kind, and what is alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from sqlalchemy import Connection, select

from extractor.archive.schema import documents
from extractor.forms.form import forms
from extractor.messages import catalogue, text
from extractor.presenting.sheet import Language
from extractor.review import queue
from extractor.review.access import Role, guarded_router, who
from extractor.review.api.models import Facets, Filters, FindingRow
from extractor.review.counts import facets, narrow_cube
from extractor.review.pages.context import data_of, filters_of, language_of, page, query_of
from extractor.review.pages.desk import code_words
from extractor.verification.naming import names

router = guarded_router()
_ROWS = 60
_GROUPS = 14
_REASONS = ("CORRECT", "RULE", "IMMATERIAL", "DUPLICATE", "OTHER")


@router.get("/", include_in_schema=False)
def the_queue(request: Request, after: str | None = None) -> Response:
    person, language, filters = who(request), language_of(request), filters_of(request)
    with request.app.state.engine.connect() as connection:
        rows, more = queue.page(connection, filters, person, after, _ROWS)
        where = _cells(connection, rows, language)
        narrow = narrow_cube(connection, filters, person)
    counted = facets(narrow or request.app.state.cube.get(), filters)
    query = query_of(filters)
    return page(
        request, "queue.html", "queue", rows=[_row(row, where, language) for row in rows], total=counted.total,
        exact=counted.exact, filters=filters, query=query, views=_views(language), facets=_choices(counted, language),
        groups=[(code, code_words(code, language), n) for code, n in list(counted.code.items())[:_GROUPS]],
        more=f"?{urlencode(_said(filters) | {'after': more})}" if more else None, later=after is not None, first=query,
        data=data_of(language) | {
            "may_decide": person.role >= Role.REVIEWER, "filters": _said(filters),
            "kinds": [(kind, text(code, {}, language)) for kind, code in _KINDS],
            "reasons": [text(f"U-REASON-{reason}", {}, language) for reason in _REASONS],
            "about": {code: code_words(code, language) for code in counted.code},
        },
    )


_KINDS = (("as_printed", "U-OPT-PRINTED"), ("dismissed", "U-OPT-DISMISSED"))


def _said(filters: Filters) -> dict[str, Any]:
    return {name: value for name, value in filters.model_dump(exclude_defaults=True).items() if value not in (None, "")}


def _row(row: FindingRow, where: Mapping[int, str], language: Language) -> dict[str, Any]:
    return row.__dict__ | {"about": code_words(row.code, language), "where": where.get(row.id, "")}


def _cells(connection: Connection, rows: Sequence[FindingRow], language: Language) -> dict[int, str]:
    """The first cell of each finding in words, as the form that its report mostly follows calls it."""
    ids = {row.document for row in rows if row.cell}
    found = connection.execute(select(documents.c.id, documents.c.form).where(documents.c.id.in_(ids)))
    form_of = {number: form for number, form in found}
    known = {form.code for form in forms()}
    return {
        row.id: str(names(form_of[row.document], row.cell)[f"cell_{language}"])
        for row in rows if row.cell and form_of.get(row.document) in known
    }


def _views(language: Language) -> list[tuple[str, str]]:
    return [(view, text(f"U-SHOW-{view.upper()}", {}, language)) for view in ("undecided", "mine", "all")]


def _choices(counted: Facets, language: Language) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers, with counts."""
    return {
        "severity": _worded("U-SEV-", ("error", "warning", "info"), counted.severity, language),
        "code": [(code, f"{code_words(code, language)}（{n:,}）") for code, n in counted.code.items()],
        "table": _worded("U-TABLE-", counted.table, counted.table, language),
        "year": [(year, f"{year}（{n:,}）") for year, n in sorted(counted.year.items(), reverse=True)],
        "state": _worded("U-STATE-", counted.state, counted.state, language),
        "reader": _worded("U-READER-", counted.reader, counted.reader, language),
    }


def _worded(prefix: str, keys: Iterable[str], counts: Mapping[str, int], language: Language) -> list[tuple[str, str]]:
    found = []
    for key in keys:
        code = prefix + key.upper()
        word = text(code, {}, language) if code in catalogue() else key
        found.append((key, f"{word}（{counts.get(key, 0):,}）"))
    return found

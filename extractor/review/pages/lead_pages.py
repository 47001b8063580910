"""The lead's page: how far the review is, who does how much and how alike, what is left and what it would bring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from fastapi import Request, Response

from extractor.messages import text
from extractor.presenting.sheet import Language
from extractor.review import accounts
from extractor.review.access import guarded_router
from extractor.review.api.models import Band, Statistics
from extractor.review.pages.context import data_of, language_of, page
from extractor.review.pages.desk import code_words
from extractor.review.pages.figures import Series, bars, by_kind, curve
from extractor.review.settings import settings

router = guarded_router()
_DAYS = 30
_MOST_CODES = 7
_GOAL = 0.8
"""The share of what there is to gain that the page tells the effort of."""


@router.get("/lead", include_in_schema=False)
def lead(request: Request) -> Response:
    language = language_of(request)
    counted: Statistics = request.app.state.statistics.get()
    with request.app.state.engine.connect() as connection:
        share, people = settings(connection).share, accounts.accounts(connection)
    total = sum(counted.states.values())
    answered = counted.states.get("decided", 0) + counted.states.get("dismissed", 0)
    points = effort(counted.bands)
    now = datetime.now(UTC).date()
    days = [(now - timedelta(days=back)).isoformat() for back in reversed(range(_DAYS))]
    series = _series(days, counted, language)
    week = [(now - timedelta(days=back)).isoformat() for back in range(7)]
    return page(
        request, "lead.html", "lead", s=counted, total=total, answered=answered, open=total - answered,
        share=f"{100 * answered / total:.1f}" if total else "0",
        severities=[(severity, counted.open_by_severity.get(severity, 0)) for severity in ("error", "warning", "info")],
        expected=sum(band.expected for band in counted.bands),
        time_left=_duration(_sum([band.seconds for band in counted.bands]), language),
        codes=[one.name for one in series], bars=bars(days, series, text("U-BY-CODE", {}, language)),
        has_curve=len(points) > 1,
        curve=curve(points, text("U-EFFORT-CURVE", {}, language), lambda hours: _duration(3600 * hours, language)),
        remaining=_remaining(counted.bands, language), today=now.isoformat(),
        week={r.who: sum(r.by_day.get(day, 0) for day in week) for r in counted.reviewers},
        doubled_share=share, people=people, data=data_of(language),
    )


def _sum(seconds: Sequence[float | None]) -> float | None:
    known = [s for s in seconds if s is not None]
    return sum(known) if known else None


def _duration(seconds: float | None, language: Language) -> str:
    """In hours, or in minutes where it is less than two of them."""
    if seconds is None:
        return "—"
    if seconds < 2 * 3600:
        return f"{max(1, round(seconds / 60))} {text('U-MINUTES', {}, language)}" if seconds else "0"
    return f"{seconds / 3600:,.1f} {text('U-HOURS', {}, language)}"


def _series(days: Sequence[str], counted: Statistics, language: Language) -> list[Series]:
    """The commonest kinds of finding by day, the rest together."""
    by_code = by_kind(days, counted.codes)
    named = [Series(code_words(code, language), counts) for code, counts in list(by_code.items())[:_MOST_CODES]]
    rest = list(by_code.values())[_MOST_CODES:]
    if rest:
        named.append(Series("…", [sum(column) for column in zip(*rest, strict=True)]))
    return named


def effort(bands: Sequence[Band]) -> list[tuple[float, float]]:
    """(hours, share of the changes to expect that are made by then), the most valuable findings first."""
    total = sum(band.expected for band in bands)
    if not total or all(band.seconds is None for band in bands):
        return []
    points, hours, gained = [(0.0, 0.0)], 0.0, 0.0
    for band in sorted(bands, key=lambda b: -b.least):
        hours += (band.seconds or 0.0) / 3600
        gained += band.expected
        points.append((hours, gained / total))
    return points


def _remaining(bands: Sequence[Band], language: Language) -> str | None:
    """How many findings have to be decided for most of what there is to gain."""
    total = sum(band.expected for band in bands)
    count, gained = 0, 0.0
    for band in sorted(bands, key=lambda b: -b.least):
        count += band.open
        gained += band.expected
        if total and gained >= _GOAL * total:
            return text("U-REMAINING-VALUE", {"count": count, "share": round(100 * gained / total)}, language)
    return None

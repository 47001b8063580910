"""What the lead wants to know: how far it is, who did what, how far people agree, what is left.

*Remaining effort.* Findings are looked at in bands of priority. In each band the archive knows how many were answered and how
many of these changed a value. Before there are answers, the priority itself is the estimate: it was made to be the chance that
a field is not right (docs/verification.md), so it counts as one answer's worth of evidence, times `_PRIOR`. Time is the open
findings times the median time of an answer.

*Agreement.* Cohen's kappa over the kinds of answer (read rightly, read wrongly, wrong in print, illegible, dismissed) on the
findings that two people answered: agreement beyond what their habits would give by chance. `agreed` counts the stricter thing,
the same kind with the same value on the same cells.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from statistics import median
from typing import Any

from sqlalchemy import Connection, Select, func, select

from extractor.archive.schema import decisions, findings
from extractor.decision import Double
from extractor.review.api.models import Band, Reviewer, Statistics
from extractor.review.doubles import all_doubles

_BOUNDS = (1.0, 0.5, 0.2, 0.1, 0.05, 0.0)
_MIDDLES = (1.25, 0.75, 0.35, 0.15, 0.075, 0.02)
"""The priority taken for a band's chance where nothing was answered in it yet."""
_PRIOR = 5
_PAUSE = 300.0
_DAYS = 30
_MOST = 200_000
"""Decisions that are looked at, the latest."""
_CHANGING = ("misread", "wrong_in_print", "illegible")


@dataclass(slots=True)
class _Work:
    """What one person did."""

    answered: int = 0
    undone: int = 0
    changed: int = 0
    dismissed: int = 0
    gaps: list[float] = field(default_factory=list)
    by_day: Counter[str] = field(default_factory=Counter)
    last: float | None = None


@dataclass(frozen=True, slots=True)
class _Action:
    """The decisions of one action, as far as figures need them; of a bulk one, all."""

    at: float
    who: str
    kind: str
    code: str | None
    priority: float | None
    count: int


def statistics(connection: Connection) -> Statistics:
    """All of it, anew: for a large archive some seconds (`extractor.review.counts.Aged` keeps it)."""
    by_state = select(findings.c.state, func.count()).group_by(findings.c.state)
    by_severity = select(findings.c.severity, func.count()).where(findings.c.state == "open").group_by(findings.c.severity)
    actions, undone_by = _actions(connection)
    people = _people(actions, undone_by)
    doubles = all_doubles(connection)
    gaps = [gap for work in people.values() for gap in work.gaps]
    pairs = _pairs(doubles)
    return Statistics(
        states=_counts(connection, by_state), open_by_severity=_counts(connection, by_severity),
        reviewers=[_reviewer(who, work, doubles) for who, work in sorted(people.items())],
        codes=_codes(actions), bands=_bands(connection, actions, median(gaps) if gaps else None),
        doubled=len(doubles), agreed=sum(d.stage == "agreed" for d in doubles),
        waiting=sum(d.stage == "second" for d in doubles), disputed=sum(d.stage == "disputed" for d in doubles),
        kappa=kappa([(one, other) for _, one, _, other in pairs]), at=time.time(),
    )


def _counts(connection: Connection, query: Select[Any]) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(query)}


def _actions(connection: Connection) -> tuple[list[_Action], Counter[str]]:
    """What was done and not taken back, in order, and how much each person took back."""
    columns = decisions.c
    query = (
        select(columns.id, columns.at, columns.who, columns.kind, columns.group, columns.code, columns.priority, columns.undoes)
        .order_by(columns.id.desc()).limit(_MOST)
    )
    rows = connection.execute(query).all()
    undone = {row.undoes for row in rows if row.kind == "undone"}
    undone_by: Counter[str] = Counter()
    groups: dict[str, list[int]] = {}
    first: dict[str, Any] = {}
    for row in reversed(rows):
        if row.kind == "undone":
            continue
        if row.id in undone:
            undone_by[row.who] += 1
            continue
        groups.setdefault(row.group, []).append(row.id)
        first.setdefault(row.group, row)
    return [
        _Action(row.at, row.who, row.kind, row.code, row.priority, len(groups[group])) for group, row in first.items()
    ], undone_by


def _people(actions: Iterable[_Action], undone_by: Counter[str]) -> dict[str, _Work]:
    people: defaultdict[str, _Work] = defaultdict(_Work)
    for action in actions:
        work = people[action.who]
        work.answered += 1
        work.changed += action.kind in _CHANGING
        work.dismissed += action.kind == "dismissed"
        work.by_day[_day(action.at)] += 1
        if work.last is not None and action.at - work.last <= _PAUSE:
            work.gaps.append(action.at - work.last)
        work.last = action.at
    for who, count in undone_by.items():
        people[who].undone = count
    return people


def _reviewer(who: str, work: _Work, doubles: Sequence[Double]) -> Reviewer:
    own = [d for d in doubles if who in d.people[:2] and len(d.people) > 1]
    pairs = [(one, other) if first == who else (other, one) for first, one, _, other in _pairs(own)]
    return Reviewer(
        who=who, answered=work.answered, undone=work.undone, changed=work.changed, dismissed=work.dismissed,
        seconds=median(work.gaps) if work.gaps else None, by_day=dict(sorted(work.by_day.items())[-_DAYS:]),
        doubled=len(own), agreed=sum(d.answers[d.people[0]] == d.answers[d.people[1]] for d in own), kappa=kappa(pairs),
    )


def _pairs(doubles: Iterable[Double]) -> list[tuple[str, str, str, str]]:
    """Of each finding with two answers: who, the kind of the answer, who else, theirs."""
    found = []
    for double in doubles:
        if len(double.people) > 1:
            first, second = double.people[:2]
            found.append((first, _kind(double, first), second, _kind(double, second)))
    return found


def _kind(double: Double, who: str) -> str:
    return "+".join(sorted({kind for _, kind, _ in double.answers[who]}))


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's kappa of two raters' categories; None where it is not defined: no pairs, or both always say the same one."""
    if not pairs:
        return None
    total = len(pairs)
    observed = sum(one == other for one, other in pairs) / total
    ours, theirs = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    expected = sum(ours[category] * theirs[category] for category in ours) / total**2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def _codes(actions: Iterable[_Action]) -> dict[str, dict[str, int]]:
    """Answers by day and code."""
    days: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for action in actions:
        if action.code is not None:
            days[_day(action.at)][action.code] += action.count
    return {day: dict(days[day].most_common()) for day in sorted(days)[-_DAYS:]}


def _bands(connection: Connection, actions: Sequence[_Action], seconds: float | None) -> list[Band]:
    open_findings = select(func.count()).where(findings.c.state == "open")
    at_least = [
        connection.execute(open_findings.where(findings.c.priority >= bound)).scalar_one() for bound in _BOUNDS[:-1]
    ]
    at_least.append(connection.execute(open_findings).scalar_one())
    left = [at_least[0], *(more - less for less, more in pairwise(at_least))]
    answered, changed = Counter[int](), Counter[int]()
    for action in actions:
        if action.priority is not None:
            band = next(i for i, bound in enumerate(_BOUNDS) if action.priority >= bound or bound == 0)
            answered[band] += action.count
            changed[band] += action.count * (action.kind in _CHANGING)
    return [
        Band(
            least=bound, open=count, answered=answered[i], changed=changed[i],
            expected=round(count * (changed[i] + min(1.0, _MIDDLES[i]) * _PRIOR) / (answered[i] + _PRIOR), 1),
            seconds=None if seconds is None else round(count * seconds, 1),
        )
        for i, (bound, count) in enumerate(zip(_BOUNDS, left, strict=True))
    ]


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()

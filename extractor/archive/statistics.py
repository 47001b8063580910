"""What is in an archive, in numbers; counted by the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, case, func, select

from extractor.archive.schema import STATES, attempts, decisions, documents, failures, findings, runs, versions

CONDITIONS = ("clean", "settled", "warning", "error")
"""Of reports: nothing to settle · all errors and warnings answered · warnings open · errors open."""


@dataclass(frozen=True, slots=True)
class Group:
    """Reports on one year in one form: how many, and their cells by state (`extractor.archive.schema.STATES`)."""

    year: int | None
    form: str | None
    reports: int
    cells: dict[str, int]


@dataclass(frozen=True, slots=True)
class Code:
    """Findings of one code: in how many reports, how many of them, how many are open, and how many by year."""

    code: str
    severity: str
    reports: int
    findings: int
    open: int
    years: dict[int, int]


@dataclass(frozen=True, slots=True)
class Model:
    """Requests to one model."""

    model: str
    requests: int
    failed: int
    tokens_in: int
    tokens_cached: int
    tokens_out: int
    cost: float | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """`failures` by code of the reason, `decisions` by kind, `runs` by outcome ("" for those not ended)."""

    documents: int
    versions: int
    conditions: dict[str, int]
    groups: tuple[Group, ...]
    codes: tuple[Code, ...]
    decisions: dict[str, int]
    decided_documents: int
    failures: dict[str, int]
    runs: dict[str, int]
    models: tuple[Model, ...]


def statistics(connection: Connection) -> Statistics:
    """Count everything."""
    total = _number(connection, select(func.count()).select_from(documents).where(documents.c.version_id.is_not(None)))
    return Statistics(
        total, _number(connection, select(func.count()).select_from(versions)), _conditions(connection, total),
        _groups(connection), _codes(connection), _by(connection, decisions.c.kind),
        _number(connection, select(func.count(decisions.c.document_id.distinct()))), _by(connection, failures.c.code),
        _by(connection, runs.c.outcome), _models(connection),
    )


def _number(connection: Connection, query: Any) -> int:
    return int(connection.execute(query).scalar_one())


def _by(connection: Connection, column: Any) -> dict[str, int]:
    rows = connection.execute(select(column, func.count()).group_by(column))
    return dict(sorted((value or "", count) for value, count in rows))


def _conditions(connection: Connection, total: int) -> dict[str, int]:
    answered = findings.c.state.in_(("decided", "dismissed"))
    worst = func.max(
        case(
            (and_(findings.c.severity == "error", ~answered), 3), (and_(findings.c.severity == "warning", ~answered), 2),
            (findings.c.severity != "info", 1), else_=0,
        )
    )
    by_report = select(worst.label("worst")).group_by(findings.c.document_id).subquery()
    query = select(by_report.c.worst, func.count()).group_by(by_report.c.worst)
    counts = {CONDITIONS[at]: count for at, count in connection.execute(query)}
    found = {condition: counts.get(condition, 0) for condition in CONDITIONS}
    found["clean"] = total - sum(found[condition] for condition in CONDITIONS[1:])
    return found


def _groups(connection: Connection) -> tuple[Group, ...]:
    sums = [func.sum(documents.c[state]).label(state) for state in STATES]
    query = select(documents.c.year, documents.c.form, func.count().label("reports"), *sums)
    rows = connection.execute(query.where(documents.c.version_id.is_not(None)).group_by(documents.c.year, documents.c.form))
    found = [Group(r.year, r.form, r.reports, {s: int(getattr(r, s)) for s in STATES}) for r in rows]
    return tuple(sorted(found, key=lambda group: (group.year or 0, group.form or "")))


def _codes(connection: Connection) -> tuple[Code, ...]:
    opened = func.sum(case((findings.c.state.in_(("decided", "dismissed")), 0), else_=1))
    query = select(
        findings.c.code, func.max(findings.c.severity), func.count(findings.c.document_id.distinct()), func.count(), opened
    ).group_by(findings.c.code)
    years: dict[str, dict[int, int]] = {}
    by_year = select(findings.c.code, findings.c.year, func.count()).where(findings.c.year.is_not(None))
    for code, year, count in connection.execute(by_year.group_by(findings.c.code, findings.c.year)):
        years.setdefault(code, {})[year] = count
    rows = [
        Code(code, severity, reports, count, int(left), dict(sorted(years.get(code, {}).items())))
        for code, severity, reports, count, left in connection.execute(query)
    ]
    return tuple(sorted(rows, key=lambda code: (-code.findings, code.code)))


def _models(connection: Connection) -> tuple[Model, ...]:
    failed = func.sum(case((attempts.c.outcome == "answered", 0), else_=1))
    sums = (func.sum(attempts.c[name]) for name in ("tokens_in", "tokens_cached", "tokens_out", "cost"))
    query = select(attempts.c.model, func.count(), failed, *sums).group_by(attempts.c.model).order_by(attempts.c.model)
    return tuple(
        Model(model, count, int(bad), int(asked), int(cached), int(answered), cost)
        for model, count, bad, asked, cached, answered, cost in connection.execute(query)
    )

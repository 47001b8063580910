"""The queue: findings by priority, under filters, a page at a time; and the next one for a person, under a lease.

A lease is on a document, not on a finding: a decision changes the other findings of its report, so two people are never at the
same report at once. It lapses by itself when it isn't renewed.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from math import isfinite
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, func, or_, select, tuple_

from extractor.archive import decisions
from extractor.archive.finding_key import about
from extractor.archive.schema import documents, findings, leases
from extractor.archive.store import upsert
from extractor.decision import standing
from extractor.forms.form import forms
from extractor.messages import catalogue
from extractor.review.access import Person, Role
from extractor.review.api.models import Filters, FindingRow
from extractor.review.refusal import Refusal

LEASE_SECONDS = 300
PAGE = 100
UNDECIDED = ("open", "second", "disputed")
STATES = (*UNDECIDED, "decided", "dismissed")
_TRIES = 20
_TURN = 7_361_001  # any number that is the review's own
_ISSUERS = 100
_ROW = (
    findings.c.id, findings.c.document_id, findings.c.code, findings.c.severity, findings.c.priority, findings.c.table,
    findings.c.cell, findings.c.state, findings.c.issuer, findings.c.year, findings.c.reader, findings.c.who,
    findings.c.ordinal, findings.c.version_id, findings.c.key, findings.c.content,
)


def page(
    connection: Connection, filters: Filters, person: Person, after: str | None = None, limit: int = PAGE
) -> tuple[list[FindingRow], str | None]:
    """Findings by priority, highest first, and what to hand in as `after` for those that follow. Raises Refusal for an `after`
    that no page gave."""
    chosen = conditions(connection, filters, person)
    if after is not None:
        chosen.append(_behind(after))
    rows: list[Any] = []
    for state in _states(filters):  # each by its index alone
        rows += connection.execute(_by_priority(select(*_ROW).where(findings.c.state == state, *chosen)).limit(limit + 1))
    rows.sort(key=lambda row: (row.priority, row.id), reverse=True)
    shown = rows[:limit]
    held = holders(connection, [row.document_id for row in shown])
    more = f"{shown[-1].priority!r}_{shown[-1].id}" if len(rows) > limit else None
    return [row_of(row, person, held.get(row.document_id)) for row in shown], more


def _states(filters: Filters) -> Sequence[str]:
    if filters.state is not None:
        return (filters.state,)
    return UNDECIDED if filters.view == "undecided" else STATES


def _behind(after: str) -> ColumnElement[bool]:
    """Those behind the place in the order that an `after` names. Raises Refusal."""
    priority, _, number = after.partition("_")
    try:
        at = float(priority), int(number)
    except ValueError:
        raise Refusal(422, "E-INPUT", place="after") from None
    if not isfinite(at[0]) or not 0 <= at[1] < 2**63:
        raise Refusal(422, "E-INPUT", place="after")
    return tuple_(findings.c.priority, findings.c.id) < at


def next_finding(
    connection: Connection, filters: Filters, person: Person, after: str | None = None, stay: int | None = None
) -> tuple[FindingRow | None, float | None]:
    """The finding of the highest priority that this person may answer and nobody has in hand, and until when its document is
    held for them. Documents that the person held before are given back. `stay`: a document whose findings come first. `after`:
    only those behind this place. `connection` is in a transaction that writes."""
    in_turn(connection)
    now = time.time()
    wanted = [filters]
    if stay is not None and filters.document is None:
        wanted.insert(0, filters.model_copy(update={"document": stay}))
    for filtered in wanted:
        tried: list[int] = []
        for _ in range(_TRIES):
            row = _first(connection, filtered, person, after, now, tried)
            if row is None:
                break
            until = None
            if row.state != "disputed" or not _took_part(connection, row, person):
                until = hold(connection, row.document_id, person.name, now)
            if until is not None:
                connection.execute(
                    delete(leases).where(leases.c.who == person.name, leases.c.document_id != row.document_id)
                )
                return row_of(row, person, person.name), until
            tried.append(row.document_id)  # somebody was quicker, or it is for somebody else
    return None, None


def in_turn(connection: Connection) -> None:
    """Wait until nobody else's transaction is in its turn: what takes several documents at once could wait in a ring with
    another such. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_TURN)))


def _first(
    connection: Connection, filters: Filters, person: Person, after: str | None, now: float, without: Sequence[int]
) -> Any:
    """The best row of those that the person may answer, of each state in turn: each is found by its index alone."""
    taken = exists().where(
        leases.c.document_id == findings.c.document_id, leases.c.until > now, leases.c.who != person.name
    )
    chosen = conditions(connection, filters, person)
    if after is not None:
        chosen.append(_behind(after))
    best: Any = None
    for may_answer in answerable(person):
        query = select(*_ROW).where(*chosen, may_answer, ~taken)
        if without:
            query = query.where(findings.c.document_id.not_in(without))
        row = connection.execute(_by_priority(query).limit(1)).one_or_none()
        if row is not None and (best is None or (row.priority, row.id) > (best.priority, best.id)):
            best = row
    return best


def answerable(person: Person) -> list[ColumnElement[bool]]:
    """A second answer comes from another person than the first; a dispute is for a lead who gave none of the two."""
    of = [findings.c.state == "open", and_(findings.c.state == "second", findings.c.who != person.name)]
    if person.role >= Role.LEAD:
        of.append(and_(findings.c.state == "disputed", findings.c.who != person.name))
    return of


def _took_part(connection: Connection, row: Any, person: Person) -> bool:
    double = standing(decisions.of_document(connection, row.document_id)).doubles.get(about(row.key))
    return double is not None and person.name in double.people


def conditions(connection: Connection, filters: Filters, person: Person) -> list[ColumnElement[bool]]:
    """What the filters say, but for states."""
    column = findings.c
    said: list[ColumnElement[bool]] = []
    if filters.document is not None:
        said.append(column.document_id == filters.document)
    for name in ("code", "severity", "table", "cell", "issuer", "year", "reader"):
        value = getattr(filters, name)
        if value is not None:
            said.append(column[name] == value)
    if filters.q:
        said.append(_matching(connection, filters.q))
    if filters.view == "mine":
        said.append(column.who == person.name)
    return said


def _matching(connection: Connection, sought: str) -> ColumnElement[bool]:
    """A search: in Latin letters for codes, else for ids of cells; in other scripts for issuers. The few names that match are
    looked up first, so that the findings can be had by their index."""
    if sought.isascii():
        codes = [code for code, entry in catalogue().items() if entry.severity and sought.upper() in code]
        if codes:
            return findings.c.code.in_(codes)
        return findings.c.cell.in_({c for form in forms() for c in form.cell_ids if sought.lower() in c})
    like = "%" + sought.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    query = select(documents.c.issuer).where(documents.c.issuer.like(like, escape="\\")).distinct().limit(_ISSUERS + 1)
    issuers = connection.execute(query).scalars().all()
    return findings.c.issuer.in_(issuers) if len(issuers) <= _ISSUERS else findings.c.issuer.like(like, escape="\\")


def _by_priority(query: Select[Any]) -> Select[Any]:
    return query.order_by(findings.c.priority.desc(), findings.c.id.desc())


def row_of(row: Any, person: Person, held_by: str | None) -> FindingRow:
    """The row as this person may see it: of a finding that waits for a second answer the first one's author is not told."""
    who = None if row.state == "second" and row.who != person.name else row.who
    return FindingRow.model_construct(
        id=row.id, document=row.document_id, code=row.code, severity=row.severity, priority=row.priority, table=row.table,
        cell=row.cell, state=row.state, issuer=row.issuer, year=row.year, reader=row.reader, who=who, held_by=held_by,
    )


def hold(connection: Connection, document_id: int, who: str, now: float | None = None) -> float | None:
    """Take or renew the lease on a document; until when it holds. None where somebody else has it."""
    now = time.time() if now is None else now
    row = {"document_id": document_id, "who": who, "until": now + LEASE_SECONDS}
    statement = upsert(connection, leases).values(row)
    taken = connection.execute(
        statement.on_conflict_do_update(
            index_elements=["document_id"], set_={"who": who, "until": row["until"]},
            where=or_(leases.c.who == who, leases.c.until <= now),
        ).returning(leases.c.until)
    ).scalar()
    return None if taken is None else float(taken)


def release(connection: Connection, document_id: int, who: str) -> None:
    connection.execute(delete(leases).where(leases.c.document_id == document_id, leases.c.who == who))


def holders(connection: Connection, document_ids: Sequence[int]) -> dict[int, str]:
    """Who has which of these documents in hand."""
    query = select(leases.c.document_id, leases.c.who).where(
        leases.c.document_id.in_(set(document_ids)), leases.c.until > time.time()
    )
    return {row.document_id: row.who for row in connection.execute(query)}


def held_by_other(connection: Connection, document_id: int, who: str) -> str | None:
    """Who else has the document in hand."""
    holder = holders(connection, [document_id]).get(document_id)
    return None if holder == who else holder

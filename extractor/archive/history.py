"""Holds the archive's reports against each other, as they come: the findings that `check_across` would give on all of them at
once, kept among the archive's findings.

What a report changes lies in a few groups of reports: those of its body, of the body it is a unit of, those of its county that
name nearly the same host, those with the same sentences. `update_history` notes the groups of each new report in the table
`affected` and then works that table off, group by group, one transaction for a set of groups. Killed at any point, it goes on
where it was. Nothing depends on the order in which reports came, nor on how often it was called in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, Engine, delete, exists, func, insert, select, text

from extractor.archive.arrivals import take_pending
from extractor.archive.between import Changed, Groupwise, bodies, hosts, parents, texts
from extractor.archive.outcome import between_reports
from extractor.archive.schema import affected, documents, findings, records, units
from extractor.archive.store import upsert, writing
from extractor.verification.finding import Finding

_LOCK = 5_307_115
"""The number of the lock by which PostgreSQL lets one update at a time in; SQLite has one writer anyway."""
_KINDS: Mapping[str, tuple[Groupwise, int]] = {
    "body": (bodies, 50), "units": (parents, 5), "host": (hosts, 500), "text": (texts, 400),
}
"""By kind of group: what checks some groups, and how many of them in one transaction."""
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update came to: reports that were new or new read, those whose findings between reports changed, all records."""

    taken: int
    changed: int
    records: int


def update_history(engine: Engine, tell: Callable[[int], None] | None = None) -> Updated:
    """Hold what came since the last update against the rest. `tell` is called with the number of reports taken and groups
    worked off since its last call."""
    taken = changed = 0
    with writing(engine) as connection:
        while count := _alone(connection, take_pending):
            taken += count
            if tell is not None:
                tell(count)
        for kind, (check, most) in _KINDS.items():
            while step := _alone(connection, partial(_work_off, kind=kind, check=check, most=most)):
                groups, documents = step
                changed += documents
                if tell is not None:
                    tell(groups)
        total = connection.execute(select(func.count()).select_from(records)).scalar_one()
    return Updated(taken, changed, int(total))


def found_between(engine: Engine) -> Iterator[tuple[str, str, tuple[Finding, ...]]]:
    """Hash, source and findings between reports of each document that has any; a few at a time in memory."""
    last = 0
    told = exists().where(findings.c.document_id == documents.c.id, findings.c.ordinal < 0)
    query = select(documents.c.id, documents.c.hash, documents.c.source).where(told).order_by(documents.c.id).limit(500)
    with engine.connect() as connection:
        while rows := connection.execute(query.where(documents.c.id > last)).all():
            found = between_reports(connection, [row.id for row in rows])
            yield from ((row.hash, row.source, found[row.id]) for row in rows if row.id in found)
            last = rows[-1].id


def put_units(connection: Connection, parent_by_unit: Mapping[str, str]) -> None:
    """Say which body each unit belongs under, in the place of what was said before. The next update takes it up."""
    before = {row.unit: row.parent for row in connection.execute(select(units))}
    differing = {unit for unit in before.keys() | parent_by_unit.keys() if before.get(unit) != parent_by_unit.get(unit)}
    touched = {p for unit in differing for p in (before.get(unit), parent_by_unit.get(unit)) if p is not None}
    gone = sorted(differing & before.keys())
    for at in range(0, len(gone), 500):
        connection.execute(delete(units).where(units.c.unit.in_(gone[at : at + 500])))
    new = [{"unit": unit, "parent": parent_by_unit[unit]} for unit in sorted(differing & parent_by_unit.keys())]
    if new:
        connection.execute(insert(units), new)
    if touched:
        rows = [{"kind": "units", "key": parent} for parent in sorted(touched)]
        connection.execute(upsert(connection, affected).on_conflict_do_nothing(), rows)


def _alone(connection: Connection, step: Callable[[Connection], _Result]) -> _Result:
    """One transaction, with no other update in one."""
    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        return step(connection)


def _work_off(connection: Connection, kind: str, check: Groupwise, most: int) -> tuple[int, int] | None:
    """Check some of the groups that are to be checked; how many, and of how many documents the findings changed. None: no
    group is left."""
    query = select(affected.c.key).where(affected.c.kind == kind).order_by(affected.c.key).limit(most)
    keys: Sequence[str] = connection.execute(query).scalars().all()
    if not keys:
        return None
    done: Changed = check(connection, keys)
    finished = [key for key in keys if key not in done.unfinished]
    connection.execute(delete(affected).where(affected.c.kind == kind, affected.c.key.in_(finished)))
    return len(finished), done.documents

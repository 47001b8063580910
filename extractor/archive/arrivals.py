"""What reports that are new, or read anew, mean for the others: which groups of reports are to be held against each other.

The table of sentences is brought up to date here and nowhere else, a set of reports at a time and in the order of the digests,
which spares the database from writing to places all over it for each report.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from extractor.archive.record import Groups, groups_of, numbers
from extractor.archive.schema import affected, common, findings, records, sentences, units
from extractor.archive.store import upsert
from extractor.verification.copies import LEAST_SHARED, MOST_HOLDERS

_MOST = 200
"""Reports in one transaction."""
_LIST = 500
"""Values in one list of a query."""

Key = tuple[str, str]
"""Kind and key of a group."""


def take_pending(connection: Connection) -> int:
    """Take up some reports that came since the last time: note the groups they are in now and were in before. How many; 0
    where none is left."""
    rows = connection.execute(
        select(records).where(records.c.pending).order_by(records.c.document_id).limit(_MOST).with_for_update()
    ).all()
    if not rows:
        return 0
    moves = [_move(row) for row in rows]
    keys = set(_groups(moves))
    keys |= {("text", str(id_)) for id_ in _sentences(connection, moves)}
    # what was found of a document as the report of a body with units goes when it turns out to be another body's
    keys |= {("units", m.now.issuer) for m in moves if m.now.issuer and m.was is not None and m.was.issuer != m.now.issuer}
    keys |= {("units", parent) for parent in _parents(connection, {key for kind, key in keys if kind == "body"})}
    connection.execute(
        upsert(connection, affected).on_conflict_do_nothing(), [{"kind": kind, "key": key} for kind, key in sorted(keys)]
    )
    _settle(connection, rows)
    return len(rows)


def chunks(values: Iterable[Any], most: int = _LIST) -> Iterator[list[Any]]:
    """The values in lists that a query can take."""
    listed = sorted(values)
    for at in range(0, len(listed), most):
        yield listed[at : at + most]


def common_among(connection: Connection, digests: Iterable[int]) -> set[int]:
    """Those of the digests that belong to boilerplate."""
    found: set[int] = set()
    for some in chunks(digests):
        found.update(connection.execute(select(common.c.digest).where(common.c.digest.in_(some))).scalars())
    return found


def holders_of(connection: Connection, digests: Iterable[int]) -> dict[int, list[int]]:
    """The documents that have each of these sentences."""
    found: dict[int, list[int]] = defaultdict(list)
    for some in chunks(digests):
        for digest, id_ in connection.execute(select(sentences).where(sentences.c.digest.in_(some))):
            found[digest].append(id_)
    return found


@dataclass(frozen=True, slots=True)
class _Move:
    """A document with its groups when it was taken up last (none: never), its groups now, its sentences then and now."""

    id: int
    was: Groups | None
    now: Groups
    before: frozenset[int]
    after: frozenset[int]


def _move(row: Any) -> _Move:
    was = groups_of(row.before) if row.before is not None else None
    now = Groups(row.issuer, row.county, row.host, row.digests)
    before = frozenset(numbers(was.digests)) if was is not None else frozenset()
    return _Move(row.document_id, was, now, before, frozenset(numbers(row.digests)))


def _groups(moves: Sequence[_Move]) -> Iterator[Key]:
    """The bodies and hosts that the documents belong to now, or did; the documents themselves for their sentences."""
    for move in moves:
        yield "text", str(move.id)
        for groups in (move.was, move.now):
            if groups is not None and groups.issuer:
                yield "body", groups.issuer
                yield "host", f"{groups.county}\n{groups.host}"


def _parents(connection: Connection, issuers: Iterable[str]) -> set[str]:
    """Bodies that have units, among these or above these."""
    found: set[str] = set()
    for some in chunks(issuers):
        query = select(units.c.parent).where(or_(units.c.unit.in_(some), units.c.parent.in_(some))).distinct()
        found.update(connection.execute(query).scalars())
    return found


def _sentences(connection: Connection, moves: Sequence[_Move]) -> set[int]:
    """Bring the sentences up to date; the documents that may be copied from one of these, or may have been."""
    _write(connection, moves)
    touched = {digest for move in moves for digest in move.before | move.after}
    boilerplate = common_among(connection, touched)
    holders = holders_of(connection, touched - boilerplate)
    holders |= {digest: ids for digest, ids in _rarer(connection, moves, boilerplate).items() if len(ids) <= MOST_HOLDERS}
    crossed = {digest for digest, ids in holders.items() if (len(ids) > MOST_HOLDERS) != (digest in boilerplate)}
    for some in chunks(crossed & boilerplate):
        connection.execute(delete(common).where(common.c.digest.in_(some)))
    if new := sorted(crossed - boilerplate):
        connection.execute(insert(common), [{"digest": digest} for digest in new])
    found = {id_ for digest in crossed for id_ in holders[digest]}
    for move in moves:
        shared: Counter[int] = Counter()
        for digest in move.before | move.after:
            shared.update(holders.get(digest, ()))
        found.update(id_ for id_, count in shared.items() if count >= LEAST_SHARED)
    return found


def _write(connection: Connection, moves: Sequence[_Move]) -> None:
    gone = sorted((digest, move.id) for move in moves for digest in move.before - move.after)
    if gone:
        that = (sentences.c.digest == bindparam("one")) & (sentences.c.document_id == bindparam("of"))
        connection.execute(delete(sentences).where(that), [{"one": digest, "of": id_} for digest, id_ in gone])
    new = sorted((digest, move.id) for move in moves for digest in move.after - move.before)
    if new:
        connection.execute(insert(sentences), [{"digest": digest, "document_id": id_} for digest, id_ in new])


def _rarer(connection: Connection, moves: Sequence[_Move], boilerplate: set[int]) -> dict[int, list[int]]:
    """Holders, as many as matter, of boilerplate sentences that some document has lost."""
    found = {}
    for digest in sorted({d for move in moves for d in move.before - move.after} & boilerplate):
        query = select(sentences.c.document_id).where(sentences.c.digest == digest).limit(MOST_HOLDERS + 1)
        found[digest] = list(connection.execute(query).scalars())
    return found


def _settle(connection: Connection, rows: Sequence[Any]) -> None:
    """Note the documents as taken up; of those without a body or year nothing is kept."""
    ids = [row.document_id for row in rows if row.issuer]
    gone = [row.document_id for row in rows if not row.issuer]
    if ids:
        connection.execute(update(records).where(records.c.document_id.in_(ids)).values(pending=False, before=None))
    if gone:
        connection.execute(delete(findings).where(findings.c.document_id.in_(gone), findings.c.ordinal < 0))
        connection.execute(delete(records).where(records.c.document_id.in_(gone)))

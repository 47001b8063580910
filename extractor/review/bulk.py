"""The same answer to many findings at once: open ones of one code, under the filters, in nobody's hands. It is given to the
findings as a whole and changes no value, so no report has to be verified again."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, exists, select, update

from extractor.archive import decisions as log
from extractor.archive.schema import documents, findings, leases
from extractor.decision import Decision
from extractor.review.access import Person
from extractor.review.api.models import Bulk, BulkCause, BulkPreview, BulkTaken, FindingDetail
from extractor.review.deciding import lock_all, sampled
from extractor.review.opened import detail, opened
from extractor.review.queue import conditions, in_turn
from extractor.review.refusal import Refusal
from extractor.review.settings import settings

MOST = 2000
"""Findings that one action takes: it holds the archive's writer for less than a second."""
_EXAMPLES = 10
_ISSUERS = 10
_AT_ONCE = 500


def preview(connection: Connection, person: Person, cause: BulkCause) -> BulkPreview:
    """What the action would touch. Raises Refusal: 422 no code is named, or no reason."""
    rows = _chosen(connection, person, cause)
    taken = rows[:MOST]
    issuers = Counter(row.issuer for row in taken if row.issuer is not None)
    return BulkPreview(
        findings=len(taken), documents=len({row.document_id for row in taken}), more=len(rows) > MOST,
        examples=_examples(connection, person, taken), issuers=dict(issuers.most_common(_ISSUERS)), digest=_digest(taken),
    )


def decide(connection: Connection, person: Person, asked: Bulk) -> BulkTaken:
    """Raises Refusal: 409 it would touch others than the preview said, 422."""
    in_turn(connection)
    lock_all(connection, {row.document_id for row in _chosen(connection, person, asked)})
    rows = _chosen(connection, person, asked)[:MOST]  # as they are once nobody else is at their reports
    if _digest(rows) != asked.digest:
        raise Refusal(409, "E-OTHER-BY-NOW")
    group, now, share = uuid.uuid4().hex, time.time(), settings(connection).share
    new = [
        Decision(
            0, row.document_id, row.version_id, now, person.name, asked.kind, group, finding=row.key, reason=asked.reason,
            note=asked.note, code=row.code, priority=row.priority, doubled=sampled(share, row.hash, row.key),
        )
        for row in rows
    ]
    log.add(connection, new)
    done = "dismissed" if asked.kind == "dismissed" else "decided"
    _mark(connection, person, done, [row.id for row, d in zip(rows, new, strict=True) if not d.doubled])
    _mark(connection, person, "second", [row.id for row, d in zip(rows, new, strict=True) if d.doubled])
    return BulkTaken(group=group, findings=len(rows), documents=len({row.document_id for row in rows}))


def _chosen(connection: Connection, person: Person, cause: BulkCause) -> Sequence[Any]:
    if cause.filters.code is None:
        raise Refusal(422, "E-CODE-WANTED")
    if cause.kind == "dismissed" and not cause.reason:
        raise Refusal(422, "E-REASON-WANTED")
    held = exists().where(
        leases.c.document_id == findings.c.document_id, leases.c.until > time.time(), leases.c.who != person.name
    )
    query = (
        select(
            findings.c.id, findings.c.document_id, findings.c.version_id, findings.c.code, findings.c.priority, findings.c.key,
            findings.c.issuer, documents.c.hash,
        )
        .join(documents, documents.c.id == findings.c.document_id)
        .where(findings.c.state == "open", *conditions(connection, cause.filters, person), ~held)
        .order_by(findings.c.priority.desc(), findings.c.id.desc()).limit(MOST + 1)
    )
    return connection.execute(query).all()


def _examples(connection: Connection, person: Person, rows: Sequence[Any]) -> list[FindingDetail]:
    found: list[FindingDetail] = []
    for row in rows[:_EXAMPLES]:
        view = opened(connection, row.document_id, person)
        found += [detail(seen, person, view.held_by) for seen in view.findings if seen.row.id == row.id]
    return found


def _mark(connection: Connection, person: Person, state: str, ids: Sequence[int]) -> None:
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        connection.execute(update(findings).where(findings.c.id.in_(some)).values(state=state, who=person.name))


def _digest(rows: Iterable[Any]) -> str:
    said = ",".join(f"{row.id}:{row.key}" for row in rows)
    return blake2b(said.encode(), digest_size=8).hexdigest()

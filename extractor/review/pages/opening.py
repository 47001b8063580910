"""What a page needs of the archive: one document with its decisions taken, as one person may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from extractor.archive import decisions as log
from extractor.archive.content import finding_of
from extractor.archive.lookup import Current, current
from extractor.archive.schema import findings
from extractor.archive.settling import Settled, settled
from extractor.decision import Decided, Decision, Standing, decided_layer, standing
from extractor.output import cell_readings
from extractor.review.access import Person
from extractor.review.api.models import Filters
from extractor.review.pages.desk import Shown
from extractor.review.queue import answerable, conditions


@dataclass(frozen=True, slots=True)
class Opened:
    """A document before a person. `settled`: the layer as decided; `decided`: what was said of its cells."""

    current: Current
    settled: Settled
    decided: dict[str, Decided]
    shown: list[Shown]
    decisions: list[Decision]


def opened(connection: Connection, document_id: int, person: Person, filters: Filters) -> Opened | None:
    """None where there is no such document. Of a finding that waits for this person's answer, the first one's is kept back."""
    now = current(connection, document_id)
    if now is None:
        return None
    decisions = log.of_document(connection, document_id)
    stands = standing(decisions, without=_kept_back(standing(decisions), person))
    result = settled(now.content, stands)
    layer = decided_layer(stands, cell_readings(now.content.report, now.content.verification))
    return Opened(now, result, layer, _shown(connection, now, person, filters), decisions)


def _kept_back(stands: Standing, person: Person) -> set[str]:
    """The people whose answers this person is not to see, because theirs is wanted still."""
    return {who for double in stands.doubles.values() if double.stage == "second" for who in double.people} - {person.name}


def _shown(connection: Connection, now: Current, person: Person, filters: Filters) -> list[Shown]:
    """The document's findings by priority, each as it stands now."""
    rows = connection.execute(
        select(findings).where(findings.c.document_id == now.id).order_by(findings.c.priority.desc(), findings.c.id.desc())
    ).all()
    own = findings.c.document_id == now.id
    open_to = _numbers(connection, [own, or_(*answerable(person))])
    wanted = _numbers(connection, [own, *conditions(filters, person, states=False)])
    published = now.content.verification.findings
    return [
        Shown(
            row.id, finding_of(row.content) if row.content is not None else published[row.ordinal], row.state,
            row.id in open_to, row.id in wanted,
        )
        for row in rows
    ]


def _numbers(connection: Connection, said: Sequence[object]) -> set[int]:
    return set(connection.execute(select(findings.c.id).where(*said)).scalars())  # type: ignore[arg-type]

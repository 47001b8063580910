"""What the decisions on a report do to its findings: which are settled, which are left, which they make.

A finding is *dismissed* or *decided* as a whole where somebody said so and it still says the same; it is *decided* too where
every cell it doubts (its suspects; all its cells where it has none) was decided on, and where it is gone once the values
decided on are in place. It waits for a *second* answer where two people are to give one, and is *disputed* where they differ.
Else it is *open*. A decision that another reading of its cell has overtaken (`stale`) settles nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from extractor.archive import decisions as log
from extractor.archive.content import Content, finding_of, packed
from extractor.archive.entry import finding_row
from extractor.archive.finding_key import about, keys_of
from extractor.archive.lookup import Current, current
from extractor.archive.replacing import decided_reading, fresh, replaced
from extractor.archive.schema import documents, findings
from extractor.decision import Decision, Standing, standing, valid
from extractor.output import cell_readings
from extractor.report import Reading, Report, State
from extractor.verification.finding import Finding, Verification
from extractor.verification.verify import verify

MADE = 1_000_000
"""The ordinals from here on are those of findings that decisions made."""
_CHANGING = ("misread", "wrong_in_print", "illegible")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One finding under the decisions. `ordinal` and `published`: of the layer as published, None where decisions made it.
    `now`: what it says under the decisions, None where it is gone. `key`: of `now`, or of what was published."""

    ordinal: int | None
    published: Finding | None
    now: Finding | None
    key: str
    state: str
    who: str | None


@dataclass(frozen=True, slots=True)
class Settled:
    """A report under its decisions. `report`, `verification` are the layer as decided."""

    report: Report
    verification: Verification
    outcomes: tuple[Outcome, ...]


def settled(content: Content, stands: Standing) -> Settled:
    """The report with the standing decisions in place, verified again, and what became of each finding."""
    readings = cell_readings(content.report, content.verification)
    cells = fresh(stands, readings)
    nothing = Reading(State.ABSENT)
    report, verification = content.report, content.verification
    if any(d.kind in _CHANGING for d in cells.values()):
        report = replaced(
            report, verification, {c: decided_reading(d, readings.get(c, nothing)) for c, d in cells.items()}
        )
        verification = verify(report)
    was = content.verification.findings
    left = dict(zip(keys_of(verification.findings), verification.findings, strict=True))
    by_subject = {about(key): key for key in left}
    outcomes = []
    for ordinal, (finding, key) in enumerate(zip(was, keys_of(was), strict=True)):
        key_now = by_subject.get(about(key))
        now = left.pop(key_now) if key_now is not None else None
        state, who = state_of(now, key_now or key, stands, cells)
        outcomes.append(Outcome(ordinal, finding, now, key_now or key, state, who))
    for key, finding in left.items():
        state, who = state_of(finding, key, stands, cells)
        outcomes.append(Outcome(None, None, finding, key, state, who))
    return Settled(report, verification, tuple(outcomes))


def state_of(
    finding: Finding | None, key: str, stands: Standing, cells: Mapping[str, Decision]
) -> tuple[str, str | None]:
    """The state of a finding and who brought it there. `finding`: as it is under the decisions, None: it is gone. `cells`: the
    fresh decisions on cells."""
    subject = about(key)
    said = stands.findings.get(subject)
    state, who = "open", None
    if said is not None and said.finding == key:
        state, who = ("dismissed" if said.kind == "dismissed" else "decided"), said.who
    elif finding is None:
        latest = max(cells.values(), key=lambda d: d.id, default=None)
        state, who = "decided", latest.who if latest is not None else None
    else:
        doubted = doubted_cells(finding)
        if doubted and all(cell in cells for cell in doubted):
            state, who = "decided", max((cells[c] for c in doubted), key=lambda d: d.id).who
    double = stands.doubles.get(subject)
    if double is not None:
        if double.stage == "disputed":
            return "disputed", double.people[-1]
        if double.stage == "second" and state != "open":
            return "second", double.people[0]
    return state, who


def doubted_cells(finding: Finding) -> tuple[str, ...]:
    """The cells that a finding sends a person to."""
    return tuple(dict.fromkeys(s.cell for s in finding.suspects)) or finding.cells


def settle(connection: Connection, document_id: int) -> Settled | None:
    """Bring the index of a document's findings in line with the decisions on it. None where there is no such document."""
    now = current(connection, document_id)
    if now is None:
        return None
    return settle_current(connection, now, standing(log.of_document(connection, document_id)))


def settle_current(connection: Connection, now: Current, stands: Standing) -> Settled:
    """The same for a document that is at hand already, with the decisions that stand."""
    result = settled(now.content, stands)
    rows = connection.execute(select(findings).where(findings.c.document_id == now.id)).all()
    _write(connection, now, rows, result)
    cells = fresh(stands, cell_readings(now.content.report, now.content.verification))
    _settle_between(connection, rows, stands, cells)
    return result


def settle_all(connection: Connection, document_ids: Collection[int]) -> None:
    """The same for many documents. Those on which nothing is decided any more and no value was changed are not read."""
    said = log.of_documents(connection, document_ids)
    changed = connection.execute(
        select(findings.c.document_id).distinct().where(
            findings.c.document_id.in_(document_ids), findings.c.ordinal >= 0, findings.c.content.is_not(None)
        )
    ).scalars()
    to_read = set(changed) | {id_ for id_ in document_ids if valid(said.get(id_, ()))}
    bare = set(document_ids) - to_read
    connection.execute(
        update(findings).where(findings.c.document_id.in_(bare), findings.c.state != "open").values(state="open", who=None)
    )
    for id_ in sorted(to_read):
        settle(connection, id_)


def _write(connection: Connection, now: Current, rows: Sequence[Any], result: Settled) -> None:
    """Rows keep their numbers: those of the layer as published by their ordinal, those made by what they are about."""
    published = {row.ordinal: row for row in rows if 0 <= row.ordinal < MADE}
    made = {about(row.key): row for row in rows if row.ordinal >= MADE}
    free = max((row.ordinal for row in made.values()), default=MADE - 1) + 1
    new: list[dict[str, Any]] = []
    issuer, year = connection.execute(
        select(documents.c.issuer, documents.c.year).where(documents.c.id == now.id)
    ).one()
    for outcome in result.outcomes:
        said = outcome.now or outcome.published
        assert said is not None  # an outcome is of the one, of the other, or of both
        own = outcome.now is not None and not _same(outcome.now, outcome.published)
        values = {
            "key": outcome.key, "state": outcome.state, "who": outcome.who, "priority": said.priority,
            "severity": said.severity, "content": packed(outcome.now) if own else None,
        }
        row = published.get(outcome.ordinal) if outcome.ordinal is not None else made.pop(about(outcome.key), None)
        if row is not None:
            _update(connection, row, values)
            continue
        index = finding_row(free, said, outcome.key)
        free += 1
        new.append(values | {
            "document_id": now.id, "version_id": now.version_id, "ordinal": index.ordinal, "code": said.code,
            "table": index.table, "cell": index.cell, "reader": None, "issuer": issuer, "year": year,
        })
    if new:
        connection.execute(insert(findings), new)
    if made:
        connection.execute(delete(findings).where(findings.c.id.in_([row.id for row in made.values()])))


def _same(one: Finding, other: Finding | None) -> bool:
    # as stored: what comes out of the archive has lists where the verifier has tuples
    return one is other or (other is not None and packed(one) == packed(other))


def _settle_between(
    connection: Connection, rows: Iterable[Any], stands: Standing, cells: Mapping[str, Decision]
) -> None:
    """Findings between reports are not looked for anew here; they are answered by decisions like any other."""
    for row in rows:
        if row.ordinal < 0:
            state, who = state_of(finding_of(row.content), row.key, stands, cells)
            _update(connection, row, {"state": state, "who": who})


def _update(connection: Connection, row: Any, values: Mapping[str, Any]) -> None:
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if changed:
        connection.execute(update(findings).where(findings.c.id == row.id).values(changed))

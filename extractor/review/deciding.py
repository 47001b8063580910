"""Taking decisions: what is asked is checked, added, and the report verified again; and taking them back."""

from __future__ import annotations

import time
import uuid
from collections.abc import Collection, Sequence
from dataclasses import replace
from hashlib import blake2b

from sqlalchemy import Connection, select

from extractor.archive import decisions as log
from extractor.archive.finding_key import about
from extractor.archive.schema import documents, findings
from extractor.archive.settling import Settled, doubted_cells, settle_all, settle_current, settled
from extractor.decision import Decision, Kind, Standing, standing
from extractor.report import Number, Reading
from extractor.review.access import Person, Role
from extractor.review.api.models import CellValue, Consequences, Deciding, FindingDetail, Taken, Trial
from extractor.review.opened import Opened, Seen, opened, trial_detail
from extractor.review.queue import hold, in_turn
from extractor.review.refusal import Refusal
from extractor.review.settings import settings

_UNSAVED = 2**62
_WITH_VALUE = ("misread", "wrong_in_print")


def decide(connection: Connection, person: Person, asked: Deciding) -> Taken:
    """Take a decision. `connection` is in a transaction that writes. Raises Refusal: 403 a dispute is for somebody else, 404 no
    such document or finding, 409 somebody else has the report in hand, decided on it or read it anew, 422 it makes no sense."""
    lock(connection, asked.document)
    view = opened(connection, asked.document, person)
    if asked.version is not None and asked.version != view.now.version_id:
        raise Refusal(409, "E-NEWER")
    if asked.last is not None:
        others = [d.who for d in view.decisions if d.id > asked.last and d.who != person.name]
        if others:
            raise Refusal(409, "E-DECIDED-MEANWHILE", who=others[-1])
    if hold(connection, asked.document, person.name) is None:
        raise Refusal(409, "E-HELD", who=view.held_by or "")
    seen, share = _finding(view, asked.finding), settings(connection).share
    cells = _cells(asked, view, seen)
    named = {cell for cell, _ in cells if cell is not None}
    if seen is None:  # whoever decides on the cell alone has answered the finding that two people are asked about
        doubting = (s for s in view.findings if named.intersection(doubted_cells(s.finding)))
        seen = next((s for s in doubting if _doubled(view, s, share)), None)
    doubled = seen is not None and _doubled(view, seen, share)
    _may_answer(view.stands, seen, named, person)
    group, now, readings = uuid.uuid4().hex, time.time(), view.readings
    new = [
        Decision(
            0, asked.document, view.now.version_id, now, person.name, asked.kind, group, cell,
            seen.row.key if seen is not None else None,
            log.before(readings[cell]) if cell is not None else None, after, asked.reason, asked.note,
            code=seen.row.code if seen is not None else None,
            priority=seen.row.priority if seen is not None else None, doubled=doubled,
        )
        for cell, after in cells
    ]
    added = log.add(connection, new)
    result = _settle(connection, view, added)
    state = None
    if seen is not None:
        state = connection.execute(select(findings.c.state).where(findings.c.id == seen.row.id)).scalar()
    numbers = _numbers(connection, asked.document)
    return Taken(
        group=group, decisions=[d.id for d in added], state=state,
        consequences=consequences(view.settled, result, asked.document, numbers),
    )


def lock(connection: Connection, document_id: int) -> None:
    """Two decisions on one report come one after the other, on PostgreSQL too. Raises Refusal: 404."""
    row = connection.execute(select(documents.c.id).where(documents.c.id == document_id).with_for_update())
    if row.scalar() is None:
        raise Refusal(404, "E-NOT-FOUND")


def lock_all(connection: Connection, document_ids: Collection[int]) -> None:
    """The same for several reports, in one order, so that no two wait for each other."""
    query = select(documents.c.id).where(documents.c.id.in_(document_ids)).order_by(documents.c.id)
    connection.execute(query.with_for_update()).all()


def _settle(connection: Connection, view: Opened, added: Sequence[Decision]) -> Settled:
    """The index is brought in line with all decisions, and what the person sees comes of those they may see."""
    if not view.hidden:
        return settle_current(connection, view.now, standing([*view.decisions, *added]))
    settle_current(connection, view.now, standing(log.of_document(connection, view.now.id)))
    return settled(view.now.content, standing([*view.decisions, *added]))


def _finding(view: Opened, number: int | None) -> Seen | None:
    if number is None:
        return None
    for seen in view.findings:
        if seen.row.id == number:
            return seen
    raise Refusal(404, "E-NOT-FOUND")


def _cells(asked: Deciding, view: Opened, seen: Seen | None) -> list[tuple[str | None, Number | None]]:
    """The cells decided on with their values; (None, None) for the finding as a whole. Of a finding that doubts one cell only,
    "as printed" is said of that cell."""
    if asked.kind == "dismissed":
        if seen is None or asked.cells:
            raise Refusal(422, "E-DECIDE-WHAT")
        if not asked.reason:
            raise Refusal(422, "E-REASON-WANTED")
        return [(None, None)]
    if asked.kind == "as_printed" and not asked.cells and seen is not None:
        doubted = doubted_cells(seen.finding)
        return [(doubted[0] if len(doubted) == 1 else None, None)]
    if not asked.cells:
        raise Refusal(422, "E-DECIDE-WHAT")
    known = view.readings
    decided: dict[str, Number | None] = {}
    for named in asked.cells:
        if named.cell not in known:
            raise Refusal(422, "E-NO-CELL", cell=named.cell)
        if named.value is not None and asked.kind not in _WITH_VALUE:
            raise Refusal(422, "E-NO-VALUE", cell=named.cell)
        if named.value is None and asked.kind == "wrong_in_print":
            raise Refusal(422, "E-VALUE-WANTED", cell=named.cell)
        decided[named.cell] = named.value
    return list(decided.items())


def _doubled(view: Opened, seen: Seen, share: float) -> bool:
    """Whether two people answer the finding."""
    return about(seen.row.key) in view.stands.doubles or sampled(share, view.now.document.id, seen.row.key)


def _may_answer(stands: Standing, seen: Seen | None, named: Collection[str], person: Person) -> None:
    """A dispute is settled by a lead who gave none of the two answers, and what was settled so is theirs; the cells that it is
    about too, whatever other finding they are decided for."""
    subject = about(seen.row.key) if seen is not None else None
    for asked, double in stands.doubles.items():
        cells = {cell for answer in double.answers.values() for cell, _, _ in answer}
        if double.stage == "second" or not (asked == subject or (double.stage != "agreed" and cells.intersection(named))):
            continue
        if double.stage == "agreed" and person.name in double.people:
            continue
        if person.role < Role.LEAD or person.name in double.people[:2]:
            raise Refusal(403, "E-DISPUTED")


def sampled(share: float, document: str, key: str) -> bool:
    """Whether a finding is among those that two people answer: by chance, and always the same."""
    drawn = int.from_bytes(blake2b(f"{document} {about(key)}".encode(), digest_size=6).digest(), "big")
    return drawn < share * 2**48


def check(connection: Connection, person: Person, trial: Trial) -> Consequences:
    """What would come of values, with nothing stored. Raises Refusal."""
    view = opened(connection, trial.document, person)
    known = view.readings
    new = [_tried(number, named, view, known) for number, named in enumerate(trial.cells)]
    result = settled(view.now.content, standing([*view.decisions, *new]))
    return consequences(view.settled, result, trial.document, {about(s.row.key): s.row.id for s in view.findings})


def _tried(number: int, named: CellValue, view: Opened, known: dict[str, Reading]) -> Decision:
    if named.cell not in known:
        raise Refusal(422, "E-NO-CELL", cell=named.cell)
    kind: Kind = "misread"
    before = log.before(known[named.cell])
    return Decision(
        _UNSAVED + number, view.now.id, view.now.version_id, 0.0, "", kind, "", named.cell, None, before, named.value
    )


def consequences(before: Settled, after: Settled, document_id: int, numbers: dict[str, int]) -> Consequences:
    """What one state of a report has that another one hasn't. `numbers`: those of the findings, by what they are about."""
    was = {about(o.key): o for o in before.outcomes if o.now is not None}
    now = {about(o.key): o for o in after.outcomes if o.now is not None}

    def told(subject: str) -> FindingDetail:
        outcome = now.get(subject) or was[subject]
        assert outcome.now is not None
        return trial_detail(outcome.now, document_id, numbers.get(subject, 0), outcome.published is None)

    old, new = before.verification.deduced, after.verification.deduced
    return Consequences.model_construct(
        settled=[told(subject) for subject in was if subject not in now],
        made=[told(subject) for subject in now if subject not in was],
        changed=[told(subject) for subject in now if subject in was and now[subject].key != was[subject].key],
        deduced={cell: new.get(cell) for cell in sorted(old.keys() | new.keys()) if old.get(cell) != new.get(cell)},
    )


def _numbers(connection: Connection, document_id: int) -> dict[str, int]:
    rows = connection.execute(select(findings.c.id, findings.c.key).where(findings.c.document_id == document_id))
    return {about(row.key): row.id for row in rows}


def undo(connection: Connection, person: Person, group: str | None) -> tuple[str, list[Decision]]:
    """Take back one action, the person's last one where none is named. Its name, and the decisions that take it back. Raises
    Refusal: 403 it is somebody else's, 404 there is nothing to take back."""
    group = group or log.last_group(connection, person.name)
    taken = log.of_group(connection, group) if group is not None else []
    if group is None or not taken:
        raise Refusal(404, "E-NOTHING-TO-UNDO")
    if person.role < Role.LEAD and any(d.who != person.name for d in taken):
        raise Refusal(403, "E-NOT-YOURS")
    in_turn(connection)
    back, now = uuid.uuid4().hex, time.time()
    touched = {d.document_id for d in taken}
    lock_all(connection, touched)
    added = log.add(connection, [_undoing(d, person.name, now, back) for d in taken])
    settle_all(connection, touched)
    return group, added


def _undoing(decision: Decision, who: str, now: float, group: str) -> Decision:
    return replace(
        decision, id=0, at=now, who=who, kind="undone", group=group, before=None, after=None, reason="", note="",
        undoes=decision.id,
    )

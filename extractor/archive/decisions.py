"""Decisions in the archive: added, never changed. What they are and which of them stand: `extractor.decision`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, insert, select

from extractor.archive.schema import decisions
from extractor.decision import Before, Decision, valid
from extractor.output import dumps
from extractor.report import Number, Reading, State


def add(connection: Connection, new: Sequence[Decision]) -> list[Decision]:
    """Add decisions, whose `id` is not looked at; they come back with the ids they got."""
    if not new:
        return []
    rows = [_row(decision) for decision in new]
    statement = insert(decisions).returning(decisions, sort_by_parameter_order=True)
    return [_decision(row) for row in connection.execute(statement, rows)]


def of_document(connection: Connection, document_id: int) -> list[Decision]:
    """All of a document, in their order."""
    query = select(decisions).where(decisions.c.document_id == document_id).order_by(decisions.c.id)
    return [_decision(row) for row in connection.execute(query)]


def of_documents(connection: Connection, document_ids: Iterable[int]) -> dict[int, list[Decision]]:
    """All of some documents, by document; a document without has no entry."""
    found: dict[int, list[Decision]] = {}
    query = select(decisions).where(decisions.c.document_id.in_(list(document_ids))).order_by(decisions.c.id)
    for row in connection.execute(query):
        found.setdefault(row.document_id, []).append(_decision(row))
    return found


def of_group(connection: Connection, group: str) -> list[Decision]:
    """Those of one action that are not undone, in their order."""
    query = select(decisions).where(decisions.c.group == group).order_by(decisions.c.id)
    found = [_decision(row) for row in connection.execute(query)]
    undoing = select(decisions.c.undoes).where(decisions.c.undoes.in_([d.id for d in found]))
    undone = set(connection.execute(undoing).scalars())
    return [d for d in found if d.kind != "undone" and d.id not in undone]


def last_group(connection: Connection, who: str) -> str | None:
    """The last action of a person that is not undone; None where there is none among the last thousand decisions."""
    query = select(decisions).where(decisions.c.who == who).order_by(decisions.c.id.desc()).limit(1000)
    left = valid(_decision(row) for row in connection.execute(query))
    return left[-1].group if left else None


def before(reading: Reading) -> Before:
    """What of a reading is kept with a decision on it."""
    return Before(reading.state, reading.raw, reading.value, reading.span)


def _row(decision: Decision) -> dict[str, Any]:
    was = decision.before
    return {
        "document_id": decision.document_id, "version_id": decision.version_id, "at": decision.at, "who": decision.who,
        "kind": decision.kind, "cell": decision.cell, "finding": decision.finding,
        "before": None if was is None else _written({"state": was.state, "raw": was.raw, "value": was.value, "span": was.span}),
        "after": None if decision.after is None else _written(decision.after),
        "reason": decision.reason, "note": decision.note, "undoes": decision.undoes, "group": decision.group,
        "code": decision.code, "priority": decision.priority, "doubled": decision.doubled,
    }


def _decision(row: Any) -> Decision:
    return Decision(
        row.id, row.document_id, row.version_id, row.at, row.who, row.kind, row.group, row.cell, row.finding,
        None if row.before is None else _before(json.loads(row.before, parse_float=Decimal)),
        None if row.after is None else _number(row.after),
        row.reason, row.note, row.undoes, row.code, row.priority, row.doubled,
    )


def _written(value: object) -> str:
    return dumps(value).decode()


def _number(text: str) -> Number:
    number: Number = json.loads(text, parse_float=Decimal)
    return number


def _before(stored: Mapping[str, Any]) -> Before:
    span = stored["span"]
    return Before(State(stored["state"]), stored["raw"], stored["value"], None if span is None else (span[0], span[1]))

"""What an export reads of the archive: each document with its current version, decisions and findings, a few at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import ColumnElement, Connection, Engine, func, or_, select

from extractor.archive.content import finding_of
from extractor.archive.decisions import of_documents
from extractor.archive.lookup import Current, currents
from extractor.archive.schema import documents, findings
from extractor.decision import Decided, decided_layer, standing
from extractor.output import cell_readings
from extractor.report import Reading
from extractor.verification.finding import Finding

_SET = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents: on any of these years, by any of these bodies (`*` at the end stands for anything), in any of these
    forms; no value means no condition."""

    years: tuple[int, ...] = ()
    issuers: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same, for a query."""
        found: list[ColumnElement[bool]] = []
        if self.years:
            found.append(documents.c.year.in_(self.years))
        if self.issuers:
            names = [
                documents.c.issuer.startswith(name[:-1], autoescape=True) if name.endswith("*") else documents.c.issuer == name
                for name in self.issuers
            ]
            found.append(or_(*names))
        if self.forms:
            found.append(documents.c.form.in_(self.forms))
        return found


@dataclass(frozen=True, slots=True)
class Listed:
    """A finding with what became of it. `number`: below 0 between reports, from 1,000,000 on made by decisions."""

    number: int
    state: str
    who: str | None
    finding: Finding


@dataclass(frozen=True, slots=True)
class Item:
    """One report, all layers: `readings` as published, `decided` by cell."""

    current: Current
    readings: Mapping[str, Reading]
    decided: Mapping[str, Decided]
    findings: tuple[Listed, ...]


def reading(engine: Engine) -> Connection:
    """A connection that sees the archive as it is at its first query, whatever is written meanwhile."""
    connection = engine.connect()
    if engine.dialect.name == "postgresql":
        return connection.execution_options(isolation_level="REPEATABLE READ")
    return connection  # a transaction of SQLite's is one anyway


def count(connection: Connection, wanted: Filter) -> int:
    """How many documents there are."""
    query = select(func.count()).select_from(documents).where(documents.c.version_id.is_not(None), *wanted.conditions())
    return int(connection.execute(query).scalar_one())


def items(connection: Connection, wanted: Filter) -> Iterator[Item]:
    """The documents by number."""
    stream = currents(connection, where=wanted.conditions())
    while some := list(islice(stream, _SET)):
        ids = [one.id for one in some]
        said = of_documents(connection, ids)
        listed = _listed(connection, some)
        for one in some:
            readings = cell_readings(one.content.report, one.content.verification)
            decided = decided_layer(standing(said[one.id]), readings) if one.id in said else {}
            yield Item(one, readings, decided, tuple(listed.get(one.id, ())))


def _listed(connection: Connection, some: Sequence[Current]) -> dict[int, list[Listed]]:
    columns = (findings.c.document_id, findings.c.ordinal, findings.c.state, findings.c.who, findings.c.content)
    query = select(*columns).where(findings.c.document_id.in_([one.id for one in some]))
    published = {one.id: one.content.verification.findings for one in some}
    found: dict[int, list[Listed]] = {}
    for row in connection.execute(query.order_by(findings.c.document_id, findings.c.ordinal)):
        own = published[row.document_id]
        # what the verifier said of the layer as published is told as it was, whatever decisions did to it since
        told = own[row.ordinal] if 0 <= row.ordinal < len(own) else finding_of(row.content)
        found.setdefault(row.document_id, []).append(Listed(row.ordinal, row.state, row.who, told))
    return found

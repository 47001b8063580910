"""The findings between reports as rows of the archive: read, and rewritten where they changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from extractor.archive.content import finding_of, packed
from extractor.archive.decisions import of_documents
from extractor.archive.entry import finding_row
from extractor.archive.finding_key import keys_of
from extractor.archive.schema import documents, findings
from extractor.archive.settling import settle
from extractor.archive.store import OPEN
from extractor.verification.finding import Finding
from extractor.verification.priority import in_order

HOSTS = frozenset({"A-HOST"})
TEXTS = frozenset({"A-COPIED", "A-BOILERPLATE"})
UNITS = frozenset({"A-UNITS"})
_LIST = 500


def is_of_body(code: str) -> bool:
    """Whether a finding between reports comes from the reports of one body; codes of the forms' own identities are of these."""
    return code not in HOSTS | TEXTS | UNITS


def between_reports(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[Finding, ...]]:
    """The findings between reports on these documents, in their order; documents without any are left out."""
    return {id_: tuple(finding_of(row.content) for row in rows) for id_, rows in _rows(connection, ids).items()}


def rewrite(connection: Connection, ours: Callable[[str], bool], found: Mapping[int, tuple[Finding, ...]]) -> int:
    """Put these findings in the place of the documents' findings between reports whose codes are ours; those of other codes
    stay. What decisions answer is answered again. Returns of how many documents anything changed."""
    known = _rows(connection, found)
    current = _current(connection, [id_ for id_ in found if found[id_] or id_ in known])
    gone: list[int] = []
    new: list[dict[str, Any]] = []
    for id_, (version_id, issuer, year) in current.items():
        before = known.get(id_, [])
        kept = [finding_of(row.content) for row in before if not ours(row.code)]
        after = in_order([*kept, *found[id_]])
        contents = [packed(finding) for finding in after]
        if [(row.content, row.version_id) for row in before] == [(content, version_id) for content in contents]:
            continue
        gone.append(id_)
        for place, (finding, key, content) in enumerate(zip(after, keys_of(after), contents, strict=True), 1):
            index = finding_row(-place, finding, key)
            new.append({
                "document_id": id_, "version_id": version_id, "ordinal": index.ordinal, "code": index.code,
                "severity": index.severity, "priority": index.priority, "table": index.table, "cell": index.cell,
                "key": key, "reader": None, "issuer": issuer, "year": year, "state": OPEN, "content": content,
            })  # fmt: skip
    for at in range(0, len(gone), _LIST):
        some = gone[at : at + _LIST]
        connection.execute(delete(findings).where(findings.c.document_id.in_(some), findings.c.ordinal < 0))
    if new:
        connection.execute(insert(findings), new)
    for id_ in sorted(of_documents(connection, gone)):
        settle(connection, id_)
    return len(gone)


def _rows(connection: Connection, ids: Iterable[int]) -> dict[int, list[Any]]:
    listed, found = list(ids), dict[int, list[Any]]()
    for at in range(0, len(listed), _LIST):
        query = select(findings).where(findings.c.document_id.in_(listed[at : at + _LIST]), findings.c.ordinal < 0)
        for row in connection.execute(query.order_by(findings.c.document_id, findings.c.ordinal.desc())):
            found.setdefault(row.document_id, []).append(row)
    return found


def _current(connection: Connection, ids: list[int]) -> dict[int, tuple[int, str | None, int | None]]:
    """Current version, issuer and year of documents."""
    found = {}
    columns = (documents.c.id, documents.c.version_id, documents.c.issuer, documents.c.year)
    for at in range(0, len(ids), _LIST):
        for row in connection.execute(select(*columns).where(documents.c.id.in_(ids[at : at + _LIST]))):
            found[row.id] = (row.version_id, row.issuer, row.year)
    return found

"""The edits between reports, on some groups of the archive's reports: reads the groups, checks them, writes what was found.

Each function takes keys of groups of one kind and leaves the findings of these groups' reports as `check_across` on all reports
would have them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, exists, func, select

from extractor.archive.arrivals import chunks, common_among, holders_of
from extractor.archive.outcome import HOSTS, TEXTS, UNITS, is_of_body, rewrite
from extractor.archive.record import numbers, unpacked_record
from extractor.archive.schema import documents, findings, records, units
from extractor.verification.across import (
    MOST_OF_A_BODY,
    Record,
    namesakes,
    not_its_own,
    of_body,
    of_units,
    one_body,
    ranked,
    sums_of,
    unusual_host,
)
from extractor.verification.copies import LEAST_SHARED, is_boilerplate, is_copied, is_older
from extractor.verification.finding import Finding
from extractor.verification.hosts import neighbours, usual_hosts

_SET = 500
"""Documents fetched at a time where a group may be large."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Of how many documents the findings changed, and the groups that are to be looked at again since they are large."""

    documents: int
    unfinished: frozenset[str] = frozenset()


Groupwise = Callable[[Connection, Sequence[str]], Changed]


def bodies(connection: Connection, names: Sequence[str]) -> Changed:
    """The reports under each name: other years, other reports on one year."""
    counted = select(records.c.issuer, func.count()).where(records.c.issuer.in_(names)).group_by(records.c.issuer)
    sizes = {issuer: count for issuer, count in connection.execute(counted)}
    small = [name for name, size in sizes.items() if size <= MOST_OF_A_BODY]
    changed, unfinished = 0, set()
    groups = _by_issuer(connection, small)
    members = {id_: record for group in groups.values() for id_, record in group}
    found = (one for group in groups.values() for one in of_body([record for _, record in group]))
    changed += rewrite(connection, is_of_body, _told(members, found))
    for name in sizes.keys() - small:
        some = dict(_fetched(connection, _not_yet_told(name)))
        changed += rewrite(connection, is_of_body, _told(some, map(namesakes, some.values())))
        if len(some) == _SET:
            unfinished.add(name)
    return Changed(changed, frozenset(unfinished))


def _not_yet_told(name: str) -> Any:
    """Reports under a name that too many bear, that are not told so."""
    of_now = (findings.c.document_id == records.c.document_id, findings.c.version_id == documents.c.version_id)
    told = exists().where(documents.c.id == records.c.document_id, *of_now, findings.c.code == "A-NAMESAKES")
    return select(records).where(records.c.issuer == name, ~told).order_by(records.c.document_id).limit(_SET)


def parents(connection: Connection, names: Sequence[str]) -> Changed:
    """The reports of each body against those of the units under it."""
    changed = 0
    groups = _by_issuer(connection, names)
    for name, group in groups.items():
        reports = one_body([record for _, record in group])
        years = {record.year for record in reports}
        under = connection.execute(select(units.c.unit).where(units.c.parent == name)).scalars().all()
        sums = sums_of(_of_units(connection, under, years)) if reports and under else {}
        changed += rewrite(connection, UNITS.__contains__, _told(dict(group), of_units(reports, sums)))
    return Changed(changed)


def _of_units(connection: Connection, names: Collection[str], years: Collection[int]) -> Iterator[Record]:
    """Reports of these bodies on these years."""
    for some in chunks(names, 50):
        counted = select(records.c.issuer).where(records.c.issuer.in_(some)).group_by(records.c.issuer)
        single = connection.execute(counted.having(func.count() <= MOST_OF_A_BODY)).scalars().all()
        query = select(records).where(records.c.issuer.in_(single), records.c.year.in_(years))
        yield from (record for _, record in _fetched(connection, query))


def hosts(connection: Connection, keys: Sequence[str]) -> Changed:
    """The hosts that the reports of a county name. A key is the county and a host, with a line end between them."""
    named: dict[str, set[str]] = defaultdict(set)
    for key in keys:
        county, _, host = key.partition("\n")
        named[county].add(host)
    return Changed(sum(_hosts_of(connection, county, changed) for county, changed in sorted(named.items())))


def _hosts_of(connection: Connection, county: str, changed: Collection[str]) -> int:
    of_county = records.c.county == county
    counted = select(records.c.host, func.count(records.c.issuer.distinct())).where(of_county, records.c.host != "")
    counts = {host: count for host, count in connection.execute(counted.group_by(records.c.host))} if county else {}
    near = neighbours(counts)
    touched = set(changed).union(*(near.get(host, ()) for host in changed))
    usual = {host: found for host, found in usual_hosts(counts).items() if host in touched}
    told = exists().where(findings.c.document_id == records.c.document_id, findings.c.code == "A-HOST")
    documents_changed = 0
    for some in chunks(touched):
        wanted = records.c.host.in_([host for host in some if host in usual]) | told
        query = select(records).where(of_county, records.c.host.in_(some), wanted).order_by(records.c.document_id)
        for members in _sets(connection, query):
            found = (
                unusual_host(record, county, *usual[record.host])
                for record in members.values() if record.host in usual and record.host_span is not None
            )
            documents_changed += rewrite(connection, HOSTS.__contains__, _told(members, found))
    return documents_changed


def texts(connection: Connection, keys: Sequence[str]) -> Changed:
    """Documents, by number, against those that their sentences may be copied from."""
    query = select(records).where(records.c.document_id.in_([int(key) for key in keys]))
    rows: Sequence[Any] = connection.execute(query).all()
    digests = {row.document_id: set(numbers(row.digests)) for row in rows}
    every = set[int]().union(*digests.values())
    common = common_among(connection, every)
    holders = holders_of(connection, every - common)
    likely = {id_: _likely(own - common, holders) for id_, own in digests.items()}
    others = _heads(connection, {other for shared in likely.values() for other in shared})
    originals: dict[int, tuple[int, int]] = {}
    for row in rows:
        older = [
            (-count, others[other].issuer, others[other].year, others[other].hash, other)
            for other, count in likely[row.document_id].items() if other in others and is_older(others[other], row)
        ]
        if older:
            originals[row.document_id] = min(older)[-1], -min(older)[0]
    from_ = dict(_fetched(connection, select(records).where(records.c.document_id.in_({o for o, _ in originals.values()}))))
    told: dict[int, tuple[Finding, ...]] = {}
    for row in rows:
        total, nobodys = len(digests[row.document_id]), len(digests[row.document_id] & common)
        found = []
        if is_boilerplate(nobodys, total):
            found.append(not_its_own(unpacked_record(row.content), None, nobodys, total))
        if row.document_id in originals:
            original, count = originals[row.document_id]
            found.append(not_its_own(unpacked_record(row.content), from_[original], count, total - nobodys))
        told |= _told({row.document_id: found[0][0]}, found) if found else {row.document_id: ()}
    return Changed(rewrite(connection, TEXTS.__contains__, told))


def _likely(own: Collection[int], holders: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """Documents that share enough of these sentences, and how many."""
    if len(own) < LEAST_SHARED:
        return {}
    shared = Counter(other for digest in own for other in holders.get(digest, ()))
    return {other: count for other, count in shared.items() if is_copied(count, len(own))}


def _heads(connection: Connection, ids: Collection[int]) -> dict[int, Any]:
    """Issuer, year and hash of documents."""
    found: dict[int, Any] = {}
    columns = select(records.c.document_id, records.c.issuer, records.c.year, documents.c.hash)
    for some in chunks(ids):
        query = columns.join(documents, documents.c.id == records.c.document_id)
        query = query.where(records.c.document_id.in_(some), records.c.issuer != "")
        found |= {row.document_id: row for row in connection.execute(query)}
    return found


def _by_issuer(connection: Connection, names: Iterable[str]) -> dict[str, list[tuple[int, Record]]]:
    """Numbers and records of the reports under these names, by year and document."""
    groups: dict[str, list[tuple[int, Record]]] = defaultdict(list)
    for some in chunks(names):
        for id_, record in _fetched(connection, select(records).where(records.c.issuer.in_(some))):
            groups[record.issuer].append((id_, record))
    for group in groups.values():
        group.sort(key=lambda one: (one[1].year, one[1].document))
    return groups


def _fetched(connection: Connection, query: Any) -> Iterator[tuple[int, Record]]:
    for row in connection.execute(query):
        yield row.document_id, unpacked_record(row.content)


def _sets(connection: Connection, query: Any) -> Iterator[dict[int, Record]]:
    """What the query, ordered by document, gives, a set at a time."""
    last = 0
    while members := dict(_fetched(connection, query.where(records.c.document_id > last).limit(_SET))):
        yield members
        last = max(members)


def _told(members: Mapping[int, Record], found: Iterable[tuple[Record, Finding]]) -> dict[int, tuple[Finding, ...]]:
    """What was found on each of these documents, nothing on most."""
    of: dict[str, list[Finding]] = defaultdict(list)
    for record, finding in found:
        of[record.document].append(finding)
    return {id_: ranked(r, of[r.document]) if r.document in of else () for id_, r in members.items()}

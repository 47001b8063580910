"""Edits between reports: the same body in other years, other bodies of the same county, any other body.

Works on records, which hold what these edits need of one report and are small enough to keep for a whole archive. The result
does not depend on the order of the records. Each edit looks at one group of records (a body, a county, those who share
sentences), and what it costs is bounded by the size of that group, so that an archive can be checked group by group
(`extractor.archive.history`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from statistics import median
from urllib.parse import urlsplit

from extractor.documents import Document
from extractor.forms import form
from extractor.report import Reading, Report, Span, State
from extractor.verification.copies import MOST_HOLDERS, copies
from extractor.verification.finding import Finding, Verification
from extractor.verification.hosts import usual_hosts
from extractor.verification.naming import names, severity_of, split
from extractor.verification.priority import by_priority

_SENTENCE = re.compile(r"[^。；;！？\n]{24,}")
_COUNTY = re.compile(r".{1,10}?[县区旗市]")
MOST_OF_A_BODY = 200
"""Reports under one name; with more of them the name is not that of one body ("Education Bureau")."""
_MAGNITUDE, _LARGE = 20, 200  # times the median of the other years, and at least so far from it
_WATCHED = ("requests.received.total", "disclosure.licences.decisions", "disclosure.penalties.decisions")


@dataclass(frozen=True, slots=True)
class Record:
    """What the edits between reports need of one report. `values` are printed or deduced, `spans` the places of the printed
    ones; `sentences` are digests of the long sentences of the narrative."""

    document: str
    source: str
    issuer: str
    year: int
    forms: Mapping[str, str]
    values: Mapping[str, int]
    spans: Mapping[str, Span]
    host: str = ""
    host_span: Span | None = None
    sentences: frozenset[bytes] = frozenset()


def record_of(document: Document, report: Report, verification: Verification) -> Record | None:
    """The record of a verified report; None where body or year is not known."""
    header = report.header
    if header.issuer is None or header.year is None:
        return None
    issuer = str(header.issuer.value)
    readings = {cell: r for table in report.tables.values() for cell, r in table.cells.items()} | dict(verification.placed)
    values = {cell: r.value for cell, r in readings.items() if isinstance(r.value, int)} | dict(verification.deduced)
    spans = {cell: r.span for cell, r in readings.items() if r.span is not None}
    prose = [document.text[slice(*s.span)] for s in report.sections if s.key in ("overview", "problems", "other")]
    sentences = {_digest(m.group().replace(issuer, "")) for text in prose for m in _SENTENCE.finditer(text)}
    host = urlsplit(str(header.website.value)).hostname if header.website is not None else None
    forms = {key: table.form for key, table in report.tables.items()}
    host_span = header.website.span if header.website else None
    return Record(
        report.document_id, report.source, issuer, int(header.year.value), forms, values, spans, host or "", host_span,
        frozenset(sentences),
    )


def _digest(sentence: str) -> bytes:
    # figures and years differ from body to body where the words are the same
    return blake2b(re.sub(r"[\d\s]+", "", sentence).encode(), digest_size=8).digest()


def county_of(issuer: str) -> str:
    """The county, district, banner or city that a body's name begins with, "" where it has none."""
    county = _COUNTY.match(issuer)
    return county.group() if county else ""


def check_across(records: Iterable[Record], parents: Mapping[str, str] | None = None) -> dict[str, tuple[Finding, ...]]:
    """Findings by document id. `parents` says which body each unit's report belongs under (names as the issuers')."""
    ordered = sorted(records, key=lambda r: (r.issuer, r.year, r.document))
    found: dict[str, list[Finding]] = defaultdict(list)
    bodies: dict[str, list[Record]] = defaultdict(list)
    counties: dict[str, list[Record]] = defaultdict(list)
    for record in ordered:
        bodies[record.issuer].append(record)
        counties[county_of(record.issuer)].append(record)
    for body in bodies.values():
        _gather(found, of_body(body))
    for county, members in counties.items():
        _gather(found, _hosts(county, members))
    _gather(found, (not_its_own(*one) for one in copies(ordered)))
    under: dict[str, list[str]] = defaultdict(list)
    for unit, parent in (parents or {}).items():
        under[parent].append(unit)
    for parent, units in under.items():
        sums = sums_of(record for unit in units for record in one_body(bodies.get(unit, ())))
        _gather(found, of_units(one_body(bodies.get(parent, ())), sums))
    by_id = {record.document: record for record in ordered}
    return {document: ranked(by_id[document], findings) for document, findings in found.items()}


Found = Iterator[tuple[Record, Finding]]


def _gather(found: dict[str, list[Finding]], findings: Found) -> None:
    for record, finding in findings:
        found[record.document].append(finding)


def ranked(record: Record, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings on one record with their priority, in their order."""
    printed = {cell: Reading(State.PRINTED, "", record.values.get(cell), span) for cell, span in record.spans.items()}
    return by_priority(findings, printed, record.values)


def one_body(records: Sequence[Record]) -> Sequence[Record]:
    """The records under one name; none where they can't be those of one body."""
    return records if len(records) <= MOST_OF_A_BODY else ()


def of_body(body: Sequence[Record]) -> Found:
    """Findings on the reports under one name, which come by year and document."""
    if len(body) > MOST_OF_A_BODY:
        for record in body:
            yield namesakes(record)
        return
    yield from _years(body)
    yield from _magnitudes(body)


def namesakes(record: Record) -> tuple[Record, Finding]:
    """Says of a report that it was not held against the others of its name, since there are too many."""
    return record, _finding("A-NAMESAKES", record, (), (), {"most": MOST_OF_A_BODY})


def _finding(code: str, record: Record, cells: Sequence[str], spans: Sequence[Span], params: Mapping[str, object]) -> Finding:
    severity = severity_of(code)
    expected, found = params.get("expected"), params.get("found")
    return Finding(
        code, severity, tuple(cells), tuple(spans), expected if isinstance(expected, int) else None,
        found if isinstance(found, int) else None, {"issuer": record.issuer, "year": record.year, **params},
    )


def _years(body: Sequence[Record]) -> Found:
    """Each report against that on the year before, and two reports on one year against each other."""
    by_year: dict[int, list[Record]] = defaultdict(list)
    for record in body:
        by_year[record.year].append(record)
    for year, records in sorted(by_year.items()):
        for now in records:
            for other in [r for r in records if r is not now][:1]:
                yield from _against_same_year(now, other)
            for before in by_year.get(year - 1, [])[:1]:
                yield from _against_year_before(now, before)


def _against_same_year(now: Record, other: Record) -> Found:
    # nothing says which of the two is right: each is told of the other
    differing = sorted(cell for cell, value in now.values.items() if other.values.get(cell, value) != value)
    if differing:
        spans = [now.spans[c] for c in differing if c in now.spans]
        params = {"other": other.source, "count": len(differing)} | names(now.forms[split(differing[0])[0]], differing[0])
        yield now, _finding("A-TWICE", now, differing, spans, params)


def _against_year_before(now: Record, before: Record) -> Found:
    for table, code in now.forms.items():
        for identity in form(code).history:
            cells = [cell for cell, _ in identity.now]
            if not all(c in now.values for c in cells) or not all(c in before.values for c, _ in identity.before):
                continue
            if split(cells[0])[0] != table:
                continue
            this = sum(now.values[cell] * weight for cell, weight in identity.now)
            that = sum(before.values[cell] * weight for cell, weight in identity.before)
            if this != that:
                # the one cell that the equation gives: the others are this year's own counts
                head = cells[0]
                expected = now.values[head] + that - this
                params = {"found": now.values[head], "expected": expected, "other": before.source} | names(code, head)
                spans = [now.spans[c] for c in cells if c in now.spans]
                yield now, _finding(identity.code, now, cells, spans, params)


def _magnitudes(body: Sequence[Record]) -> Found:
    for cell in _WATCHED:
        values = [(record, record.values[cell]) for record in body if cell in record.values]
        if len(values) < 3:
            continue
        for record, value in values:
            usual = median(v for other, v in values if other is not record)
            if abs(value - usual) > _LARGE and max(value, usual) > _MAGNITUDE * max(min(value, usual), 1):
                params = {"found": value, "usual": int(usual)} | names(record.forms[split(cell)[0]], cell)
                spans = [record.spans[cell]] if cell in record.spans else []
                yield record, _finding("A-MAGNITUDE", record, [cell], spans, params)


def _hosts(county: str, members: Sequence[Record]) -> Found:
    """A website whose host differs by one letter from the one that the county's other reports name."""
    if not county:
        return
    issuers: dict[str, set[str]] = defaultdict(set)
    for record in members:
        if record.host:
            issuers[record.host].add(record.issuer)
    usual = usual_hosts({host: len(bodies) for host, bodies in issuers.items()})
    for record in members:
        if record.host in usual and record.host_span is not None:
            yield unusual_host(record, county, *usual[record.host])


def unusual_host(record: Record, county: str, usual: str, count: int) -> tuple[Record, Finding]:
    """Says that `count` bodies of the county name a host one letter from that of this report."""
    spans = [record.host_span] if record.host_span is not None else []
    params = {"host": record.host, "usual": usual, "count": count, "county": county}
    return record, _finding("A-HOST", record, (), spans, params)


def not_its_own(record: Record, other: Record | None, count: int, total: int) -> tuple[Record, Finding]:
    """Says that `count` of `total` sentences stand in the other report, or in a great many where there is no other."""
    sizes: dict[str, object] = {"count": count, "total": total}
    if other is None:
        return record, _finding("A-BOILERPLATE", record, (), (), sizes | {"most": MOST_HOLDERS})
    return record, _finding("A-COPIED", record, (), (), {"other": other.source, "other_issuer": other.issuer} | sizes)


Sums = Mapping[tuple[int, str], tuple[int, int]]
"""By year and cell: the sum of what reports state, and how many do."""


def sums_of(records: Iterable[Record]) -> Sums:
    """The sums over reports of those cells that a body's figures can't be less than its units' in."""
    sums: dict[tuple[int, str], tuple[int, int]] = {}
    for record in records:
        for cell in _WATCHED:
            if cell in record.values:
                total, count = sums.get((record.year, cell), (0, 0))
                sums[record.year, cell] = total + record.values[cell], count + 1
    return sums


def of_units(reports: Sequence[Record], sums: Sums) -> Found:
    """A body's figures hold those of the units under it: they can't be less than the sum of what these report."""
    for record in reports:
        for cell in _WATCHED:
            total, count = sums.get((record.year, cell), (0, 0))
            if count and cell in record.values and total > record.values[cell]:
                params = {"found": record.values[cell], "sum": total, "count": count}
                spans = [record.spans[cell]] if cell in record.spans else []
                named = names(record.forms[split(cell)[0]], cell)
                yield record, _finding("A-UNITS", record, [cell], spans, params | named)

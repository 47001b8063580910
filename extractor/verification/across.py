"""Edits between reports: the same body in other years, other bodies of the same county, any other body.

Works on records, which hold what these edits need of one report and are small enough to keep for a whole archive. The result
does not depend on the order of the records.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from statistics import median
from urllib.parse import urlsplit

from rapidfuzz.distance import OSA

from extractor.documents import Document
from extractor.forms import form
from extractor.report import Reading, Report, Span, State
from extractor.verification.finding import Finding, Verification
from extractor.verification.naming import names, severity_of, split
from extractor.verification.priority import by_priority

_SENTENCE = re.compile(r"[^。；;！？\n]{24,}")
_COUNTY = re.compile(r".{1,10}?[县区旗市]")
_COPIED = 0.6  # share of a report's long sentences that stand in another body's report
_FEWEST = 6  # sentences that a report must have for this to say anything
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
    for record in ordered:
        bodies[record.issuer].append(record)
    for body in bodies.values():
        _years(body, found)
        _magnitudes(body, found)
    _hosts(ordered, found)
    _copies(ordered, found)
    _units(bodies, parents or {}, found)
    by_id = {record.document: record for record in ordered}
    return {document: _ranked(by_id[document], findings) for document, findings in found.items()}


def _ranked(record: Record, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    printed = {cell: Reading(State.PRINTED, "", record.values.get(cell), span) for cell, span in record.spans.items()}
    return by_priority(findings, printed, record.values)


def _finding(code: str, record: Record, cells: Sequence[str], spans: Sequence[Span], params: Mapping[str, object]) -> Finding:
    severity = severity_of(code)
    expected, found = params.get("expected"), params.get("found")
    return Finding(
        code, severity, tuple(cells), tuple(spans), expected if isinstance(expected, int) else None,
        found if isinstance(found, int) else None, {"issuer": record.issuer, "year": record.year, **params},
    )


def _years(body: Sequence[Record], found: dict[str, list[Finding]]) -> None:
    """Each report against that on the year before, and two reports on one year against each other."""
    by_year: dict[int, list[Record]] = defaultdict(list)
    for record in body:
        by_year[record.year].append(record)
    for year, records in sorted(by_year.items()):
        for now in records:
            for other in [r for r in records if r is not now][:1]:
                _against_same_year(now, other, found)
            for before in by_year.get(year - 1, [])[:1]:
                _against_year_before(now, before, found)


def _against_same_year(now: Record, other: Record, found: dict[str, list[Finding]]) -> None:
    # nothing says which of the two is right: each is told of the other
    differing = [cell for cell, value in now.values.items() if other.values.get(cell, value) != value]
    if differing:
        spans = [now.spans[c] for c in differing if c in now.spans]
        params = {"other": other.source, "count": len(differing)} | names(now.forms[split(differing[0])[0]], differing[0])
        found[now.document].append(_finding("A-TWICE", now, differing, spans, params))


def _against_year_before(now: Record, before: Record, found: dict[str, list[Finding]]) -> None:
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
                found[now.document].append(_finding(identity.code, now, cells, spans, params))


def _magnitudes(body: Sequence[Record], found: dict[str, list[Finding]]) -> None:
    for cell in _WATCHED:
        values = [(record, record.values[cell]) for record in body if cell in record.values]
        if len(values) < 3:
            continue
        for record, value in values:
            usual = median(v for other, v in values if other is not record)
            if abs(value - usual) > _LARGE and max(value, usual) > _MAGNITUDE * max(min(value, usual), 1):
                params = {"found": value, "usual": int(usual)} | names(record.forms[split(cell)[0]], cell)
                spans = [record.spans[cell]] if cell in record.spans else []
                found[record.document].append(_finding("A-MAGNITUDE", record, [cell], spans, params))


def _hosts(records: Sequence[Record], found: dict[str, list[Finding]]) -> None:
    """A website whose host differs by one letter from the one that the county's other reports name."""
    counties: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        name = _COUNTY.match(record.issuer)
        if record.host and name:
            counties[name.group()].append(record)
    for county, members in sorted(counties.items()):
        bodies: dict[str, set[str]] = defaultdict(set)
        for record in members:
            bodies[record.host].add(record.issuer)
        counts = Counter({host: len(issuers) for host, issuers in bodies.items()})
        for record in members:
            usual = max(
                (h for h in counts if counts[h] > counts[record.host] and OSA.distance(h, record.host, score_cutoff=1) == 1),
                key=lambda h: (counts[h], h), default=None,
            )
            if usual is not None and record.host_span is not None:
                params = {"host": record.host, "usual": usual, "count": counts[usual], "county": county}
                found[record.document].append(_finding("A-HOST", record, (), [record.host_span], params))


def _copies(records: Sequence[Record], found: dict[str, list[Finding]]) -> None:
    """Most of a report's long sentences stand in another body's report on the same year or an earlier one."""
    holders: dict[bytes, list[int]] = defaultdict(list)
    for index, record in enumerate(records):
        for sentence in record.sentences:
            holders[sentence].append(index)
    for index, record in enumerate(records):
        if len(record.sentences) < _FEWEST:
            continue
        shared: Counter[int] = Counter()
        for sentence in record.sentences:
            for other in holders[sentence]:
                older = (records[other].year, records[other].issuer) < (record.year, record.issuer)
                if older and records[other].issuer != record.issuer:
                    shared[other] += 1
        if shared:
            other, count = min(shared.items(), key=lambda item: (-item[1], item[0]))
            if count >= _COPIED * len(record.sentences):
                params = {"other": records[other].source, "other_issuer": records[other].issuer, "count": count,
                          "total": len(record.sentences)}
                found[record.document].append(_finding("A-COPIED", records[index], (), (), params))


def _units(bodies: Mapping[str, Sequence[Record]], parents: Mapping[str, str], found: dict[str, list[Finding]]) -> None:
    """A body's figures hold those of the units under it: they can't be less than the sum of what these report."""
    under: dict[str, list[str]] = defaultdict(list)
    for unit, parent in sorted(parents.items()):
        under[parent].append(unit)
    for parent, units in sorted(under.items()):
        for record in bodies.get(parent, ()):
            for cell in _WATCHED:
                parts = [r.values[cell] for u in units for r in bodies.get(u, ()) if r.year == record.year and cell in r.values]
                if cell in record.values and parts and sum(parts) > record.values[cell]:
                    sums = {"found": record.values[cell], "sum": sum(parts), "count": len(parts)}
                    params = sums | names(record.forms[split(cell)[0]], cell)
                    spans = [record.spans[cell]] if cell in record.spans else []
                    found[record.document].append(_finding("A-UNITS", record, [cell], spans, params))

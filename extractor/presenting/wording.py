"""Parts of a report in words: header fields, claims, findings with their place in the source."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractor.documents.document import Document
from extractor.forms.form import table as form_table
from extractor.messages import text as message_text
from extractor.output import cell_readings
from extractor.presenting.sheet import Language, ordered
from extractor.report import Claim, Header, Number, Report, Span
from extractor.verification.finding import Finding, Severity, Suspect, Verification

_FIELDS = ("issuer", "year", "address", "postcode", "phone", "email", "website", "signed_on")
_AROUND = 12
"""Characters of the source shown on either side of a place."""
_EXCERPT = 60
"""Characters of a place itself that are shown at most."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A place in the source: its line, counted from 1, and the text around and in it, on one line."""

    line: int
    before: str
    inside: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """One finding in words."""

    severity: Severity
    code: str
    message: str
    suspects: tuple[str, ...]
    excerpt: Excerpt | None
    span: Span | None


@dataclass(frozen=True, slots=True)
class ToldClaim:
    """One claim in words. `holds` is None where it can't be assessed."""

    holds: bool | None
    words: str
    span: Span


def word(code: str, language: Language, **params: object) -> str:
    """A word or phrase of the catalogue."""
    return message_text(code, params, language)


def header_rows(header: Header, language: Language) -> list[tuple[str, str]]:
    """The fields that are stated, with their labels."""
    rows = []
    for name in _FIELDS:
        field = getattr(header, name)
        if field is not None:
            rows.append((word(f"W-{name.upper().replace('_', '-')}", language), str(field.value)))
    if header.period_start is not None or header.period_end is not None:
        ends = [str(f.value) if f is not None else "?" for f in (header.period_start, header.period_end)]
        rows.insert(2, (word("W-PERIOD", language), " – ".join(ends)))
    if header.basis:
        rows.append((word("W-BASIS", language), " ".join(dict.fromkeys(str(f.value) for f in header.basis))))
    return rows


def told_claims(report: Report, verification: Verification, language: Language) -> list[ToldClaim]:
    """The report's claims, those that fail first."""
    values = {cell: reading.value for cell, reading in cell_readings(report, verification).items()}
    told = [
        ToldClaim(holds, _claim_words(claim, report, values, language), claim.span)
        for claim, holds in zip(report.claims, verification.holds, strict=True)
    ]
    return sorted(told, key=lambda t: (t.holds is not False, t.holds is not None))


def _claim_words(claim: Claim, report: Report, cells: dict[str, Number | None], language: Language) -> str:
    def value(index: int | None) -> str:
        return _number(None if index is None else report.figures[index].value)

    about = claim.parts[0] if claim.kind == "share" or claim.total is None else claim.total
    label = report.figures[about].label
    parts = [value(i) for i in claim.parts]
    total = value(claim.total)
    match claim.kind:
        case "sum":
            words = f"{total} = {' + '.join(parts)}"
        case "share":
            words = word("W-CLAIM-SHARE", language, count=parts[0], total=total, share=value(claim.share))
        case "table":
            stated = " + ".join(_number(cells.get(cell)) for cell in claim.cells)
            words = word("W-CLAIM-TABLE", language, total=total, parts=stated)
        case "repeated":
            words = word("W-CLAIM-REPEATED", language, parts=", ".join(parts))
        case "shares_total":
            words = word("W-CLAIM-SHARES-TOTAL", language, parts=" + ".join(f"{p} %" for p in parts))
    return f"{label}: {words}" if label else words


def _number(value: Number | None) -> str:
    return "?" if value is None else format(value, "f") if not isinstance(value, int) else str(value)


def told_findings(document: Document, report: Report, verification: Verification, language: Language) -> list[Told]:
    """The findings by severity."""
    return [_told(finding, document.text, report, language) for finding in ordered(verification.findings)]


def _told(finding: Finding, text: str, report: Report, language: Language) -> Told:
    span = finding.spans[0] if finding.spans else None
    return Told(
        finding.severity,
        finding.code,
        message_text(finding.code, finding.params, language),
        tuple(_suspect_words(s, report, language) for s in finding.suspects),
        excerpt(text, span) if span is not None else None,
        span,
    )


def _suspect_words(suspect: Suspect, report: Report, language: Language) -> str:
    cell, weight = cell_label(report, suspect.cell, language), round(suspect.weight * 100)
    if suspect.proposal is None:
        return word("W-SUSPECT-OPEN", language, cell=cell, weight=weight)
    return word("W-SUSPECT", language, cell=cell, proposal=_number(suspect.proposal), weight=weight)


def cell_label(report: Report, cell: str, language: Language) -> str:
    """The labels of a cell's row and column; its id where the form has none."""
    key = cell.partition(".")[0]
    reading = report.tables.get(key)
    if reading is not None:
        table = form_table(reading.form, key)
        for row in table.rows:
            if cell in row.cells:
                column = table.column(row.columns[row.cells.index(cell)])
                return f"{row.label} · {column.label}" if language == "zh" else f"{row.label_en} · {column.label_en}"
    return cell


def excerpt(text: str, span: Span) -> Excerpt:
    """The place on one line, shortened."""
    start, end = span
    shown = min(end, start + _EXCERPT)
    return Excerpt(
        text.count("\n", 0, start) + 1,
        _one_line(text[max(0, start - _AROUND) : start]),
        _one_line(text[start:shown]) + ("…" if shown < end else ""),
        "" if shown < end else _one_line(text[end : end + _AROUND]),
    )


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def printable(text: str) -> str:
    """The text with control characters, which a terminal would obey, as replacement characters."""
    return text if text.isprintable() else "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)

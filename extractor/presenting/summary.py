"""Many reports on one screen or page: a line for each, with what was printed and what is in doubt."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from html import escape
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from extractor.documents.unreadable import UnreadableError
from extractor.output import cell_readings
from extractor.presenting.page import document_page
from extractor.presenting.sheet import Language
from extractor.presenting.wording import printable, word
from extractor.report import HeaderField, Report, State
from extractor.verification.finding import Verification


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: what was found, or why not. `name` is the stem of the files written for it."""

    file: str
    name: str = ""
    issuer: str = ""
    year: str = ""
    form: str = ""
    printed: int = 0
    blank: int = 0
    absent: int = 0
    unclear: int = 0
    errors: int = 0
    warnings: int = 0
    failure: str = ""


def entry(source: str, name: str, report: Report, verification: Verification) -> Entry:
    """The line of a report that was read. `form` names each form that a table is of."""
    states = Counter(reading.state for reading in cell_readings(report, verification).values())
    severities = Counter(finding.severity for finding in verification.findings)
    return Entry(
        file=source,
        name=name,
        issuer=_value(report.header.issuer),
        year=_value(report.header.year),
        form="/".join(sorted({table.form for table in report.tables.values()})),
        printed=states[State.PRINTED],
        blank=states[State.BLANK],
        absent=states[State.ABSENT],
        unclear=states[State.MARKED] + states[State.ILLEGIBLE],
        errors=severities["error"],
        warnings=severities["warning"],
    )


def failure(error: UnreadableError, language: Language) -> Entry:
    """The line of a file that gave no report."""
    return Entry(error.source, failure=error.message(language))


def _value(field: HeaderField | None) -> str:
    return "" if field is None else str(field.value)


_COLUMNS = (
    ("file", "W-FILE"),
    ("issuer", "W-ISSUER"),
    ("year", "W-YEAR"),
    ("form", "W-TABLE-FORM"),
    ("printed", "W-PRINTED"),
    ("blank", "W-BLANK"),
    ("absent", "W-ABSENT"),
    ("unclear", "W-UNCLEAR"),
    ("errors", "W-ERRORS"),
    ("warnings", "W-WARNINGS"),
)
_NUMBERS = frozenset({"printed", "blank", "absent", "unclear", "errors", "warnings"})
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LINES = 50
"""Of the table in the terminal, at most."""


def print_summary(console: Console, entries: Sequence[Entry], language: Language) -> None:
    """A table with a line for each report that was read, the worst ones where they are many, and the totals."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name, code in _COLUMNS:
        number = name in _NUMBERS
        table.add_column(word(code, language), justify="right" if number else "left", overflow="fold", min_width=4)
    read = [e for e in entries if not e.failure]  # of the others, standard error has told in full
    short = len({Path(e.file).name for e in read}) == len(read)
    worst = sorted(read, key=lambda e: (-e.errors, -e.warnings))[:_LINES]
    for e in read if len(read) <= _LINES else worst:
        row = [Text(printable(str(getattr(e, name)))) for name, _ in _COLUMNS]
        if short:
            row[0] = Text(printable(Path(e.file).name))
        if e.errors:
            row[8].stylize("bold red")
        if e.warnings:
            row[9].stylize("yellow")
        table.add_row(*row)
    console.print(table)
    if len(read) > _LINES:
        console.print(word("W-WORST", language, count=_LINES))
    console.print(_totals(entries, language))


def _totals(entries: Sequence[Entry], language: Language) -> str:
    failed = sum(bool(e.failure) for e in entries)
    clean = sum(not e.failure and not e.errors for e in entries)
    return word("W-SUMMARY", language, files=len(entries), read=len(entries) - failed, clean=clean, failed=failed)


def summary_csv(entries: Sequence[Entry]) -> str:
    """The same as CSV, with a header line. A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [f.name for f in fields(Entry)], lineterminator="\n")
    writer.writeheader()
    for e in entries:
        row = asdict(e).items()
        writer.writerow({k: f"'{v}" if isinstance(v, str) and v.startswith(_FORMULA) else v for k, v in row})
    return out.getvalue()


def summary_page(entries: Sequence[Entry], language: Language) -> str:
    """The same as a page that leads to the page of each report."""
    head = "".join(f"<th>{escape(word(code, language))}</th>" for _, code in _COLUMNS)
    lines = []
    for e in entries:
        if e.failure:
            width = len(_COLUMNS) - 1
            lines.append(f'<tr><td>{escape(e.file)}</td><td class="error" colspan="{width}">{escape(e.failure)}</td></tr>')
            continue
        kinds = {"errors": "error" if e.errors else "", "warnings": "warning" if e.warnings else ""}
        cells = [f'<td><a href="{escape(e.name)}.html">{escape(e.file)}</a></td>']
        for name, _ in _COLUMNS[1:]:
            kind = f"n {kinds.get(name, '')}".strip() if name in _NUMBERS else ""
            cells.append(f'<td class="{kind}">{escape(str(getattr(e, name)))}</td>')
        lines.append(f"<tr>{''.join(cells)}</tr>")
    totals = escape(_totals(entries, language))
    body = f'<div class="form"><h1>{totals}</h1><table><tr>{head}</tr>{"".join(lines)}</table></div>'
    return document_page(totals, body, language)

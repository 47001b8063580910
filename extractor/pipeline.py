"""The way of the data for one report: document → report as published → verification."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

from extractor.documents import Document
from extractor.reading.claims import read_claims
from extractor.reading.grid import read_tables, survey_tables
from extractor.reading.header import read_header
from extractor.reading.html import without_hidden, without_tags
from extractor.reading.lines import Cut
from extractor.reading.narrative import read_figures
from extractor.reading.on_page import as_sure_as_the_page
from extractor.reading.sections import find_sections
from extractor.reading.versions import Fit, fitted_tables
from extractor.report import Defect, Figure, Report, TableReading
from extractor.verification.finding import Verification
from extractor.verification.verify import verify


class NotAReportError(Exception):
    """The document holds no annual report on government information disclosure: neither its tables nor its sections."""


def extract(document: Document) -> tuple[Report, Verification]:
    """Read and verify one report. Raises NotAReportError."""
    report = read_report(document)
    return report, verify(report)


def read_report(document: Document, cut: Cut | None = None) -> Report:
    """Read one report as published, with the grid reader. `cut` keeps the lines of tables that are cut, for a model's answer
    that is looked up. Raises NotAReportError."""
    return _read(document, read_tables, True, cut)


def survey_report(document: Document, cut: Cut | None = None) -> Report:
    """What is known of a report before a model reads it: header, sections, figures, where its tables stand and on which forms,
    and the rows in them that the forms don't know; no cell of the forms, no claim. Raises NotAReportError."""
    return _read(document, survey_tables, False, cut)


def _read(
    document: Document, tables_of: Callable[[Document, str, Mapping[str, Fit]], dict[str, TableReading]], whole: bool,
    cut: Cut | None,
) -> Report:
    view = document.view
    shown = without_hidden(view.text)
    text = without_tags(shown)
    plain = view if text is view.text else view.with_text(text)
    sections, second = find_sections(plain)
    header, header_defects = read_header(plain, sections)
    year = header.year.value if header.year is not None and isinstance(header.year.value, int) else None
    read = tables_of(document, text, fitted_tables(view, shown, text, sections, year, cut))
    tables = as_sure_as_the_page(read, document.layout)
    if all(not t.score for t in tables.values()) and len(sections) < 2:
        raise NotAReportError(document.source)
    spans = tuple([table.span for table in tables.values() if table.span is not None])
    figures = tuple([_as_loaded(figure, document.text) for figure in read_figures(plain, sections, spans)])
    forms = {key: t.form for key, t in tables.items()}
    claims = read_claims(plain, figures, forms) if whole else ()
    defects = list(document.defects + header_defects)
    if second is not None:
        rest = view.source_span(second, len(view.text))
        defects.append(Defect("S-TWO-REPORTS", (), (rest,), {}))
    form = Counter(forms.values()).most_common(1)[0][0]
    return Report(
        document.id, document.source, len(document.text), form, tables, header, sections, figures, claims, tuple(defects)
    )


def _as_loaded(figure: Figure, text: str) -> Figure:
    """The figure with the characters of the source in place of the view's."""
    raw = text[slice(*figure.span)]
    return figure if raw == figure.raw else replace(figure, raw=raw)

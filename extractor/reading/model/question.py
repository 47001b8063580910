"""What is asked of a model about one document: the parts wanted, and the lines they stand on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from extractor.documents import Document
from extractor.llm.client import Question
from extractor.reading.html import without_hidden, without_tags
from extractor.reading.lines import Cut, Line
from extractor.reading.model.answer import ReportAnswer
from extractor.reading.model.lines import NumberedLine, numbered_lines
from extractor.reading.model.prompts import prompt
from extractor.report import Report

PROMPT = ("read-report", 2)
_LETTERS = {"disclosure": "d", "requests": "r", "disputes": "p"}
_LIMIT = 4000
"""Tokens of an answer; the longest seen on generated reports with a number in every cell have some 3,000."""
_MOST = 60_000
"""Characters of a document that are shown at most; the longest report in hand has 16,000."""
_NUMBER = re.compile(
    r"[\d一二三四五六七八九十百千零两未无"
    r"\u00b2\u00b3\u00b9\u2070-\u2089\u2460-\u2468\u2474-\u247c\u2488-\u2490\u24ea\u24f5-\u24ff\u2776-\u2792]"
)
"""Signs of a number or of none: digits, raised, lowered and circled ones too, and Chinese numerals."""


@dataclass(frozen=True)
class Lines:
    """The numbered lines of a document, and the view they index: with HTML tags and with tags blanked."""

    document: Document
    tagged: str
    text: str
    numbered: Mapping[int, NumberedLine]
    pieces: Cut = field(default_factory=dict)
    cut: dict[int, Line] = field(default_factory=dict)
    """Lines of tables that were cut into cells already."""
    labelled: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """By table and form the rows whose label is known to stand on a line with numbers."""

    @cached_property
    def by_table(self) -> Mapping[str, tuple[int, ...]]:
        """The numbers of the lines that lie in each table."""
        found: dict[str, list[int]] = {}
        for number, line in self.numbered.items():
            if line.table:
                found.setdefault(line.table, []).append(number)
        return {key: tuple(numbers) for key, numbers in found.items()}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The parts to be read: tables by key with the form whose labels they bear, and whether the narrative is."""

    tables: Mapping[str, str]
    narrative: bool

    @property
    def empty(self) -> bool:
        return not self.tables and not self.narrative


def lines_of(document: Document, report: Report, cut: Cut | None = None) -> Lines:
    """The numbered lines of a document whose sections are known. `cut`: the lines that the grid reader has cut."""
    view = document.view
    shown = without_hidden(view.text)
    text = without_tags(shown)
    tables = [(key, view.view_span(*t.span)) for key, t in report.tables.items() if t.span is not None]
    return Lines(document, shown, text, {line.number: line for line in numbered_lines(shown, text, tables)}, cut or {})


def question(lines: Lines, report: Report, wanted: Wanted) -> Question[ReportAnswer] | None:
    """The question for the parts wanted; None where the document has no line for them."""
    shown = _shown(lines, report, wanted)
    if not shown:
        return None
    letters = [_LETTERS[key] for key in wanted.tables] + ["n"] * wanted.narrative
    body = "\n".join(line.shown for line in shown)[:_MOST]
    fixed = prompt(*PROMPT)
    return Question(fixed.text, f"要读：{' '.join(letters)}\n{body}", ReportAnswer, fixed.identity, _LIMIT)


def _shown(lines: Lines, report: Report, wanted: Wanted) -> list[NumberedLine]:
    """The lines of the parts wanted; all lines where a table wanted is not known to stand anywhere."""
    every = list(lines.numbered.values())
    if any(report.tables[key].span is None for key in wanted.tables):
        return every
    narrative = narrative_lines(lines, report) if wanted.narrative else ()
    numbers = {line.number for line in narrative}
    return [line for line in every if line.table in wanted.tables or line.number in numbers]


def narrative_lines(lines: Lines, report: Report) -> Sequence[NumberedLine]:
    """The lines of the sections that hold no number of a table, from the first section on, that have a number in them."""
    view = lines.document.view
    start = view.view_span(*report.sections[0].span)[0] if report.sections else 0
    return [line for line in lines.numbered.values() if not line.table and line.start >= start and _NUMBER.search(line.text)]

"""Which version of the form a table was printed on: the one whose labels fit its lines best, decided table by table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice

from extractor.documents.view import View
from extractor.forms import Table, forms
from extractor.reading.alignment import align
from extractor.reading.detached import reunite
from extractor.reading.labels import column_labels, squeeze
from extractor.reading.lines import Cut, Line, table_lines
from extractor.report import Section, Span

_SAME = 0.1  # two forms whose labels fit this equally are told apart by the other tables and the year
_MOST_LINES = 3000
"""The longest table of the forms has some 40 rows, printed one cell per line some 400 lines."""
_FULL_LINE = re.compile(r"\S[^\n]*")
_HTML_ROW = re.compile(r"<tr\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """Row `row` of the form stands in `line`. `unlabelled`: its label is lost, the place tells the row."""

    row: int
    line: Line
    similarity: float
    unlabelled: bool = False



@dataclass(frozen=True, slots=True)
class Fit:
    """How the lines of one table fit one version of it. `score`: the sum of the labels' similarities, lines that are no row
    and column labels counted; 0 where the table is not there. `named`: columns whose label stands somewhere."""

    form: str
    table: Table
    lines: Sequence[Line]
    found: tuple[Found, ...]
    spare: tuple[Line, ...]
    score: float
    detached: bool = False
    span: Span | None = None
    unread: Span | None = None
    """What of the table's section was not looked at (offsets of the view), it having more lines than any table."""


@cache
def _versions() -> dict[str, tuple[tuple[str, Table], ...]]:
    """For each table, in the forms' order, its versions with the forms they are of."""
    keys = dict.fromkeys(t.key for form in forms() for t in form.tables)
    return {key: tuple((form.code, t) for form in forms() for t in form.tables if t.key == key) for key in keys}


def fitted_tables(
    view: View, tagged: str, text: str, sections: Sequence[Section], year: int | None, cut: Cut | None = None
) -> dict[str, Fit]:
    """Every table of the forms with the version that fits the lines of its section best.

    `text` is the view's text with HTML tags blanked, `tagged` the same with them. `year` breaks a tie between versions.
    `cut` keeps the lines that are cut, for others who read them.
    """
    cut = {} if cut is None else cut
    spans = {s.key: (s.heading[1] if s.heading else s.span[0], s.span[1]) for s in sections}
    chosen: dict[str, Fit] = {}
    behind: tuple[Line, ...] = ()
    for key, versions in _versions().items():
        region = spans.get(versions[0][1].section)
        start, end = view.view_span(*region) if region else (0, 0)
        columns = max(len(r.columns) for r in versions[0][1].rows)
        whole, end = end, _end_of_table(tagged, text, start, end)
        lines = table_lines(tagged, text, start, end, columns, cut) if region else list(behind)
        words = squeeze.__wrapped__(text[start:end])
        best = _best([_fit(code, table, lines, words) for code, table in versions], chosen.values(), year)
        behind = _behind(best, [t for _, t in _next_tables(key) if t.section not in spans])
        chosen[key] = replace(best, spare=tuple(line for line in best.spare if line not in behind), span=region)
        if end < whole:
            chosen[key] = replace(chosen[key], unread=(end, whole))
    return chosen


def _end_of_table(tagged: str, text: str, start: int, end: int) -> int:
    """Where the section's text is cut off: behind so many lines, or rows of HTML tables, as no table has."""
    for pattern, of in ((_FULL_LINE, text), (_HTML_ROW, tagged)):
        last = next(islice(pattern.finditer(of, start, end), _MOST_LINES, None), None)
        end = last.start() if last else end
    return end


def _fit(form: str, table: Table, lines: list[Line], words: str) -> Fit:
    if table.one_line:
        return Fit(form, table, lines, (), (), 1.0 if lines else 0.0)
    named = {key for label, key in column_labels(form, table.key).items() if len(label) >= 4 and label in words}
    # tables of few rows differ between the versions by their columns, tables of many by their rows
    columns = 0 if table.uniform else len(named)
    united = reunite(lines, form, table)
    if united is not None:
        together = tuple([Found(row, line, similarity) for row, line, similarity in united])
        score = sum(f.similarity for f in together) + columns
        return Fit(form, table, lines, together, (), max(score, 0.01), detached=True)
    alignment = align(lines, form, table.key, len(table.rows), len(table.columns) if table.uniform else 0)
    found = [Found(m.row, lines[m.line], m.similarity, m.unlabelled) for m in alignment.matches]
    spare = [lines[i] for i in alignment.spare]
    if not found:
        return Fit(form, table, lines, (), (), 0.0)
    score = sum(f.similarity for f in found) - 0.2 * len(spare) + columns
    return Fit(form, table, lines, tuple(found), tuple(spare), max(score, 0.01))


@cache
def _next_tables(key: str) -> list[tuple[str, Table]]:
    """The versions of the table that stands behind another in the form."""
    found: list[tuple[str, Table]] = []
    for form in forms():
        keys = [t.key for t in form.tables]
        if key in keys and keys.index(key) + 1 < len(keys):
            found.append((form.code, form.tables[keys.index(key) + 1]))
    return found


def _behind(fit: Fit, lost: Sequence[Table]) -> tuple[Line, ...]:
    """Lines without a label behind the last row that hold just as many numbers as the next table, whose heading and header
    are lost: they are that table's."""
    last = max((f.line.end for f in fit.found), default=0)
    counts = {sum(len(r.columns) for r in t.rows) for t in lost if t.one_line}
    return tuple(line for line in fit.spare if line.start >= last and not line.label and len(line.tail) in counts)


def _best(fits: Sequence[Fit], others: Iterable[Fit], year: int | None) -> Fit:
    """The version whose labels fit best; among equals that of the other tables if they agree, else that of the year, else the
    newest."""
    top = max(fit.score for fit in fits)
    equal = {fit.form: fit for fit in fits if fit.score >= top - _SAME}
    decided = list(dict.fromkeys(other.form for other in others if other.score > 0))
    by_year = [form.code for form in forms() if year is not None and form.covers(year)]
    order = (*decided, *by_year) if len(decided) == 1 else (*by_year, *decided)
    return next(equal[code] for code in (*order, *equal) if code in equal)



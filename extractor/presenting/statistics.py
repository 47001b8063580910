"""What is in an archive, for a terminal and as an HTML page with two plots, drawn here: nothing is loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from extractor.archive.schema import STATES
from extractor.archive.statistics import CONDITIONS, Statistics
from extractor.presenting.page import document_page
from extractor.presenting.sheet import Language
from extractor.presenting.wording import printable, word

_COLOURS = {"clean": "#5b9a68", "settled": "#7fb4c9", "warning": "#e0b53c", "error": "#c0392b"}
_SHOWN = 20
"""Codes in the plot by year."""


@dataclass(frozen=True, slots=True)
class _Listing:
    """A table: its title, its columns, its rows; what is a number stands to the right."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]


def show_statistics(console: Console, found: Statistics, language: Language) -> None:
    """Print it."""
    console.print(Text(_totals(found, language)))
    for listing in _listings(found, language):
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=Text(listing.title), title_justify="left")
        for at, column in enumerate(listing.columns):
            right = any(isinstance(row[at], int) for row in listing.rows)
            table.add_column(column, justify="right" if right else "left")
        for row in listing.rows:
            table.add_row(*(Text(printable(_shown(value))) for value in row))
        console.print(table)


def statistics_page(found: Statistics, language: Language) -> str:
    """The HTML page."""
    title = word("W-STATS-TITLE", language)
    parts = [f'<div style="max-width:70rem;margin:auto;padding:1rem 1.25rem"><h1>{escape(title)}</h1>',
             f"<p>{escape(_totals(found, language))}</p>",
             f"<h2>{escape(word('W-STATS-REPORTS', language))}</h2>{_conditions_plot(found, language)}",
             f"<h2>{escape(word('W-STATS-FINDINGS-BY-YEAR', language))}</h2>{_codes_plot(found, language)}"]  # fmt: skip
    parts += [_html(listing) for listing in _listings(found, language)]
    return document_page(title, "".join(parts) + "</div>", language)


def _totals(found: Statistics, language: Language) -> str:
    failed = sum(found.failures.values())
    return word(
        "W-STATS-TOTALS", language, documents=found.documents, versions=found.versions, decided=found.decided_documents,
        failed=failed,
    )


def _listings(found: Statistics, language: Language) -> Iterator[_Listing]:
    def say(code: str) -> str:
        return word(f"W-STATS-{code}", language)

    conditions = tuple((say(name.upper()), found.conditions[name]) for name in CONDITIONS)
    yield _Listing(say("REPORTS"), ("", say("REPORT-COLUMN")), conditions)
    states = tuple(say(state.upper()) for state in STATES)
    cells: tuple[tuple[str | int, ...], ...] = tuple(
        (str(g.year or "?"), g.form or "?", g.reports, *(g.cells[s] for s in STATES)) for g in found.groups
    )
    yield _Listing(say("CELLS"), (say("YEAR"), say("FORM-COLUMN"), say("REPORT-COLUMN"), *states), cells)
    codes = tuple((c.code, c.severity, c.findings, c.open, c.reports) for c in found.codes)
    columns = (say("CODE"), say("SEVERITY"), say("COUNT"), say("OPEN"), say("REPORT-COLUMN"))
    yield _Listing(say("FINDINGS"), columns, codes)
    counted = (("DECISIONS", found.decisions), ("FAILURES", found.failures), ("RUNS", found.runs))
    rows = tuple((say(code), name or "…", count) for code, counts in counted for name, count in counts.items())
    if rows:
        yield _Listing(say("OTHER"), ("", "", ""), rows)
    if found.models:
        names = ("MODEL", "REQUESTS", "FAILED", "TOKENS-IN", "CACHED", "TOKENS-OUT", "COST")
        used = tuple(
            (m.model, m.requests, m.failed, m.tokens_in, m.tokens_cached, m.tokens_out, _money(m.cost)) for m in found.models
        )
        yield _Listing(say("MODELS"), tuple(map(say, names)), used)


def _money(cost: float | None) -> str:
    return "" if cost is None else f"{cost:.2f}"


def _shown(value: str | int) -> str:
    return f"{value:,}" if isinstance(value, int) else value


def _html(listing: _Listing) -> str:
    def row(values: Sequence[str | int], tag: str) -> str:
        return "<tr>" + "".join(
            f'<{tag} class="n">{_shown(v)}</{tag}>' if isinstance(v, int) else f"<{tag}>{escape(v)}</{tag}>" for v in values
        ) + "</tr>"

    body = "".join(row(values, "td") for values in listing.rows)
    return f"<h2>{escape(listing.title)}</h2><table>{row(listing.columns, 'th')}{body}</table>"


def _conditions_plot(found: Statistics, language: Language) -> str:
    """One bar, cut into the states of reports, and what the cuts mean below it."""
    total, at, parts, legend = max(found.documents, 1), 0.0, [], []
    for name in CONDITIONS:
        count = found.conditions[name]
        label = f"{word(f'W-STATS-{name.upper()}', language)} {count:,} ({count / total:.1%})"
        width = 900 * count / total
        parts.append(f'<rect x="{at:.2f}" y="0" width="{width:.2f}" height="34" fill="{_COLOURS[name]}">'
                     f"<title>{escape(label)}</title></rect>")  # fmt: skip
        legend.append(f'<span style="margin-right:1.2rem"><span style="background:{_COLOURS[name]};display:inline-block;'
                      f'width:.8rem;height:.8rem;margin-right:.3rem"></span>{escape(label)}</span>')  # fmt: skip
        at += width
    return f'<svg viewBox="0 0 900 34" width="100%" role="img">{"".join(parts)}</svg><p>{"".join(legend)}</p>'


def _codes_plot(found: Statistics, language: Language) -> str:
    """A square for each code and year; its shade goes with the findings per report on that year, the number stands in it."""
    years = sorted({year for code in found.codes for year in code.years})
    reports: dict[int, int] = {}
    for group in found.groups:
        if group.year is not None:
            reports[group.year] = reports.get(group.year, 0) + group.reports
    codes = found.codes[:_SHOWN]
    if not years or not codes:
        return ""
    wide, high, left, top = 74, 22, 190, 22
    out = [f'<text x="{left + wide * i + wide / 2}" y="15" text-anchor="middle">{year}</text>' for i, year in enumerate(years)]
    most = max(code.years.get(year, 0) / reports.get(year, 1) for code in codes for year in years) or 1.0
    for down, code in enumerate(codes):
        y = top + high * down
        out.append(f'<text x="{left - 8}" y="{y + 15}" text-anchor="end">{escape(code.code)}</text>')
        for along, year in enumerate(years):
            count, x = code.years.get(year, 0), left + wide * along
            share = (count / reports.get(year, 1) / most) ** 0.5
            label = f"{code.code} {year}: {count:,} / {reports.get(year, 0):,} {word('W-STATS-REPORT-COLUMN', language)}"
            colour = _COLOURS.get(code.severity, _COLOURS["settled"])
            ink = "#fff" if share > 0.7 and code.severity == "error" else "#222"
            out.append(
                f'<rect x="{x}" y="{y}" width="{wide - 2}" height="{high - 2}" fill="{colour}" fill-opacity="{share:.2f}" '
                f'stroke="#d5d8dc"><title>{escape(label)}</title></rect>'
                f'<text x="{x + wide / 2 - 1}" y="{y + 15}" text-anchor="middle" fill="{ink}">{count or ""}</text>'
            )
    width = left + wide * len(years)
    style = f"width:100%;max-width:{width * 1.2:.0f}px;font-size:12px"
    return f'<svg viewBox="0 0 {width} {top + high * len(codes)}" style="{style}" role="img">{"".join(out)}</svg>'

"""A report in the terminal, as its form: tables with doubtful cells coloured, then claims and findings.

Everything is understandable without colour (`extractor.presenting.sheet.Face`), and widths count full-width characters as two.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from extractor.comparing import Compared
from extractor.documents.document import Document
from extractor.presenting.sheet import Block, Face, Language, ordered, sheets
from extractor.presenting.wording import Told, header_rows, printable, told_claims, told_findings, word
from extractor.report import Report
from extractor.verification.finding import Verification

STYLES = {
    "printed": "",
    "error": "bold white on red",
    "warning": "black on yellow",
    "illegible": "magenta",
    "absent": "bright_black",
    "marked": "",
    "blank": "",
    "deduced": "cyan",
}
_SEVERITY = {"error": "bold red", "warning": "yellow", "info": "cyan"}
_CLAIM = {True: ("W-HOLDS", "green"), False: ("W-FAILS", "bold red"), None: ("W-OPEN", "bright_black")}


def show(console: Console, document: Document, report: Report, verification: Verification, language: Language) -> None:
    """Print one report."""
    console.print(_header(report, language))
    for sheet in sheets(report, verification, language):
        title = Text(f"\n{sheet.title}", style="bold")
        console.print(title.append(f"  {word('W-FORM', language, form=sheet.form)}", style="dim"))
        for block in sheet.blocks:
            console.print(_block(block, language))
    console.print(_legend(language))
    for part in (_claims(report, verification, language), _findings(document, report, verification, language)):
        console.print(part)


def _header(report: Report, language: Language) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column()
    for label, value in header_rows(report.header, language):
        grid.add_row(label, Text(printable(value)))
    return grid


def _block(block: Block, language: Language) -> RenderableType:
    if block.one_line:
        return _side_by_side(block)
    heading = word("W-EXTRA-ROWS", language) if block.extra else block.heading or word("W-ROW", language)
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, show_edge=False)
    table.add_column(Text(heading), overflow="fold", min_width=20)
    for at, column in enumerate(block.columns):
        shown = [line.faces[at].shown for line in block.lines if at < len(line.faces)]
        table.add_column(Text(column), justify="right", overflow="fold", width=_width(column, shown))
    for line in block.lines:
        label = Text(printable(line.label), style="" if line.faces else "dim")
        table.add_row(Padding(label, (0, 0, 0, 2 * line.depth)), *map(_face, line.faces))
    return table


def _side_by_side(block: Block) -> RenderableType:
    """The form's one line: a group of columns per label."""
    outer = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, show_edge=False)
    groups = []
    for line in block.lines:
        outer.add_column(Text(line.label, justify="center"), justify="center")
        group = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
        for column, face in zip(block.columns, line.faces, strict=True):
            group.add_column(Text(column), justify="right", overflow="fold", width=_width(column, [face.shown]))
        group.add_row(*map(_face, line.faces))
        groups.append(group)
    outer.add_row(*groups)
    return outer


def _width(column: str, shown: Iterable[str]) -> int:
    """Of a column, in terminal cells: its numbers, and its heading on two lines, or word by word."""
    half = -(-cell_len(column) // 4) * 2
    heading = max(map(cell_len, column.split()), default=0) if column.isascii() else half
    return max(4, heading, *map(cell_len, shown))


def _face(face: Face) -> Text:
    return Text(printable(face.shown), style=STYLES[face.kind])


def _legend(language: Language) -> Text:
    legend = Text(f"\n{word('W-LEGEND', language)}: ", style="dim")
    for shown, kind, code in (
        ("12!", "error", "W-LEGEND-ERROR"),
        ("12?", "warning", "W-LEGEND-WARNING"),
        ("<1-2>", "illegible", "W-LEGEND-ILLEGIBLE"),
        ("x", "absent", "W-LEGEND-ABSENT"),
        ("(0)", "deduced", "W-LEGEND-DEDUCED"),
        ("[0,10]", "deduced", "W-LEGEND-INTERVAL"),
    ):
        legend.append(shown, style=STYLES[kind]).append(f" {word(code, language)}   ")
    return legend.append(word("W-LEGEND-BLANK", language))


def _claims(report: Report, verification: Verification, language: Language) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column()
    for claim in told_claims(report, verification, language):
        code, style = _CLAIM[claim.holds]
        grid.add_row(Text(word(code, language), style=style), Text(printable(claim.words)))
    title = Text(f"\n{word('W-CLAIMS', language)}", style="bold")
    figures = Text(word("W-FIGURES", language, count=len(report.figures)), style="dim")
    return Group(title, figures, grid)


def _findings(document: Document, report: Report, verification: Verification, language: Language) -> RenderableType:
    told = told_findings(document, report, verification, language)
    if not told:
        return Text(f"\n{word('W-NO-FINDINGS', language)}", style="bold")
    counts = {severity: sum(t.severity == severity for t in told) for severity in ("error", "warning", "info")}
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    for t in told:
        grid.add_row(Text(t.severity, style=_SEVERITY[t.severity]), t.code, _told(t, language))
    return Group(Text(f"\n{word('W-FINDINGS', language, **counts)}", style="bold"), grid)


def show_compared(console: Console, compared: Compared, language: Language) -> None:
    """Print what was found between reports, report by report."""
    findings = 0
    for _, source, own in compared.found:
        findings += len(own)
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True)
        grid.add_column(no_wrap=True, style="dim")
        grid.add_column(overflow="fold")
        for finding in ordered(own):
            message = printable(word(finding.code, language, **finding.params))
            grid.add_row(Text(finding.severity, style=_SEVERITY[finding.severity]), finding.code, Text(message))
        console.print(Text(printable(source), style="bold"))
        console.print(Padding(grid, (0, 0, 1, 2)))
    console.print(Text(word("W-COMPARED", language, reports=compared.reports, found=len(compared.found), findings=findings)))


def _told(told: Told, language: Language) -> Text:
    text = Text(printable(told.message))
    for suspect in told.suspects:
        text.append(f"\n{printable(suspect)}")
    if told.excerpt is not None:
        place = told.excerpt
        text.append(f"\n{word('W-LINE', language, line=place.line)}: {printable(place.before)}", style="dim")
        text.append(printable(place.inside), style="underline").append(printable(place.after), style="dim")
    return text

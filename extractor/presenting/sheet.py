"""A report laid out as its statutory form, for any medium: blocks of lines of faces, and a doubt on each face.

The terminal and the page draw the same sheet, so both show the same cells in the same doubt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from extractor.forms.form import Row, Table
from extractor.forms.form import table as form_table
from extractor.output import cell_readings
from extractor.report import Reading, Report, Span, State
from extractor.verification.finding import Finding, Interval, Severity, Verification

Language = Literal["zh", "en"]
Doubt = Literal["", "warning", "error"]
RANK: dict[Severity, int] = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Face:
    """What is shown of one cell. `shown` is plain ASCII around what is printed, so that it needs no colour: `(0)` deduced,
    `[0,10]` an interval, `<20-8->` illegible, `x` lost, nothing where the cell is blank, and `!` or `?` for the doubt on a
    printed number; one that is not printed is in doubt anyway."""

    cell: str
    state: State
    shown: str
    doubt: Doubt
    span: Span | None

    @property
    def kind(self) -> str:
        """What decides the colour: the doubt, else the state, else `deduced` where arithmetic filled a gap."""
        if self.doubt or self.state is State.PRINTED:
            return self.doubt or "printed"
        return "deduced" if self.shown[-1:] in (")", "]") else self.state.value


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a block: its label, how deep it stands in the form's hierarchy, its faces; a group label has none."""

    label: str
    depth: int
    faces: tuple[Face, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Lines under common column headings. `one_line`: the form sets the lines side by side, under their labels. `extra`:
    rows that the form does not have."""

    heading: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    one_line: bool = False
    extra: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of the report."""

    key: str
    title: str
    form: str
    blocks: tuple[Block, ...]


def sheets(report: Report, verification: Verification, language: Language) -> tuple[Sheet, ...]:
    """The report's tables in the report's order."""
    faces = _faces(report, verification)
    found = []
    for key, reading in report.tables.items():
        table = form_table(reading.form, key)
        blocks = _blocks(table, faces, language)
        if reading.extra_rows:
            extra = tuple(Line(row.label, 0, tuple(faces[c] for c in row.cells)) for row in reading.extra_rows)
            width = max(len(line.faces) for line in extra)
            blocks = (*blocks, Block("", ("",) * width, extra, extra=True))
        found.append(Sheet(key, table.label if language == "zh" else table.label_en, reading.form, blocks))
    return tuple(found)


def doubts(findings: tuple[Finding, ...]) -> dict[str, Doubt]:
    """The doubt on each cell that a finding points at: on its suspects, or on all its cells where it has none. A cell that
    merely takes part in a failed sum is not in doubt once another one is suspected."""
    found: dict[str, Doubt] = {}
    for finding in findings:
        if finding.severity == "info":
            continue
        for cell in [s.cell for s in finding.suspects] or finding.cells:
            if found.get(cell) != "error":
                found[cell] = finding.severity
    return found


def ordered(findings: tuple[Finding, ...]) -> list[Finding]:
    """Findings by severity; within one, in the verifier's order, which is its order of priority."""
    return sorted(findings, key=lambda f: RANK[f.severity])


def _faces(report: Report, verification: Verification) -> dict[str, Face]:
    doubt = doubts(verification.findings)
    faces = {}
    for cell, reading in cell_readings(report, verification).items():
        on_it = doubt.get(cell, "") if reading.state is State.PRINTED else ""
        faces[cell] = Face(cell, reading.state, _shown(cell, reading, verification, on_it), on_it, reading.span)
    return faces


def _shown(cell: str, reading: Reading, verification: Verification, doubt: Doubt) -> str:
    raw = " ".join(reading.raw.split())
    if reading.state is State.PRINTED:
        mark = {"": "", "warning": "?", "error": "!"}[doubt]
        return (f"{raw} {reading.unit}" if reading.unit and not raw.endswith(reading.unit) else raw) + mark
    body = {State.ILLEGIBLE: f"<{raw}>", State.ABSENT: "x"}.get(reading.state, raw)
    return body + _forced(verification.deduced.get(cell), verification.intervals.get(cell))


def _forced(deduced: int | None, interval: Interval | None) -> str:
    if deduced is not None:
        return f"({deduced})"
    if interval is None or interval == (None, None):
        return ""
    low, high = interval
    return f"[{'' if low is None else low},{'' if high is None else high}]"


def _blocks(table: Table, faces: Mapping[str, Face], language: Language) -> tuple[Block, ...]:
    """Rows under common headings. The disclosure table has a block per paragraph of the law, each with its own columns."""
    blocks: list[Block] = []
    per_group = len({row.columns for row in table.rows}) > 1
    for columns, heading, rows in _runs(table, per_group):
        labels = tuple(_column_label(table, key, language) for key in columns)
        lines = _lines(table, rows, faces, language, skip=1 if per_group else 0)
        blocks.append(Block(heading if language == "zh" else "", labels, lines, table.one_line))
    return tuple(blocks)


def _runs(table: Table, per_group: bool) -> list[tuple[tuple[str, ...], str, list[Row]]]:
    runs: list[tuple[tuple[str, ...], str, list[Row]]] = []
    for row in table.rows:
        heading = row.path[0] if per_group else ""
        if runs and runs[-1][:2] == (row.columns, heading):
            runs[-1][2].append(row)
        else:
            runs.append((row.columns, heading, [row]))
    return runs


def _column_label(table: Table, key: str, language: Language) -> str:
    column = table.column(key)
    return column.label if language == "zh" else column.label_en


def _lines(table: Table, rows: list[Row], faces: Mapping[str, Face], language: Language, skip: int) -> tuple[Line, ...]:
    lines: list[Line] = []
    above: tuple[str, ...] = ()
    for row in rows:
        own = tuple(faces[cell] for cell in row.cells)
        if language == "en":  # English labels are complete in themselves
            lines.append(Line(row.label_en, 0, own))
            continue
        if table.one_line:
            lines.append(Line(" ".join(row.path), 0, own))
            continue
        groups = row.path[skip:-1]
        for depth, label in enumerate(groups):
            if groups[: depth + 1] != above[: depth + 1]:
                lines.append(Line(label, depth))
        above = groups
        lines.append(Line(row.label, len(groups), own))
    return tuple(lines)

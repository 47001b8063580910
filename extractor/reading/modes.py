"""The four modes: what a model is asked of a report that the grid reader has read, and what becomes of its answer.

grid       no model is asked
model      a model reads every table and the narrative; the grid reader has told the sections and the forms by their labels
cascade    a model reads the tables that the grid reader did not settle, and the narrative
challenge  a model reads everything too, and both readings are compared; with two models, theirs are
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from extractor.documents import Document
from extractor.llm.client import Question
from extractor.llm.outcome import Outcome
from extractor.reading.claims import read_table_claims
from extractor.reading.lines import Cut
from extractor.reading.model.answer import ReportAnswer
from extractor.reading.model.narrative import Narrative, read_narrative, united
from extractor.reading.model.question import Lines, Wanted, lines_of, question
from extractor.reading.model.tables import read_tables, unread_table
from extractor.reading.on_page import as_sure_as_the_page
from extractor.reading.reconcile import reconcile
from extractor.report import Asked, Defect, Report, State, TableReading
from extractor.verification.finding import Verification

Mode = Literal["grid", "model", "cascade", "challenge"]
MODES: tuple[Mode, ...] = ("grid", "model", "cascade", "challenge")

Answer = Outcome[ReportAnswer]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be asked about one report. `question` is None where nothing is."""

    mode: Mode
    base: Report
    lines: Lines
    wanted: Wanted
    question: Question[ReportAnswer] | None


def plan(
    document: Document, base: Report, verification: Verification | None, mode: Mode, cut: Cut | None = None
) -> Plan:
    """The question of a mode. `base` is what the grid reader read, `verification` what the verifier says of that (needed for
    cascade alone), `cut` the lines that it cut."""
    tables = {key: table.form for key, table in base.tables.items()}
    if mode == "cascade":
        tables = {key: form for key, form in tables.items() if not settled(base.tables[key], verification)}
    lines = lines_of(document, base, cut)
    wanted = Wanted(tables, narrative=True)
    return Plan(mode, base, lines, wanted, question(lines, base, wanted))


def settled(table: TableReading, verification: Verification | None) -> bool:
    """The grid reader read every cell of the table, nothing is open, and no finding but a remark names one of its cells: every
    hard edit holds."""
    if verification is None or table.open_rows or not table.score:
        return False
    if any(reading.state in (State.ABSENT, State.ILLEGIBLE) for reading in table.cells.values()):
        return False
    prefix = table.table + "."
    for finding in verification.findings:
        if finding.severity == "info":
            continue
        named = (*finding.cells, *(s.cell for s in finding.suspects))
        if any(cell.startswith(prefix) for cell in named):
            return False
    return True


def finish(planned: Plan, outcomes: Sequence[Answer]) -> Report:
    """The report out of what the grid reader read and what came of the questions: one outcome, or in challenge two."""
    return finished(planned, outcomes)[0]


def finished(planned: Plan, outcomes: Sequence[Answer]) -> tuple[Report, Mapping[str, Mapping[str, TableReading]]]:
    """The same, and the tables of each reader as it read them: by "grid", and by the number and name of each model."""
    base, wanted = planned.base, planned.wanted
    asked = tuple(_asked(outcome) for outcome in outcomes)
    if not outcomes:
        return base, {}
    readings = [_tables(planned, outcome) for outcome in outcomes]
    narratives = [_narrative(planned, outcome) for outcome in outcomes]
    failed = [Defect("M-CALL-FAILED", (), (), {"raw": _reason(o)}) for o in outcomes if o.value is None]
    tables = dict(base.tables)
    if planned.mode == "model":
        for key, table in readings[0].items():
            tables[key] = _with_extras(table, base.tables[key])
        narrative = _with_table_claims(planned, narratives[0])
    else:
        own = Narrative(base.figures, base.claims)
        firsts = base.tables if len(readings) == 1 else readings[0]
        for key in wanted.tables:
            tables[key] = _with_extras(reconcile(firsts[key], readings[-1][key]), base.tables[key])
        narrative = own
        for other in narratives:
            narrative = united(narrative, other)
    tables = as_sure_as_the_page(tables, planned.lines.document.layout)
    defects = (*base.defects, *narrative.defects, *failed)
    report = replace(base, tables=tables, figures=narrative.figures, claims=narrative.claims, defects=defects, models=asked)
    by_model = {f"{number} {o.model}"[:100]: own for number, (o, own) in enumerate(zip(outcomes, readings, strict=True), 1)}
    return report, {"grid": base.tables, **by_model}


def _reason(outcome: Answer) -> str:
    return f"{outcome.kind.value} {outcome.detail}".strip()[:200]


def _tables(planned: Plan, outcome: Answer) -> dict[str, TableReading]:
    wanted = dict(planned.wanted.tables)
    if outcome.value is not None:
        return read_tables(planned.lines, planned.base, outcome.value, wanted)
    return {key: unread_table(planned.base.tables[key], outcome.kind.value) for key in wanted}


def _narrative(planned: Plan, outcome: Answer) -> Narrative:
    if outcome.value is None:
        return Narrative((), ())
    return read_narrative(planned.lines, planned.base, outcome.value)


def _with_extras(table: TableReading, base: TableReading) -> TableReading:
    """With the rows that the form does not know, which models are not asked about."""
    if not base.extra_rows or table.extra_rows:
        return table
    extra = {cell: base.cells[cell] for row in base.extra_rows for cell in row.cells if cell in base.cells}
    defects = tuple(d for d in base.defects if d.code == "S-EXTRA-ROW")
    return replace(table, cells={**table.cells, **extra}, extra_rows=base.extra_rows, defects=table.defects + defects)


def _with_table_claims(planned: Plan, narrative: Narrative) -> Narrative:
    """With the claims that tie a figure to a table, which are not asked of models: the rules find them among its figures."""
    lines, base = planned.lines, planned.base
    view = lines.document.view
    plain = view if lines.text is view.text else view.with_text(lines.text)
    forms = {key: t.form for key, t in base.tables.items()}
    tied = read_table_claims(plain, narrative.figures, forms)
    return united(narrative, Narrative(narrative.figures, tied))


def _asked(outcome: Answer) -> Asked:
    return Asked(
        outcome.model, outcome.prompt, outcome.kind.value, len(outcome.attempts), outcome.tokens_in, outcome.tokens_out,
        round(sum(a.seconds for a in outcome.attempts), 3), outcome.cost, outcome.cached,
    )

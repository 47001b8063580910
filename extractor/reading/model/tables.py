"""A model's answer, looked up → readings of the tables it was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from extractor.forms import Row, Table
from extractor.forms import table as form_table
from extractor.reading.cells import EMPTY, Cell
from extractor.reading.columns import Layout, layout, no_layout, place
from extractor.reading.labels import column_labels
from extractor.reading.model.answer import ReportAnswer
from extractor.reading.model.codes import code_of
from extractor.reading.model.grounding import (
    Claimed,
    Grounded,
    Said,
    Verdict,
    astray,
    cells_of,
    claims_of,
    doubled,
    line_at,
    look_up_all,
)
from extractor.reading.model.question import Lines
from extractor.report import Defect, OpenRow, Reading, Report, State, TableReading

READER = "model"
_ABSENT = Reading(State.ABSENT, reader=READER)
_BLANK = Reading(State.BLANK, reader=READER)
_UNREAD = Reading(State.ILLEGIBLE, reader=READER, confidence=0.0)
_HEADER = 8
"""Lines above the first row that its header may take."""
_CONFIDENCE = {Verdict.FOUND: 0.97, Verdict.NEARBY: 0.9, Verdict.PARTLY: 0.9}


def read_tables(lines: Lines, report: Report, answer: ReportAnswer, wanted: dict[str, str]) -> dict[str, TableReading]:
    """The tables wanted (key to form), from the answer. `report` tells where they stand and how well their labels fit."""
    claims = claims_of(answer)
    found: dict[str, TableReading] = {}
    for key, form in wanted.items():
        known = report.tables[key]
        reading = _Table(lines, form, form_table(form, key)).read(claims)
        found[key] = replace(reading, span=known.span, score=known.score)
    return found


def unread_table(known: TableReading, detail: str) -> TableReading:
    """A table that a model was asked for and gave no answer on; `known` is what the grid reader made of it."""
    cells = tuple(cell for row in form_table(known.form, known.table).rows for cell in row.cells)
    defect = Defect("M-NO-ANSWER", cells, (), {"raw": detail[:200]})
    return replace(known, cells=dict.fromkeys(cells, _UNREAD), open_rows=(), extra_rows=(), defects=(defect,))


class _Table:
    """One table in the making."""

    def __init__(self, lines: Lines, form: str, table: Table) -> None:
        self.lines, self.form, self.table = lines, form, table
        self.even = not lines.document.view.starts
        self.cells: dict[str, Reading] = {}
        self.open_rows: list[OpenRow] = []
        self.defects: list[Defect] = []

    def read(self, claims: dict[str, list[Claimed]]) -> TableReading:
        answered: list[Claimed] = []
        lost: list[Row] = []
        for code, row in zip(_codes(self.table.key, self.form), self.table.rows, strict=True):
            said = claims.get(code, [])
            if len(said) != 1:
                self._reject(row.cells, "M-ROW-CONTRADICTED" if said else "M-ROW-UNANSWERED", ())
            elif said[0].values is Said.ABSENT:
                lost.append(row)
                self.cells.update(dict.fromkeys(row.cells, _ABSENT))
            else:
                answered.append(said[0])
        grounded = list(look_up_all(self.lines, self.form, self.table, answered))
        twice, crossed = doubled(grounded), set() if self.table.one_line else astray(self.lines, grounded)
        plan = self._layout(grounded)
        for index, looked_up in enumerate(grounded):
            if index in twice:
                self._reject(self._ids(looked_up), "M-ROW-CONTRADICTED", self._span(looked_up))
            elif index in crossed:
                self._reject(self._ids(looked_up), "M-ROW-ELSEWHERE", self._span(looked_up))
            else:
                self._take(looked_up, plan)
        self._lost(lost)
        return TableReading(self.table.key, self.form, self.cells, tuple(self.open_rows), (), tuple(self.defects))

    def _layout(self, grounded: Sequence[Grounded]) -> Layout | None:
        """What the rows found tell of the columns of a table whose rows all have the same."""
        rows = [g.line for g in grounded if g.line is not None and g.verdict in _CONFIDENCE]
        if not self.table.uniform or self.table.one_line or not rows:
            return None
        first = min(line.start for line in rows)
        above = [n for n, line in self.lines.numbered.items() if line.table == self.table.key and line.end <= first]
        header = [line_at(self.lines, number, len(self.table.columns)) for number in above[-_HEADER:]]
        keys = [c.key for c in self.table.columns]
        return layout(header, rows, column_labels(self.form, self.table.key), keys, self.lines.text)

    def _take(self, row: Grounded, plan: Layout | None) -> None:
        """Put the cells of one line into the cells of its rows, or leave them open."""
        ids = self._ids(row)
        span = self._span(row)
        if row.verdict not in _CONFIDENCE or row.line is None:
            self._reject(ids, "M-ROW-ELSEWHERE" if row.verdict is Verdict.OTHER_ROW else "M-ROW-NOT-FOUND", span)
            return
        placement = place(row.line, plan or no_layout(len(ids)), len(ids), self.lines.text)
        wrong_at = {cell.start for cell, answered in cells_of(row) if not answered} if not all(row.right) else ()
        readings = [self._reading(cell, _CONFIDENCE[row.verdict], cell.start in wrong_at) for cell in placement.cells]
        if placement.certain:
            rest = _BLANK if row.line.visible and len(readings) >= len(ids) else _ABSENT
            self.cells.update((cell, _BLANK if i in placement.blank else rest) for i, cell in enumerate(ids))
            for reading, column in zip(readings, placement.candidates[0], strict=True):
                self.cells[ids[column]] = reading
            wrong = tuple(ids[c] for r, c in zip(readings, placement.candidates[0], strict=True) if r is _UNREAD)
        elif placement.candidates and _UNREAD not in readings:
            state = State.BLANK if placement.blank else State.ABSENT
            where = self.lines.document.view.source_span(row.line.start, row.line.end)
            code = self.table.key if self.table.one_line else ids[0].rpartition(".")[0]
            self.open_rows.append(OpenRow(code, ids, tuple(readings), placement.candidates, where, state))
            wrong = ()
        else:
            self._reject(ids, "M-ROW-NOT-FOUND", span)
            return
        if wrong:
            self.defects.append(Defect("M-NOT-GROUNDED", wrong, span))
        if row.verdict is Verdict.NEARBY:
            self.defects.append(Defect("M-LINE-MISNAMED", ids, span))

    def _reading(self, cell: Cell, confidence: float, wrong: bool) -> Reading:
        content = cell.content
        if content is EMPTY:
            return _BLANK
        if wrong:
            return _UNREAD
        span = (cell.start, cell.end) if self.even else self.lines.document.view.source_span(cell.start, cell.end)
        raw = self.lines.document.text[span[0] : span[1]]
        if content.lookalike:
            confidence = round(confidence * 0.8, 3)
        return Reading(content.state, raw, content.value, span, READER, confidence, content.unit, content.note)

    def _reject(self, ids: tuple[str, ...], code: str, spans: tuple[tuple[int, int], ...]) -> None:
        self.cells.update(dict.fromkeys(ids, _UNREAD))
        self.defects.append(Defect(code, ids, spans))

    def _ids(self, row: Grounded) -> tuple[str, ...]:
        cells = _cells_of(self.table.key, self.form)
        if len(row.claimed) == 1:
            return cells[row.claimed[0].code]
        return tuple([cell for claim in row.claimed for cell in cells[claim.code]])

    def _span(self, row: Grounded) -> tuple[tuple[int, int], ...]:
        place_of = self.lines.numbered.get(row.claimed[0].line or 0)
        if row.line is not None:
            return (self.lines.document.view.source_span(row.line.start, row.line.end),)
        return (self.lines.document.view.source_span(place_of.start, place_of.end),) if place_of else ()

    def _lost(self, lost: Sequence[Row]) -> None:
        """One defect for each stretch of rows that the model says the text has lost."""
        order = {row.key: i for i, row in enumerate(self.table.rows)}
        stretch: list[Row] = []
        for row in [*lost, None]:
            if stretch and (row is None or order[row.key] != order[stretch[-1].key] + 1):
                ids = tuple(cell for r in stretch for cell in r.cells)
                names = {"count": len(stretch), "last_zh": stretch[-1].label, "last_en": stretch[-1].label_en}
                self.defects.append(Defect("S-ROW-LOST", ids, (), names))
                stretch = []
            if row is not None:
                stretch.append(row)


@cache
def _codes(table: str, form: str) -> tuple[str, ...]:
    return tuple(code_of(table, row.key) for row in form_table(form, table).rows)


@cache
def _cells_of(table: str, form: str) -> Mapping[str, tuple[str, ...]]:
    """The cells of each row of a form's table, by the row's code."""
    return {code_of(table, row.key): row.cells for row in form_table(form, table).rows}


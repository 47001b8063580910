"""Right answers: from a document and its truth, what a perfect model would answer to the questions of the model reader."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from extractor.documents import Document
from extractor.eval.standin.errors import Answer
from extractor.eval.truth import CellTruth, ClaimTruth, Truth, same
from extractor.forms import form as form_of
from extractor.pipeline import read_report
from extractor.reading.labels import similarities
from extractor.reading.model.answer import Row, StatedClaim, StatedFigure, by_line, in_runs
from extractor.reading.model.codes import code_of, packed
from extractor.reading.model.question import Lines, lines_of
from extractor.report import Report, Span, State

_ASKED = re.compile(r"要读：([drpn ]*)\n")
_LETTERS = {"d": "disclosure", "r": "requests", "p": "disputes"}
_LABEL = 8
_BESIDE = 60
"""Characters before a number in which what it counts may stand; else it is said."""
_KINDS: Mapping[str, Literal["sum", "share", "repeated"]] = {"sum": "sum", "share": "share", "repeated": "repeated"}


@dataclass(frozen=True, slots=True)
class Known:
    """A document with its truth, its numbered lines, and where each cell stands."""

    truth: Truth
    lines: Lines
    report: Report
    places: Mapping[str, Span]


class Library:
    """The documents that a stand-in knows. A question is told by the lines it shows."""

    def __init__(self, documents: Iterable[tuple[Document, Truth]]) -> None:
        self._documents = list(documents)
        self._known: dict[int, Known] = {}
        self._by_line: dict[str, list[int]] = {}
        for index in range(len(self._documents)):
            for line in self._know(index).lines.numbered.values():
                self._by_line.setdefault(line.shown, []).append(index)

    def known(self) -> list[Known]:
        """Every document with its truth and its places."""
        return [self._know(index) for index in range(len(self._documents))]

    def _know(self, index: int) -> Known:
        if index not in self._known:
            document, truth = self._documents[index]
            report = read_report(document)
            self._known[index] = Known(truth, lines_of(document, report), report, _places(truth, report))
        return self._known[index]

    def answer(self, shown: str) -> Answer | None:
        """The answer to a question's last message; None where no document of the library has its lines."""
        asked = _ASKED.match(shown)
        if asked is None:
            return None
        votes: Counter[int] = Counter()
        for line in shown[asked.end() :].splitlines():
            holders = self._by_line.get(line, ())
            if len(holders) < 20 or not votes:
                votes.update(holders)
        if not votes:
            return None
        best = max(votes, key=lambda index: (votes[index], -index))
        return right_answer(self._know(best), asked.group(1).split())


def right_answer(known: Known, letters: list[str]) -> Answer:
    """The parts asked for. Rows of zeros come as (code, line, columns), to be packed by `as_json`."""
    answer: Answer = {"rows": [], "zero": [], "blank": [], "absent": [], "figures": [], "claims": []}
    for letter in letters:
        if letter in _LETTERS:
            _table(known, _LETTERS[letter], answer)
        elif letter == "n":
            _narrative(known, answer)
    return answer


def as_json(answer: Answer) -> dict[str, Any]:
    """The answer as it is sent: rows that need no values in runs."""
    return {
        "rows": in_runs([Row(row["row"], row["line"], tuple(map(_plain, row["values"]))) for row in answer["rows"]]),
        "zero": packed([(name, line) for name, line, _ in answer["zero"]]),
        "blank": packed(answer["blank"]),
        "absent": packed([(name, None) for name in answer["absent"]]),
        "figures": by_line(answer["figures"]),
        "claims": [str(claim) for claim in answer["claims"]],
    }


def _plain(value: str | None) -> str | None:
    """A value without the note behind it that holds a sign of the notation."""
    return value if value is None else re.split(r"[|;]", value)[0]


def _places(truth: Truth, report: Report) -> dict[str, Span]:
    """Where cells stand: as the truth says, else as the grid reader says where it read the true number."""
    places = {cell: true.span for cell, true in truth.cells.items() if true.span is not None}
    generated = bool(places)
    for table in report.tables.values() if not generated else ():
        for cell, reading in table.cells.items():
            true = truth.cells.get(cell)
            if cell not in places and true and reading.span and (true.value is None or same(true.value, reading.value)):
                places[cell] = reading.span
        for row in table.open_rows:
            for cell, reading in zip(row.cells, row.readings, strict=False):
                if cell in truth.cells and reading.span and cell not in places:
                    places[cell] = reading.span
    return places


def _table(known: Known, key: str, answer: Answer) -> None:
    form = known.truth.tables[key]
    for row in form_of(form).table(key).rows:
        code = code_of(key, row.key)
        truths = [known.truth.cells.get(cell, CellTruth(State.ABSENT)) for cell in row.cells]
        numbers = [n for cell in row.cells if (n := _line_of(known, cell)) is not None]
        line = Counter(numbers).most_common(1)[0][0] if numbers else _labelled(known, key, form, row.key)
        values = [_value(known, cell, true) for cell, true in zip(row.cells, truths, strict=True)]
        if line is None or all(v is None for v in values):
            answer["absent"].append(code)
        elif {"0"} <= set(values) <= {"0", None}:
            answer["zero"].append((code, line, len(values)))
        elif all(not v for v in values):
            answer["blank"].append((code, line))
        else:
            answer["rows"].append({"row": code, "line": line, "values": values})


def _value(known: Known, cell: str, true: CellTruth) -> str | None:
    place = known.places.get(cell)
    raw = known.lines.document.text[slice(*place)] if place else ""
    if true.state is State.PRINTED:
        return raw or None
    if true.state is State.BLANK:
        return ""
    return raw or (None if true.state is State.ABSENT else "")


def _line_of(known: Known, cell: str) -> int | None:
    place = known.places.get(cell)
    return None if place is None else _line_at(known.lines, place)


def _line_at(lines: Lines, span: Span) -> int | None:
    start, _ = lines.document.view.view_span(*span)
    starts = _starts(id(lines), tuple(lines.numbered.values()))
    found = [number for number, a, b in starts if a <= start < b]
    return found[-1] if found else None


@lru_cache(maxsize=4)
def _starts(_: int, lines: tuple[Any, ...]) -> list[tuple[int, int, int]]:
    return [(line.number, line.start, line.end) for line in lines]


def _labelled(known: Known, key: str, form: str, row_key: str) -> int | None:
    """The line that bears a row's label, for rows with no number to go by."""
    rows = [row.key for row in form_of(form).table(key).rows]
    at = rows.index(row_key)
    best, found = 0.8, None
    for line in known.lines.numbered.values():
        if line.table == key:
            words = re.split(r"[|\t]", line.text)
            score = max(similarities(word, form, key)[at] for word in words if word.strip()) if line.text else 0.0
            if score > best:
                best, found = score, line.number
    return found


def _narrative(known: Known, answer: Answer) -> None:
    spans: list[tuple[Span, Any]] = []
    figures = known.truth.figures if any(f.span for f in known.truth.figures) else ()
    for figure in figures or known.report.figures:
        if figure.span is None or figure.value is None:
            continue
        line = _line_at(known.lines, figure.span)
        if line is None or known.lines.numbered[line].table:
            continue
        raw = known.lines.document.text[slice(*figure.span)]
        number = "0" if figure.value == 0 and not any(c.isdigit() for c in raw) else raw
        beside = known.lines.document.text[max(0, figure.span[0] - _BESIDE) : figure.span[0]]
        label = "" if figure.label[:_LABEL] in "".join(beside.split()) else figure.label[:_LABEL]
        answer["figures"].append(StatedFigure(line, number, figure.unit, label))
        spans.append((figure.span, figure.value))
    for claim in known.truth.claims:
        stated = _claim(claim, spans)
        if stated is not None:
            answer["claims"].append(stated)


def _claim(claim: ClaimTruth, spans: list[tuple[Span, Any]]) -> StatedClaim | None:
    """The claim by the places of its figures in the list; None where they are not found inside the claim's stretch."""
    kind = _KINDS.get(claim.kind)
    whole = (claim.total is None) == (kind == "repeated") and (claim.share is None) == (kind != "share")
    if claim.span is None or kind is None or not whole:
        return None
    inside = [i for i, (span, _) in enumerate(spans) if claim.span[0] <= span[0] and span[1] <= claim.span[1]]
    taken: list[int] = []

    def find(value: Any) -> int | None:
        index = next((i for i in inside if i not in taken and same(spans[i][1], value)), None)
        if index is not None:
            taken.append(index)
        return index

    total = find(claim.total) if claim.total is not None else None
    parts = [find(p) for p in claim.parts]
    share = find(claim.share) if claim.share is not None else None
    if None in parts or (claim.total is not None and total is None) or (claim.share is not None and share is None):
        return None
    return StatedClaim(kind, total, tuple(p for p in parts if p is not None), share)

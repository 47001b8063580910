"""A second look: a model that sees is shown the image of one cell in doubt, and asked which digits stand there.

It is never told what was read, what arithmetic expects, or any other number of the report. What it says never takes the place
of a reading: RULES say what comes of it, and everything else here only carries them out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from extractor.documents.layout import Box, Layout
from extractor.llm.client import Question
from extractor.llm.outcome import Outcome
from extractor.llm.reply import Reply
from extractor.reading.cells import content_of
from extractor.reading.model.prompts import prompt
from extractor.report import Asked, Defect, Reading, Report, Span, State, TableReading
from extractor.verification.finding import Verification

PROMPT = ("which-digits", 1)
MOST = 24
"""Cells of a report that are looked at, the most doubtful first: a page with more in doubt needs a person."""
UNREADABLE = "unreadable"
_DIGITS = re.compile(r"-?\d[\d,]{0,20}(\.\d{1,6})?")
_IN_FRONT = re.compile(r"0\d")
_LIMIT = 200
_ASKED = "这一格里印的是哪些数字？"


def _legible(digits: str) -> str:
    if digits != UNREADABLE and not _DIGITS.fullmatch(digits):
        raise ValueError(f"digits, or {UNREADABLE}")
    return digits


class Digits(Reply):
    """What stands in the image."""

    digits: Annotated[str, Field(pattern=r"^(unreadable|-?[0-9][0-9,]*(\.[0-9]+)?)$"), AfterValidator(_legible)]


Answer = Outcome[Digits]
Seen = Literal["same", "other", "unreadable", "no answer"]
Held = Literal["number", "illegible"]


@dataclass(frozen=True, slots=True)
class Rule:
    """`doubt`: by how much the chance of error that the confidence leaves is multiplied. `settles`: the finding that the page
    is not sure goes. `names`: what was seen becomes another reading, and a finding says that two readings differ."""

    doubt: float = 1.0
    settles: bool = False
    names: bool = False


RULES: Mapping[tuple[Held, Seen], Rule] = {
    ("number", "same"): Rule(doubt=0.1, settles=True),
    ("number", "other"): Rule(doubt=10.0, names=True),
    ("number", "unreadable"): Rule(),
    ("number", "no answer"): Rule(),
    ("illegible", "other"): Rule(names=True),  # the number of one witness is no reading
    ("illegible", "unreadable"): Rule(),
    ("illegible", "no answer"): Rule(),
}
SEEN = 0.5
"""Confidence in what was seen where it is another number, at most."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A place to look at: a reading's span, and its page and box. `weight`: how much it is doubted, 0 to 1."""

    span: Span
    page: int
    box: Box
    weight: float


def doubts(report: Report, verification: Verification, layout: Layout | None) -> tuple[Doubt, ...]:
    """The readings from images that the page is not sure of, or that failing arithmetic suspects; at most MOST."""
    if layout is None or all(page.kind == "text" for page in layout.pages):
        return ()
    weights: dict[Span, float] = {}
    readings = _readings(report)
    by_cell = {cell: reading for cells, reading in readings if len(cells) == 1 for cell in cells}
    for defect in (d for table in report.tables.values() for d in table.defects if d.code == "S-UNSURE"):
        for span in defect.spans:
            weights[span] = 1.0 - layout.confidence(*span)
    for finding in verification.findings:
        for suspect in finding.suspects if finding.severity == "error" else ():
            reading = by_cell.get(suspect.cell)
            if reading is not None and reading.span is not None:
                weights[reading.span] = max(weights.get(reading.span, 0.0), suspect.weight)
    for _, reading in readings:
        if reading.state is State.ILLEGIBLE and reading.span is not None:
            weights.setdefault(reading.span, 1.0)
    asked = {reading.span for _, reading in readings if _can_be_seen(reading)}
    found = [
        Doubt(span, *boxes[0], round(weight, 4))
        for span, weight in weights.items()
        if span in asked and len(boxes := layout.boxes(*span)) == 1 and layout.pages[boxes[0][0]].kind == "scan"
    ]
    return tuple(sorted(found, key=lambda d: (-d.weight, d.span))[:MOST])


def _can_be_seen(reading: Reading) -> bool:
    """Not a number with a nought in front: two cells have run together there, which the image of the place can't show."""
    return reading.state in (State.PRINTED, State.ILLEGIBLE) and not _IN_FRONT.match(reading.raw)


def question(crop: bytes) -> Question[Digits]:
    """What is asked of one place. `crop`: its image as PNG."""
    fixed = prompt(*PROMPT)
    return Question(fixed.text, _ASKED, Digits, fixed.identity, _LIMIT, crop)


def looked(report: Report, places: Sequence[Doubt], answers: Sequence[Answer | None]) -> Report:
    """The report after its doubtful places were looked at. An answer is None where nothing was asked (no image, no budget)."""
    seen = {place.span: answer.value.digits for place, answer in zip(places, answers, strict=True) if answer and answer.value}
    tables = {key: _table(table, {place.span for place in places}, seen) for key, table in report.tables.items()}
    failed = [(place.span, _reason(a)) for place, a in zip(places, answers, strict=True) if a is None or a.value is None]
    raw = "; ".join(sorted({reason for _, reason in failed}))[:200]
    unanswered = (Defect("M-CALL-FAILED", (), tuple(span for span, _ in failed), {"raw": raw}),) if failed else ()
    return replace(report, tables=tables, defects=report.defects + unanswered, models=(*report.models, *_asked(answers)))


def _reason(answer: Answer | None) -> str:
    return f"{answer.kind.value} {answer.detail}".strip() if answer is not None else "not asked"


def _table(table: TableReading, places: set[Span], seen: Mapping[Span, str]) -> TableReading:
    settled: set[Span] = set()
    differing: list[Defect] = []

    def judged(cells: tuple[str, ...], reading: Reading) -> Reading:
        if reading.span not in places or reading.span is None:
            return reading
        digits = seen.get(reading.span)
        rule = RULES[_held(reading), _seen(reading, digits)]
        if rule.settles:
            settled.add(reading.span)
        sure = round(max(0.0, 1.0 - (1.0 - reading.confidence) * rule.doubt), 5)
        if not rule.names or digits is None:
            return replace(reading, confidence=sure)
        differing.append(Defect("C-READERS-DIFFER", cells, (reading.span,), {"raw": f"{reading.raw} / {digits}"}))
        value = content_of(digits).value
        if value is None:
            return reading
        others = ((value, SEEN), *(other for other in reading.alternatives if other[0] != value))
        return replace(reading, confidence=min(sure, SEEN), alternatives=others)

    cells = {cell: judged((cell,), reading) for cell, reading in table.cells.items()}
    rows = tuple(
        replace(row, readings=tuple(judged(row.cells, reading) for reading in row.readings)) for row in table.open_rows
    )
    kept = [d for d in table.defects if not (d.code == "S-UNSURE" and d.spans and settled.issuperset(d.spans))]
    return replace(table, cells=cells, open_rows=rows, defects=(*kept, *differing))


def _held(reading: Reading) -> Held:
    return "number" if reading.state is State.PRINTED else "illegible"


def _seen(reading: Reading, digits: str | None) -> Seen:
    if digits is None:
        return "no answer"
    if digits == UNREADABLE:
        return "unreadable"
    return "same" if reading.value is not None and content_of(digits).value == reading.value else "other"


def _readings(report: Report) -> list[tuple[tuple[str, ...], Reading]]:
    """Every reading with the cells it may belong to."""
    found: list[tuple[tuple[str, ...], Reading]] = []
    for table in report.tables.values():
        found += [((cell,), reading) for cell, reading in table.cells.items()]
        found += [(row.cells, reading) for row in table.open_rows for reading in row.readings]
    return found


def _asked(answers: Sequence[Answer | None]) -> tuple[Asked, ...]:
    """What the questions took, as one."""
    came = [answer for answer in answers if answer is not None]
    if not came:
        return ()
    attempts = [attempt for answer in came for attempt in answer.attempts]
    costs = [answer.cost for answer in came if answer.cost is not None]
    worst = next((answer.kind for answer in came if answer.value is None), came[0].kind)
    return (Asked(
        came[0].model, came[0].prompt, worst.value, len(attempts), sum(a.tokens_in for a in attempts),
        sum(a.tokens_out for a in attempts), round(sum(a.seconds for a in attempts), 3), sum(costs) if costs else None,
        all(answer.cached for answer in came),
    ),)

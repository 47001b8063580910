"""What reviewers said: decisions, which are only ever added, and which of them stand.

A decision answers a cell (`cell`), a finding (`finding`, its key), or a cell on the occasion of a finding (both). An undone
decision stays; a later one of kind `undone` names it. Everything here is computed from the list of a document's decisions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from extractor.report import Number, Reading, Span, State

Kind = Literal["as_printed", "misread", "wrong_in_print", "illegible", "dismissed", "undone"]
Stage = Literal["second", "agreed", "disputed", "settled"]
READER = "decided"
"""The reader's name of a reading that a decision put in place; such readings are never stored in the layer as published."""


@dataclass(frozen=True, slots=True)
class Before:
    """The reading that lay before the person."""

    state: State
    raw: str = ""
    value: Number | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. `id` numbers them in the order of their being made. `after`: of `misread` what is printed (None: nothing
    is), of `wrong_in_print` the right value. `group`: decisions of one action have the same. `doubled`: a second person is
    asked about the finding too. `at`: seconds since 1970."""

    id: int
    document_id: int
    version_id: int
    at: float
    who: str
    kind: Kind
    group: str
    cell: str | None = None
    finding: str | None = None
    before: Before | None = None
    after: Number | None = None
    reason: str = ""
    note: str = ""
    undoes: int | None = None
    code: str | None = None
    priority: float | None = None
    doubled: bool = False

    @property
    def about(self) -> str | None:
        """What the finding it answers is about: the half of its key that outlives a change of its numbers."""
        return None if self.finding is None else self.finding.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Double:
    """A finding that two people answer, a third one where they differ. `people` in the order of their first answers;
    `answers`: what each said, as (cell, kind, value)."""

    people: tuple[str, ...]
    answers: Mapping[str, frozenset[tuple[str | None, Kind, Number | None]]]

    @property
    def stage(self) -> Stage:
        if len(self.people) == 1:
            return "second"
        if len(self.people) > 2:
            return "settled"
        first, second = (self.answers[who] for who in self.people)
        return "agreed" if first == second else "disputed"


@dataclass(frozen=True, slots=True)
class Standing:
    """The decisions that stand: by cell, by what a finding is about, and the findings that are answered twice."""

    cells: Mapping[str, Decision]
    findings: Mapping[str, Decision]
    doubles: Mapping[str, Double]


@dataclass(frozen=True, slots=True)
class Decided:
    """The decided layer of one cell. `stale`: the cell is read otherwise now than when it was decided."""

    kind: Kind
    value: Number | None
    who: str
    at: float
    stale: bool


def valid(decisions: Iterable[Decision]) -> list[Decision]:
    """Those that are not undone, without the undoing ones, in their order."""
    known = sorted(decisions, key=lambda d: d.id)
    undone = {d.undoes for d in known if d.kind == "undone"}
    return [d for d in known if d.kind != "undone" and d.id not in undone]


def standing(decisions: Iterable[Decision], without: Collection[str] = ()) -> Standing:
    """What stands, whatever order the decisions come in. `without`: people whose decisions are left out (a second reviewer
    does not see the first one's). Of a finding that two people answered differently nothing stands until a third one has
    answered it, and then that one's answer."""
    left = [d for d in valid(decisions) if d.who not in without]
    doubles = _doubles(left)
    cells: dict[str, Decision] = {}
    findings: dict[str, Decision] = {}
    for decision in left:
        about = decision.about
        double = doubles.get(about) if about is not None else None
        if double is not None and (
            double.stage == "disputed" or (double.stage == "settled" and decision.who != double.people[-1])
        ):
            continue
        if decision.cell is not None:
            cells[decision.cell] = decision
            if about is not None:
                findings.pop(about, None)
        elif about is not None:
            findings[about] = decision
    return Standing(cells, findings, doubles)


def _doubles(decisions: Sequence[Decision]) -> dict[str, Double]:
    doubled = {d.about for d in decisions if d.doubled and d.about is not None}
    said: dict[str, dict[str, dict[str | None, Decision]]] = {about: {} for about in doubled}
    for decision in decisions:
        if decision.about is None or decision.about not in doubled:
            continue
        answer = said[decision.about].setdefault(decision.who, {})
        if decision.cell is None:
            answer.clear()  # of the finding as a whole: in the place of what was said of its cells
        else:
            answer.pop(None, None)
        answer[decision.cell] = decision
    return {
        about: Double(
            tuple(by), {who: frozenset((d.cell, d.kind, d.after) for d in answer.values()) for who, answer in by.items()}
        )
        for about, by in said.items()
    }


def stale(decision: Decision, reading: Reading) -> bool:
    """Whether the reading under a decision has become another one, and is not what was decided either."""
    before = decision.before
    if before is None or (before.state, before.value) == (reading.state, reading.value):
        return False
    return decision.kind != "misread" or decision.after != reading.value


def decided_layer(stands: Standing, readings: Mapping[str, Reading]) -> dict[str, Decided]:
    """The third layer: what people decided, by cell. `readings` are the current ones, as published."""
    layer = {}
    for cell, decision in stands.cells.items():
        reading = readings.get(cell, _ABSENT)
        old = decision.before.value if decision.before is not None else reading.value
        value = {"as_printed": old, "illegible": None}.get(decision.kind, decision.after)
        layer[cell] = Decided(decision.kind, value, decision.who, decision.at, stale(decision, reading))
    return layer


_ABSENT = Reading(State.ABSENT)

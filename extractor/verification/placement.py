"""Open rows: which number stands in which column, where the source doesn't tell and arithmetic does.

For each open row the candidate placements that contradict an edit are pruned, every other open row taken as the hull of its
own candidates, until nothing changes. What all surviving candidates say of a cell is taken; nothing else is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isinf
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from extractor.report import OpenRow, Reading, State
from extractor.verification.counts import Counts, count_of
from extractor.verification.deduction import deduce
from extractor.verification.edits import System
from extractor.verification.propagation import Bound

CANDIDATES = 5000
"""A row with more candidate placements stays open."""

ROUNDS = 40
"""Rounds of pruning; what is not pruned by then stays (which leaves a row open, never places it wrongly)."""

CONFIDENCE = 0.8
"""Factor on the confidence of a reading that arithmetic placed."""

Outcome = Literal["alike", "chosen", "several", "none", "contradiction", "untried"]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of one open row: a reading for each of its cells, and bounds of those without a value.

    `outcome`: all candidates give the same values · the edits leave one choice of values · several · none · the table
    contradicts itself · the candidates were not tried.
    """

    row: OpenRow
    readings: Mapping[str, Reading]
    outcome: Outcome
    bounds: Mapping[str, tuple[Bound, Bound]]

    @property
    def settled(self) -> bool:
        return self.outcome in ("alike", "chosen")


class _Row:
    """An open row at work, all of shape [candidates, cells]: bounds of each cell under each candidate, and which reading
    (by number, -1 none) stands in it. `inner`: candidates that contradict an edit within the row are left out."""

    def __init__(self, row: OpenRow, system: System, inner: bool = True) -> None:
        self.row = row
        self.cells = [system.index.get(cell, -1) for cell in row.cells]
        self.workable = all(c >= 0 for c in self.cells) and 0 < len(row.placements) <= CANDIDATES
        count, width = (len(row.placements) if self.workable else 0), len(self.cells)
        candidates = np.array(row.placements[:count], np.intp).reshape(count, len(row.readings))
        bounds = np.array([_bounds(r) for r in row.readings], np.float64).reshape(-1, 2)
        self.low: Floats = np.tile([-inf if c >= 0 and system.signed[c] else 0.0 for c in self.cells], (count, 1))
        self.high: Floats = np.full((count, width), inf)
        self.reading = np.full((count, width), -1)
        at = (np.arange(count)[:, None], candidates)
        self.low[at], self.high[at], self.reading[at] = bounds[:, 0], bounds[:, 1], np.arange(len(row.readings))
        place = {cell: i for i, cell in enumerate(self.cells)}
        own = [e for e in range(len(system.edits)) if all(c in place for c, _ in system.members[e])]
        self.inner: list[tuple[list[int], Floats]] = [
            ([place[c] for c, _ in system.members[e]], np.array([s for _, s in system.members[e]], np.float64)) for e in own
        ]
        if inner:
            self.narrow_inner()

    def __len__(self) -> int:
        return len(self.reading)

    def narrow_inner(self) -> None:
        """Bound left-overs by the edits within the row; drop candidates that these contradict."""
        for cells, signs in self.inner:
            low, high = self.low[:, cells], self.high[:, cells]
            least = np.where(signs > 0, low, -high)
            most = np.where(signs > 0, high, -low)
            infinite = np.isinf(most)
            finite = np.where(infinite, 0.0, most)
            beyond = infinite.sum(1, keepdims=True) - infinite
            others_most = np.where(beyond > 0, inf, finite.sum(1, keepdims=True) - finite)
            infinite = np.isinf(least)
            finite = np.where(infinite, 0.0, least)
            beyond = infinite.sum(1, keepdims=True) - infinite
            others_least = np.where(beyond > 0, -inf, finite.sum(1, keepdims=True) - finite)
            new_least, new_most = np.maximum(least, -others_most), np.minimum(most, -others_least)
            self.low[:, cells] = np.where(signs > 0, new_least, -new_most)
            self.high[:, cells] = np.where(signs > 0, new_most, -new_least)
        self._keep(np.all(self.low <= self.high, axis=1))

    def _keep(self, keep: NDArray[np.bool_]) -> None:
        if not keep.all():
            self.low, self.high, self.reading = self.low[keep], self.high[keep], self.reading[keep]

    def narrow(self, low: Sequence[Bound], high: Sequence[Bound]) -> bool:
        """Take in the table's bounds of the row's cells; true if a candidate was dropped or a left-over bounded further."""
        bottom = np.array([low[c] for c in self.cells])
        top = np.array([high[c] for c in self.cells])
        before = self.low.copy(), self.high.copy()
        np.maximum(self.low, bottom, out=self.low)
        np.minimum(self.high, top, out=self.high)
        self._keep(np.all(self.low <= self.high, axis=1))
        self.narrow_inner()
        return len(self) < len(before[0]) or bool(np.any(self.low != before[0]) or np.any(self.high != before[1]))

    def agree(self) -> list[bool]:
        """For each cell: do all candidates say the same of it, by value?"""
        same = np.all(self.low == self.low[0], axis=0) & np.all(self.high == self.high[0], axis=0)
        fixed = (self.low[0] == self.high[0]) | np.all(self.reading == self.reading[0], axis=0)
        return [bool(agreed) for agreed in same & fixed]


def _bounds(reading: Reading) -> tuple[Bound, Bound]:
    """The bounds of what stands in the cell that a reading of an open row goes to. What can't be a count has none."""
    if reading.state is not State.PRINTED:
        return (0, inf)
    value = count_of(reading.value, signed=True)
    return (-inf, inf) if value is None else (value, value)


def place_rows(counts: Counts) -> list[Placed]:
    """Decide the open rows of a table, as far as its edits do. In the order of `TableReading.open_rows`."""
    system = counts.system
    rows = [_Row(row, system) for row in counts.table.open_rows]
    outcomes: list[Outcome | None] = [None if row.workable else "untried" for row in rows]
    if not _together(counts, [row for row in rows if row.workable]):
        # some number is wrong, and nothing says that it isn't one of the open rows': arithmetic places none of them
        alive = [_Row(row, system) for row in counts.table.open_rows]
        outcomes = [o or ("contradiction" if len(row) else "none") for o, row in zip(outcomes, alive, strict=True)]
        rows = [_Row(row, system, inner=False) for row in counts.table.open_rows]
    return [_placed(row, outcome) for row, outcome in zip(rows, outcomes, strict=True)]


def _together(counts: Counts, rows: Sequence[_Row]) -> bool:
    """Prune to a fixpoint over the whole table. False where the rows contradict each other or the rest of the table.

    Where the rest contradicts itself, it is taken without the numbers under suspicion.
    """
    system = counts.system
    if not system.edits:
        return True
    freed = deduce(system, counts.values, counts.slack).freed
    values = [None if cell in freed else value for cell, value in enumerate(counts.values)]
    low: list[Bound] = [-inf if signed else 0 for signed in system.signed]
    high: list[Bound] = [inf] * len(system.cells)
    for _ in range(ROUNDS):
        for row in rows:
            if not len(row):
                return False
            for cell, least, most in zip(row.cells, row.low.min(0).tolist(), row.high.max(0).tolist(), strict=True):
                low[cell], high[cell] = _whole(least), _whole(most)
        bounds = deduce(system, values, counts.slack, (low, high))
        if bounds.failures:
            return False
        if not [row for row in rows if row.narrow(bounds.low, bounds.high)]:
            break
    return all(len(row) for row in rows)


def _whole(bound: float) -> Bound:
    return bound if isinf(bound) else int(bound)


def _placed(work: _Row, outcome: Outcome | None) -> Placed:
    """`outcome` None: what the candidates that are left say."""
    row = work.row
    if not len(work):
        state = State.ILLEGIBLE if row.readings else row.rest
        return Placed(row, dict.fromkeys(row.cells, Reading(state, confidence=0.0)), outcome or "none", {})
    agree = work.agree()
    likeliest = work.reading[0].tolist()
    ever = np.any(work.reading >= 0, axis=0)
    readings: dict[str, Reading] = {}
    bounds: dict[str, tuple[Bound, Bound]] = {}
    for number, cell in enumerate(row.cells):
        if agree[number] and likeliest[number] >= 0:
            reading = row.readings[likeliest[number]]
            reading = replace(reading, confidence=round(reading.confidence * CONFIDENCE, 3), placed=True)
        elif agree[number] or not ever[number]:
            reading = Reading(row.rest)
        else:
            reading = Reading(State.ILLEGIBLE, confidence=0.0)
        readings[cell] = reading
        if reading.state is not State.PRINTED and outcome is None:
            bounds[cell] = (_whole(float(work.low[:, number].min())), _whole(float(work.high[:, number].max())))
    if all(agree):
        outcome = "alike" if len(work) == len(row.placements) else "chosen"
    return Placed(row, readings, outcome or "several", bounds)

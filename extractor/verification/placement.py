"""Open rows: which number stands in which column, where the source doesn't tell and arithmetic does.

For each open row the candidate placements that contradict an edit are pruned, every other open row taken as the hull of its
own candidates, until nothing changes. What all surviving candidates say of a cell is taken; nothing else is.

A row may also be short because the digits of two numbers run together. Each way to part one number is a candidate too, so
that such a row is not placed as if a cell of it had been lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import comb, inf, isinf
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from extractor.report import OpenRow, Reading, State
from extractor.verification.counts import Counts, count_of, partings
from extractor.verification.deduction import Deduction, deduce
from extractor.verification.edits import System
from extractor.verification.propagation import Bound

CANDIDATES = 5000
"""A row with more candidate placements stays open."""

WAYS = 105
"""A row with more ways to place its numbers once one is parted is not tried so."""

ROUNDS = 40
"""Rounds of pruning; what is not pruned by then stays (which leaves a row open, never places it wrongly)."""

CONFIDENCE = 0.8
"""Factor on the confidence of a reading that arithmetic placed."""

Outcome = Literal["alike", "chosen", "joined", "several", "none", "contradiction", "untried"]
_LEFT_OVER, _PARTED = -1, -2
"""Instead of the number of a reading: none stands in the cell; a part of one does."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of one open row: a reading for each of its cells, and bounds of those without a value.

    `outcome`: all candidates give the same values · the edits leave one choice of values · one, with a number parted in two ·
    several · none · the table contradicts itself · the candidates were not tried.
    """

    row: OpenRow
    readings: Mapping[str, Reading]
    outcome: Outcome
    bounds: Mapping[str, tuple[Bound, Bound]]

    @property
    def settled(self) -> bool:
        return self.outcome in ("alike", "chosen", "joined")


@dataclass(frozen=True, slots=True)
class _Frame:
    """What open rows with the same cells and placements share: the cells by number, which reading each placement puts into
    each (shape [candidates, cells]), and the edits within the row: places of their cells, and signs."""

    cells: tuple[int, ...]
    reading: NDArray[np.intp]
    inner: tuple[tuple[list[int], NDArray[np.bool_]], ...]
    bottom: Floats


@lru_cache(maxsize=1024)
def _frame(system: System, cells: tuple[str, ...], placements: tuple[tuple[int, ...], ...]) -> _Frame | None:
    """None where the row can't be worked on: too many candidates, none, or cells that the form doesn't know."""
    if not 0 < len(placements) <= CANDIDATES or any(cell not in system.index for cell in cells):
        return None
    numbers = tuple(system.index[cell] for cell in cells)
    reading = np.full((len(placements), len(cells)), _LEFT_OVER)
    reading[np.arange(len(placements))[:, None], np.array(placements, np.intp)] = np.arange(len(placements[0]))
    place = {cell: i for i, cell in enumerate(numbers)}
    inner = tuple(
        ([place[c] for c, _ in incidence], np.array([sign > 0 for _, sign in incidence]))
        for incidence in system.members if all(c in place for c, _ in incidence)
    )
    return _Frame(numbers, reading, inner, np.array([-inf if system.signed[c] else 0.0 for c in numbers]))


@lru_cache(maxsize=64)
def _ways(width: int, count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """All ways to stand `count` numbers in `width` columns in their order, as an index of rows and columns."""
    places = np.array(list(combinations(range(width), count)), np.intp)
    return np.arange(len(places))[:, None], places


class _Row:
    """An open row at work: bounds of each cell under each candidate that is left, and which reading stands in it."""

    def __init__(self, row: OpenRow, system: System) -> None:
        self.row = row
        frame = _frame(system, row.cells, row.placements)
        self.workable = frame is not None
        self.frame = frame or _Frame((), np.empty((0, len(row.cells)), np.intp), (), np.zeros(len(row.cells)))
        self.reading = self.frame.reading
        # the bounds of each reading, and behind them (number -1) those of a cell that none is put into
        bounds = np.array([*(_bounds(r) for r in row.readings), (0.0, inf)], np.float64)
        self.low = np.where(self.reading < 0, self.frame.bottom, bounds[self.reading, 0])
        self.high = bounds[self.reading, 1]
        self._add_parted()
        self.whole = (self.low, self.high, self.reading)
        self.low, self.high = self.low.copy(), self.high.copy()

    def _add_parted(self) -> None:
        """Candidates with one number parted in two, where the source doesn't tie every number to its column anyway."""
        row, width, count = self.row, len(self.row.cells), len(self.row.readings) + 1
        if len(self) < 2 or count > width or comb(width, count) > WAYS:
            return
        to = _ways(width, count)
        shape = (len(to[0]), width)
        plain = [_bounds(r) for r in row.readings]
        parts: list[tuple[Floats, Floats, NDArray[np.intp]]] = [(self.low, self.high, self.reading)]
        for at, reading in enumerate(row.readings):
            value = count_of(reading.value) if reading.state is State.PRINTED else None
            which = [*range(at), _PARTED, _PARTED, *range(at + 1, count - 1)]
            for left, right in partings(value or 0):
                bounds = [*plain[:at], (left, left), (right, right), *plain[at + 1 :]]
                low, high, stands = np.empty(shape), np.full(shape, inf), np.full(shape, _LEFT_OVER)
                low[:] = self.frame.bottom
                low[to], high[to], stands[to] = [b[0] for b in bounds], [b[1] for b in bounds], which
                parts.append((low, high, stands))
        if len(parts) > 1:
            self.low, self.high, self.reading = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))

    def anew(self) -> _Row:
        """The row as it was before anything was dropped."""
        fresh = copy(self)
        fresh.low, fresh.high, fresh.reading = (array.copy() for array in self.whole)
        return fresh

    def __len__(self) -> int:
        return len(self.reading)

    @property
    def settled(self) -> bool:
        """Every cell has one value, and all candidates the same."""
        return bool(np.all(self.low == self.low[:1]) and np.all(self.high == self.low[:1]))

    def narrow_within(self) -> None:
        """Bound left-overs by the edits within the row; drop candidates that these contradict."""
        for cells, left in self.frame.inner:
            low, high = self.low[:, cells], self.high[:, cells]
            least = np.where(left, low, -high)
            most = np.where(left, high, -low)
            new_least = np.maximum(least, -_others(most, inf))
            new_most = np.minimum(most, -_others(least, -inf))
            self.low[:, cells] = np.where(left, new_least, -new_most)
            self.high[:, cells] = np.where(left, new_most, -new_least)
        self._drop()

    def clip(self, low: Sequence[Bound], high: Sequence[Bound]) -> None:
        """Take in the table's bounds of the row's cells; drop candidates outside them."""
        if self.workable:
            self.low = np.maximum(self.low, [low[c] for c in self.frame.cells])
            self.high = np.minimum(self.high, [high[c] for c in self.frame.cells])
            self._drop()

    def _drop(self) -> None:
        keep = np.all(self.low <= self.high, axis=1)
        if not keep.all():
            self.low, self.high, self.reading = self.low[keep], self.high[keep], self.reading[keep]

    def narrow(self, low: Sequence[Bound], high: Sequence[Bound]) -> bool:
        """Clip and bound left-overs anew; true if that said anything new."""
        old_low, old_high = self.low.copy(), self.high.copy()
        self.clip(low, high)
        self.narrow_within()
        same = len(self) == len(old_low) and np.array_equal(self.low, old_low) and np.array_equal(self.high, old_high)
        return not same

    def agree(self) -> list[bool]:
        """For each cell: do all candidates say the same of it, by value?"""
        same = np.all(self.low == self.low[0], axis=0) & np.all(self.high == self.high[0], axis=0)
        fixed = (self.low[0] == self.high[0]) | np.all(self.reading == self.reading[0], axis=0)
        return [bool(agreed) for agreed in same & fixed]


def _others(parts: Floats, infinity: float) -> Floats:
    """For each column the sum of the other columns, some of which may be `infinity`."""
    infinite = parts == infinity
    if not infinite.any():
        return np.asarray(parts.sum(1, keepdims=True) - parts)
    finite = np.where(infinite, 0.0, parts)
    beyond = infinite.sum(1, keepdims=True) - infinite
    return np.asarray(np.where(beyond > 0, infinity, finite.sum(1, keepdims=True) - finite))


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
    rest = deduce(system, counts.values, counts.slack)
    if not _together(counts, rest, [row for row in rows if row.workable]):
        # some number is wrong, and nothing says that it isn't one of the open rows': arithmetic places none of them
        rows = [row.anew() for row in rows]
        for number, row in enumerate(rows):
            alone = row.anew()
            alone.narrow(rest.low, rest.high)
            outcomes[number] = outcomes[number] or ("contradiction" if len(alone) else "none")
    return [_placed(row, outcome) for row, outcome in zip(rows, outcomes, strict=True)]


def _together(counts: Counts, rest: Deduction, rows: Sequence[_Row]) -> bool:
    """Prune to a fixpoint over the whole table. False where the rows contradict each other or the rest of the table.

    Where the rest contradicts itself, it is taken without the numbers under suspicion.
    """
    system = counts.system
    if not system.edits:
        return True
    values = [None if cell in rest.freed else value for cell, value in enumerate(counts.values)]
    for row in rows:
        row.clip(rest.low, rest.high)
        if not row.settled:
            row.narrow_within()
    if all(len(row) and row.settled for row in rows):
        return True  # the rest of the table forces all of their values
    low: list[Bound] = [-inf if signed else 0 for signed in system.signed]
    high: list[Bound] = [inf] * len(system.cells)
    for _ in range(ROUNDS):
        for row in rows:
            if not len(row):
                return False
            for cell, least, most in zip(row.frame.cells, row.low.min(0).tolist(), row.high.max(0).tolist(), strict=True):
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
    ever = np.any(work.reading != _LEFT_OVER, axis=0)
    parted = np.any(work.reading == _PARTED, axis=1)
    readings: dict[str, Reading] = {}
    bounds: dict[str, tuple[Bound, Bound]] = {}
    for number, cell in enumerate(row.cells):
        if agree[number] and likeliest[number] >= 0:
            reading = row.readings[likeliest[number]]
            confidence = round(reading.confidence * CONFIDENCE, 3)
            reading = Reading(  # dataclasses.replace is four times slower, and there may be a hundred of these
                reading.state, reading.raw, reading.value, reading.span, reading.reader, confidence, reading.unit, reading.note,
                placed=True,
            )
        elif not ever[number] or (agree[number] and likeliest[number] == _LEFT_OVER):
            reading = Reading(row.rest)
        else:
            reading = Reading(State.ILLEGIBLE, confidence=0.0)
        readings[cell] = reading
        if reading.state is not State.PRINTED and outcome is None:
            bounds[cell] = (_whole(float(work.low[:, number].min())), _whole(float(work.high[:, number].max())))
    if all(agree):
        whole = int(np.sum(~parted))
        outcome = "joined" if not whole else "alike" if len(work) == whole == len(work.frame.reading) else "chosen"
    return Placed(row, readings, outcome or "several", bounds)

"""Edit operations: one slip of a reader or a typist that puts many numbers into wrong cells at once.

A row that stands one column off, the digits of two neighbours run together, rows that stand one row off from a point on, two
rows under each other's labels. (Two neighbours swapped are two wrong cells, which `localisation` finds.) The slips that could
make the failing edits fail are undone, all of them at once in one array, and those after which every edit holds are kept.
What a slip has pushed out of the table ("hole") is worked out from an edit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extractor.verification.counts import partings
from extractor.verification.edits import System
from extractor.verification.likelihood import Verdict

COSTS: dict[Verdict, float] = {"swapped": 6.5, "shifted": 7.0, "joined": 7.0, "slipped": 8.0, "exchanged": 8.5}
"""In nats, as in `likelihood`: dearer than any one wrong number, cheaper than any two."""

Floats = NDArray[np.float64]
"""Counts as floats: exact below 2**53, and faster to multiply than ints."""


@dataclass(frozen=True, slots=True)
class Move:
    """One slip that explains what is printed: the cells it put wrong, with the values they should hold."""

    verdict: Verdict
    changes: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Guess:
    """All values of the table if the slip happened; `holes` are the cells whose value it has pushed out."""

    verdict: Verdict
    values: Floats
    holes: tuple[int, ...]


def moves(
    system: System, values: Sequence[int], failing: Sequence[int], lost: frozenset[int], blank: frozenset[int]
) -> list[Move]:
    """Every single slip whose undoing satisfies all edits. Cells without a number count as 0 in `values`: those `lost` must
    get one by the slip's undoing, those `blank` may stay."""
    old = np.array(values, np.float64)
    guesses: list[_Guess] = []
    for line in system.lines:
        # a slip within a line makes no edit fail that has no cell of the line
        own = set(line)
        if lost <= own and all(any(cell in own for cell, _ in system.members[edit]) for edit in failing):
            guesses += _within(line, old, lost, line[-1] in lost | blank)
    if not lost and not any(system.within_row[edit] for edit in failing):
        # rows that move as a whole go on adding up across
        guesses += _rows(system, old)
    return _proven(system, old, guesses)


def _within(line: tuple[int, ...], old: Floats, lost: frozenset[int], short: bool) -> Iterator[_Guess]:
    """Slips within one printed line. `short`: its last cell holds no number."""
    last = len(line)

    def guess(verdict: Verdict, start: int, should: Sequence[float | None]) -> Iterator[_Guess]:
        cells = line[start : start + len(should)]
        if lost <= set(cells):
            new = old.copy()
            new[list(cells)] = [value or 0 for value in should]
            yield _Guess(verdict, new, tuple(c for c, value in zip(cells, should, strict=True) if value is None))

    printed: list[float] = old[list(line)].tolist()
    for start in range(last - 2):
        # from here on everything stands one column left of its place, or right
        yield from guess("shifted", start, (None, *printed[start:-1]))
        yield from guess("shifted", start, (*printed[start + 1 :], None))
    for end in range(3, last):
        # up to here, the same
        yield from guess("shifted", 0, (None, *printed[: end - 1]))
        yield from guess("shifted", 0, (*printed[1:end], None))
    for start in range(last - 1):
        for both in partings(int(printed[start])):
            yield from guess("joined", start, both)
            if short and start < last - 2:
                yield from guess("joined", start, (*both, *printed[start + 1 : -1]))


def _rows(system: System, old: Floats) -> Iterator[_Guess]:
    """Slips of whole rows. What a slip brings in at its end is noughts, or a row printed twice."""
    rows = np.array(system.rows)
    if rows.ndim != 2:
        return
    roles = [tuple(frozenset(system.of_cell[cell][1:]) for cell in row) for row in system.rows]
    printed = old[rows]
    empty = ~printed.any(axis=1)
    twice = np.append(np.all(printed[1:] == printed[:-1], axis=1), False)
    for first in range(len(rows)):
        for last in range(first + 1, len(rows)):
            if empty[last] or twice[last - 1]:
                new = old.copy()
                new[rows[first + 1 : last + 1]] = printed[first:last]
                new[rows[first]] = 0
                yield _Guess("slipped", new, system.rows[first])
            if empty[first] or twice[first]:
                new = old.copy()
                new[rows[first:last]] = printed[first + 1 : last + 1]
                new[rows[last]] = 0
                yield _Guess("slipped", new, system.rows[last])
            if roles[first] != roles[last]:
                new = old.copy()
                new[rows[first]], new[rows[last]] = printed[last], printed[first]
                yield _Guess("exchanged", new, ())


def _proven(system: System, old: Floats, guesses: Sequence[_Guess]) -> list[Move]:
    """The guesses after which every edit holds, the holes filled."""
    if not guesses:
        return []
    table = np.stack([guess.values for guess in guesses])
    residuals = table @ system.matrix.T.astype(np.float64)
    by_holes: dict[tuple[int, ...], list[int]] = {}
    for number, guess in enumerate(guesses):
        by_holes.setdefault(guess.holes, []).append(number)
    found: list[Move] = []
    for holes, numbers in by_holes.items():
        group = np.array(numbers)
        _fill(system, table, residuals, group, holes)
        good = ~residuals[group].any(axis=1) & np.all(table[group][:, list(holes)] >= 0, axis=1)
        for number in group[good].tolist():
            changed = np.flatnonzero(table[number] != old).tolist()
            if changed:
                changes = tuple((cell, int(table[number, cell])) for cell in changed)
                found.append(Move(guesses[number].verdict, changes))
    return sorted(found, key=lambda move: (COSTS[move.verdict], len(move.changes), move.changes))


def _fill(system: System, table: Floats, residuals: Floats, group: NDArray[np.intp], holes: tuple[int, ...]) -> None:
    """Give each hole the value that an edit forces, one without a second hole."""
    for cell in holes:
        for edit, sign in system.of_cell[cell]:
            if not any(other in holes and other != cell for other, _ in system.members[edit]):
                value = -sign * residuals[group, edit]
                table[group, cell] = value
                residuals[group] += value[:, None] * system.matrix[:, cell]
                break

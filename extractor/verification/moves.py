"""Edit operations: one slip of a reader or a typist that puts many numbers into wrong cells at once.

A row that stands one column off, two neighbours swapped, the digits of two neighbours run together, rows that stand one row
off from a point on, two rows under each other's labels. Each possible slip is undone, on all of them at once in one array,
and those after which every edit holds are kept. What a slip has pushed out of the table ("hole") is worked out from an edit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extractor.verification.edits import System
from extractor.verification.likelihood import Verdict

COSTS: dict[Verdict, float] = {"shifted": 5.0, "swapped": 6.0, "joined": 5.5, "slipped": 6.5, "exchanged": 7.0}

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Move:
    """One slip that explains what is printed: the cells it put wrong, with the values they should hold."""

    verdict: Verdict
    changes: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Guess:
    """What should stand in the cells (None: a hole) if the slip happened."""

    verdict: Verdict
    cells: tuple[int, ...]
    values: tuple[int | None, ...]


def moves(system: System, values: Sequence[int], failing: Sequence[int], missing: frozenset[int]) -> list[Move]:
    """Every single slip whose undoing satisfies all edits. `missing`: cells without a number (their value is taken as 0)."""
    touched = {cell for edit in failing for cell, _ in system.members[edit]}
    guesses = [g for line in system.lines if touched & set(line) for g in _within(line, values, missing)]
    guesses += [g for pair in _above(system) if touched & set(pair) for g in [_swap(pair[0], pair[1], values)]]
    found = _proven(system, values, [g for g in guesses if _says_something(g, values)])
    if not found and len(system.rows) > 1:
        found = _proven(system, values, [g for g in _rows(system, values) if _says_something(g, values)])
    return found


def _says_something(guess: _Guess, values: Sequence[int]) -> bool:
    return any(value is not None and value != values[cell] for cell, value in zip(guess.cells, guess.values, strict=True))


def _within(line: tuple[int, ...], values: Sequence[int], missing: frozenset[int]) -> Iterator[_Guess]:
    """Slips within one printed line."""
    old = [values[cell] for cell in line]
    last = len(line) - 1
    for start in range(last):
        # from `start` on, everything stands one column right of its place (its last number is lost), or left
        yield _Guess("shifted", line[start:], (*old[start + 1 :], None))
        yield _Guess("shifted", line[start:], (None, *old[start:last]))
        # up to a column, the same
        if start:
            yield _Guess("shifted", line[: start + 1], (*old[1 : start + 1], None))
            yield _Guess("shifted", line[: start + 1], (None, *old[:start]))
        yield _swap(line[start], line[start + 1], values)
        digits = str(old[start])
        for cut in range(1, len(digits)):
            both = int(digits[:cut]), int(digits[cut:])
            if len(str(both[1])) < len(digits) - cut:
                continue  # a number does not begin with 0
            yield _Guess("joined", line[start : start + 2], both)
            if line[last] in missing and start + 1 < last:
                yield _Guess("joined", line[start:], (*both, *old[start + 1 : last]))


def _swap(a: int, b: int, values: Sequence[int]) -> _Guess:
    return _Guess("swapped", (a, b), (values[b], values[a]))


def _above(system: System) -> Iterator[tuple[int, int]]:
    """Cells that stand above each other."""
    for upper, lower in zip(system.rows, system.rows[1:], strict=False):
        if len(upper) == len(lower):
            yield from zip(upper, lower, strict=True)


def _rows(system: System, values: Sequence[int]) -> Iterator[_Guess]:
    """Slips of whole rows."""
    rows = system.rows
    if len({len(row) for row in rows}) > 1:
        return
    old = [tuple(values[cell] for cell in row) for row in rows]
    hole = (None,) * len(rows[0])
    for first in range(len(rows)):
        for last in range(first + 1, len(rows)):
            cells = tuple(cell for row in rows[first : last + 1] for cell in row)
            flat = [value for row in old[first : last + 1] for value in row]
            width = len(hole)
            yield _Guess("slipped", cells, (*hole, *flat[:-width]))
            yield _Guess("slipped", cells, (*flat[width:], *hole))
            if old[first] != old[last]:
                yield _Guess("exchanged", rows[first] + rows[last], old[last] + old[first])


def _proven(system: System, values: Sequence[int], guesses: Sequence[_Guess]) -> list[Move]:
    """The guesses after which every edit holds, the holes filled."""
    found: list[Move] = []
    if not guesses:
        return found
    table = np.tile(np.array(values, np.int64), (len(guesses), 1))
    holes: dict[tuple[int, ...], list[int]] = {}
    for number, guess in enumerate(guesses):
        table[number, list(guess.cells)] = [value or 0 for value in guess.values]
        empty = tuple(cell for cell, value in zip(guess.cells, guess.values, strict=True) if value is None)
        holes.setdefault(empty, []).append(number)
    residuals = table @ system.matrix.T
    for empty, numbers in holes.items():
        group = np.array(numbers)
        _fill(system, table, residuals, group, empty)
        good = ~np.any(residuals[group], axis=1) & np.all(table[group][:, list(empty)] >= 0, axis=1)
        for number in group[good].tolist():
            guess = guesses[number]
            changes = [(cell, int(table[number, cell])) for cell in guess.cells]
            found.append(Move(guess.verdict, tuple((cell, new) for cell, new in changes if new != values[cell])))
    return sorted(found, key=lambda move: (COSTS[move.verdict], len(move.changes), move.changes))


def _fill(system: System, table: Ints, residuals: Ints, group: NDArray[np.intp], empty: tuple[int, ...]) -> None:
    """Give each hole the value that an edit forces, one without a second hole."""
    for cell in empty:
        for edit, sign in system.of_cell[cell]:
            if not any(other in empty and other != cell for other, _ in system.members[edit]):
                value = -sign * residuals[group, edit]
                table[group, cell] = value
                residuals[group] += value[:, None] * system.matrix[:, cell]
                break

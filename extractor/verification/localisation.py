"""Error localisation after Fellegi and Holt: the smallest sets of cells whose change satisfies all edits.

Changing cells S mends the edits only if some failing edit has exactly one cell of S (else the changes would turn in a circle,
and a smaller set would do); that cell's change is then forced. So: take each failing edit, let each of its cells absorb what
the edit is off by, and go on with what still fails. All sets of the smallest size are found, up to three cells.

In the table of requests every cell lies in a row and in a column that must add up, so a single wrong number is located
uniquely. In the table of disputes each group has one edit only: any of its five numbers may be the wrong one, all five
are given, and only their likelihood ranks them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf

from extractor.verification.edits import System
from extractor.verification.propagation import Slack, domains, freed_terms, open_terms, propagate

Changes = tuple[tuple[int, int | None], ...]
"""Cells, by number and in order, with the values that mend the edits; None where more than one value would."""

MOST_CELLS = 3
STEPS = 6000
"""Changes tried before a search is given up."""
TRIALS = 60
"""Propagations tried before a search over a table with missing cells is given up."""


def smallest_repairs(system: System, values: Sequence[int], residuals: Mapping[int, int]) -> list[Changes]:
    """All smallest sets of at most three changes after which every edit holds; `residuals` of the failing edits alone.

    Every cell has a value here. Empty where more than three cells must change, or the search is given up.
    """
    search = _Search(system, values)
    for size in range(_least(system, residuals), MOST_CELLS + 1):
        search.extend(dict(residuals), {}, size)
        if search.found:
            return sorted(search.found)
    return []


def _least(system: System, residuals: Mapping[int, int]) -> int:
    """No fewer cells can do: edits of one family share no cell."""
    counts = [0] * system.families
    for edit in residuals:
        counts[system.family[edit]] += 1
    return max(counts, default=0)


class _Search:
    def __init__(self, system: System, values: Sequence[int]) -> None:
        self.system = system
        self.values = values
        self.found: set[Changes] = set()
        self.seen: set[Changes] = set()
        self.steps = STEPS

    def extend(self, residuals: dict[int, int], changed: dict[int, int], size: int) -> None:
        """Find every way to mend `residuals` with `size` more changes."""
        if not residuals:
            self.found.add(tuple(sorted(changed.items())))
            return
        if size == 1:
            self._finish(residuals, changed)
            return
        members, of_cell, values = self.system.members, self.system.of_cell, self.values
        for edit, off in residuals.items():
            for cell, sign in members[edit]:
                value = values[cell] - sign * off
                if value < 0 or cell in changed:
                    continue
                self.steps -= 1
                if self.steps < 0:
                    return
                rest = residuals.copy()
                for other, coefficient in of_cell[cell]:
                    left = rest.get(other, 0) - coefficient * sign * off
                    if left:
                        rest[other] = left
                    else:
                        del rest[other]
                if len(rest) > self.system.families * (size - 1) or _least(self.system, rest) > size - 1:
                    continue
                more = changed | {cell: value}
                key = tuple(sorted(more.items()))
                if key not in self.seen:
                    self.seen.add(key)
                    self.extend(rest, more, size - 1)

    def _finish(self, residuals: dict[int, int], changed: dict[int, int]) -> None:
        """One more change: a cell all of whose edits fail, by the same amount, and no edit beside them."""
        members, of_cell, values = self.system.members, self.system.of_cell, self.values
        count = len(residuals)
        edit = next(iter(residuals))
        off = residuals[edit]
        for cell, sign in members[edit]:
            edits = of_cell[cell]
            if len(edits) != count or cell in changed or values[cell] < sign * off:
                continue
            if all(residuals.get(other) == coefficient * sign * off for other, coefficient in edits):
                self.found.add(tuple(sorted({**changed, cell: values[cell] - sign * off}.items())))


def larger_repairs(system: System, values: Sequence[int], residuals: Mapping[int, int]) -> list[Changes]:
    """Repairs where more than three cells are wrong: first the cells all of whose edits fail by the same amount, one after the
    other, then the smallest repairs of what is left.

    Not all such repairs, and perhaps none: a way to rank suspects. Changes may leave edits failing.
    """
    rest = dict(residuals)
    changed: dict[int, int] = {}
    for edit in residuals:
        off = rest.get(edit, 0)
        fits = [
            (cell, sign) for cell, sign in system.members[edit]
            if off and len(system.of_cell[cell]) > 1 and cell not in changed and values[cell] >= sign * off
            and all(rest.get(other) == coefficient * sign * off for other, coefficient in system.of_cell[cell])
        ]
        if len(fits) == 1:
            (cell, sign), = fits
            changed[cell] = values[cell] - sign * off
            for other, _ in system.of_cell[cell]:
                del rest[other]
    after = [changed.get(cell, value) for cell, value in enumerate(values)]
    more = smallest_repairs(system, after, rest) if rest and changed else []
    return [tuple(sorted({**changed, **dict(changes)}.items())) for changes in more or [tuple(changed.items())] if changed]


def repairs_with_gaps(
    system: System, values: Sequence[int | None], slack: Slack, failing: Sequence[Sequence[int]]
) -> list[Changes]:
    """The smallest sets (of one or two cells) that, given free, leave the table without contradiction.

    For tables with missing cells, whose edits bound more than they decide. `failing`: for each failing edit the cells that
    its contradiction rests on.
    """
    trials = TRIALS
    whole = open_terms(system, values, slack)
    bottom, top = domains(system, values)

    def conflict(free: Sequence[int]) -> tuple[int | None, Changes]:
        nonlocal trials
        trials -= 1
        given, low, high = list(values), bottom.copy(), top.copy()
        for cell in free:
            given[cell] = None
            low[cell], high[cell] = -inf if system.signed[cell] else 0, inf
        at = propagate(freed_terms(system, whole, given, slack, free), low, high)
        return at, tuple((cell, int(low[cell]) if low[cell] == high[cell] else None) for cell in sorted(free))

    def printed(cells: Sequence[int]) -> list[int]:
        return [cell for cell in cells if values[cell] is not None]

    first = printed(min(failing, key=len)) if failing else []
    # a cell in several failing edits is tried first
    weight = {cell: sum(cell in cells for cells in failing) for cell in first}
    first.sort(key=lambda cell: (-weight[cell], cell))
    found: list[Changes] = []
    after: list[tuple[int, int]] = []
    for cell in first:
        if trials <= 0:
            return found
        at, changes = conflict((cell,))
        if at is None:
            found.append(changes)
        else:
            after.append((cell, at))
    if found:
        return found
    pairs: dict[Changes, None] = {}
    for cell, at in after:
        for other in printed([c for c, _ in system.members[at]]):
            if trials <= 0:
                return list(pairs)
            if other != cell:
                again, changes = conflict((cell, other))
                if again is None:
                    pairs[changes] = None
    return sorted(pairs, key=str)

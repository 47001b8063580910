"""Propagation of bounds: what the edits force on the cells whose value is not given.

Cells are integers. From each edit, the bounds of its other cells bound each of its cells; this runs to a fixpoint. Bounds
are only ever narrowed by what the given values force, so they are never wrong where the given values are right.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from extractor.verification.edits import Incidence, System

Bound = int | float
"""An int, or minus or plus infinity."""

VISITS = 60
"""How often, on average, each edit is looked at before the fixpoint is given up (bounds found so far stay right)."""


@dataclass(frozen=True, slots=True)
class OpenTerms:
    """What of an edit is given: the bounds of its given part, and the cells that are not given, with coefficients."""

    edit: int
    low: Bound
    high: Bound
    cells: tuple[tuple[int, int], ...]


Slack = Sequence[tuple[int, Bound]]
"""For each edit the bounds of what may be missing on its right side: rows that the form does not know. Empty: none."""


def open_terms(system: System, values: Sequence[int | None], slack: Slack) -> list[OpenTerms]:
    """The edits split into what is given and what is not."""
    return [_split(edit, incidence, values, slack) for edit, incidence in enumerate(system.members)]


def freed_terms(
    system: System, terms: Sequence[OpenTerms], values: Sequence[int | None], slack: Slack, freed: Iterable[int]
) -> list[OpenTerms]:
    """`open_terms` of `values`, which differ from those that `terms` were made of in the cells freed."""
    changed = list(terms)
    for cell in freed:
        for edit, _ in system.of_cell[cell]:
            changed[edit] = _split(edit, system.members[edit], values, slack)
    return changed


def _split(edit: int, incidence: Incidence, values: Sequence[int | None], slack: Slack) -> OpenTerms:
    given = 0
    cells: list[tuple[int, int]] = []
    for pair in incidence:
        value = values[pair[0]]
        if value is None:
            cells.append(pair)
        else:
            given += value * pair[1]
    least, most = slack[edit] if slack else (0, 0)
    return OpenTerms(edit, given - most, given - least, tuple(cells))


def propagate(terms: Sequence[OpenTerms], low: list[Bound], high: list[Bound]) -> int | None:
    """Narrow `low` and `high` in place as far as the edits force it. Returns the first edit that can't be satisfied."""
    by_cell: dict[int, list[int]] = {}
    for number, term in enumerate(terms):
        if not term.cells:
            if term.low > 0 or term.high < 0:
                return term.edit
            continue
        for cell, _ in term.cells:
            by_cell.setdefault(cell, []).append(number)
    queue = deque(number for number, term in enumerate(terms) if term.cells)
    waiting = [bool(term.cells) for term in terms]
    budget = VISITS * len(queue)
    while queue and budget:
        budget -= 1
        number = queue.popleft()
        waiting[number] = False
        term = terms[number]
        # the bounds of the whole sum, with infinite parts counted apart
        bottom, top, unbounded_above = term.low, term.high, 0
        unbounded_below = int(bottom == -inf)
        if unbounded_below:
            bottom = 0
        parts: list[tuple[Bound, Bound]] = []
        for cell, sign in term.cells:
            least, most = (low[cell], high[cell]) if sign > 0 else (-high[cell], -low[cell])
            parts.append((least, most))
            if least == -inf:
                unbounded_below += 1
            else:
                bottom += least
            if most == inf:
                unbounded_above += 1
            else:
                top += most
        if (not unbounded_below and bottom > 0) or (not unbounded_above and top < 0):
            return term.edit
        if unbounded_below > 1 and unbounded_above > 1:
            continue  # nothing bounds any of its cells
        for (cell, sign), (least, most) in zip(term.cells, parts, strict=True):
            others_bounded_below = unbounded_below == (least == -inf)
            others_bounded_above = unbounded_above == (most == inf)
            # sign * cell = -(sum of the others)
            new_most = (0 if least == -inf else least) - bottom if others_bounded_below else inf
            new_least = (0 if most == inf else most) - top if others_bounded_above else -inf
            if new_least <= least and new_most >= most:
                continue
            if sign < 0:
                new_least, new_most = -new_most, -new_least
            changed = False
            if new_least > low[cell]:
                low[cell] = new_least
                changed = True
            if new_most < high[cell]:
                high[cell] = new_most
                changed = True
            if changed:
                if low[cell] > high[cell]:
                    return term.edit
                for other in by_cell[cell]:
                    if not waiting[other] and other != number:
                        waiting[other] = True
                        queue.append(other)
    return None


def domains(system: System, values: Sequence[int | None]) -> tuple[list[Bound], list[Bound]]:
    """The bounds before any edit is looked at: a given value twice, 0 and up for a count, none for a signed number."""
    low: list[Bound] = [
        value if value is not None else (-inf if signed else 0) for value, signed in zip(values, system.signed, strict=True)
    ]
    high: list[Bound] = [value if value is not None else inf for value in values]
    return low, high


def linked(terms: Sequence[OpenTerms]) -> dict[int, tuple[int, ...]]:
    """For each edit the edits it hangs together with through cells that are not given (itself among them)."""
    parent: dict[int, int] = {term.edit: term.edit for term in terms}

    def root(edit: int) -> int:
        while parent[edit] != edit:
            parent[edit] = parent[parent[edit]]
            edit = parent[edit]
        return edit

    first: dict[int, int] = {}
    for term in terms:
        for cell, _ in term.cells:
            other = root(first.setdefault(cell, term.edit))
            parent[root(term.edit)] = other
    groups: dict[int, list[int]] = {}
    for term in terms:
        groups.setdefault(root(term.edit), []).append(term.edit)
    return {edit: tuple(group) for group in groups.values() for edit in group}

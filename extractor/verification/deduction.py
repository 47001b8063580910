"""Which edits fail, and what the others force on the cells that are not printed.

A failing edit has a wrong number in it and doesn't say which. So that nothing is ever deduced from a wrong number, every
printed number of a failing edit is given free before anything is deduced; and where the contradiction shows only through
cells that are not printed, so is every number of all edits that hang together through such cells. One wrong number in a
table can then never make a deduced value or a bound wrong, unless the printed numbers are consistent with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from extractor.verification.edits import System
from extractor.verification.propagation import Bound, OpenTerms, Slack, domains, linked, open_terms, propagate


@dataclass(frozen=True, slots=True)
class Failure:
    """An edit that the given values can't satisfy. `cells`: every cell that the contradiction rests on."""

    edit: int
    cells: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Deduction:
    """`low` and `high` bound every cell as far as numbers above suspicion force it; `suspicion` is on the cells `freed`."""

    low: Sequence[Bound]
    high: Sequence[Bound]
    failures: tuple[Failure, ...]
    freed: frozenset[int]


def deduce(
    system: System, values: Sequence[int | None], slack: Slack = (), hull: tuple[Sequence[Bound], Sequence[Bound]] | None = None
) -> Deduction:
    """Decide the edits and deduce. `hull`: bounds known beforehand of cells without a value (those of open rows)."""
    bottom, top = domains(system, values)
    if hull is not None:
        for cell, value in enumerate(values):
            if value is None:
                bottom[cell], top[cell] = hull[0][cell], hull[1][cell]
    given = list(values)
    terms = open_terms(system, given, slack)
    low, high = bottom.copy(), top.copy()
    failures = _failures(system, terms, low, high)
    freed: set[int] = set()
    suspected = {cell for failure in failures for cell in failure.cells}
    if not failures or None not in values:
        return Deduction(low, high, failures, frozenset(suspected))
    while suspected:
        for cell in suspected:
            given[cell] = None
            bottom[cell], top[cell] = -inf if system.signed[cell] else 0, inf
        freed |= suspected
        terms = open_terms(system, given, slack)
        low, high = bottom.copy(), top.copy()
        conflict = propagate(terms, low, high)
        if conflict is None:
            break
        suspected = set(_cells(system, linked(terms)[conflict])) - freed
    else:
        low, high = bottom, top  # nothing left that could be relied on
    return Deduction(low, high, failures, frozenset(freed))


def _failures(system: System, terms: Sequence[OpenTerms], low: list[Bound], high: list[Bound]) -> tuple[Failure, ...]:
    """The edits that fail as printed, each on its own; then those that fail together with others. Narrows the bounds."""
    failing: dict[int, Failure] = {}
    for term in terms:
        bottom: Bound = term.low
        top: Bound = term.high
        for cell, sign in term.cells:
            bottom += low[cell] if sign > 0 else -high[cell]
            top += high[cell] if sign > 0 else -low[cell]
        if bottom > 0 or top < 0:
            failing[term.edit] = Failure(term.edit, _cells(system, (term.edit,)))
    open_ended = [term for term in terms if term.cells]
    before = low.copy(), high.copy()
    if open_ended and (failing or propagate(open_ended, low, high) is not None):
        low[:], high[:] = before
        by_edit = {term.edit: term for term in terms}
        for group in dict.fromkeys(linked(open_ended).values()):
            if not failing.keys() & set(group):
                conflict = propagate([by_edit[edit] for edit in group], low, high)
                if conflict is not None:
                    failing[conflict] = Failure(conflict, _cells(system, group))
    return tuple(failing[edit] for edit in sorted(failing))


def _cells(system: System, edits: Sequence[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(cell for edit in edits for cell, _ in system.members[edit]))

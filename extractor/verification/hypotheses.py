"""What may have gone wrong in a table whose edits fail: every explanation, with its likelihood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp

from extractor.report import State
from extractor.verification.counts import Counts
from extractor.verification.deduction import Failure
from extractor.verification.likelihood import MISREAD, MISSING, Verdict, of_change, of_doubt
from extractor.verification.localisation import Changes, larger_repairs, repairs_with_gaps, smallest_repairs
from extractor.verification.moves import COSTS, moves
from extractor.verification.programme import cheapest_repairs

MOST = 80
"""No more explanations than this are ranked."""
PER_CELL = 0.02
"""What each cell that a slip moves adds to its cost: of slips that explain the same, the shorter."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One explanation: the cells that are wrong (by number) and the values they should hold (None: can't be told).

    `verdicts` says of each cell why it is wrong. `share` is the likelihood among all explanations found. `whole`: after the
    changes every edit holds. `slip`: one slip moved all the cells, so that they are wrong together or not at all.
    """

    changes: Changes
    verdicts: tuple[Verdict, ...]
    share: float
    whole: bool
    slip: bool

    @property
    def cells(self) -> tuple[int, ...]:
        return tuple(cell for cell, _ in self.changes)


@dataclass(frozen=True, slots=True)
class _Costed:
    cost: float
    changes: Changes
    verdicts: tuple[Verdict, ...]
    whole: bool = True
    slip: bool = False


def explain(counts: Counts, failures: Sequence[Failure], deep: bool = False) -> dict[int, list[Hypothesis]]:
    """Explanations for each failing edit, likeliest first. Edits that share no cells are explained apart; a slip of a printed
    line explains all of them at once. `deep`: where neither explains them, an integer programme is asked."""
    system = counts.system
    # a blank is taken for the nought that it mostly stands for
    gaps = frozenset(c for c, v in enumerate(counts.values) if v is None and system.of_cell[c])
    blank = frozenset(c for c in gaps if counts.readings[c].state in (State.BLANK, State.MARKED))
    lost = gaps - blank
    filled = [0 if value is None else value for value in counts.values]
    residuals = {edit: off for edit, off in enumerate(system.residuals(filled)) if off}
    components = tuple(dict.fromkeys(system.component[f.edit] for f in failures))
    apart: dict[int, list[_Costed]] = {}
    for component in components:
        off = {edit: r for edit, r in residuals.items() if system.component[edit] == component}
        whole = not any(system.component[edit] == component for c in lost for edit, _ in system.of_cell[c])
        apart[component] = [_cost(counts, c) for c in smallest_repairs(system, filled, off)] if whole and off else []
        if not apart[component] and gaps:
            cells = [f.cells for f in failures if system.component[f.edit] == component]
            apart[component] = [_cost(counts, c) for c in repairs_with_gaps(system, counts.values, counts.slack, cells)]
    slips: list[_Costed] = []
    if len(set(system.component)) > 1 or not any(len(c.changes) == 1 for costs in apart.values() for c in costs):
        slips = [
            _Costed(COSTS[m.verdict] + PER_CELL * len(m.changes), m.changes, (m.verdict,) * len(m.changes), slip=True)
            for m in moves(system, filled, tuple(residuals), lost, blank)
        ]
    found: dict[int, list[Hypothesis]] = {}
    for component in components:
        costs = apart[component]
        # what the other parts of the table cost apart, a slip saves
        saved = sum(min((c.cost for c in apart[other]), default=MISREAD) for other in components if other != component)
        if deep and not costs and not slips:
            costs = [_cost(counts, changes) for changes in _by_programme(counts, component)]
        if not costs and not slips and not lost:
            off = {edit: r for edit, r in residuals.items() if system.component[edit] == component}
            costs = [_cost(counts, c, whole=False) for c in larger_repairs(system, filled, off)]
        ranked = _ranked(costs, slips, saved)
        for failure in failures:
            if system.component[failure.edit] == component:
                found[failure.edit] = ranked
    return found


def _by_programme(counts: Counts, component: int) -> list[Changes]:
    system = counts.system
    edits = [edit for edit, of in enumerate(system.component) if of == component]
    return cheapest_repairs(system, counts.values, counts.slack, edits, lambda cell: of_doubt(counts.readings[cell]))


def _cost(counts: Counts, changes: Changes, whole: bool = True) -> _Costed:
    cost = 0.0
    verdicts: list[Verdict] = []
    for cell, new in changes:
        old = counts.values[cell]
        own: tuple[float, Verdict]
        if new is None:
            own = (MISREAD + 2.0, "misread") if old is not None else (MISSING, "not_printed")
        else:
            own = of_change(counts.readings[cell], old, new, counts.system.totals[cell])
        cost += own[0]
        verdicts.append(own[1])
    if len(changes) == 2 and cost > COSTS["swapped"] and _swapped(counts, changes):
        return _Costed(COSTS["swapped"], changes, ("swapped", "swapped"), whole)
    return _Costed(cost, changes, tuple(verdicts), whole)


def _swapped(counts: Counts, changes: Changes) -> bool:
    """Two cells, beside or above each other, that each hold the other's number."""
    (a, new_a), (b, new_b) = changes
    if (new_a, new_b) != (counts.values[b], counts.values[a]):
        return False
    lines = counts.system.lines
    if any(abs(line.index(a) - line.index(b)) == 1 for line in lines if a in line and b in line):
        return True
    return any((a, b) in zip(upper, lower, strict=False) for upper, lower in pairwise(lines))


def _ranked(apart: Sequence[_Costed], slips: Sequence[_Costed], saved: float) -> list[Hypothesis]:
    """Likelihoods that add up to 1, likeliest first; of explanations that change the same cells alike, the likeliest."""
    best: dict[Changes, tuple[float, _Costed]] = {}
    for cost, one in [(c.cost, c) for c in apart] + [(c.cost - saved, c) for c in slips]:
        if one.changes not in best or cost < best[one.changes][0]:
            best[one.changes] = (cost, one)
    order = sorted(best.values(), key=lambda item: (item[0], len(item[1].changes), str(item[1].changes)))[:MOST]
    if not order:
        return []
    weights = [exp(order[0][0] - cost) for cost, _ in order]
    total = sum(weights)
    return [
        Hypothesis(one.changes, one.verdicts, weight / total, one.whole, one.slip)
        for (_, one), weight in zip(order, weights, strict=True)
    ]

"""What may have gone wrong in a table whose edits fail: every explanation, with its likelihood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

from extractor.report import State
from extractor.verification.counts import Counts
from extractor.verification.deduction import Failure
from extractor.verification.likelihood import MISREAD, MISSING, Verdict, of_change
from extractor.verification.localisation import Changes, evident_repair, repairs_with_gaps, smallest_repairs
from extractor.verification.moves import COSTS, moves

MOST = 40
"""No more explanations than this are ranked."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One explanation: the cells that are wrong (by number) and the values they should hold (None: can't be told).

    `verdicts` says of each cell why it is wrong. `share` is the likelihood among all explanations found. `whole`: after the
    changes every edit holds.
    """

    changes: Changes
    verdicts: tuple[Verdict, ...]
    share: float
    whole: bool = True

    @property
    def cells(self) -> tuple[int, ...]:
        return tuple(cell for cell, _ in self.changes)


def explain(counts: Counts, failures: Sequence[Failure]) -> dict[int, list[Hypothesis]]:
    """Explanations for each failing edit, likeliest first. Edits that share no cells are explained apart, where they can be."""
    system = counts.system
    # a blank is taken for the nought that it mostly stands for
    gaps = [c for c, v in enumerate(counts.values) if v is None and system.of_cell[c]]
    blank = frozenset(c for c in gaps if counts.readings[c].state in (State.BLANK, State.MARKED))
    filled = [0 if value is None else value for value in counts.values]
    residuals = {edit: off for edit, off in enumerate(system.residuals(filled)) if off}
    lost = {system.component[edit] for c in gaps if c not in blank for edit, _ in system.of_cell[c]}
    found: dict[int, list[Hypothesis]] = {}
    for component in dict.fromkeys(system.component[f.edit] for f in failures):
        own = [f for f in failures if system.component[f.edit] == component]
        costs: list[tuple[float, Changes, tuple[Verdict, ...]]] = []
        if component not in lost:
            off = {edit: r for edit, r in residuals.items() if system.component[edit] == component}
            costs = _complete(counts, filled, off, blank, len(residuals) == len(off))
        if not costs and gaps:
            cells = [f.cells for f in own]
            costs = [_cost(counts, c) for c in repairs_with_gaps(system, counts.values, counts.slack, cells)]
        ranked = _ranked(costs, True)
        if not ranked and component not in lost:
            changes = evident_repair(system, filled, off)
            ranked = _ranked([_cost(counts, changes)] if changes else [], False)
        for failure in own:
            found[failure.edit] = ranked
    if len(found) > 1 and not lost:
        _across(counts, filled, tuple(residuals), blank, found)
    return found


def _complete(
    counts: Counts, filled: Sequence[int], residuals: Mapping[int, int], blank: frozenset[int], alone: bool
) -> list[tuple[float, Changes, tuple[Verdict, ...]]]:
    """Explanations where every cell has a value. `alone`: no other part of the table fails, so that slips can be tried."""
    repairs = smallest_repairs(counts.system, filled, residuals)
    costs = [_cost(counts, changes) for changes in repairs]
    if alone and (not repairs or len(repairs[0]) > 1):
        costs += _slips(counts, filled, tuple(residuals), blank)
    return costs


def _slips(
    counts: Counts, filled: Sequence[int], failing: Sequence[int], blank: frozenset[int]
) -> list[tuple[float, Changes, tuple[Verdict, ...]]]:
    return [
        (COSTS[m.verdict] + 0.02 * len(m.changes), m.changes, (m.verdict,) * len(m.changes))
        for m in moves(counts.system, filled, failing, blank)
    ]


def _across(
    counts: Counts, filled: Sequence[int], failing: Sequence[int], blank: frozenset[int], found: dict[int, list[Hypothesis]]
) -> None:
    """One slip may explain failures in parts of a table that share no cells: numbers of one line."""
    slips = _slips(counts, filled, failing, blank)
    if slips:
        for edit in found:
            found[edit] = _ranked(slips, True)


def _cost(counts: Counts, changes: Changes) -> tuple[float, Changes, tuple[Verdict, ...]]:
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
    return cost, changes, tuple(verdicts)


def _ranked(costs: Sequence[tuple[float, Changes, tuple[Verdict, ...]]], whole: bool) -> list[Hypothesis]:
    """Likelihoods that add up to 1, likeliest first; of explanations that change the same cells alike, the likeliest."""
    best: dict[Changes, tuple[float, tuple[Verdict, ...]]] = {}
    for cost, changes, verdicts in costs:
        if changes not in best or cost < best[changes][0]:
            best[changes] = (cost, verdicts)
    order = sorted(best.items(), key=lambda item: (item[1][0], len(item[0]), str(item[0])))[:MOST]
    weights = [exp(order[0][1][0] - cost) for _, (cost, _) in order]
    total = sum(weights)
    return [
        Hypothesis(changes, verdicts, weight / total, whole)
        for (changes, (_, verdicts)), weight in zip(order, weights, strict=True)
    ]

"""Error localisation by an integer programme, for tables in which more cells are wrong than elimination looks for.

    minimise    Σ cost(c) · changed(c)
    subject to  every edit holds for x;  |x(c) − printed(c)| ≤ M · changed(c);  x whole and at least 0;  changed 0 or 1

after Fellegi and Holt (1976), in the form of De Waal, Pannekoek and Scholtus, Handbook of Statistical Data Editing and
Imputation (2011), ch. 3. Cells without a number are free at no cost. Needs scipy (the extra `milp`), whose solver HiGHS is
deterministic; it stops after a number of nodes and, lest a table hold up all others, after a time. What it has not solved by
then is thrown away, so time decides at most whether there is an answer, never which.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from math import inf

import numpy as np

from extractor.verification.edits import System
from extractor.verification.localisation import Changes
from extractor.verification.propagation import Slack, domains, open_terms, propagate

NODES = 2000
SECONDS = 5.0
REPAIRS = 4
"""No more repairs of a table are asked for, the cheapest first."""
DEARER = 1.0
"""Nor one that costs more than the cheapest by this (nats)."""
LARGEST = 10**6
"""Tables with larger numbers are left alone: the solver works with floating point."""


def available() -> bool:
    return find_spec("scipy") is not None


def cheapest_repairs(
    system: System, values: Sequence[int | None], slack: Slack, edits: Sequence[int], cost: Callable[[int], float]
) -> list[Changes]:
    """The cheapest sets of changes after which `edits` (all of one part of the table) hold; each verified by propagation.

    `cost` of changing a printed cell. Empty where there is none, or none was found within the limits. Raises
    ModuleNotFoundError without scipy.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    cells = tuple(dict.fromkeys(cell for edit in edits for cell, _ in system.members[edit]))
    printed = [cell for cell in cells if values[cell] is not None]
    given = np.array([values[cell] or 0 for cell in printed], float)
    most = 4.0 * max(given, default=0) + 100
    if not printed or most > LARGEST or any(system.signed[cell] for cell in cells):
        return []
    at = {cell: number for number, cell in enumerate(cells)}
    width, count = len(cells), len(printed)
    rows = np.zeros((len(edits), width + count))
    for row, edit in enumerate(edits):
        for cell, coefficient in system.members[edit]:
            rows[row, at[cell]] = coefficient
    ends = [slack[edit] if slack else (0, 0) for edit in edits]
    up, down = np.zeros((count, width + count)), np.zeros((count, width + count))
    for number, cell in enumerate(printed):
        up[number, at[cell]] = down[number, at[cell]] = 1
        up[number, width + number], down[number, width + number] = -most, most
    constraints = [
        LinearConstraint(csr_array(rows), [low for low, _ in ends], [high for _, high in ends]),
        LinearConstraint(csr_array(up), -inf, given),
        LinearConstraint(csr_array(down), given, inf),
    ]
    objective = np.array([0.0] * width + [cost(cell) for cell in printed])
    found: list[Changes] = []
    cheapest = inf
    for _ in range(REPAIRS):
        solved = milp(
            objective, integrality=np.ones(width + count), bounds=Bounds(0, [most] * width + [1.0] * count),
            constraints=constraints, options={"node_limit": NODES, "time_limit": SECONDS},
        )
        if solved.status != 0 or solved.fun > cheapest + DEARER:
            break
        cheapest = min(cheapest, solved.fun)
        chosen = [number for number in range(count) if solved.x[width + number] > 0.5]
        changes = _verified(system, values, slack, [printed[number] for number in chosen])
        if changes:
            found.append(changes)
        # not the same cells again, nor more than these
        again = np.zeros((1, width + count))
        again[0, [width + number for number in chosen]] = 1
        constraints.append(LinearConstraint(csr_array(again), -inf, len(chosen) - 1))
    return found


def _verified(system: System, values: Sequence[int | None], slack: Slack, cells: Sequence[int]) -> Changes:
    """The cells with the values that the edits force on them once they are free; nothing where a contradiction is left."""
    given = list(values)
    for cell in cells:
        given[cell] = None
    low, high = domains(system, given)
    if propagate(open_terms(system, given, slack), low, high) is not None:
        return ()
    return tuple((cell, int(low[cell]) if low[cell] == high[cell] else None) for cell in sorted(cells))

"""The hard edits of a form as data, compiled once into incidence lists and a sparse integer matrix.

An edit says that a signed sum of cells is zero. A `System` holds the edits of one table of one form, or of a whole form.
Cells and edits are numbered; every algorithm of this package works on these numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractor.forms.form import Form, Identity, Table, form, table
from extractor.messages import catalogue

Incidence = tuple[tuple[int, int], ...]
"""(number, coefficient) pairs; a coefficient is 1 or -1."""


@dataclass(frozen=True, slots=True)
class Edit:
    """The sum of `left` equals the sum of `right`. `line` is the row or the column it runs along.

    Level, severity and messages stand in the catalogue under `code`; `extractor.verification.register` brings all together.
    """

    id: str
    code: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    line: str
    form: str
    source: str

    @property
    def cells(self) -> tuple[str, ...]:
        return self.left + self.right

    @property
    def terms(self) -> tuple[tuple[str, int], ...]:
        """Cells with their coefficients; their sum is zero."""
        return tuple((cell, 1) for cell in self.left) + tuple((cell, -1) for cell in self.right)


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """Edits over cells, by number.

    `members[e]`: the cells of edit e with their coefficients (1 left of the equals sign, -1 right of it); `of_cell[c]`: the
    edits of cell c likewise. `family[e]`: edits of one family share no cell. `rows`: the cells of each row that has edits;
    `lines`: the same as they stand on one printed line (differs from `rows` where a table prints its rows side by side).
    `component[e]`: edits of one component hang together through cells they share. `totals[c]`: an edit says that the cell is
    the sum of others. `within_row[e]`: all cells of edit e stand in one row. `matrix`: edits by cells.
    """

    form: str
    cells: tuple[str, ...]
    index: dict[str, int]
    edits: tuple[Edit, ...]
    members: tuple[Incidence, ...]
    of_cell: tuple[Incidence, ...]
    family: tuple[int, ...]
    families: int
    component: tuple[int, ...]
    totals: tuple[bool, ...]
    within_row: tuple[bool, ...]
    signed: tuple[bool, ...]
    money: tuple[bool, ...]
    rows: tuple[tuple[int, ...], ...]
    lines: tuple[tuple[int, ...], ...]
    matrix: NDArray[np.int64]
    _sides: tuple[tuple[Callable[[Sequence[int]], Any], Callable[[Sequence[int]], Any]], ...]

    def residuals(self, values: Sequence[int]) -> list[int]:
        """Left side minus right side of each edit; `values` has a number for every cell."""
        return [sum(left(values)) - sum(right(values)) for left, right in self._sides]


def _getter(numbers: Sequence[int]) -> Callable[[Sequence[int]], Any]:
    """Takes the values with these numbers, as a sequence, at the speed of C."""
    if len(numbers) > 1:
        return itemgetter(*numbers)
    return itemgetter(slice(numbers[0], numbers[0] + 1)) if numbers else itemgetter(slice(0))


def _edit(identity: Identity, code: str) -> Edit:
    """One identity of a form. Its line is the row that all its cells share, or the column."""
    rows = {cell.partition(".")[2].rpartition(".")[0] for cell in identity.cells}
    line = rows.pop() if len(rows) == 1 else identity.left[0].rpartition(".")[2]
    return Edit(f"{identity.code}:{line}", identity.code, identity.left, identity.right, line, code, identity.source)


def compile_edits(code: str, tables: Sequence[Table], edits: Iterable[Edit]) -> System:
    """Number the cells of the tables and the edits over them.

    Raises ValueError where an edit names a cell that the tables don't have, a cell twice, or has no message.
    """
    edits = tuple(edits)
    cells = tuple(cell for t in tables for r in t.rows for cell in r.cells)
    index = {cell: i for i, cell in enumerate(cells)}
    of_cell: list[list[tuple[int, int]]] = [[] for _ in cells]
    members: list[Incidence] = []
    for number, edit in enumerate(edits):
        unknown = [cell for cell in edit.cells if cell not in index]
        if unknown:
            raise ValueError(f"edit {edit.id}: no such cell: {', '.join(unknown)}")
        if len(set(edit.cells)) < len(edit.cells):
            raise ValueError(f"edit {edit.id} names a cell twice")
        if edit.code not in catalogue():
            raise ValueError(f"edit {edit.id} has no message")
        terms = [(index[cell], coefficient) for cell, coefficient in edit.terms]
        members.append(tuple(terms))
        for cell, coefficient in terms:
            of_cell[cell].append((number, coefficient))
    matrix = np.zeros((len(edits), len(cells)), np.int64)
    for number, incidence in enumerate(members):
        for cell, coefficient in incidence:
            matrix[number, cell] = coefficient
    family = _families(members)
    totals = {edit.left[0] for edit in edits if len(edit.left) == 1 < len(edit.right)}
    columns = [t.column(c) for t in tables for r in t.rows for c in r.columns]
    bound = [t for t in tables if any(of_cell[index[cell]] for r in t.rows for cell in r.cells)]
    rows = tuple(tuple(index[cell] for cell in r.cells) for t in bound for r in t.rows)
    lines = tuple(
        line
        for t in bound
        for numbers in [[tuple(index[cell] for cell in r.cells) for r in t.rows]]
        for line in ([tuple(c for row in numbers for c in row)] if t.one_line else numbers)
    )
    sides = tuple(
        (_getter([c for c, s in incidence if s > 0]), _getter([c for c, s in incidence if s < 0])) for incidence in members
    )
    return System(
        form=code, cells=cells, index=index, edits=edits, members=tuple(members), of_cell=tuple(tuple(e) for e in of_cell),
        family=family, families=len(set(family)), component=_components(members), totals=tuple(c in totals for c in cells),
        within_row=tuple(any({c for c, _ in incidence} <= set(row) for row in rows) for incidence in members),
        signed=tuple(c.signed for c in columns), money=tuple(c.money for c in columns), rows=rows, lines=lines, matrix=matrix,
        _sides=sides,
    )


def _families(members: Sequence[Incidence]) -> tuple[int, ...]:
    """Put each edit into the first family in which no edit shares a cell with it."""
    families: list[set[int]] = []
    chosen: list[int] = []
    for incidence in members:
        own = {cell for cell, _ in incidence}
        at = next((i for i, taken in enumerate(families) if not taken & own), len(families))
        if at == len(families):
            families.append(set())
        families[at] |= own
        chosen.append(at)
    return tuple(chosen)


def _components(members: Sequence[Incidence]) -> tuple[int, ...]:
    """Number the parts into which the edits fall that share no cell with each other."""
    component = list(range(len(members)))
    first: dict[int, int] = {}
    for number, incidence in enumerate(members):
        for cell, _ in incidence:
            other = component[first.setdefault(cell, number)]
            if other != component[number]:
                low, high = sorted((other, component[number]))
                component = [low if c == high else c for c in component]
    return tuple(component)


@cache
def table_system(form_code: str, table_key: str) -> System:
    """The edits of one table of one form. Raises KeyError."""
    of = table(form_code, table_key)
    own = {cell for r in of.rows for cell in r.cells}
    return compile_edits(form_code, (of,), [_edit(i, form_code) for i in form(form_code).identities if i.left[0] in own])


@cache
def form_system(form_code: str) -> System:
    """The edits of a whole form; its cells are numbered as in `Form.cell_ids`. Raises KeyError."""
    of: Form = form(form_code)
    return compile_edits(form_code, of.tables, [_edit(i, form_code) for i in of.identities])


def check_batch(system: System, values: NDArray[np.int64], known: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
    """Which edits fail in many reports at once: shape [reports, edits], from `values` of shape [reports, cells].

    Where `known` is false the value is not printed and may be any count: the edit fails only if no count can mend it.
    No sum may leave the range of 64 bits. Cells that are not known may hold anything.
    """
    if known is None:
        return np.asarray(values @ system.matrix.T != 0)
    residual = np.where(known, values, 0) @ system.matrix.T
    missing = (~known).astype(np.int64)
    up = missing @ (system.matrix > 0).T.astype(np.int64) > 0
    down = missing @ (system.matrix < 0).T.astype(np.int64) > 0
    fails: NDArray[np.bool_] = ((residual > 0) & ~down) | ((residual < 0) & ~up)
    return fails

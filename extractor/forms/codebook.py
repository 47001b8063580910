"""The codebook: every variable that the forms define, once, with its meaning and the forms and identities it belongs to."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Literal

from rich import box
from rich.table import Table

from extractor.forms.form import Column, Identity, forms

Kind = Literal["count", "change", "amount"]
"""count: a number of things, never negative. change: a number of things with a sign. amount: money, a decimal."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable, which is one cell of one or more forms. Labels are those of the newest form that has it; `row` is the
    path of labels from the outermost group to the row's own. `identities` are codes of identities it takes part in."""

    id: str
    table: str
    row: tuple[str, ...]
    column: str
    row_en: str
    column_en: str
    kind: Kind
    unit: str
    forms: tuple[str, ...]
    identities: tuple[str, ...]


@cache
def codebook() -> tuple[Variable, ...]:
    """All variables, those of the newest form first, each in its form's order."""
    found: dict[str, Variable] = {}
    for form in forms():
        used: dict[str, dict[str, None]] = {}
        for identity in form.identities:
            for cell in identity.cells:
                used.setdefault(cell, {})[identity.code] = None
        for table in form.tables:
            for row in table.rows:
                for key, cell in zip(row.columns, row.cells, strict=True):
                    column = table.column(key)
                    codes = tuple(used.get(cell, ()))
                    known = found.get(cell)
                    if known is None:
                        found[cell] = Variable(cell, table.key, row.path, column.label, row.label_en, column.label_en,
                                               _kind(column), column.unit, (form.code,), codes)  # fmt: skip
                    else:
                        found[cell] = _also_in(known, form.code, codes)
    return tuple(found.values())


def _also_in(variable: Variable, form: str, codes: tuple[str, ...]) -> Variable:
    identities = tuple(dict.fromkeys(variable.identities + codes))
    return replace(variable, forms=tuple(sorted((*variable.forms, form))), identities=identities)


def _kind(column: Column) -> Kind:
    return "amount" if column.money else "change" if column.signed else "count"


def as_json() -> list[dict[str, object]]:
    """One object per variable."""
    return [asdict(variable) for variable in codebook()]


_HEADER = ("id", "form", "table", "row", "row_en", "column", "column_en", "kind", "unit", "identities")


def _flat(variable: Variable) -> tuple[str, ...]:
    return (
        variable.id,
        " ".join(variable.forms),
        variable.table,
        " / ".join(variable.row),
        variable.row_en,
        variable.column,
        variable.column_en,
        variable.kind,
        variable.unit,
        " ".join(variable.identities),
    )


def as_csv() -> str:
    """One line per variable, with a header line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEADER)
    writer.writerows(map(_flat, codebook()))
    return out.getvalue()


def as_table() -> Table:
    """For a terminal."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("id", "form", "row", "column", "kind"):
        table.add_column(title, overflow="fold")
    for v in codebook():
        table.add_row(v.id, " ".join(v.forms), " / ".join(v.row), v.column, f"{v.kind} {v.unit}".strip())
    return table


_INTRODUCTION = """\
# Codebook

Every variable of the statutory forms, written by `extractor codebook --format markdown` from the files in
`extractor/forms/data`. The id is what stands in the output under `cells`; rows that a form does not know come there under
`TABLE.extra.…` with their label.

Kinds: `count`, a number of things, never negative · `change`, a number of things with a sign · `amount`, money, a decimal.
A report may have tables of different forms, so the form is a property of each table.
"""


def as_markdown() -> str:
    """The page `docs/codebook.md`: the forms, their identities, and a table of variables for each table."""
    lines = [_INTRODUCTION, "## Forms\n", "| form | reports on | by | cells |", "|---|---|---|---|"]
    for form in forms():
        years = f"{form.first_year}–{form.last_year or ''}"
        lines.append(f"| {form.code} | {years} | {form.authority} | {len(form.cell_ids)} |")
    lines += ["", "## Identities\n", "| code | form | table | what it is | source |", "|---|---|---|---|---|"]
    lines += _identity_lines()
    for table in dict.fromkeys(v.table for v in codebook()):
        variables = [v for v in codebook() if v.table == table]
        lines += ["", f"## {table}\n", "| id | forms | row | column | kind | identities |", "|---|---|---|---|---|---|"]
        for v in variables:
            row, column = f"{' / '.join(v.row)}<br>{v.row_en}", f"{v.column}<br>{v.column_en}"
            kind = f"{v.kind}, {v.unit}" if v.unit else v.kind
            lines.append(f"| `{v.id}` | {', '.join(v.forms)} | {row} | {column} | {kind} | {', '.join(v.identities)} |")
    return "\n".join(lines) + "\n"


def _identity_lines() -> list[str]:
    lines = []
    for form in forms():
        by_code: dict[str, list[Identity]] = {}
        for identity in form.identities:
            by_code.setdefault(identity.code, []).append(identity)
        for code, instances in by_code.items():
            one = instances[0]
            size = f"{len(instances)} equations of {len(one.cells)} cells"
            lines.append(f"| {code} | {form.code} | {one.cells[0].partition('.')[0]} | {size} | {one.source} |")
    return lines

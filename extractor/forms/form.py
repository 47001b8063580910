"""The statutory forms as data: one JSON file each in `data/`, and the types they are loaded into.

A cell's id is `TABLE.ROW.COLUMN`. Everything that depends on a form (cells, labels, edits, schema, codebook) is derived
from these files; to add a form, add a file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. `signed`: the number may be negative. `money`: an amount, read as a decimal.
    `unit` is the unit that the form prints in the column's label, `over` the headings that the form sets above the label."""

    key: str
    label: str
    label_en: str
    aliases: tuple[str, ...] = ()
    signed: bool = False
    money: bool = False
    unit: str = ""
    over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `path` are its labels from the outermost group to the row's own, `columns` the columns it has, `cells` the
    ids of its cells."""

    key: str
    path: tuple[str, ...]
    label_en: str
    columns: tuple[str, ...]
    cells: tuple[str, ...]
    aliases: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `one_line`: the rows stand side by side on one line (disputes: three groups of five numbers).
    `section` is the key of the section it stands in. `uniform`: every row has every column."""

    key: str
    label: str
    label_en: str
    section: str
    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    one_line: bool
    uniform: bool

    def column(self, key: str) -> Column:
        return next(c for c in self.columns if c.key == key)

    def row(self, key: str) -> Row:
        return next(r for r in self.rows if r.key == key)


@dataclass(frozen=True, slots=True)
class Identity:
    """An equation between cells: the sum of `left` equals the sum of `right` (cell ids)."""

    code: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    source: str

    @property
    def cells(self) -> tuple[str, ...]:
        return self.left + self.right


@dataclass(frozen=True, slots=True)
class HistoryIdentity:
    """An equation between two reports of one body on consecutive years: the weighted sum of cells `now` equals that of
    cells `before` in the report on the year before."""

    code: str
    now: tuple[tuple[str, int], ...]
    before: tuple[tuple[str, int], ...]
    source: str


@dataclass(frozen=True, slots=True)
class SectionLabel:
    """One of the six sections: its heading without numeral, and how the heading varies."""

    key: str
    numeral: str
    label: str
    label_en: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """One statutory form."""

    code: str
    first_year: int
    last_year: int | None
    authority: str
    sections: tuple[SectionLabel, ...]
    tables: tuple[Table, ...]
    identities: tuple[Identity, ...]
    history: tuple[HistoryIdentity, ...] = ()

    def table(self, key: str) -> Table:
        return next(t for t in self.tables if t.key == key)

    @property
    def cell_ids(self) -> tuple[str, ...]:
        return tuple(cell for t in self.tables for r in t.rows for cell in r.cells)

    def covers(self, year: int) -> bool:
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)


def _identities(spec: Mapping[str, Any], tables: Mapping[str, Table]) -> list[Identity]:
    """One rule of the file, spread over the rows or the columns that it holds for."""
    table = tables[spec["table"]]
    left, right = spec["left"], spec["right"]
    if spec["along"] == "row":
        places = [(f"{table.key}.{r.key}.", "") for r in table.rows]
    else:
        places = [(f"{table.key}.", f".{c.key}") for c in table.columns]
    ids = [
        Identity(spec["code"], tuple(a + key + b for key in left), tuple(a + key + b for key in right), spec["source"])
        for a, b in places
    ]
    known = {cell for r in table.rows for cell in r.cells}
    for identity in ids:
        unknown = set(identity.cells) - known
        if unknown:
            raise ValueError(f"identity {spec['code']}: no such cell: {', '.join(sorted(unknown))}")
    return ids


def _history(spec: Mapping[str, Any], tables: Mapping[str, Table]) -> list[HistoryIdentity]:
    """One rule of the file between two years, spread over the columns, or for its one row."""
    key = spec["table"]

    def identity(cell: str, weights: Mapping[str, Mapping[str, int]]) -> HistoryIdentity:
        now, before = (tuple((cell.format(k), weight) for k, weight in weights[side].items()) for side in ("now", "before"))
        return HistoryIdentity(spec["code"], now, before, spec["source"])

    if spec["along"] == "row":
        return [identity(f"{key}.{spec['row']}.{{}}", spec["columns"])]
    return [identity(f"{key}.{{}}.{column.key}", spec["rows"]) for column in tables[key].columns]


def parse_form(data: Mapping[str, Any]) -> Form:
    """Build a form from the content of its file. Raises KeyError or ValueError where the file is wrong."""
    tables: dict[str, Table] = {}
    for t in data["tables"]:
        columns = tuple(
            Column(c["key"], c["label"], c["en"], tuple(c.get("aliases", ())), c.get("signed", False), c.get("money", False),
                   c.get("unit", ""), tuple(c.get("over", ())))
            for c in t["columns"]
        )
        every = tuple(c.key for c in columns)
        rows = tuple(
            Row(r["key"], tuple(r["label"]), r["en"], held := tuple(r.get("columns", every)),
                tuple(f"{t['key']}.{r['key']}.{c}" for c in held), tuple(r.get("aliases", ())))
            for r in t["rows"]
        )
        uniform = all(len(row.columns) == len(columns) for row in rows)
        one_line = t.get("one_line", False)
        tables[t["key"]] = Table(t["key"], t["label"], t["en"], t["section"], rows, columns, one_line, uniform)
    sections = tuple(
        SectionLabel(s["key"], s["numeral"], s["label"], s["en"], tuple(s.get("aliases", ()))) for s in data["sections"]
    )
    identities = tuple(i for spec in data["identities"] for i in _identities(spec, tables))
    history = tuple(h for spec in data.get("history", ()) for h in _history(spec, tables))
    first, last = data["report_years"]
    return Form(data["form"], first, last, data["authority"], sections, tuple(tables.values()), identities, history)


@cache
def forms() -> tuple[Form, ...]:
    """All forms the package knows, by year, newest first."""
    found = [
        parse_form(json.loads(path.read_text("utf-8")))
        for path in files("extractor.forms").joinpath("data").iterdir()
        if path.name.endswith(".json")
    ]
    return tuple(sorted(found, key=lambda f: f.first_year, reverse=True))


@cache
def form(code: str) -> Form:
    """The form with this code. Raises KeyError."""
    for f in forms():
        if f.code == code:
            return f
    raise KeyError(code)


@cache
def table(form_code: str, table_key: str) -> Table:
    """One table of one form. Raises KeyError."""
    for t in form(form_code).tables:
        if t.key == table_key:
            return t
    raise KeyError(table_key)

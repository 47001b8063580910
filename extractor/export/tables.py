"""The tables of an export, as data: `tables.toml`, and the codebook for the columns of cells."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from extractor.forms.codebook import Variable, codebook

Kind = Literal["text", "integer", "number", "real", "flag"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `zh`, `en`: titles; `about`: what it means. `variable`: where it is one of the codebook."""

    name: str
    kind: Kind
    zh: str
    en: str
    about: str
    variable: Variable | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table; `key` names the fields that tell its rows apart."""

    name: str
    zh: str
    en: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]


@cache
def tables() -> Mapping[str, Table]:
    """All tables by name; `reports` without the columns of cells."""
    data = tomllib.loads(files("extractor.export").joinpath("tables.toml").read_text("utf-8"))
    return {
        name: Table(name, t["zh"], t["en"], tuple(t["key"]), tuple(Field(field, **rest) for field, rest in t["fields"].items()))
        for name, t in data.items()
    }


@cache
def wide() -> Table:
    """The table of reports with a column for each variable of the codebook."""
    reports = tables()["reports"]
    return Table(reports.name, reports.zh, reports.en, reports.key, reports.fields + tuple(map(_column, codebook())))


def _column(variable: Variable) -> Field:
    zh, en = f"{' / '.join(variable.row)} · {variable.column}", f"{variable.row_en} · {variable.column_en}"
    about = f"{variable.kind}, form {', '.join(variable.forms)}" + (f", {variable.unit}" if variable.unit else "")
    return Field(variable.id, "number", zh, en, about, variable)

"""Short names of the forms' rows, as prompt, schema and answers use them: d1 … (disclosure), r1 …, p1 …

One code per row key over all forms, so that one prompt and one schema serve every document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from extractor.forms import forms

_LETTERS = {"disclosure": "d", "requests": "r", "disputes": "p"}
_RUN = re.compile(r"([drp])(\d{1,2})(?:-(\d{1,2}))?(?:@(\d{1,5})(\*)?)?")


@dataclass(frozen=True, slots=True)
class Code:
    """A row: its table, its key, and how it is written in the forms that have it, newest first."""

    name: str
    table: str
    row: str
    labels: Mapping[str, str]


@cache
def codes() -> Mapping[str, Code]:
    """Every code by name, in the order of the newest form; rows of older forms alone stand behind their table."""
    labels: dict[tuple[str, str], dict[str, str]] = {}
    for form in forms():
        for table in form.tables:
            for row in table.rows:
                columns = "" if table.uniform else "：" + "、".join(table.column(c).label for c in row.columns)
                labels.setdefault((table.key, row.key), {})[form.code] = "/".join(row.path) + columns
    counts = dict.fromkeys(_LETTERS, 0)
    found: dict[str, Code] = {}
    for key in _LETTERS:
        for (table_key, row_key), written in labels.items():
            if table_key == key:
                counts[key] += 1
                name = f"{_LETTERS[key]}{counts[key]}"
                found[name] = Code(name, table_key, row_key, written)
    return found


@cache
def code_of(table: str, row: str) -> str:
    """The code of a row. Raises StopIteration for a row that no form has."""
    return next(c.name for c in codes().values() if (c.table, c.row) == (table, row))


@cache
def codes_of(table: str, form: str) -> tuple[str, ...]:
    """The codes of a table's rows in the order of a form."""
    return tuple(name for name, code in codes().items() if code.table == table and form in code.labels)


def runs(entries: tuple[str, ...] | list[str]) -> Iterator[tuple[str, int | None]]:
    """The rows that entries such as `r4@59`, `r4-9@60`, `p1-3@70*`, `r20-25` name, each with its line (None: none named). A run
    of rows lies on as many lines, one after the other from the one named, or with `*` on that one line."""
    for entry in entries:
        match = _RUN.fullmatch(entry)
        if match is None:
            continue
        letter, low, high, line, together = match.groups()
        first, last = int(low), int(high or low)
        start = int(line) if line else None
        for number in range(first, last + 1):
            if f"{letter}{number}" in codes():
                yield f"{letter}{number}", start if start is None or together else start + number - first


def packed(rows: list[tuple[str, int | None]]) -> list[str]:
    """The shortest entries for rows with their lines; the inverse of `runs`."""
    entries: list[str] = []
    at = 0
    while at < len(rows):
        end = at + 1
        step = None
        while end < len(rows) and _number(rows[end][0]) == _number(rows[end - 1][0]) + 1 and rows[end][0][0] == rows[at][0][0]:
            line, before = rows[end][1], rows[end - 1][1]
            moved = None if line is None or before is None else line - before
            if (line is None) != (before is None) or (moved is not None and (moved not in (0, 1) or step not in (None, moved))):
                break
            step = moved
            end += 1
        (name, line), (last, last_line) = rows[at], rows[end - 1]
        place = "" if line is None else f"@{line}*" if line == last_line and end > at + 1 else f"@{line}"
        entries.append((name if end == at + 1 else f"{name}-{_number(last)}") + place)
        at = end
    return entries


def _number(name: str) -> int:
    return int(name[1:])

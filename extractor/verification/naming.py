"""What cells, rows, columns, tables and severities are called in messages to people, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import inf

from extractor.forms.form import Row, Table, table
from extractor.messages import catalogue, text
from extractor.verification.finding import Severity
from extractor.verification.propagation import Bound

LANGUAGES = ("zh", "en")
_SEVERITIES: dict[str, Severity] = {"error": "error", "warning": "warning", "info": "info"}


def severity_of(code: str) -> Severity:
    """The severity that the catalogue gives a finding. Raises KeyError for a code that it doesn't know."""
    return _SEVERITIES[catalogue()[code].severity]


def split(cell: str) -> tuple[str, str, str]:
    """Table, row and column of a cell id."""
    key, _, rest = cell.partition(".")
    row, _, column = rest.rpartition(".")
    return key, row, column


def _label(of: Table, row: Row) -> str:
    """A row's own label, with as many of the groups it stands in as tell it from the other rows."""
    for depth in range(1, len(row.path)):
        own = row.path[-depth:]
        if sum(other.path[-depth:] == own for other in of.rows) == 1:
            return "·".join(own)
    return "·".join(row.path)


@lru_cache(maxsize=4096)
def names(form: str, cell: str) -> dict[str, object]:
    """Parameters of messages about one cell: names of its table, row and column, and of itself. The dict is not to be changed.

    For a row that the form does not know, its key stands for the label.
    """
    key, row_key, column_key = split(cell)
    of: Table = table(form, key)
    row = next((r for r in of.rows if r.key == row_key), None)
    column = next((c for c in of.columns if c.key == column_key), None)
    row_zh = row_key if row is None else _label(of, row)
    row_en = row_key if row is None else row.label_en
    column_zh, column_en = (column_key, column_key) if column is None else (column.label, column.label_en)
    return {
        "table_zh": of.label, "table_en": of.label_en, "label": row_zh, "row_zh": row_zh, "row_en": row_en,
        "label_zh": row_zh, "label_en": row_en, "column_zh": column_zh, "column_en": column_en,
        "cell_zh": f"{row_zh}/{column_zh}", "cell_en": f"{row_en} / {column_en}",
    }


def phrase(code: str, **params: object) -> dict[str, str]:
    """A piece of a sentence in both languages: `NAME_zh` and `NAME_en` among the parameters go to their language as NAME."""
    pieces: dict[str, str] = {}
    for language in LANGUAGES:
        own = {key.removesuffix(f"_{language}"): value for key, value in params.items()}
        pieces[language] = text(code, own, language)
    return pieces


def amount(low: Bound, high: Bound, printed: bool = False) -> dict[str, str]:
    """A number or its bounds, as the end of a sentence about it."""
    if low == high:
        return phrase("P-PRINTED" if printed else "P-IS", n=low)
    if high == inf:
        return phrase("P-UNKNOWN") if low <= 0 else phrase("P-AT-LEAST", n=low)
    return phrase("P-BETWEEN", low=low, high=high)


def cell_list(form: str, cells: Iterable[str], most: int = 6) -> dict[str, str]:
    """The names of some cells, in one string; beyond `most` only their number."""
    known = [names(form, cell) for cell in cells]
    shown = known[:most]
    listed = {
        "zh": "、".join(f"「{n['cell_zh']}」" for n in shown),
        "en": ", ".join(f"“{n['cell_en']}”" for n in shown),
    }
    if len(known) > most:
        rest = phrase("P-AND-MORE", n=len(known) - most)
        listed = {language: listed[language] + rest[language] for language in LANGUAGES}
    return listed


def spread(**pieces: dict[str, str]) -> dict[str, object]:
    """Pieces in both languages as parameters: `hint={"zh": …, "en": …}` becomes `hint_zh` and `hint_en`."""
    return {f"{name}_{language}": piece[language] for name, piece in pieces.items() for language in LANGUAGES}

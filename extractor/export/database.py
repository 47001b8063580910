"""SQLite: a table per table, with keys, foreign keys and indexes; texts and numbers in columns that keep them as they are.

Whole numbers are integers; a number with a fraction is text, digit for digit, which SQLite computes with all the same.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

from extractor.export.items import Item
from extractor.export.rows import DETAILS, Row, Value, report_row, variable_rows
from extractor.export.tables import Kind, Table, tables

_TYPES: dict[Kind, str] = {"text": "TEXT", "integer": "INTEGER", "number": "", "real": "REAL", "flag": "INTEGER"}
_WIDEST = 1 << 63
_SHARED = ("source", "issuer", "year")
"""What the table of reports says already."""
_INDEXES = (
    ("reports", "issuer, year"), ("reports", "year"), ("cells", "cell, state"), ("findings", "code"), ("suspects", "cell"),
)


def write_database(path: Path, items: Iterable[Item]) -> None:
    """Write a database with these reports."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        # nobody else sees the file before it is whole
        for statement in ("PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", "BEGIN"):
            connection.execute(statement)
        for table in tables().values():
            connection.execute(_definition(table))
        _insert(connection, tables()["variables"], variable_rows())
        for item in items:
            _insert(connection, tables()["reports"], [report_row(item, "printed")])
            for name, rows in DETAILS.items():
                _insert(connection, tables()[name], rows(item))
        for name, columns in _INDEXES:
            connection.execute(f"CREATE INDEX {name}_{columns.replace(', ', '_')} ON {name} ({columns})")
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
    finally:
        connection.close()


def _kept(table: Table) -> list[int]:
    """The places of the fields that a table has here: details don't repeat what the report says, and reports hold no layer."""
    left_out: tuple[str, ...] = () if table.name == "variables" else _SHARED
    if table.name == "reports":
        left_out = ("layer", "from_printed", "from_deduced", "from_decided")
    return [place for place, field in enumerate(table.fields) if field.name not in left_out]


def _definition(table: Table) -> str:
    columns = [f'"{table.fields[at].name}" {_TYPES[table.fields[at].kind]}'.rstrip() for at in _kept(table)]
    columns.append(f"PRIMARY KEY ({', '.join(table.key)})")
    if table.name in DETAILS:
        columns.append("FOREIGN KEY (document) REFERENCES reports (document)")
    if table.name == "suspects":
        columns.append("FOREIGN KEY (document, finding) REFERENCES findings (document, finding)")
    return f"CREATE TABLE {table.name} ({', '.join(columns)}) WITHOUT ROWID"


def _insert(connection: sqlite3.Connection, table: Table, rows: Iterable[Row]) -> None:
    kept = _kept(table)
    connection.executemany(
        f"INSERT INTO {table.name} VALUES ({', '.join('?' * len(kept))})", _stored(rows, kept)
    )


def _stored(rows: Iterable[Row], kept: list[int]) -> Iterator[list[Value]]:
    for row in rows:
        yield [_exact(row[at]) for at in kept]


def _exact(value: Value) -> Value:
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value) if isinstance(value, int) and not -_WIDEST <= value < _WIDEST else value

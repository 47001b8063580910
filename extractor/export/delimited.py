"""CSV: a file per table, UTF-8, RFC 4180.

What comes from a document can begin like a spreadsheet's formula. A text that begins with one of = + - @, a tab or a carriage
return (also = + - @ of full width) gets an apostrophe in front, unless it is no more than a number with its sign.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import IO

from extractor.export.rows import Row, Value
from extractor.export.tables import Table

_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
_HARMLESS = re.compile(r"[+\-]?[\d,]{0,40}(\.\d{1,40})?\Z")


def harmless(text: str) -> str:
    """The text as a spreadsheet will not take it for a formula."""
    return f"'{text}" if _FORMULA.match(text) and not _HARMLESS.match(text) else text


def written(value: Value) -> str:
    """A value as it stands in a field: numbers digit for digit, flags as true and false, nothing where there is none."""
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


class DelimitedFile:
    """One table. `mark`: with the byte order mark by which spreadsheets know UTF-8."""

    def __init__(self, folder: Path, table: Table, mark: bool = False) -> None:
        self.path = folder / f"{table.name}.csv"
        self._file: IO[str] = self.path.open("w", encoding="utf-8-sig" if mark else "utf-8", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow([field.name for field in table.fields])

    def write(self, rows: Iterable[Row]) -> None:
        """Add rows."""
        self._writer.writerows(map(written, row) for row in rows)

    def close(self) -> None:
        """No rows are added after this."""
        self._file.close()

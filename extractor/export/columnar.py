"""Parquet: a file per table, in row groups, texts as dictionaries, zstd. Numbers are decimals, never binary floats."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from extractor.export.rows import Row, Value
from extractor.export.tables import Field, Kind, Table

_BEHIND = 10
_NUMBER = pa.decimal128(38, _BEHIND)
_BOUND = 10 ** (38 - _BEHIND)
_TYPES: dict[Kind, pa.DataType] = {
    "text": pa.string(), "integer": pa.int64(), "number": _NUMBER, "real": pa.float64(), "flag": pa.bool_(),
}
_GROUP = 500_000
"""Values in a row group, of all columns together: what is in memory."""
_FEWEST = 1000
"""Rows in a row group at least."""


class ColumnarFile:
    """One table. `unfit` counts the numbers that the type has no room for (28 digits, 10 behind the point): they are null."""

    def __init__(self, folder: Path, table: Table) -> None:
        self.path = folder / f"{table.name}.parquet"
        self.unfit = 0
        self._table = table
        self._schema = pa.schema([_field(field) for field in table.fields], metadata={"title": f"{table.zh} / {table.en}"})
        texts = [field.name for field in table.fields if field.kind == "text"]
        self._writer = pq.ParquetWriter(self.path, self._schema, compression="zstd", use_dictionary=texts)
        self._rows: list[Row] = []
        self._most = max(_FEWEST, _GROUP // len(table.fields))

    def write(self, rows: Iterable[Row]) -> None:
        """Add rows."""
        self._rows.extend(rows)
        if len(self._rows) >= self._most:
            self._flush()

    def close(self) -> None:
        """No rows are added after this."""
        if self._rows:
            self._flush()
        self._writer.close()

    def _flush(self) -> None:
        columns = zip(*self._rows, strict=True)
        arrays = [
            pa.array([self._fitting(v) for v in values] if field.kind == "number" else values, _TYPES[field.kind])
            for field, values in zip(self._table.fields, columns, strict=True)
        ]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        self._rows.clear()

    def _fitting(self, value: Value) -> Value:
        if isinstance(value, Decimal):
            exponent = value.as_tuple().exponent
            if abs(value) < _BOUND and isinstance(exponent, int) and exponent >= -_BEHIND:
                return value
        elif value is None or (isinstance(value, int) and abs(value) < _BOUND):
            return value
        self.unfit += 1
        return None


def _field(field: Field) -> pa.Field:
    about = {"title": f"{field.zh} / {field.en}", "description": field.about}
    return pa.field(field.name, _TYPES[field.kind], metadata=about)

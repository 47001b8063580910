"""`extractor export`: an archive into files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

import orjson
from sqlalchemy import Engine

from extractor.export.items import Filter, Item, count, items, reading
from extractor.export.rows import DETAILS, Layer, Row, variable_rows, wide_row
from extractor.export.tables import Table, tables, wide
from extractor.export.target import TargetError, target
from extractor.presenting.sheet import Language

Format = Literal["parquet", "csv", "xlsx", "jsonl", "sqlite", "package"]
FORMATS: tuple[Format, ...] = ("parquet", "csv", "xlsx", "jsonl", "sqlite", "package")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted. `layer`: which values the columns of cells in the table of reports hold. `mark`: CSV with a byte order
    mark. `language`: of workbooks."""

    to: Path
    format: Format
    filter: Filter = field(default_factory=Filter)
    layer: Layer = "printed"
    mark: bool = False
    overwrite: bool = False
    language: Language = "zh"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written. `unfit`: numbers that a Parquet decimal has no room for."""

    reports: int
    unfit: int = 0


class TableFile(Protocol):
    """One table being written."""

    def write(self, rows: Iterable[Row]) -> None: ...

    def close(self) -> None: ...


def export(engine: Engine, wanted: Wanted, tell: Callable[[int], None] = lambda _: None) -> Exported:
    """Write what the archive holds at this moment. `tell` is called with the number of reports written so far.

    Raises TargetError where it can't be put there, ModuleNotFoundError where the extra `export` is not installed.
    """
    with reading(engine) as connection, connection.begin():
        total = count(connection, wanted.filter)
        one_book = wanted.format == "xlsx" and wanted.to.suffix == ".xlsx"
        if one_book:
            from extractor.export.workbook import MOST

            if total > MOST:
                raise TargetError(
                    f"{wanted.to}: {total} reports are too many for one workbook ({MOST} at most); name a folder to get a "
                    "workbook for each report, or choose by --year, --issuer, --form"
                )
        folder = not one_book and wanted.format not in ("jsonl", "sqlite")
        with target(wanted.to, folder, wanted.overwrite) as path:
            return Exported(total, _write(path, wanted, _told(items(connection, wanted.filter), tell)))


def _write(path: Path, wanted: Wanted, found: Iterable[Item]) -> int:
    if wanted.format == "jsonl":
        from extractor.export.lines import write_lines

        write_lines(path, found)
    elif wanted.format == "sqlite":
        from extractor.export.database import write_database

        write_database(path, found)
    elif wanted.format == "xlsx":
        from extractor.export.workbook import write_workbook, write_workbooks

        (write_workbooks if path.is_dir() else write_workbook)(path, found, wanted.language)
    elif wanted.format == "parquet":
        from extractor.export.columnar import ColumnarFile

        columnar = {table.name: ColumnarFile(path, table) for table in _all_tables()}
        _fill(columnar, wanted.layer, found)
        return sum(file.unfit for file in columnar.values())
    else:
        _write_delimited(path, wanted, found)
    return 0


def _write_delimited(path: Path, wanted: Wanted, found: Iterable[Item]) -> None:
    from extractor.export.delimited import DelimitedFile
    from extractor.export.package import descriptor

    package = wanted.format == "package"
    files = {table.name: DelimitedFile(path, table, wanted.mark and not package) for table in _all_tables()}
    _fill(files, wanted.layer, found)
    if package:
        content = descriptor([(table, files[table.name]) for table in _all_tables()])
        (path / "datapackage.json").write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _all_tables() -> list[Table]:
    return [wide() if table.name == "reports" else table for table in tables().values()]


def _fill(files: Mapping[str, TableFile], layer: Layer, found: Iterable[Item]) -> None:
    try:
        files["variables"].write(variable_rows())
        for item in found:
            files["reports"].write([wide_row(item, layer)])
            for name, rows in DETAILS.items():
                files[name].write(rows(item))
    finally:
        for file in files.values():
            file.close()


def _told(found: Iterable[Item], tell: Callable[[int], None]) -> Iterator[Item]:
    for number, item in enumerate(found, 1):
        yield item
        tell(number)

"""Exports, each opened by its own tool."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import frictionless
import openpyxl
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select

from extractor.archive.decisions import add
from extractor.archive.history import update_history
from extractor.archive.lookup import currents
from extractor.archive.schema import documents
from extractor.archive.settling import settle
from extractor.archive.store import writing
from extractor.cli import cli
from extractor.decision import Before, Decision
from extractor.export.delimited import harmless
from extractor.forms.codebook import codebook
from extractor.output import cell_readings, to_json_object
from tests.archive.filled import entry_with, filled, generated, put_entries
from tests.plain_report import plain_report

HOSTILE = '=HYPERLINK("http://x","y")'
CELL = "requests.received.natural_person"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Twelve generated reports; two of one body on two years that don't join, one of them with a decision and money."""
    now = plain_report("2021").replace("行政许可\t", "=1+1\t9\n行政许可\t")
    texts = [*generated(12), (HOSTILE, now), ("2022.txt", plain_report("2021").replace("2023年", "2022年"))]
    engine = filled(str(tmp_path_factory.mktemp("archive") / "a.sqlite"), texts)
    update_history(engine)
    with writing(engine) as connection, connection.begin():
        query = select(documents.c.id, documents.c.version_id).where(documents.c.source == HOSTILE)
        document_id, version_id = connection.execute(query).one()
        (current,) = currents(connection, [document_id])
        reading = cell_readings(current.content.report, current.content.verification)[CELL]
        before = Before(reading.state, reading.raw, reading.value, reading.span)
        made = Decision(0, document_id, version_id, 1.0, "li", "misread", "g", CELL, before=before, after=77)
        add(connection, [made])
        settle(connection, document_id)
    return engine


def run(archive: Engine, *arguments: object) -> Result:
    command = ["export", "--archive", str(archive.url.database), *map(str, arguments)]
    return CliRunner().invoke(cli, command, env={"COLUMNS": "200"})


def exported(archive: Engine, to: Path, as_: str, *more: object) -> Path:
    result = run(archive, "--to", to, "--format", as_, *more)
    assert result.exit_code == 0, result.output
    assert [p for p in to.parent.iterdir() if p.name.startswith(".")] == []
    return to


def objects(archive: Engine) -> dict[str, dict[str, Any]]:
    """What the contract says of each report, by document."""
    with archive.connect() as connection:
        return {
            one.document.id: to_json_object(one.document, one.content.report, one.content.verification)
            for one in currents(connection)
        }


def test_parquet_has_every_cell_in_its_state_and_exact(archive: Engine, tmp_path: Path) -> None:
    folder = exported(archive, tmp_path / "out", "parquet")
    said = objects(archive)
    rows = pq.read_table(folder / "cells.parquet").to_pylist()
    assert len(rows) == sum(len(report["cells"]) for report in said.values())
    for row in rows:
        cell = said[row["document"]]["cells"][row["cell"]]
        assert row["state"] == cell["state"]
        assert (row["value"], row["deduced"]) == (cell["value"], cell.get("deduced"))
        assert (row["span_start"] is not None) == ("span" in cell)
    states = Counter(row["state"] for row in rows)
    assert states["blank"] and states["absent"]
    assert any(row["value"] == 0 and row["state"] == "printed" for row in rows)
    assert any(isinstance(row["value"], Decimal) and row["value"] % 1 for row in rows)
    (decided,) = [row for row in rows if row["decided"] is not None]
    assert (decided["cell"], decided["decision"], decided["decided"], decided["decision_stale"]) == (CELL, "misread", 77, False)
    assert decided["value"] != 77


def test_duckdb_joins_the_tables(archive: Engine, tmp_path: Path) -> None:
    folder = exported(archive, tmp_path / "out", "parquet")
    with duckdb.connect() as database:
        def one(query: str) -> Any:
            return database.execute(query.replace("[", f"'{folder}/").replace("]", ".parquet'")).fetchall()

        assert one("SELECT count(*) FROM [reports] r ANTI JOIN [cells] c USING (document)") == [(0,)]
        assert one("SELECT count(*) FROM [suspects] s ANTI JOIN [findings] f USING (document, finding)") == [(0,)]
        unknown = "SELECT count(*) FROM [cells] ANTI JOIN [variables] ON cell = variable WHERE row_key NOT LIKE 'extra.%'"
        assert one(unknown) == [(0,)]
        assert one("SELECT sum(printed) = (SELECT count(*) FROM [cells] WHERE state = 'printed') FROM [reports]") == [(True,)]
        codes = {code for (code,) in one("SELECT DISTINCT code FROM [findings] WHERE finding < 0")}
        assert "A-CARRIED" in codes


def test_a_layer_says_where_its_values_come_from(archive: Engine, tmp_path: Path) -> None:
    by_layer = {}
    for layer in ("printed", "deduced", "decided"):
        folder = exported(archive, tmp_path / layer, "parquet", "--layer", layer)
        by_layer[layer] = {row["document"]: row for row in pq.read_table(folder / "reports.parquet").to_pylist()}
    said = objects(archive)
    variables = [variable.id for variable in codebook()]
    for document, printed in by_layer["printed"].items():
        assert (printed["from_deduced"], printed["from_decided"]) == (0, 0)
        cells = said[document]["cells"]
        for layer, row in ((name, rows[document]) for name, rows in by_layer.items()):
            assert row["from_printed"] + row["from_deduced"] + row["from_decided"] >= sum(row[v] is not None for v in variables)
            assert row["layer"] == layer
        for variable in variables:
            assert printed[variable] == cells.get(variable, {}).get("value")
            known = printed[variable] if printed[variable] is not None else cells.get(variable, {}).get("deduced")
            assert by_layer["deduced"][document][variable] == known
    (changed,) = [d for d, row in by_layer["decided"].items() if row["from_decided"]]
    assert by_layer["decided"][changed][CELL] == 77 != by_layer["deduced"][changed][CELL]


def test_csv_is_exact_and_runs_no_formula(archive: Engine, tmp_path: Path) -> None:
    folder = exported(archive, tmp_path / "out", "csv", "--bom")
    content = (folder / "cells.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    said = objects(archive)
    for row in rows:
        cell = said[row["document"]]["cells"][row["cell"]]
        assert (Decimal(row["value"]) if row["value"] else None) == cell["value"]
        assert not row["source"].startswith(("=", "+", "-", "@"))
    assert f"'{HOSTILE}" in {row["source"] for row in rows}
    assert harmless("-11") == "-11" and harmless("+(0)") == "'+(0)" and harmless("＝x") == "'＝x" and harmless("-") == "-"


def test_a_package_that_the_validator_accepts(archive: Engine, tmp_path: Path) -> None:
    folder = exported(archive, tmp_path / "out", "package", "--year", 2022, "--year", 2023)
    result = frictionless.validate(str(folder / "datapackage.json"))
    assert result.valid, result.flatten(["rowNumber", "fieldName", "type", "note"])[:5]
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    reports = next(r for r in package["resources"] if r["name"] == "reports")
    field = next(f for f in reports["schema"]["fields"] if f["name"] == CELL)
    assert "自然人" in field["titles"]["zh"] and "Natural persons" in field["titles"]["en"] and field["kind"] == "count"


def test_json_lines_are_the_contract_with_what_was_decided(archive: Engine, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in exported(archive, tmp_path / "out.jsonl", "jsonl").read_text("utf-8").splitlines()]
    said = objects(archive)
    assert {line["document"]["id"] for line in lines} == said.keys()
    decided = [cell["decided"]["value"] for line in lines for cell in line["cells"].values() if "decided" in cell]
    assert decided == [77]
    assert "A-CARRIED" in {finding["code"] for line in lines for finding in line["between_reports"]}


def test_sqlite_keeps_numbers_as_they_are(archive: Engine, tmp_path: Path) -> None:
    path = exported(archive, tmp_path / "out.sqlite", "sqlite")
    said = objects(archive)
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        for document, cell, state, value in database.execute("SELECT document, cell, state, value FROM cells"):
            known = said[document]["cells"][cell]
            assert state == known["state"]
            assert (None if value is None else Decimal(value)) == known["value"]
            assert not isinstance(value, float)
        plan = database.execute("EXPLAIN QUERY PLAN SELECT * FROM cells WHERE cell = ?", (CELL,)).fetchall()
        assert "USING INDEX" in str(plan) or "USING COVERING INDEX" in str(plan)
    database.close()


def test_a_workbook_in_the_forms_layout(archive: Engine, tmp_path: Path) -> None:
    folder = exported(archive, tmp_path / "books", "xlsx")
    books = sorted(folder.iterdir())
    assert len(books) == len(objects(archive))
    path = exported(archive, tmp_path / "one.xlsx", "xlsx", "--issuer", "云溪县水务*", "--year", 2023)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    merged = {sheet.cell(r.min_row, r.min_col).value: (r.size["rows"], r.size["columns"]) for r in sheet.merged_cells.ranges}
    assert merged["申请人情况"] == (1, 7) and merged["法人或其他组织"] == (1, 5) and merged["自然人"] == (2, 1)
    assert merged["三、本年度办理结果"][0] > 15 and merged["行政诉讼"] == (1, 10)
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert HOSTILE in {cell.value for cell in cells}
    commented = [cell for cell in cells if cell.comment is not None]
    assert any("A-CARRIED" in cell.comment.text and cell.fill.start_color.rgb[2:] == "FDEAB0" for cell in commented)
    (decided,) = [cell for cell in commented if "77" in cell.comment.text and "misread" in cell.comment.text]
    assert decided.value != 77
    book.close()


def test_too_many_reports_for_one_workbook(tmp_path: Path) -> None:
    engine = filled(str(tmp_path / "a.sqlite"), [])
    put_entries(engine, [entry_with(None, f"sha256:{number}") for number in range(201)])
    result = run(engine, "--to", tmp_path / "one.xlsx", "--format", "xlsx")
    assert result.exit_code == 2 and "201 reports" in result.output and "folder" in result.output
    assert not (tmp_path / "one.xlsx").exists()


def test_a_choice_of_nothing_is_told(archive: Engine, tmp_path: Path) -> None:
    result = run(archive, "--to", tmp_path / "none", "--format", "csv", "--year", 1999, "--lang", "en")
    assert result.exit_code == 0 and "no report was chosen" in result.stderr
    assert (tmp_path / "none" / "cells.csv").read_text().count("\n") == 1


def test_what_can_not_be_written_is_named_and_leaves_nothing(archive: Engine, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "letter.txt").write_text("mine")
    result = run(archive, "--to", taken, "--format", "csv")
    assert result.exit_code == 2 and "--overwrite" in result.output
    assert run(archive, "--to", taken, "--format", "csv", "--overwrite").exit_code == 0
    assert (taken / "letter.txt").read_text() == "mine" and (taken / "cells.csv").exists()
    assert run(archive, "--to", tmp_path / "no" / "x.jsonl", "--format", "jsonl").exit_code == 2
    missing = CliRunner().invoke(cli, ["export", "--archive", str(tmp_path / "no.db"), "--to", "x", "--format", "csv"])
    assert missing.exit_code == 2 and "no such archive" in missing.output
    assert sorted(p.name for p in tmp_path.iterdir()) == ["taken"]

"""`extractor across`: reports held against each other, as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from extractor.cli import cli
from extractor.forms.form import form
from tests.plain_report import plain_report, plain_values

VALUES = plain_values(form("2021"))
OUT = VALUES["requests.carried_out.natural_person"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["across", *map(str, arguments)], env={"COLUMNS": "200"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The same body on two years that don't join, and the county that it is a unit of."""
    reports = tmp_path / "reports"
    (reports / "bureau").mkdir(parents=True)
    text = plain_report("2021")
    (reports / "bureau" / "2023.txt").write_text(text, "utf-8")
    (reports / "bureau" / "2022.txt").write_text(text.replace("2023年", "2022年"), "utf-8")
    county = plain_report("2021", "云溪县人民政府").replace("发布", "公布")
    licences = VALUES["disclosure.licences.decisions"]
    (reports / "county.txt").write_text(county.replace(f"行政许可\t{licences}", f"行政许可\t{licences - 1}"), "utf-8")
    (reports / ".hidden").write_text("x", "utf-8")
    return reports


def test_a_year_against_the_year_before(folder: Path) -> None:
    result = run(folder)
    assert result.exit_code == 0, result.output
    assert "2023.txt" in result.output
    assert "A-CARRIED" in result.output
    assert f"结转下年度继续办理的数量为 {OUT}" in result.output
    assert "共核对 3 份" in result.output


def test_json_lines_name_the_document_and_the_place(folder: Path) -> None:
    result = run(folder, "--json")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    (late,) = [line for line in lines if line["document"]["source"].endswith("2023.txt")]
    carried = [f for f in late["findings"] if f["code"] == "A-CARRIED"]
    assert len(carried) == 7
    text = (folder / "bureau" / "2023.txt").read_text("utf-8")
    first = next(f for f in carried if f["cells"] == ["requests.carried_in.natural_person"])
    (start, end), = first["spans"]
    assert text[start:end] == str(first["found"])
    assert first["expected"] == OUT
    assert [f["priority"] for f in late["findings"]] == sorted((f["priority"] for f in late["findings"]), reverse=True)


def test_a_county_against_its_units(folder: Path, tmp_path: Path) -> None:
    assert "A-UNITS" not in run(folder).output
    units = tmp_path / "units.csv"
    units.write_text("unit,parent\n云溪县水务局,云溪县人民政府\n", "utf-8-sig")
    shown = run(folder, "--units", units, "--lang", "en").output
    assert "A-UNITS" in shown and "less than" in shown


def test_files_in_another_order_give_the_same_findings(folder: Path) -> None:
    files = [p for p in folder.rglob("*.txt")]
    one, other = (sorted(run("--json", *order).stdout.splitlines()) for order in (files, files[::-1]))
    assert one == other


def test_what_is_wrong_with_the_call_or_a_file(folder: Path, tmp_path: Path) -> None:
    units = tmp_path / "units.csv"
    units.write_text("a,b\n1,2\n", "utf-8")
    assert run(folder, "--units", units).exit_code == 2
    assert run(folder, "--units", tmp_path / "missing.csv").exit_code == 2
    (folder / "empty.txt").write_text("", "utf-8")
    result = run(folder)
    assert result.exit_code == 3
    assert "empty.txt" in result.stderr
    assert "A-CARRIED" in result.stdout


def test_a_report_of_an_unknown_body_is_named(folder: Path) -> None:
    nameless = plain_report("2021").replace("云溪县水务局2023年政府信息公开工作年度报告", "").replace("云溪县水务局", "")
    (folder / "nameless.txt").write_text(nameless, "utf-8")
    result = run(folder, "--lang", "en")
    assert result.exit_code == 0
    assert "nameless.txt: body or year unknown" in result.stderr

"""`extractor stats` and `extractor across --archive`, as a user meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from extractor.archive.connecting import connect
from extractor.archive.schema import documents
from extractor.archive.store import put_failure, writing
from extractor.cli import cli
from tests.archive.filled import filled
from tests.plain_report import plain_report


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A body's reports on two years that don't join, one with a script for its name, and a file that gave no report."""
    path = tmp_path / "a.sqlite"
    texts = [("2023.txt", plain_report("2021")), ("2022.txt", plain_report("2021").replace("2023年", "2022年"))]
    engine = filled(str(path), texts)
    with writing(engine) as connection, connection.begin():
        put_failure(connection, "x.txt", "", "", 1, 1, "<script>", {})
    engine.dispose()
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, list(map(str, arguments)), env={"COLUMNS": "200"})


def test_reports_held_against_each_other_show_in_the_statistics(archive: Path) -> None:
    before = json.loads(run("stats", "--archive", archive, "--json").stdout)
    assert before["documents"] == 2 and before["failures"] == {"<script>": 1}
    assert sum(group["cells"]["printed"] for group in before["groups"]) > 300
    assert "A-CARRIED" not in {code["code"] for code in before["codes"]}
    result = run("across", "--archive", archive, "--json")
    assert result.exit_code == 0, result.output
    (line,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert line["document"]["source"] == "2023.txt"
    after = json.loads(run("stats", "--archive", archive, "--json").stdout)
    (carried,) = [code for code in after["codes"] if code["code"] == "A-CARRIED"]
    assert carried["findings"] == sum(f["code"] == "A-CARRIED" for f in line["findings"]) == carried["years"]["2023"]
    assert sum(after["conditions"].values()) == 2 and after["conditions"]["warning"] >= 1


def test_files_that_gave_no_report_are_listed_with_their_reasons(archive: Path) -> None:
    engine = connect(str(archive))
    with writing(engine) as connection, connection.begin():
        read = connection.execute(select(documents.c.hash)).scalars().first()
        put_failure(connection, "a\n\x1b[31m.txt", "", "sha256:e", 1, 1, "E-EMPTY", {})
        put_failure(connection, "read elsewhere.txt", "", str(read), 1, 1, "E-WORKER", {"reason": "SIGKILL"})
        for number in range(1200):
            put_failure(connection, f"n{number}.txt", "", "", 1, 1, "E-IO", {"reason": "no disk"})
    engine.dispose()
    lines = run("stats", "--archive", archive, "--failures", "--lang", "en").stdout.splitlines()
    assert lines[0] == "a\ufffd\ufffd[31m.txt: the file is empty; download it or run the OCR again"
    assert lines[-1] == "x.txt: <script>" and len(set(lines)) == 1202
    found = [json.loads(line) for line in run("stats", "--archive", archive, "--failures", "--json").stdout.splitlines()]
    assert (found[0]["location"], found[0]["code"]) == ("a\n\x1b[31m.txt", "E-EMPTY") and len(found) == 1202


def test_units_are_kept_and_replaced(archive: Path, tmp_path: Path) -> None:
    county = plain_report("2021", "云溪县人民政府").replace("本年新收政府信息公开申请数量\t", "本年新收政府信息公开申请数量\t0")
    filled(str(archive), [("county.txt", county)], "another").dispose()
    units = tmp_path / "units.csv"
    units.write_text("unit,parent\n云溪县水务局,云溪县人民政府\n云溪县民政局,云溪县人民政府\n", "utf-8")
    assert run("across", "--archive", archive, "--units", units).exit_code == 0
    filled(str(archive), [("civil.txt", plain_report("2021", "云溪县民政局"))], "third").dispose()
    found = [json.loads(line) for line in run("across", "--archive", archive, "--json").stdout.splitlines()]
    assert {f["code"] for line in found if line["document"]["source"] == "county.txt" for f in line["findings"]} == {"A-UNITS"}
    units.write_text("unit,parent\n", "utf-8")
    found = [json.loads(line) for line in run("across", "--archive", archive, "--units", units, "--json").stdout.splitlines()]
    assert "county.txt" not in {line["document"]["source"] for line in found}


def test_the_page_stands_alone_and_escapes(archive: Path, tmp_path: Path) -> None:
    run("across", "--archive", archive)
    page = tmp_path / "stats.html"
    shown = run("stats", "--archive", archive, "--html", page, "--lang", "en")
    assert shown.exit_code == 0 and "2 report(s)" in shown.output
    content = page.read_text("utf-8")
    assert "&lt;script&gt;" in content and "<script>" not in content
    assert content.count("<svg") == 2 and "http://" not in content and "https://" not in content


def test_what_is_wrong_with_the_call(archive: Path, tmp_path: Path) -> None:
    assert run("stats", "--archive", tmp_path / "none").exit_code == 2
    assert run("across").exit_code == 2
    assert run("across", "--archive", archive, tmp_path).exit_code == 2

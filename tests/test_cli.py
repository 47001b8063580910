"""The command line as a user meets it: what is printed, what is written, how it ends."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest

from extractor.forms.form import form
from extractor.output_schema import Extraction, json_schema
from tests.plain_report import plain_report, plain_values

ROOT = Path(__file__).parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "160"}
SAMPLES = sorted(p for p in (ROOT / "samples").glob("*") if p.suffix in (".txt", ".md"))


def run(*arguments: object, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "extractor", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, cwd=cwd, env={**ENVIRONMENT, **environment}, timeout=120)


def errors(process: subprocess.CompletedProcess[bytes]) -> list[str]:
    return process.stderr.decode().splitlines()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    (folder / "new.txt").write_text(plain_report("2021"), "utf-8")
    (folder / "old.txt").write_text(plain_report("2019"), "gb18030")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "scan.pdf").write_bytes(b"%PDF-1.7\n")
    (folder / "novel.txt").write_text("话说天下大势，分久必合，合久必分。" * 50, "utf-8")
    return folder


def test_json_is_one_object_and_nothing_else(folder: Path) -> None:
    process = run("extract", "new.txt", "--json", cwd=folder)
    assert process.returncode == 0, process.stderr
    assert process.stderr == b""
    out = json.loads(process.stdout)
    Extraction.model_validate_json(process.stdout)
    assert out["document"]["source"] == "new.txt"
    assert out["form"] == "2021"
    text = (folder / "new.txt").read_text("utf-8")
    assert {cell: entry["value"] for cell, entry in out["cells"].items()} == plain_values(form("2021"))
    for entry in out["cells"].values():
        start, end = entry["span"]
        assert text[start:end] == entry["raw"]
    assert out["findings"] == []


def test_several_files_give_a_line_each_and_a_bad_one_stops_nothing(folder: Path) -> None:
    process = run("extract", "empty.txt", "new.txt", "scan.pdf", "novel.txt", "missing.txt", "old.txt", "--json", cwd=folder)
    assert process.returncode == 3
    sources = [json.loads(line)["document"]["source"] for line in process.stdout.splitlines()]
    assert sources == ["new.txt", "old.txt"]
    assert [line.split(":")[0] for line in errors(process)] == ["empty.txt", "scan.pdf", "novel.txt", "missing.txt"]


@pytest.mark.parametrize("name", ["empty.txt", "scan.pdf", "novel.txt", "missing.txt", "."])
@pytest.mark.parametrize("command", [["extract", "--json"], ["extract"], ["show"]])
def test_a_file_that_is_no_report_ends_with_3_and_one_line(folder: Path, name: str, command: Sequence[str]) -> None:
    process = run(*command, name, cwd=folder)
    assert process.returncode == 3
    (line,) = errors(process)
    assert line.startswith(f"{name}: ") and " | " in line
    if "--json" in command:
        assert process.stdout == b""


@pytest.mark.parametrize(
    "arguments",
    [
        ["extract"],
        ["extract", "new.txt", "--json", "--out", "out"],
        ["extract", "new.txt", "--pages"],
        ["extract", "new.txt", "--out", "old.txt"],
        ["extract", "new.txt", "--lang", "fr"],
        ["show"],
        ["nonsense"],
        ["codebook", "--format", "xml"],
    ],
)
def test_a_wrong_call_ends_with_2(folder: Path, arguments: Sequence[str]) -> None:
    process = run(*arguments, cwd=folder)
    assert process.returncode == 2
    assert "Traceback" not in process.stderr.decode()
    assert process.stdout == b""


def test_out_writes_a_file_per_report_a_summary_and_pages(folder: Path, tmp_path: Path) -> None:
    for name in ("a/x y.txt", "b/x y.txt", "b/X Y.md"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes((folder / "new.txt").read_bytes())
    files = ["a/x y.txt", "b/x y.txt", "b/X Y.md", folder / "empty.txt"]
    process = run("extract", *files, "--out", "o/p", "--pages", cwd=tmp_path)
    assert process.returncode == 3
    assert len(errors(process)) == 1
    names = {p.name for p in (tmp_path / "o/p").iterdir()}
    assert names == {
        *("x_y.json", "x_y-2.json", "X_Y-3.json"),
        *("x_y.html", "x_y-2.html", "X_Y-3.html"),
        *("index.html", "summary.csv"),
    }
    assert json.loads((tmp_path / "o/p/x_y-2.json").read_bytes())["document"]["source"] == "b/x y.txt"
    assert "云溪县水务局" in process.stdout.decode()
    assert (tmp_path / "o/p/summary.csv").read_text("utf-8-sig").count("\n") == 5


def test_show_lays_the_report_out_as_its_form(folder: Path) -> None:
    out = run("show", "new.txt", cwd=folder).stdout.decode()
    assert "\x1b" not in out  # no terminal, no colour
    values = plain_values(form("2021"))
    lines = out.splitlines()
    for table in ("requests", "disclosure"):
        for row in form("2021").table(table).rows:
            numbers = [str(values[cell]) for cell in row.cells]
            assert any(re.findall(r"\d+(?=\s|$)", line)[-len(numbers) :] == numbers for line in lines), row.key
    english = run("show", "new.txt", "--lang", "en", cwd=folder).stdout.decode()
    assert "Requests received this year" in english and "核查结果" not in english


def test_columns_stand_under_each_other(folder: Path) -> None:
    from rich.cells import cell_len

    out = run("show", "new.txt", cwd=folder).stdout.decode().splitlines()
    last = [line.rstrip() for line in out if re.fullmatch(r".*[^\d\s]( +\d+){7} *", line)]
    assert len(last) == 25
    assert len({cell_len(line) for line in last}) == 1  # the total column is right-aligned on the screen


def test_a_document_cannot_steer_the_terminal_or_the_page(tmp_path: Path) -> None:
    hostile = plain_report(issuer="云溪县\x1b[31m<script>alert(1)</script>水务局")
    hostile = hostile.replace("二、主动", "发布信息<b onclick=x>\x1b]0;x\x0718\x1b[2J3条。\n二、主动")
    (tmp_path / "x.txt").write_text(hostile, "utf-8")
    shown = run("show", "x.txt", cwd=tmp_path)
    assert shown.returncode == 0 and b"\x1b" not in shown.stdout and b"\x07" not in shown.stdout
    assert run("extract", "x.txt", "--out", "o", "--pages", cwd=tmp_path).returncode == 0

    class Tags(HTMLParser):
        found: set[str]

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.found.add(tag)
            self.found.update(name for name, _ in attrs)

    for page in ("x.html", "index.html"):
        tags = Tags()
        tags.found = set()
        tags.feed((tmp_path / "o" / page).read_text("utf-8"))
        assert "table" in tags.found
        assert not tags.found & {"script", "onclick", "b onclick", "img", "src", "iframe"}


def test_each_number_on_the_page_leads_to_its_place_in_the_source(folder: Path, tmp_path: Path) -> None:
    assert run("extract", folder / "new.txt", "--out", tmp_path, "--pages").returncode == 0
    page = (tmp_path / "new.html").read_text("utf-8")
    links = re.findall(r'title="([a-z_.]+)"><a href="#(s\d+)">(\d+)', page)
    assert {cell: int(number) for cell, _, number in links} == plain_values(form("2021"))
    for _, anchor, number in links:
        assert re.search(rf'<mark id="{anchor}"[^>]*>{number}</mark>', page)


def test_a_reader_that_goes_away_is_no_error(folder: Path) -> None:
    files = " ".join(["new.txt"] * 20)
    command = f"{sys.executable} -m extractor extract {files} --json | head -c 10; exit ${{PIPESTATUS[0]}}"
    process = subprocess.run(["bash", "-c", command], capture_output=True, cwd=folder, env=ENVIRONMENT, timeout=120)
    assert process.stdout == b'{"document'
    assert process.stderr == b""


def test_a_terminal_without_chinese_gets_question_marks(folder: Path) -> None:
    process = run("show", "new.txt", cwd=folder, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert process.returncode == 0
    assert process.stderr == b""


def test_forms_codebook_and_schema() -> None:
    forms = run("forms").stdout.decode()
    assert all(code in forms for code in ("2019", "2021", "国办公开办函〔2021〕30号"))
    codebook = json.loads(run("codebook", "--format", "json").stdout)
    assert {"requests.received.total", "disclosure.fees.amount"} <= {v["id"] for v in codebook}
    assert "requests.received.total" in run("codebook").stdout.decode()
    assert json.loads(run("schema").stdout) == json.loads(json.dumps(json_schema()))
    assert b"extract" in run("--help").stdout and run("--version").returncode == 0


def test_help_does_not_wait_for_the_heavy_parts() -> None:
    code = "import sys, extractor.cli as c; c.cli(['--help'], standalone_mode=False); print(*sys.modules)"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, env=ENVIRONMENT, timeout=60)
    loaded = set(process.stdout.decode().splitlines()[-1].split())
    assert not loaded & {"numpy", "pydantic", "rapidfuzz", "orjson", "rich", "extractor.pipeline"}


@pytest.mark.skipif(not SAMPLES, reason="no samples yet")
def test_the_samples_are_read_and_keep_to_the_schema() -> None:
    process = run("extract", *SAMPLES, "--json")
    assert process.returncode == 0, process.stderr
    validator = jsonschema.Draft202012Validator(json_schema())
    lines = process.stdout.splitlines()
    assert len(lines) == len(SAMPLES)
    for line in lines:
        Extraction.model_validate(json.loads(line, parse_float=Decimal))
        assert list(validator.iter_errors(json.loads(line))) == []


def test_deep_gives_the_same_where_nothing_is_wrong(folder: Path) -> None:
    pytest.importorskip("scipy")
    usual, deep = (run("extract", "new.txt", "--json", *more, cwd=folder) for more in ((), ("--deep",)))
    assert deep.returncode == 0, deep.stderr
    assert usual.stdout == deep.stdout

"""Runs: a folder that a killed run goes on from, figures that don't depend on how it was run, comparison, the page."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from extractor.eval.cli import eval_group
from extractor.eval.compare import Counts, compare
from extractor.eval.datasets import FolderSet, GeneratedSet, written
from extractor.eval.metrics import arrays, metrics
from extractor.eval.report_page import report_page
from extractor.eval.runs import RunMismatchError, lines_of, run
from extractor.eval.summary import summarise

SET = GeneratedSet("default", 12, 31)
SPOILT = "tests.eval.spoilt:"


def without_time(lines: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{k: v for k, v in line.items() if k != "seconds"} for line in lines]


def test_a_killed_run_goes_on_and_ends_as_if_nothing_had_happened(tmp_path: Path) -> None:
    whole = run(SET, "grid", tmp_path / "whole", 1, quiet=True)
    run(SET, "grid", tmp_path / "cut", 1, quiet=True)
    path = tmp_path / "cut" / "documents.jsonl"
    content = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(content[:5]) + content[5][: len(content[5]) // 2])
    assert len(lines_of(tmp_path / "cut")) == 5
    assert without_time(run(SET, "grid", tmp_path / "cut", 1, quiet=True)) == without_time(whole)
    assert len(path.read_bytes().splitlines()) == 13  # the torn line stays, and nothing was done twice


def test_processes_do_not_change_the_figures(tmp_path: Path) -> None:
    one = run(SET, "grid", tmp_path / "one", 1, quiet=True)
    two = run(SET, "grid", tmp_path / "two", 2, quiet=True)
    assert without_time(one) == without_time(two)
    assert metrics(one) == metrics(two)


def test_a_folder_takes_only_one_run(tmp_path: Path) -> None:
    run(GeneratedSet("clean", 2, 1), "grid", tmp_path, 1, quiet=True)
    with pytest.raises(RunMismatchError):
        run(GeneratedSet("clean", 2, 2), "grid", tmp_path, 1, quiet=True)


def test_a_reader_that_fails_costs_its_documents_only(tmp_path: Path) -> None:
    lines = run(SET, SPOILT + "fails_at_times", tmp_path, 1, quiet=True)
    assert [bool(line["failure"]) for line in lines] == [n % 3 == 0 for n in range(12)]
    assert metrics(lines)["failed"]["value"] == pytest.approx(1 / 3, abs=1e-5)
    assert summarise(lines)["failures"][0][1] == "RuntimeError: too much"


def test_cost_and_tokens_are_summed(tmp_path: Path) -> None:
    summary = summarise(run(GeneratedSet("clean", 4, 1), SPOILT + "paid_for", tmp_path, 1, quiet=True))
    assert summary["usage"] == {"cost": 2.0, "tokens_in": 400}
    assert "tokens_in" in report_page("x", {"reader": "x"}, summary)


def test_documents_with_truth_from_two_folders(tmp_path: Path) -> None:
    written(GeneratedSet("clean", 3, 5), tmp_path)
    (tmp_path / "alone.txt").write_text("no truth for this one", "utf-8")
    dataset = FolderSet(tmp_path, tmp_path)
    assert dataset.names() == [f"clean-5-{n:06d}" for n in range(3)]
    document, truth = dataset.load("clean-5-000001")
    drawn_document, drawn_truth = GeneratedSet("clean", 3, 5).load("clean-5-000001")
    assert document.text == drawn_document.text
    assert truth == drawn_truth


def test_a_worse_reader_is_worse_in_a_paired_comparison(tmp_path: Path) -> None:
    def counts(reader: str) -> Counts:
        lines = run(SET, reader, tmp_path / reader[-9:], 1, quiet=True)
        return Counts(tuple(str(line["name"]) for line in lines), *arrays(lines))

    paired, differences = compare(counts("grid"), counts(SPOILT + "some_digits_changed"))
    verdicts = {d.metric.key: d.verdict for d in differences}
    assert paired
    assert verdicts["text_right"] == "worse"
    assert verdicts["text_silent"] == "worse"
    assert verdicts["header_right"] == "no difference shown"
    same = compare(counts("grid"), counts("grid"))[1]
    assert {d.verdict for d in same} <= {"no difference shown", "not measured"}
    assert all(d.delta == 0 or d.verdict == "not measured" for d in same)


def test_the_page_shows_what_documents_say_as_text_only() -> None:
    lines = [{**line_of_nothing(), "name": "<script>alert(1)</script>", "kinds": ["<b>"], "failure": "<i>",
              "cells": {"requests|printed|<u>|wrong_silent|wrong_silent": 1},
              "examples": [{"cell": "<a>", "text": "wrong_silent", "page": "wrong_silent", "damages": ["<u>"], "open": False,
                            "true": ["printed", 1], "on_page": 1, "read": ["printed", 2, "<img src=x>"],
                            "deduced": [None, None], "codes": ["<c>"], "true_place": "<p>⟦1⟧", "read_place": "<q>⟦2⟧"}]}]
    page = report_page("<title>", {"reader": "<r>"}, summarise(lines))
    assert "⟦" not in page
    assert "<mark>1</mark>" in page
    for tag in ("<script", "<img", "<u>", "<a>", "<i>", "<q>", "<r>", "<c>"):
        assert tag not in page


def line_of_nothing() -> dict[str, object]:
    groups = ("cells", "deduced", "confidence", "effort", "unnamed", "header", "figures", "claims", "findings", "damages",
              "localisation", "rates")
    return {"name": "n", "layout": "tabs", "forms": "2021", "clean": False, "kinds": [], "characters": 1, "seconds": 0.1,
            "failure": "", "unknown_cells": 0, "extras": [0, 0], "tables": 3, "forms_right": 3, "examples": [],
            **{g: {} for g in groups}}


def test_effort_counts_fields_in_the_order_presented() -> None:
    line = {**line_of_nothing(), "cells": {"requests|printed||right|right": 90, "requests|printed||missed|missed": 10},
            "effort": {"1|0.100": [5, 5], "0|0.400": [10, 4]}, "unnamed": {"0.500": [5, 1], "0.990": [80, 0]}}
    effort = summarise([line])["effort"]
    assert effort["start"] == pytest.approx(0.90)
    assert effort["named"] == 15
    assert effort["targets"]["99.00%"] == 15
    assert effort["targets"]["99.90%"] is None
    assert effort["targets_all"]["99.90%"] == 20


def test_calibration_of_confidences_that_are_right() -> None:
    line = {**line_of_nothing(), "confidence": {"0.900|silent": [100, 90, 90], "0.500|flagged": [10, 5, 5]}}
    calibration = summarise([line])["calibration"]
    assert calibration["ece"] == pytest.approx(0.0, abs=1e-9)
    assert calibration["brier"] == pytest.approx((90 * 0.01 + 10 * 0.81 + 10 * 0.25) / 110, rel=1e-3)
    overconfident = {**line_of_nothing(), "confidence": {"0.990|silent": [100, 50, 50]}}
    assert summarise([overconfident])["calibration"]["ece"] == pytest.approx(0.49)


def test_risk_coverage_takes_flagged_readings_last() -> None:
    line = {**line_of_nothing(), "confidence": {"0.990|flagged": [50, 0, 0], "0.900|silent": [50, 50, 50]}}
    assert summarise([line])["risk_coverage"] == [(0.5, 0.0), (1.0, 0.5)]


def test_commands(tmp_path: Path) -> None:
    runner = CliRunner()
    out = tmp_path / "run"
    done = runner.invoke(eval_group, ["run", str(out), "--count", "4", "--processes", "1", "--quiet"])
    assert done.exit_code == 0, done.output
    assert "4 documents" in done.output
    assert json.loads((out / "metrics.json").read_text("utf-8"))["documents"] == 4
    assert (out / "report.html").read_text("utf-8").startswith("<!doctype html>")
    (out / "report.html").unlink()
    assert runner.invoke(eval_group, ["report", str(out)]).exit_code == 0
    assert (out / "report.html").exists()
    assert runner.invoke(eval_group, ["compare", str(out), str(out)]).exit_code == 0
    assert "| run |" in runner.invoke(eval_group, ["figures", str(out)]).output
    assert runner.invoke(eval_group, ["generate", str(tmp_path / "g"), "--count", "2", "--mix", "clean"]).exit_code == 0
    assert len(list((tmp_path / "g").iterdir())) == 4


@pytest.mark.parametrize("arguments", [
    ["run", "OUT", "--mix", "nonsense"], ["run", "OUT", "--layout", "nonsense"], ["run", "OUT", "--reader", "nonsense"],
    ["run", "OUT", "--reader", "tests.eval.spoilt:nonsense"], ["compare", ".", "."], ["report", "."], ["figures", "."],
    ["gate", "--baseline", "nonsense.json"],
])
def test_a_wrong_call_ends_with_one_line_and_status_2(arguments: list[str], tmp_path: Path) -> None:
    call = [a.replace("OUT", str(tmp_path / "out")) for a in arguments]
    done = CliRunner().invoke(eval_group, call)
    assert done.exit_code == 2
    assert len(done.stderr.strip().splitlines()) == 1

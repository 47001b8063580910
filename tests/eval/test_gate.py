"""The gate: catches a reader made worse on purpose, lets the same reader pass, on the same documents and on others."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from extractor.eval.cli import eval_group
from extractor.eval.datasets import GeneratedSet
from extractor.eval.gate import Baseline, baseline_json, counts_of, judge, measure, read_baseline, write_baseline

SETS = (GeneratedSet("default", 40, 11), GeneratedSet("clean", 15, 11))
OTHERS = (GeneratedSet("default", 40, 12), GeneratedSet("clean", 15, 12))


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    return Baseline("grid", SETS, counts_of(measure("grid", SETS, 1)))


def test_the_same_reader_passes(baseline: Baseline) -> None:
    judgement = judge(baseline, measure("grid", SETS, 1))
    assert judgement.paired
    assert judgement.passes
    assert all(d.delta == 0 or d.verdict == "not measured" for d in judgement.differences)


def test_another_seed_does_not_fire(baseline: Baseline) -> None:
    judgement = judge(baseline, measure("grid", OTHERS, 1))
    assert not judgement.paired
    assert judgement.worse == []


def test_a_reader_with_changed_digits_is_stopped(baseline: Baseline) -> None:
    judgement = judge(baseline, measure("tests.eval.spoilt:some_digits_changed", SETS, 1))
    assert not judgement.passes
    assert "text_right" in {d.metric.key for d in judgement.worse}
    assert judgement.broken  # numbers changed on undamaged reports as well


def test_a_verifier_that_says_nothing_is_stopped(baseline: Baseline) -> None:
    worse = {d.metric.key for d in judge(baseline, measure("tests.eval.spoilt:no_findings", SETS, 1)).worse}
    assert "damages_found" in worse


def test_a_reader_that_fails_is_stopped(baseline: Baseline) -> None:
    judgement = judge(baseline, measure("tests.eval.spoilt:fails_at_times", SETS, 1))
    assert "failed" in {d.metric.key for d in judgement.worse}
    assert judgement.failed


def test_the_command_writes_and_judges(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    runner = CliRunner()
    options = ["gate", "--baseline", str(path), "--processes", "1"]
    assert runner.invoke(eval_group, [*options, "--write", "--count", "30"]).exit_code == 0
    passed = runner.invoke(eval_group, options)
    assert passed.exit_code == 0, passed.output
    stopped = runner.invoke(eval_group, [*options, "--reader", "tests.eval.spoilt:some_digits_changed"])
    assert stopped.exit_code == 1, stopped.output
    assert "worse" in stopped.output


def test_a_baseline_is_read_as_it_was_written(tmp_path: Path, baseline: Baseline) -> None:
    path = tmp_path / "baseline.json"
    write_baseline(path, baseline_json("grid", SETS, measure("grid", SETS, 1)))
    back = read_baseline(path)
    assert back.datasets == SETS
    assert back.counts.names == baseline.counts.names
    assert (back.counts.numerators == baseline.counts.numerators).all()
    path.write_text('{"metrics": []}', "utf-8")
    with pytest.raises(ValueError, match="other metrics"):
        read_baseline(path)

"""Whatever ends a run: the archive holds whole documents, the next run goes on behind them, and no answer is paid for twice.

`python -m tests.bulk.killing` does the same with more kills and more reports."""

from __future__ import annotations

import resource
import signal
import time
from pathlib import Path
from typing import Any

from extractor.archive.schema import attempts, claims, documents, runs, versions
from extractor.eval.standin.server import StandIn
from tests.bulk.conftest import COUNT
from tests.bulk.killing import AT_ONCE, killed_and_finished
from tests.bulk.runs import Archives, count, finish, holds, run, start
from tests.postgres import Server


def test_a_run_that_is_killed_goes_on(
    new_archive: Archives, reports: Path, model: StandIn, undisturbed: dict[str, Any]
) -> None:
    archive = new_archive()
    outcome = killed_and_finished(archive, [reports], model, kills=2, seed=5)
    assert holds(archive) == undisturbed
    assert COUNT <= outcome.calls <= COUNT + outcome.kills * AT_ONCE
    assert outcome.statuses == (0, 0)
    assert count(archive, claims) == 0


def test_two_runs_at_once_share_the_work(
    new_archive: Archives, reports: Path, model: StandIn, undisturbed: dict[str, Any]
) -> None:
    archive = new_archive()
    both = [start(archive, [reports], "--mode", "cascade", model=model) for _ in range(2)]
    ends = [finish(process) for process in both]
    assert [status for status, _, _ in ends] == [0, 0], ends
    assert holds(archive) == undisturbed
    assert len(model.requests) == COUNT
    assert count(archive, versions) == COUNT
    assert count(archive, attempts) == COUNT


def test_the_database_may_be_stopped_in_the_middle(
    postgres: Server, reports: Path, model: StandIn, undisturbed: dict[str, Any]
) -> None:
    archive = postgres.database()
    process = start(archive, [reports], "--mode", "cascade", "--concurrency", "2", model=model)
    while not model.requests and process.poll() is None:
        time.sleep(0.01)
    postgres.crash()
    time.sleep(1.0)
    postgres.start()
    status, out, err = finish(process)
    assert status == 0, out + err
    assert holds(archive) == undisturbed
    assert len(model.requests) == COUNT


def test_a_full_disk_ends_the_run_with_one_line(
    tmp_path: Path, reports: Path, model: StandIn, undisturbed: dict[str, Any]
) -> None:
    archive = str(tmp_path / "a.sqlite")

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))  # bytes of any file, that of the archive's log too

    status, _, err = run(archive, [reports], "--mode", "cascade", model=model, preexec_fn=bounded)
    assert status == 3
    assert len(err.strip().splitlines()) == 1 and archive in err, err
    assert 0 < count(archive, documents) < COUNT
    status, out, err = run(archive, [reports], "--mode", "cascade", model=model)
    assert status == 0, out + err
    assert holds(archive) == undisturbed


def test_ctrl_c_finishes_what_is_in_hand(tmp_path: Path, reports: Path, model: StandIn, undisturbed: dict[str, Any]) -> None:
    archive = str(tmp_path / "a.sqlite")
    process = start(archive, [reports], "--mode", "cascade", "--concurrency", "1", model=model)
    while len(model.requests) < 3 and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    status, out, err = finish(process)
    assert status == 4 and "stopped on request" in out, out + err
    assert count(archive, claims) == 0
    assert count(archive, versions) == len(model.requests)
    status, out, err = run(archive, [reports], "--mode", "cascade", model=model)
    assert status == 0, out + err
    assert holds(archive) == undisturbed
    assert len(model.requests) == COUNT


def test_a_second_ctrl_c_ends_at_once(tmp_path: Path, reports: Path, model: StandIn) -> None:
    model.latency = 60.0
    archive = str(tmp_path / "a.sqlite")
    process = start(archive, [reports], "--mode", "cascade", model=model)
    while len(model.requests) < 3 and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    assert "Ctrl-C again" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    status, out, err = finish(process)
    assert status == 4, out + err
    assert "given up" in out
    assert count(archive, claims) == 0 and count(archive, runs) == 1


def test_the_budget_ends_a_run_and_a_larger_one_goes_on(
    tmp_path: Path, reports: Path, model: StandIn, undisturbed: dict[str, Any]
) -> None:
    archive = str(tmp_path / "a.sqlite")
    status, out, err = run(archive, [reports], "--mode", "cascade", "--budget", "30000t", "--concurrency", "1", model=model)
    assert status == 4 and "budget" in out, out + err
    assert 0 < len(model.requests) < COUNT
    status, out, err = run(archive, [reports], "--mode", "cascade", model=model)
    assert status == 0, out + err
    assert holds(archive) == undisturbed
    assert len(model.requests) == COUNT

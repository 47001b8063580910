"""Runs that are killed again and again, then finished. As a command, often: python -m tests.bulk.killing --kills 20"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

from extractor.eval.standin.server import StandIn
from tests.bulk.runs import finish, holds, run, stand_in, start, write_reports
from tests.postgres import Server

AT_ONCE = 4
"""Questions on the way at most."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`calls`: questions that the model got in all; `kills`: runs that were under way when they were killed."""

    kills: int
    calls: int
    statuses: tuple[int, ...]


def killed_and_finished(archive: str, where: list[Path], model: StandIn, kills: int, seed: int) -> Outcome:
    """Start a run, kill it at a random moment, `kills` times, then let one finish."""
    rng = Random(seed)
    before = len(model.requests)
    killed = 0
    options = ("--mode", "cascade", "--concurrency", str(AT_ONCE))
    for number in range(kills):
        process = start(archive, where, *options, model=model)
        if number % 5 == 4:  # while it starts, opens the archive, looks for its place
            time.sleep(rng.uniform(0.2, 2.0))
        else:
            _wait_for_calls(process, model, len(model.requests) + rng.randrange(1, 6))
            time.sleep(rng.uniform(0.0, 0.05))
        killed += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
    status, out, err = finish(start(archive, where, *options, model=model))
    assert status == 0, out + err
    again = run(archive, where, *options, model=model)
    return Outcome(killed, len(model.requests) - before, (status, again[0]))


def _wait_for_calls(process: subprocess.Popen[str], model: StandIn, calls: int) -> None:
    while process.poll() is None and len(model.requests) < calls:
        time.sleep(0.002)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--count", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, stand_in(asked.count, latency=0.02).in_thread() as model:
        where = [Path(folder) / "reports"]
        write_reports(where[0], asked.count)
        whole = str(Path(folder) / "whole.sqlite")
        assert run(whole, where, "--mode", "cascade", model=model)[0] == 0
        expected, calls = holds(whole), len(model.requests)
        server = Server()
        try:
            for archive in (str(Path(folder) / "killed.sqlite"), server.database()):
                began = time.monotonic()
                outcome = killed_and_finished(archive, where, model, asked.kills, asked.seed)
                print(json.dumps({
                    "archive": archive.partition(":")[0] if "://" in archive else "sqlite", "documents": asked.count,
                    "killed": outcome.kills, "equal": holds(archive) == expected, "calls undisturbed": calls,
                    "calls": outcome.calls, "allowed": calls + outcome.kills * AT_ONCE,
                    "seconds": round(time.monotonic() - began),
                }), flush=True)
        finally:
            server.remove()


if __name__ == "__main__":
    main()

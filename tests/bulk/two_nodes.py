"""Run by test_cluster.py as a program of its own: a Ray cluster of two nodes on loopback, `extractor run` on it, and one node
killed in the middle. Arguments: folder, archive, mode, how many documents may be in the archive before the node is killed (0:
none is). Prints one line of JSON: exit status, output, the requests that the stand-in server got.

With a fifth argument, a speed, the stand-in lets 500 requests and 200,000 tokens through in any minute, a minute lasting
60 / speed seconds, and the line says how much of that was used between the first minute and the fourth, and what was refused.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}

from ray.cluster_utils import Cluster

from extractor.eval.datasets import FolderSet
from extractor.eval.standin.allowance import Allowance
from extractor.eval.standin.answers import Library
from extractor.eval.standin.server import StandIn, from_library

_HEAD, _OTHER = "127.0.0.2", "127.0.0.3"  # Ray takes 127.0.0.1 for the machine's outer address
_STORE = 80_000_000
_REQUESTS, _TOKENS, _MINUTES = 500, 200_000, 4


def main(folder: Path, archive: Path, mode: str, before: int, speed: float = 0.0) -> dict[str, object]:
    with ExitStack() as stack:
        environment = dict(os.environ)
        standin = None
        if mode != "grid":
            dataset = FolderSet(folder, folder)
            allowance = Allowance(_REQUESTS, _TOKENS, 60 / speed) if speed else Allowance()
            library = Library(dataset.load(name) for name in dataset.names())
            standin = StandIn(from_library(library), latency=5.0 / speed if speed else 0.0, allowance=allowance)
            stack.enter_context(standin.in_thread())
            environment |= {
                "EXTRACTOR_BASE_URL": standin.base_url, "EXTRACTOR_MODEL": "stand-in", "EXTRACTOR_API_KEY": "none",
            }
        head = {"num_cpus": 1, "include_dashboard": False, "node_ip_address": _HEAD, "object_store_memory": _STORE}
        cluster = Cluster(initialize_head=True, head_node_args=head)
        stack.callback(cluster.shutdown)
        other = cluster.add_node(num_cpus=1, node_ip_address=_OTHER, object_store_memory=_STORE)
        command = [
            sys.executable, "-m", "extractor", "run", str(folder / "*.txt"), "--archive", str(archive), "--mode", mode,
            "--engine", "ray", "--address", cluster.address, "--lang", "en",
        ]
        if speed:
            command += ["--rpm", str(round(_REQUESTS * speed)), "--tpm", str(round(_TOKENS * speed))]
        run = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        killed_at = 0
        used: list[tuple[float, int, int]] = []
        while run.poll() is None:
            if standin is not None and standin.allowance.admitted:
                used.append((time.monotonic(), standin.allowance.admitted, standin.allowance.admitted_tokens))
            if before and not killed_at and _documents(archive) >= before:
                cluster.remove_node(other, allow_graceful=False)
                killed_at = _documents(archive)
            time.sleep(0.05)
        output = run.communicate()[0]
        calls = len(standin.requests) if standin is not None else 0
        told: dict[str, object] = {"status": run.returncode, "output": output, "killed_at": killed_at, "calls": calls}
        if standin is not None and speed:
            told |= _use(used, standin.allowance)
        return told


def _use(used: Sequence[tuple[float, int, int]], allowance: Allowance) -> dict[str, object]:
    """Shares of what is allowed, from the end of the first minute to that of the last whole one, at most the fourth."""
    begun = used[0][0]
    minutes = min(int((used[-1][0] - begun) / allowance.period), _MINUTES)
    first, last = (next(u for u in used if u[0] >= begun + n * allowance.period) for n in (1, minutes))
    shares = [(last[i] - first[i]) / (limit * (minutes - 1)) for i, limit in ((1, _REQUESTS), (2, _TOKENS))]
    refused = allowance.refused / (allowance.admitted + allowance.refused)
    return {"minutes": minutes - 1, "requests used": shares[0], "tokens used": shares[1], "refused": refused}


def _documents(archive: Path) -> int:
    if not archive.exists():
        return 0
    with closing(sqlite3.connect(archive)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM versions").fetchone()[0])
        except sqlite3.OperationalError:  # not there yet, or somebody writes
            return 0


if __name__ == "__main__":
    folder, archive, mode, before, *speed = sys.argv[1:]
    print(json.dumps(main(Path(folder), Path(archive), mode, int(before), *map(float, speed))))

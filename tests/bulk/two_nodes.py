"""Run by test_cluster.py as a program of its own: a Ray cluster of two nodes on loopback, `extractor run` on it, and one node
killed in the middle. Arguments: folder, archive, mode, how many documents may be in the archive before the node is killed.
Prints one line of JSON: exit status, output, the requests that the stand-in server got.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path

os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}

from ray.cluster_utils import Cluster

from extractor.eval.datasets import FolderSet
from extractor.eval.standin.answers import Library
from extractor.eval.standin.server import StandIn, from_library

_HEAD, _OTHER = "127.0.0.2", "127.0.0.3"  # Ray takes 127.0.0.1 for the machine's outer address
_STORE = 80_000_000


def main(folder: Path, archive: Path, mode: str, before: int) -> dict[str, object]:
    with ExitStack() as stack:
        environment = dict(os.environ)
        standin = None
        if mode != "grid":
            dataset = FolderSet(folder, folder)
            standin = StandIn(from_library(Library(dataset.load(name) for name in dataset.names())))
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
        run = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        killed_at = 0
        while run.poll() is None:
            if not killed_at and _documents(archive) >= before:
                cluster.remove_node(other, allow_graceful=False)
                killed_at = _documents(archive)
            time.sleep(0.05)
        output = run.communicate()[0]
        calls = len(standin.requests) if standin is not None else 0
        return {"status": run.returncode, "output": output, "killed_at": killed_at, "calls": calls}


def _documents(archive: Path) -> int:
    if not archive.exists():
        return 0
    with closing(sqlite3.connect(archive)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM versions").fetchone()[0])
        except sqlite3.OperationalError:  # not there yet, or somebody writes
            return 0


if __name__ == "__main__":
    folder, archive, mode, before = sys.argv[1:]
    print(json.dumps(main(Path(folder), Path(archive), mode, int(before))))

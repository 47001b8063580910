"""A run on a Ray cluster of two nodes of which one is killed: nothing is lost, nothing is asked twice."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from extractor.archive.connecting import connect
from extractor.archive.content import Content, content_of
from extractor.archive.schema import claims, documents, failures, versions
from extractor.eval.datasets import GeneratedSet, written

_COUNT = 120
_PROGRAM = Path(__file__).with_name("two_nodes.py")
# Ray's own servers listen on all addresses: in a network of its own, the cluster reaches and is reached by nobody
_APART = ["unshare", "--net", "--map-root-user", "sh", "-c", 'ip link set lo up && exec "$0" "$@"']


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports with their truth beside them."""
    folder = tmp_path_factory.mktemp("reports")
    written(GeneratedSet("default", _COUNT, 7), folder)
    return folder


def _apart() -> list[str]:
    if shutil.which("unshare") and shutil.which("ip") and not subprocess.run([*_APART, "true"], capture_output=True).returncode:
        return _APART
    return []


@pytest.mark.parametrize("mode", ["grid", "cascade"])
def test_a_node_that_is_killed_costs_nothing(mode: str, folder: Path, tmp_path: Path) -> None:
    archive = tmp_path / "cluster.sqlite"
    program = [*_apart(), sys.executable, str(_PROGRAM), str(folder), str(archive), mode, str(_COUNT // 4)]
    ended = subprocess.run(program, capture_output=True, text=True, timeout=240)
    assert ended.returncode == 0, ended.stderr[-2000:]
    told = json.loads(ended.stdout.splitlines()[-1])
    assert told["status"] == 0, told["output"]
    assert told["killed_at"] < _COUNT  # the node went while there was work left
    found = _contents(archive)
    assert len(found) == _COUNT
    if mode == "grid":
        alone = tmp_path / "alone.sqlite"
        command = [sys.executable, "-m", "extractor", "run", str(folder / "*.txt"), "--archive", str(alone), "--mode", mode]
        subprocess.run(command, check=True, capture_output=True)
        assert found == _contents(alone)
    else:
        asked = sum(bool(content.report.models) for content in found.values())
        assert told["calls"] == asked > 0


def _contents(archive: Path) -> dict[str, Content]:
    """What the archive holds by document, once it is seen that nothing is left over."""
    engine = connect(str(archive), create=False)
    with engine.connect() as connection:
        for table in (failures, claims):
            assert connection.execute(select(table)).all() == []
        rows = connection.execute(select(documents.c.hash, versions.c.content).join(versions)).all()
    engine.dispose()
    return {hash_: content_of(content) for hash_, content in rows}

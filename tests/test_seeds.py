"""The five real reports against the truth read by hand, through the command line. They are not part of the repository."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from extractor.cli import cli

SHARED = Path(__file__).parents[2] / "shared"
SEEDS = sorted((SHARED / "seeds").glob("*.txt"))
SCORE = SHARED / "truth" / "score"

pytestmark = [
    pytest.mark.seeds,
    pytest.mark.skipif(not (SEEDS and SCORE.exists()), reason="the five real reports are not here"),
]


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, int]]:
    """Per report, how many cells are of each kind (the kinds are explained beside the truth)."""
    folder = tmp_path_factory.mktemp("seeds")
    with pytest.raises(SystemExit) as ended:
        cli(["extract", *map(str, SEEDS), "--out", str(folder)])
    assert ended.value.code == 0
    outputs = sorted(folder.glob("0*.json"))
    lines = subprocess.run([sys.executable, str(SCORE), *map(str, outputs)], capture_output=True, text=True, timeout=60).stdout
    return {
        line.split(":")[0]: {kind: int(count) for kind, count in re.findall(r"(\w+) (\d+)", line.split(":")[1])}
        for line in lines.splitlines()
    }


@pytest.mark.parametrize("kind", ["silent", "deduced_wrong", "wrong_flagged", "missed", "state", "unknown_cells"])
def test_no_cell_is_wrong_missed_or_misjudged(scored: dict[str, dict[str, int]], kind: str) -> None:
    assert len(scored) == len(SEEDS) + 1  # and the sum
    assert {name: counts[kind] for name, counts in scored.items() if kind in counts} == {}

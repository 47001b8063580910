"""`extractor run` from files to a committed archive: reports per second, processor time, memory, disk.

    python benchmarks/bench_run.py --count 100000 [--archive URL] [--from FOLDER] [--seconds 480]

Generated reports, each in as many copies as it takes; a copy differs from its fellows in its last line, so that each is a
document of its own. `--from`: a folder of reports to copy from instead. With --seconds the run is stopped (Ctrl-C) when so many
are over, and the figures are those of what was read by then. Rules alone, no model. Memory is the proportional share of each
process (PSS), from Linux's /proc: pages that workers share are counted once.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select, text

from extractor.archive.connecting import connect
from extractor.archive.schema import documents
from extractor.eval.datasets import GeneratedSet

_TICK = os.sysconf("SC_CLK_TCK")
_EVERY = 2.0


@dataclass(slots=True)
class Watched:
    """A run's processes: processor seconds by number, and memory by how many documents were there."""

    driver: int
    cpu: dict[int, float] = field(default_factory=dict)
    memory: list[tuple[int, float, float]] = field(default_factory=list)
    """Documents, megabytes of the driver, megabytes of all others together."""

    def look(self, documents_: int) -> None:
        driver = others = 0.0
        for number in _session(self.driver):
            try:
                fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
                share = _megabytes(Path(f"/proc/{number}/smaps_rollup").read_text())
            except OSError:  # it has ended since it was listed
                continue
            self.cpu[number] = (int(fields[11]) + int(fields[12])) / _TICK
            if number == self.driver:
                driver = share
            else:
                others += share
        self.memory.append((documents_, driver, others))


def _session(leader: int) -> list[int]:
    """The processes of a session."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(path.read_text().rpartition(")")[2].split()[3]) == leader:
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def _megabytes(rollup: str) -> float:
    match = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    return int(match[1]) / 1024 if match else 0.0


def write_reports(folder: Path, count: int, distinct: int, source: Path | None) -> None:
    """`count` files, in subfolders of a thousand."""
    paths = sorted(source.glob("*.txt"))[:distinct] if source is not None else []
    generated = GeneratedSet("default", distinct, 11) if source is None else None
    names = generated.names() if generated is not None else [path.stem for path in paths]
    texts = [
        generated.load(name)[0].text if generated is not None else paths[number].read_text("utf-8")
        for number, name in enumerate(names)
    ]
    for number in range(count):
        inside = folder / f"{number // 1000:04}"
        if not number % 1000:
            inside.mkdir(parents=True, exist_ok=True)
        copy = number // len(texts)
        body = texts[number % len(texts)] + (f"\n本报告电子版编号 {copy}。\n" if copy else "")
        (inside / f"{number:07}.txt").write_text(body, "utf-8")


def measure(folder: Path, archive: str, seconds: float | None) -> None:
    command = [sys.executable, "-m", "extractor", "run", str(folder), "--archive", archive, "--mode", "grid", "--lang", "en"]
    engine = connect(archive)
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True)
    watched = Watched(process.pid)
    asked = False
    while process.poll() is None:
        time.sleep(_EVERY)
        with engine.connect() as connection:
            there = connection.execute(select(func.max(documents.c.id))).scalar() or 0
        watched.look(there)
        if seconds is not None and not asked and time.monotonic() - began > seconds:
            process.send_signal(signal.SIGINT)
            asked = True
    took = time.monotonic() - began
    out = process.communicate()[0]
    with engine.connect() as connection:
        there = connection.execute(select(func.count()).select_from(documents)).scalar() or 0
        if engine.dialect.name == "postgresql":
            bytes_ = connection.execute(text("SELECT pg_database_size(current_database())")).scalar() or 0
        else:
            bytes_ = Path(archive).stat().st_size
    engine.dispose()
    cpu = sum(watched.cpu.values())
    print(out.strip())
    print(f"{there} documents in {took:.1f} s: {there / took:.1f} per second")
    print(f"processor: {cpu / there * 1000:.2f} ms per document, driver {watched.cpu.get(process.pid, 0) / there * 1000:.2f}")
    print(f"  that is {1 / (cpu / there):.0f} per second and core that is free, start of the processes included")
    for mark in (1_000, 10_000, 50_000, 100_000):
        after = [m for m in watched.memory if m[0] >= mark]
        if after:
            print(f"memory at {after[0][0]} documents: driver {after[0][1]:.0f} MB, workers together {after[0][2]:.0f} MB")
    driver, others = max(m[1] for m in watched.memory), max(m[2] for m in watched.memory)
    print(f"memory at most: driver {driver:.0f} MB, workers together {others:.0f} MB")
    print(f"disk: {bytes_ / there / 1024:.1f} KiB per document")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--distinct", type=int, default=2_000, help="different generated reports among them")
    parser.add_argument("--from", dest="source", type=Path)
    parser.add_argument("--archive", help="default: SQLite, in a folder that goes away")
    parser.add_argument("--seconds", type=float)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_reports(Path(folder) / "reports", asked.count, asked.distinct, asked.source)
        measure(Path(folder) / "reports", asked.archive or str(Path(folder) / "archive.sqlite"), asked.seconds)


if __name__ == "__main__":
    main()

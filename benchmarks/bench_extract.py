"""Reports per second on one core, stage by stage: `make bench`, or python benchmarks/bench_extract.py FILE-OR-FOLDER…

The stages are timed where the pipeline calls them, in processor time. Two figures: the first pass over the files, which
compiles forms and edits and fills caches, and the best of the later passes, in which nothing of a report is new. For what a
large folder will take, give a folder of some hundred different reports (`extractor eval generate FOLDER --count 400`).
"""

from __future__ import annotations

import argparse
import gc
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

import extractor.pipeline as pipeline
from extractor.documents.load import document_from_bytes
from extractor.output import dumps, to_json_object
from extractor.verification.verify import verify

READING = {
    "find_sections": "sections",
    "read_header": "header",
    "fitted_tables": "grid",
    "read_tables": "grid",
    "read_figures": "narrative",
    "read_claims": "narrative",
}
"""What the pipeline calls to read a report, and the stage it belongs to."""
STAGES = ("load", "sections", "header", "grid", "narrative", "read, rest", "verify", "output")


class Clock:
    """Seconds of processor time spent per stage; what else runs on the machine does not count."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, its time counted for the stage."""

        def call(*arguments: Any) -> Any:
            start = time.process_time()
            try:
                return function(*arguments)
            finally:
                self.spent[stage] += time.process_time() - start

        return call


def one_pass(contents: list[tuple[str, bytes]], clock: Clock) -> dict[str, float]:
    """Seconds per stage over all files. Files that are no reports are left out."""
    clock.spent.clear()
    load, check = clock.timed("load", _load), clock.timed("verify", verify)
    read = clock.timed("read", pipeline.read_report)
    write = clock.timed("output", lambda d, r, v: dumps(to_json_object(d, r, v)))
    for source, content in contents:
        document = load(content, source)
        try:
            report = read(document)
        except pipeline.NotAReportError:
            continue
        write(document, report, check(report))
    clock.spent["read, rest"] = clock.spent.pop("read") - sum(clock.spent[s] for s in set(READING.values()))
    return dict(clock.spent)


def _load(content: bytes, source: str) -> Any:
    document = document_from_bytes(content, source)
    _ = document.view
    return document


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path, metavar="FILE-OR-FOLDER")
    parser.add_argument("--passes", type=int, default=20, help="passes after the first (default %(default)s)")
    arguments = parser.parse_args()
    files = [f for path in arguments.paths for f in (sorted(path.glob("**/*.txt")) if path.is_dir() else [path])]
    contents = [(str(file), file.read_bytes()) for file in files]
    clock = Clock()
    for name, stage in READING.items():
        setattr(pipeline, name, clock.timed(stage, getattr(pipeline, name)))
    gc.collect()
    first = one_pass(contents, clock)
    later = min((one_pass(contents, clock) for _ in range(arguments.passes)), key=lambda spent: sum(spent.values()))
    _print(first, later, len(contents), sum(len(content.decode(errors="replace")) for _, content in contents))


def _print(first: dict[str, float], later: dict[str, float], reports: int, characters: int) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("stage", "first pass, ms/report", "later passes, ms/report", "share"):
        table.add_column(title, justify="left" if title == "stage" else "right")
    total = sum(later.values())
    for stage in STAGES:
        ms = [spent.get(stage, 0.0) / reports * 1000 for spent in (first, later)]
        table.add_row(stage, f"{ms[0]:.3f}", f"{ms[1]:.3f}", f"{later.get(stage, 0.0) / total:.0%}")
    console = Console(highlight=False)
    console.print(f"{reports} reports of {characters // reports} characters on average, one core")
    console.print(table)
    console.print(f"reports per second: first pass {reports / sum(first.values()):.0f}, later passes {reports / total:.0f}")


if __name__ == "__main__":
    main()

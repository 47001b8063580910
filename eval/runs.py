"""A run: one reader over one data set, into one folder that a killed run goes on from.

`settings.json` says what was run, `documents.jsonl` holds one line per document as it is done, `metrics.json` the sums with
intervals. Lines come in any order; everything that is computed from them sorts them by name first.
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import orjson
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import extractor
from extractor.eval.datasets import DataSet
from extractor.eval.readers import reader
from extractor.eval.score import score

FORMAT = 1
"""Of the lines of `documents.jsonl`; raised when what they hold changes."""


CHUNK = 32
"""Documents handed to a process at a time."""


class RunMismatchError(Exception):
    """The folder holds a run of other settings."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker process needs: the data set, the name of the reader, the document."""

    dataset: DataSet
    reader: str
    name: str


def settings_of(dataset: DataSet, reader_name: str) -> dict[str, Any]:
    """What identifies a run, without what may change between two attempts at it."""
    return {"format": FORMAT, "reader": reader_name, "dataset": dataset.settings()}


def versions() -> dict[str, str]:
    """What the figures were made with."""
    try:
        own = version("extractor")
    except PackageNotFoundError:
        own = "none installed"
    return {"extractor": own, "source": source_hash(), "python": platform.python_version(), "numpy": version("numpy")}


def source_hash() -> str:
    """Of the package's code and data without the harness, so that a run says which state of them it measured."""
    digest = sha256()
    package = Path(extractor.__file__).parent
    for path in sorted(package.rglob("*")):
        name = path.relative_to(package)
        if path.suffix in (".py", ".json", ".toml") and name.parts[0] != "eval":
            digest.update(name.as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def one(task: Task) -> dict[str, Any]:
    """Read and score one document. A reader that fails makes a line that says so; nothing else is lost."""
    document, truth = task.dataset.load(task.name)
    started = time.perf_counter()
    failure = ""
    try:
        output: Mapping[str, Any] = reader(task.reader)(document)
    except Exception as error:
        output, failure = {}, f"{type(error).__name__}: {error}"[:300]
    seconds = time.perf_counter() - started
    line: dict[str, Any] = {
        "name": task.name, "layout": truth.layout, "forms": "/".join(sorted(set(truth.tables.values()))),
        "clean": truth.clean, "kinds": sorted({d.kind for d in truth.damages}),
        "rates": {d.kind: round(d.rate, 3) for d in truth.damages}, "characters": len(document.text),
        "seconds": round(seconds, 6), "failure": failure, **score(truth, output, document.text),
    }
    usage = output.get("usage")
    if usage:
        line["usage"] = dict(usage)
    return line


def several(tasks: list[Task]) -> list[dict[str, Any]]:
    """The lines of a chunk of documents, worked off by one process."""
    return [one(task) for task in tasks]


def lines_of(folder: Path) -> list[dict[str, Any]]:
    """The lines of a run by name. A line that was cut off when the run was killed is left out."""
    path = folder / "documents.jsonl"
    found: dict[str, dict[str, Any]] = {}
    if path.exists():
        for raw in path.read_bytes().splitlines():
            try:
                line = orjson.loads(raw)
            except orjson.JSONDecodeError:
                continue
            found[line["name"]] = line
    return [found[name] for name in sorted(found)]


def measured(dataset: DataSet, reader_name: str, names: list[str], processes: int) -> Iterator[dict[str, Any]]:
    """The lines of these documents as they get done."""
    reader(reader_name)
    tasks = [Task(dataset, reader_name, name) for name in names]
    if processes <= 1 or len(tasks) < 8:
        yield from map(one, tasks)
        return
    size = max(1, min(CHUNK, len(tasks) // processes // 4))
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for done in as_completed([pool.submit(several, tasks[i:i + size]) for i in range(0, len(tasks), size)]):
            yield from done.result()


def run(dataset: DataSet, reader_name: str, folder: Path, processes: int, quiet: bool = False) -> list[dict[str, Any]]:
    """Run, or go on with, what belongs into this folder; all its lines.

    Raises RunMismatchError where the folder holds a run of other settings, UnknownReaderError, OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = settings_of(dataset, reader_name)
    known = folder / "settings.json"
    if known.exists():
        before = json.loads(known.read_text("utf-8"))
        if {k: before.get(k) for k in settings} != json.loads(json.dumps(settings)):
            raise RunMismatchError(folder)
    else:
        known.write_text(json.dumps({**settings, "versions": versions()}, ensure_ascii=False, indent=1) + "\n", "utf-8")
    done = lines_of(folder)
    left = sorted(set(dataset.names()) - {line["name"] for line in done})
    _mend(folder / "documents.jsonl")
    bar = Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), disable=quiet)
    with bar, (folder / "documents.jsonl").open("ab") as out:
        shown = bar.add_task(reader_name, total=len(done) + len(left), completed=len(done))
        for line in measured(dataset, reader_name, left, processes):
            out.write(orjson.dumps(line) + b"\n")
            out.flush()
            bar.advance(shown)
    return lines_of(folder)


def _mend(path: Path) -> None:
    """End a line that was cut off, so that the next one does not continue it."""
    if path.exists() and path.stat().st_size and not path.read_bytes().endswith(b"\n"):
        with path.open("ab") as out:
            out.write(b"\n")

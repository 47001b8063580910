"""Runs of the command in processes of their own, and what an archive holds after them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from extractor.archive.connecting import connect
from extractor.archive.content import content_of, tables_of
from extractor.archive.lookup import currents
from extractor.archive.schema import claims, documents, failures, findings, readings, records, sources, versions
from extractor.eval.datasets import GeneratedSet
from extractor.eval.standin.answers import Library
from extractor.eval.standin.server import StandIn, from_library

_OF_THE_RUN = {"id", "document_id", "version_id", "run_id", "configuration_id", "at", "content", "before", "digests"}


def write_reports(folder: Path, count: int, seed: int = 3) -> list[Path]:
    """Generated reports as files."""
    folder.mkdir(parents=True, exist_ok=True)
    dataset = GeneratedSet("default", count, seed)
    paths = []
    for name in dataset.names():
        paths.append(folder / f"{name}.txt")
        paths[-1].write_text(dataset.load(name)[0].text, "utf-8")
    return paths


def stand_in(count: int, seed: int = 3, latency: float = 0.0) -> StandIn:
    """A stand-in that knows the reports of `write_reports`."""
    dataset = GeneratedSet("default", count, seed)
    return StandIn(from_library(Library(dataset.load(name) for name in dataset.names())), latency=latency)


def command(archive: str, where: Sequence[object], *options: str) -> list[str]:
    return [sys.executable, "-m", "extractor", "run", *map(str, where), "--archive", archive, "--workers", "2", *options]


def environment(model: StandIn | None = None) -> dict[str, str]:
    """The settings of a process that asks this model, or none."""
    own = {k: v for k, v in os.environ.items() if not k.startswith("EXTRACTOR_")}
    if model is not None:
        own |= {"EXTRACTOR_MODEL": "stand-in", "EXTRACTOR_BASE_URL": model.base_url, "EXTRACTOR_API_KEY": "none"}
    return own


def start(
    archive: str, where: Sequence[object], *options: str, model: StandIn | None = None, **more: Any
) -> subprocess.Popen[str]:
    """A run that is under way."""
    return subprocess.Popen(
        command(archive, where, *options, "--lang", "en"), env=environment(model), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, **more,
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a run."""
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def run(
    archive: str, where: Sequence[object], *options: str, model: StandIn | None = None, **more: Any
) -> tuple[int, str, str]:
    return finish(start(archive, where, *options, model=model, **more))


def holds(archive: str) -> dict[str, Any]:
    """What stands in an archive, but for the runs that wrote it, their times and numbers, and what their calls took."""
    engine = connect(archive, create=False)
    try:
        with engine.connect() as connection:
            found: dict[str, Any] = {}
            for current in currents(connection):
                report = replace(current.content.report, models=())
                document = current.document
                found[document.id] = (current.number, document.text, document.media_type, report, current.content.verification)
            for table in (sources, failures, claims):
                rows = connection.execute(select(table)).mappings()
                found[table.name] = sorted(str({k: v for k, v in row.items() if k not in _OF_THE_RUN}) for row in rows)
            for table in (findings, records):
                joined = select(documents.c.hash.label("of"), table).join(documents, documents.c.id == table.c.document_id)
                rows = connection.execute(joined).mappings()
                found[table.name] = sorted(str({k: v for k, v in row.items() if k not in _OF_THE_RUN}) for row in rows)
            joined = (
                select(documents.c.hash, readings.c.reader, readings.c.content)
                .join(versions, versions.c.id == readings.c.version_id)
                .join(documents, documents.c.id == versions.c.document_id)
            )
            found["readings"] = {(row[0], row[1]): tables_of(row[2]) for row in connection.execute(joined)}
            found["versions"] = sorted(
                (row[0], row[1], len(content_of(row[2]).report.models)) for row in connection.execute(
                    select(documents.c.hash, versions.c.number, versions.c.content)
                    .join(versions, versions.c.document_id == documents.c.id)
                )
            )
            return found
    finally:
        engine.dispose()


def count(archive: str, of: Any) -> int:
    """Rows of a table."""
    engine = connect(archive, create=False)
    try:
        with engine.connect() as connection:
            return len(connection.execute(select(of)).all())
    finally:
        engine.dispose()


Archives = Callable[[], str]

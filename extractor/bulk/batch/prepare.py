"""From sources to batch files: each document's question, unless it is answered, out, or settled without a model."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from sqlalchemy import Engine

from extractor.archive import store
from extractor.bulk.batch import ledger
from extractor.bulk.engine import Engine as Workers
from extractor.bulk.order import Order
from extractor.bulk.preview import sorted_out
from extractor.bulk.sources import Content, read, unfold
from extractor.bulk.work import Asking, Failure, ReadJob
from extractor.documents import content_id
from extractor.documents.unreadable import UnreadableError
from extractor.llm.batch import BatchError, request_line
from extractor.llm.cache import AnswerCache, key_of
from extractor.llm.client import Question, body_of
from extractor.llm.profiles import BatchFiles
from extractor.llm.settings import Settings


@dataclass(slots=True)
class Prepared:
    """Documents by what was done with them; `files` are those that were written, `requests` what is in them. `known`: answered,
    out in a batch, or being asked. `left`: for a run to ask. `settled`: with nothing to ask. `failed`: no report, which a run
    says."""

    documents: int = 0
    requests: int = 0
    known: int = 0
    left: int = 0
    settled: int = 0
    failed: int = 0
    files: list[Path] = field(default_factory=list)


@dataclass(slots=True)
class _Part:
    """A file in the making. `requests`: key and document of each line."""

    path: Path
    size: int = 0
    requests: list[tuple[str, str]] = field(default_factory=list)


async def prepare(order: Order, archive: Engine, workers: Workers, folder: Path) -> Prepared:
    """Write the batch files of the order's questions into a folder and note them in the archive. Said again, it writes only
    what has no answer and is not out. Raises BatchError where a model's provider takes none, OSError, EngineError,
    UnreadableError."""
    for settings in order.models:
        if settings.profile.batch is None:
            raise BatchError(f"EXTRACTOR_PROFILE={settings.profile.name}")
    folder.mkdir(parents=True, exist_ok=True)
    writer = _Writer(order, archive, folder)
    try:
        await _read(order, archive, workers, writer)
        writer.close()
    finally:
        writer.give_up()
    return writer.prepared


async def _read(order: Order, archive: Engine, workers: Workers, writer: _Writer) -> None:
    stream = _contents(order, archive)
    places = asyncio.Semaphore(workers.places)

    async def one(item: Content) -> None:
        try:
            result = await workers.perform(ReadJob(item.content, item.location, order.mode, order.deep))
            writer.prepared.failed += isinstance(result, Failure)
            if isinstance(result, Asking):
                writer.add(result.question, content_id(item.content))
            elif not isinstance(result, Failure):
                writer.prepared.settled += 1
        finally:
            places.release()

    async with asyncio.TaskGroup() as tasks:
        while True:
            await places.acquire()
            item = await asyncio.to_thread(next, stream, None)
            if item is None:
                break
            writer.prepared.documents += 1
            if isinstance(item, Content):
                tasks.create_task(one(item))
            else:
                writer.prepared.failed += 1
                places.release()


def _contents(order: Order, archive: Engine) -> Iterator[Content | UnreadableError]:
    """The documents that a run would read."""
    for place, passed in sorted_out(order, archive):
        if passed is not None:
            continue
        content = read(place)
        if isinstance(content, UnreadableError):
            yield content
        else:
            yield from unfold(place, content)


class _Writer:
    """Writes requests into parts, one part at a time for each model."""

    def __init__(self, order: Order, archive: Engine, folder: Path) -> None:
        self.prepared = Prepared()
        self._models = order.models
        self._archive, self._folder = archive, folder.absolute()
        self._cache = AnswerCache(archive)
        self._parts: dict[str, _Part] = {}
        with store.writing(archive) as connection, connection.begin():
            self._configuration = store.configuration(connection, order.configuration.key, order.configuration.content)

    def add(self, question: Question[Any], hash_: str) -> None:
        for settings in self._models:
            self._add(settings, question, hash_)

    def _add(self, settings: Settings, question: Question[Any], hash_: str) -> None:
        key = key_of(body_of(question, settings), question.prompt)
        with self._archive.connect() as connection:
            if ledger.was_left(connection, key):
                self.prepared.left += 1
                return
        if self._cache.claim(key, settings.model, question.prompt) is not None:
            self.prepared.known += 1
            return
        line = request_line(key, question, settings)
        limits = settings.profile.batch
        assert limits is not None
        part = self._part(settings.model, limits, len(line))
        with part.path.open("ab") as file:
            file.write(line)
        part.size += len(line)
        part.requests.append((key, hash_))

    def _part(self, model: str, limits: BatchFiles, more: int) -> _Part:
        part = self._parts.get(model)
        if part is not None and (len(part.requests) == limits.requests or part.size + more > limits.bytes):
            self._finish(model, part)
            part = None
        if part is None:
            with NamedTemporaryFile(dir=self._folder, prefix="unfinished-", delete=False) as file:
                part = self._parts[model] = _Part(Path(file.name))
        return part

    def _finish(self, model: str, part: _Part) -> None:
        """The file under its name and in the archive: first the one, then the other, so that what the archive has is there."""
        digest = hashlib.sha256("".join(key for key, _ in part.requests).encode()).hexdigest()
        path = self._folder / f"batch-{digest[:16]}.jsonl"
        with store.writing(self._archive) as connection, connection.begin():
            mine = ledger.put_file(
                connection, self._configuration, model, str(path), self._cache.holder, part.requests
            )
            if len(mine) < len(part.requests):
                _keep(part, mine)
            with part.path.open("rb") as file:
                os.fsync(file.fileno())
            part.path.replace(path)
        del self._parts[model]
        if not mine:
            path.unlink()
            return
        self._cache.hand_over(key for key, _ in part.requests)
        self.prepared.files.append(path)
        self.prepared.requests += len(mine)

    def close(self) -> None:
        """Finish what is open."""
        for model, part in list(self._parts.items()):
            self._finish(model, part)

    def give_up(self) -> None:
        """Leave nothing of what is not finished."""
        for part in self._parts.values():
            for key, _ in part.requests:
                self._cache.release(key)
            with suppress(FileNotFoundError):
                part.path.unlink()


def _keep(part: _Part, keys: set[str]) -> None:
    """Only the lines of these requests."""
    with part.path.open("rb") as file:
        lines = [line for line, (key, _) in zip(file, part.requests, strict=True) if key in keys]
    part.path.write_bytes(b"".join(lines))

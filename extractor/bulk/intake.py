"""What of the sources is to be read now: what is done is passed over, what another run has in hand is left to it.

A file whose stamp is that of a file which is done is not even opened. Documents are claimed a batch at a time. What another run
has in hand is looked at again later, until it is done, or its claim has lapsed and it is this run's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice

from sqlalchemy import Connection

from extractor.archive import standing
from extractor.bulk.archivist import Archivist
from extractor.bulk.sources import Content, Place, is_container, read, unfold
from extractor.bulk.tally import Tally
from extractor.documents import content_id
from extractor.documents.unreadable import UnreadableError

_CHUNK = 200
"""Places that are looked up at once."""
_BATCH = 32
"""Documents that are read and claimed at once."""
_BYTES = 64_000_000
"""Bytes of a batch, but for a single file that has more."""
_DEFERRED = 1000
"""Documents in other hands after which they are looked at again before anything new is."""
_READERS = 16
"""Files in buckets that are fetched at once."""


@dataclass(slots=True)
class Container:
    """An archive of documents (ZIP) that is being gone through. `open`: its documents that are not yet through."""

    location: str
    stamp: str
    hash: str
    open: int = 0
    unfolded: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """A document that this run has claimed."""

    location: str
    stamp: str
    hash: str
    content: bytes
    container: Container | None


@dataclass(frozen=True, slots=True)
class Unready:
    """A file whose bytes can't be had, or (with their hash) gave no report to this run at another place: a code of the message
    catalogue and its parameters."""

    location: str
    stamp: str
    code: str
    params: dict[str, object]
    container: Container | None
    hash: str = ""


@dataclass(frozen=True, slots=True)
class _Deferred:
    """A document that somebody else has in hand, or this run, met at another place."""

    place: Place
    location: str
    hash: str
    container: Container | None


Batch = list[Ready | Unready]
_Reason = tuple[str, dict[str, object]]
"""Code and parameters of a failure."""


class Intake:
    """The documents that are this run's to read, in batches; `settled` is to be told of each that is through."""

    def __init__(
        self, archivist: Archivist, run_id: int, configuration_id: int, places: Iterable[Place], tally: Tally,
        retry_failed: bool = False,
    ) -> None:
        self.run_id, self.configuration_id = run_id, configuration_id
        self._archivist, self._tally, self._retry = archivist, tally, retry_failed
        self._places = iter(places)
        self._in_hand: set[str] = set()
        self._deferred: list[_Deferred] = []
        self._moved = asyncio.Event()
        self._readers = ThreadPoolExecutor(_READERS, "reader")
        self._stream = self._batches()

    async def next(self) -> Batch | None:
        """The next batch, which may be empty; None where there is nothing more."""
        return await anext(self._stream, None)

    async def settled(self, hash_: str | None, container: Container | None) -> None:
        """A document is through. `hash_` is None where it was never read."""
        if hash_ is not None:
            self._in_hand.discard(hash_)
            self._moved.set()
        if container is not None:
            container.open -= 1
            await self._close(container)

    async def _batches(self) -> AsyncIterator[Batch]:
        async for places in self._fresh():
            found = await asyncio.to_thread(self._read, places)
            plain: list[Content | UnreadableError] = []
            for place, content in zip(places, found, strict=True):
                if isinstance(content, UnreadableError):
                    plain.append(content)
                elif is_container(content):
                    async for batch in self._unfolded(place, content):
                        yield batch
                else:
                    plain.append(Content(place, place.location, content))
            yield await self._admitted(plain)
            if len(self._deferred) >= _DEFERRED:
                yield await self._taken_up()
        while self._deferred:
            self._moved.clear()
            batch = await self._taken_up()
            if batch:
                yield batch
            elif self._deferred:
                try:
                    await asyncio.wait_for(self._moved.wait(), 1.0)
                except TimeoutError:
                    continue  # it is another run that has them: look again

    async def _fresh(self) -> AsyncIterator[list[Place]]:
        """The places whose bytes are needed, a batch at a time."""
        while chunk := await asyncio.to_thread(list, islice(self._places, _CHUNK)):
            self._tally.found += len(chunk)
            stamps = [(p.location, p.stamp) for p in chunk]
            passed = await self._archivist.do(
                partial(standing.passed, stamps=stamps, configuration_id=self.configuration_id, retry_failed=self._retry)
            )
            batch: list[Place] = []
            bytes_ = 0
            for place in chunk:
                if place.location in passed:
                    self._tally.known += not passed[place.location]
                    self._tally.known_failed += passed[place.location]
                    continue
                if batch and (len(batch) == _BATCH or bytes_ + place.size > _BYTES):
                    yield batch
                    batch, bytes_ = [], 0
                batch.append(place)
                bytes_ += place.size
            if batch:
                yield batch

    def _read(self, places: Sequence[Place]) -> list[bytes | UnreadableError]:
        if any(place.files is not None for place in places):
            return list(self._readers.map(read, places))
        return [read(place) for place in places]

    async def _unfolded(self, place: Place, content: bytes) -> AsyncIterator[Batch]:
        """The documents of an archive."""
        container = Container(place.location, place.stamp, await asyncio.to_thread(content_id, content))
        passed = await self._archivist.do(lambda c: self._gone_through(c, container))
        if passed is not None:
            self._tally.known += not passed
            self._tally.known_failed += passed
            await self._close(container, True)
            return
        members = unfold(place, content)
        while batch := await asyncio.to_thread(_bounded, members):
            self._tally.found += len(batch)
            yield await self._admitted(batch, container)
        self._tally.found -= 1  # it is no document itself
        await self._close(container, True)

    def _gone_through(self, connection: Connection, container: Container) -> bool | None:
        """Whether something in an archive failed that was gone through at this very place; None where it is to be gone through
        now. (A copy at another place is gone through too: its documents have places of their own.)"""
        known = standing.known(connection, [container.location]).get(container.location)
        here = known is not None and known.hash == container.hash
        if here and standing.done(connection, [container.hash], self.configuration_id):
            failed = standing.failed_inside(connection, container.location, self.configuration_id)
            if not (failed and self._retry):
                return failed
        standing.forget_inside(connection, container.location, self.configuration_id)
        return None

    async def _close(self, container: Container, unfolded: bool = False) -> None:
        container.unfolded |= unfolded
        if container.unfolded and not container.open:
            await self._archivist.do(
                lambda c: standing.note_container(
                    c, container.location, container.stamp, container.hash, self.configuration_id
                )
            )

    async def _admitted(self, items: Sequence[Content | UnreadableError], container: Container | None = None) -> Batch:
        """Those of the documents that are to be read and are this run's now."""
        batch: Batch = [
            Unready(item.source, "", item.code, item.params, container) for item in items if isinstance(item, UnreadableError)
        ]
        contents = [item for item in items if isinstance(item, Content)]
        hashes = await asyncio.to_thread(lambda: [content_id(item.content) for item in contents])
        found = [
            _Deferred(item.place, item.location, hash_, container) for item, hash_ in zip(contents, hashes, strict=True)
        ]
        done, failed, mine = await self._sorted_out(found)
        for item, where in zip(contents, found, strict=True):
            if where.hash in done:
                self._tally.known += 1
            elif where.hash in failed:
                batch.append(_failed(where, *failed[where.hash]))
            elif where.hash in mine and where.hash not in self._in_hand:
                self._in_hand.add(where.hash)
                batch.append(Ready(item.location, item.place.stamp, where.hash, item.content, container))
            else:
                self._deferred.append(where)
                if container is not None:
                    container.open += 1
        if container is not None:
            container.open += len(batch)
        return batch

    async def _sorted_out(self, found: Sequence[_Deferred]) -> tuple[set[str], dict[str, _Reason], set[str]]:
        """The hashes that are done, their places noted; those that this run has found to give no report; and those that are
        this run's to read from now on."""

        def action(connection: Connection) -> tuple[set[str], dict[str, _Reason], set[str]]:
            hashes = {item.hash for item in found}
            done = standing.done(connection, hashes, self.configuration_id)
            failed = standing.same_failures(connection, hashes - done, self.run_id, self.configuration_id)
            left = hashes - done - failed.keys() - self._in_hand
            mine = standing.claim(connection, left, self.run_id, self.configuration_id)
            for item in found:
                if item.hash in done:
                    standing.note_done(connection, item.location, item.place.stamp, item.hash, self.configuration_id)
            return done, failed, mine

        return await self._archivist.do(action) if found else (set(), {}, set())

    async def _taken_up(self) -> Batch:
        """Look again at what was in other hands."""
        looked, self._deferred = self._deferred[:_BATCH * 8], self._deferred[_BATCH * 8 :]
        done, failed, mine = await self._sorted_out(looked)
        batch: Batch = []
        for item in looked:
            if item.hash in done:
                self._tally.known += 1
                await self.settled(None, item.container)
            elif item.hash in failed:
                batch.append(_failed(item, *failed[item.hash]))
            elif item.hash in mine and item.hash not in self._in_hand:
                again = await asyncio.to_thread(_again, item)
                if isinstance(again, Ready):
                    self._in_hand.add(item.hash)
                batch.append(again)
            else:
                self._deferred.append(item)
        return batch


def _bounded(items: Iterable[Content | UnreadableError]) -> list[Content | UnreadableError]:
    """The next of the items, as many as may be in memory."""
    batch: list[Content | UnreadableError] = []
    bytes_ = 0
    for item in items:
        batch.append(item)
        bytes_ += len(item.content) if isinstance(item, Content) else 0
        if len(batch) == _BATCH or bytes_ > _BYTES:
            break
    return batch


def _failed(item: _Deferred, code: str, params: dict[str, object]) -> Unready:
    return Unready(item.location, item.place.stamp, code, params, item.container, item.hash)


def _again(item: _Deferred) -> Ready | Unready:
    """A document whose bytes were let go of."""
    content = read(item.place)
    if isinstance(content, UnreadableError):
        return Unready(item.location, item.place.stamp, content.code, content.params, item.container)
    for found in unfold(item.place, content):
        if isinstance(found, Content) and found.location == item.location and content_id(found.content) == item.hash:
            return Ready(item.location, item.place.stamp, item.hash, found.content, item.container)
    return Unready(item.location, "", "E-CHANGED", {}, item.container)

"""What a run finds of its sources in the archive, and which of them it takes in hand.

A document is claimed by one run at a time. A claim ends with the document, with the run, when the run's process is known to be
gone, and when the run has shown no sign of life for `LAPSE` seconds (clocks of machines that share an archive may differ by
some ten seconds, not more).
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, select, update

from extractor.archive.schema import claims, configurations, containers, documents, failures, runs, sources, versions
from extractor.archive.store import upsert
from extractor.processes import is_gone

LAPSE = 60.0
BEAT = 15.0
"""Seconds between signs of life."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the archive knows of a location: the hash and the stamp of what was found there last."""

    hash: str
    stamp: str


def known(connection: Connection, locations: Sequence[str]) -> dict[str, Known]:
    """What is known of these locations."""
    rows = connection.execute(select(sources).where(sources.c.location.in_(locations)))
    return {row.location: Known(row.hash, row.stamp) for row in rows}


def done(connection: Connection, hashes: Collection[str], configuration_id: int) -> set[str]:
    """Which of these files need no reading under the configuration: documents with a version of it, and archives whose
    documents were all gone through."""
    if not hashes:
        return set()
    read = (
        select(documents.c.hash).join(versions, versions.c.document_id == documents.c.id)
        .where(documents.c.hash.in_(hashes), versions.c.configuration_id == configuration_id)
    )
    return set(connection.scalars(read)) | _gone_through(connection, hashes, configuration_id)


def _gone_through(connection: Connection, hashes: Collection[str], configuration_id: int) -> set[str]:
    query = select(containers.c.hash).where(containers.c.hash.in_(hashes), containers.c.configuration_id == configuration_id)
    return set(connection.scalars(query))


def failed(connection: Connection, locations: Sequence[str], configuration_id: int) -> dict[str, str]:
    """Those of the locations that gave no report under the configuration, with the hash of what was there then."""
    query = select(failures.c.location, failures.c.hash).where(
        failures.c.location.in_(locations), failures.c.configuration_id == configuration_id
    )
    return {location: hash_ for location, hash_ in connection.execute(query)}


def failed_inside(connection: Connection, location: str, configuration_id: int) -> bool:
    """Whether this archive (ZIP) could not be opened, or a document in it gave no report."""
    query = select(failures.c.location).where(_inside(location), failures.c.configuration_id == configuration_id)
    return connection.execute(query.limit(1)).first() is not None


def forget_inside(connection: Connection, location: str, configuration_id: int) -> None:
    """Forget what failed in an archive (ZIP) that is to be gone through anew: it may hold other documents now."""
    connection.execute(delete(failures).where(_inside(location), failures.c.configuration_id == configuration_id))


def _inside(location: str) -> ColumnElement[bool]:
    here = failures.c.location
    return (here == location) | ((here >= f"{location}!/") & (here < f"{location}!0"))


def same_failures(
    connection: Connection, hashes: Collection[str], run_id: int, configuration_id: int
) -> dict[str, tuple[str, dict[str, object]]]:
    """Which of these contents gave no report to this run at another place: code and parameters."""
    if not hashes:
        return {}
    query = select(failures.c.hash, failures.c.code, failures.c.params).where(
        failures.c.hash.in_(hashes), failures.c.run_id == run_id, failures.c.configuration_id == configuration_id
    )
    return {hash_: (code, json.loads(params)) for hash_, code, params in connection.execute(query)}


def passed(
    connection: Connection, stamps: Sequence[tuple[str, str]], configuration_id: int, retry_failed: bool
) -> dict[str, bool]:
    """The locations, of those given with the stamps found there now, that need not be opened: True where what stands there, or
    in it, failed before, False where it is done."""
    before = known(connection, [location for location, _ in stamps])
    hashes = {
        location: before[location].hash for location, stamp in stamps
        if stamp and location in before and before[location].stamp == stamp
    }
    finished = done(connection, set(hashes.values()), configuration_id)
    unfolded = _gone_through(connection, finished, configuration_id)
    found = {
        location: hash_ in unfolded and failed_inside(connection, location, configuration_id)
        for location, hash_ in hashes.items() if hash_ in finished
    }
    if retry_failed:
        return {location: False for location, failed_before in found.items() if not failed_before}
    for location, hash_ in failed(connection, list(hashes), configuration_id).items():
        if hash_ == hashes[location] and hash_ not in finished:  # the same bytes may have been read at another place
            found[location] = True
    return found


def claim(connection: Connection, hashes: Collection[str], run_id: int, configuration_id: int) -> set[str]:
    """Take documents in hand; which of them are this run's now, or were already. Left out are those of another run that is
    alive, and those that are done."""
    wanted = sorted(set(hashes))  # in one order, so that no two runs wait for each other
    if not wanted:
        return set()
    statement = upsert(connection, claims).on_conflict_do_nothing().returning(claims.c.hash)
    rows = [{"hash": hash_, "configuration_id": configuration_id, "run_id": run_id} for hash_ in wanted]
    mine = set(connection.scalars(statement, rows))
    held = [hash_ for hash_ in wanted if hash_ not in mine]
    if held:
        mine |= _inherited(connection, held, run_id, configuration_id)
    finished = done(connection, mine, configuration_id)  # by a run that has let go of it since it was looked up
    if finished:
        release(connection, finished, configuration_id)
    return mine - finished


def release(connection: Connection, hashes: Collection[str], configuration_id: int) -> None:
    """Give documents back."""
    connection.execute(delete(claims).where(claims.c.hash.in_(hashes), claims.c.configuration_id == configuration_id))


def beat(connection: Connection, run_id: int) -> None:
    """A sign of life."""
    connection.execute(update(runs).where(runs.c.id == run_id).values(alive=time.time()))


def note_done(connection: Connection, location: str, stamp: str, hash_: str, configuration_id: int) -> None:
    """Found at a location: a document that is read already. What failed there before is no more."""
    note_source(connection, location, stamp, hash_)
    connection.execute(
        delete(failures).where(failures.c.location == location, failures.c.configuration_id == configuration_id)
    )


def note_source(connection: Connection, location: str, stamp: str, hash_: str) -> None:
    """What was found at a location."""
    statement = upsert(connection, sources).values(location=location, hash=hash_, stamp=stamp)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["location"], set_={"hash": hash_, "stamp": stamp})
    )


def note_container(connection: Connection, location: str, stamp: str, hash_: str, configuration_id: int) -> None:
    """All documents of an archive (ZIP) were gone through."""
    note_source(connection, location, stamp, hash_)
    statement = upsert(connection, containers).values(hash=hash_, configuration_id=configuration_id)
    connection.execute(statement.on_conflict_do_nothing())


def configuration_of(connection: Connection, key: str) -> int | None:
    """The id of a configuration, where the archive has it."""
    found: int | None = connection.execute(select(configurations.c.id).where(configurations.c.key == key)).scalar()
    return found


def _inherited(connection: Connection, hashes: Sequence[str], run_id: int, configuration_id: int) -> set[str]:
    """Those of the claimed documents that are this run's, or whose run is over without having let go of them."""
    query = (
        select(claims.c.hash, claims.c.run_id, runs.c.host, runs.c.alive, runs.c.ended).join(runs, runs.c.id == claims.c.run_id)
        .where(claims.c.hash.in_(hashes), claims.c.configuration_id == configuration_id)
    )
    now = time.time()
    mine: set[str] = set()
    for row in connection.execute(query).all():
        if row.run_id == run_id:
            mine.add(row.hash)
            continue
        if row.ended is None and row.alive >= now - LAPSE and not is_gone(row.host):
            continue
        taking = update(claims).where(
            claims.c.hash == row.hash, claims.c.configuration_id == configuration_id, claims.c.run_id == row.run_id
        )
        if connection.execute(taking.values(run_id=run_id)).rowcount:
            mine.add(row.hash)
    return mine

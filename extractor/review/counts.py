"""How many findings there are, by facet.

All findings are counted once over all facets together, which gives some thousands of numbers, and every question about counts
is answered from these. They are counted anew in the background when they are older than fifty times what counting takes, so
that a small archive is counted at every request and a large one costs a fiftieth of a processor. Filters that choose few
findings (an issuer, a document, a person, a search) are counted at once, up to a limit.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine, func, select

from extractor.archive.schema import findings
from extractor.review.access import Person
from extractor.review.api.models import Facets, Filters
from extractor.review.queue import UNDECIDED, conditions

_FACETS = ("year", "code", "severity", "table", "reader", "state")  # the order of their index
_COLUMNS = [findings.c[name] for name in _FACETS]
_STATE = _FACETS.index("state")
_NARROW = ("issuer", "cell", "document", "q")
MOST = 20_000
"""Findings that are counted at once; beyond them counts say that they are not exact."""
_SHARE = 50
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cube:
    """Counts by the values of `_FACETS`."""

    counts: tuple[tuple[tuple[Any, ...], int], ...]
    at: float
    exact: bool = True


def cube(connection: Connection) -> Cube:
    """All findings of the archive."""
    at = time.time()
    rows = connection.execute(select(*_COLUMNS, func.count()).group_by(*_COLUMNS))
    return Cube(tuple((tuple(row[:-1]), row[-1]) for row in rows), at)


def narrow_cube(connection: Connection, filters: Filters, person: Person) -> Cube | None:
    """Those that the narrow filters choose, up to the limit; None where there is no narrow filter."""
    if filters.view != "mine" and all(getattr(filters, name) is None for name in _NARROW):
        return None
    only = Filters(view="mine" if filters.view == "mine" else "all", **{n: getattr(filters, n) for n in _NARROW})
    some = select(*_COLUMNS).where(*conditions(connection, only, person)).limit(MOST + 1).subquery()
    grouped = [some.c[name] for name in _FACETS]
    rows = connection.execute(select(*grouped, func.count()).group_by(*grouped)).all()
    counts = tuple((tuple(row[:-1]), int(row[-1])) for row in rows)
    return Cube(counts, time.time(), sum(n for _, n in counts) <= MOST)


def facets(counted: Cube, filters: Filters) -> Facets:
    """The counts under the filters; of each facet under all filters but its own."""
    wanted: list[Any] = [getattr(filters, name) for name in _FACETS]
    by: list[Counter[str]] = [Counter() for _ in _FACETS]
    total = undecided = 0
    for values, count in counted.counts:
        differing = [i for i, value in enumerate(wanted) if value is not None and value != values[i]]
        if not differing:
            undecided += count if values[_STATE] in UNDECIDED else 0
        # without a state of their own, filters leave to the view which states count
        shown = wanted[_STATE] is not None or filters.view != "undecided" or values[_STATE] in UNDECIDED
        if not differing and shown:
            total += count
        for i, counter in enumerate(by):
            if (not differing or differing == [i]) and (shown or i == _STATE) and values[i] is not None:
                counter[str(values[i])] += count
    year, code, severity, table, reader, state = (dict(counter.most_common()) for counter in by)
    return Facets(
        total=total, undecided=undecided, code=code, severity=severity, table=table, year=dict(sorted(year.items())),
        reader=reader, state=state, at=counted.at, exact=counted.exact,
    )


class Aged(Generic[T]):
    """A value that is costly to compute: computed by the first who asks, then kept, and renewed in the background once it is
    older than fifty times what computing it took."""

    def __init__(self, engine: Engine, compute: Callable[[Connection], T]) -> None:
        self._engine = engine
        self._compute = compute
        self._lock = threading.Lock()
        self._value: T | None = None
        self._took = 0.0
        self._stale_at = 0.0

    def get(self) -> T:
        """The value, at most fifty times as old as computing it takes, and one computation."""
        value = self._value
        if value is not None and time.monotonic() < self._stale_at:
            return value
        if value is None or self._took < 0.1:
            with self._lock:
                return self._renewed()
        if self._lock.acquire(blocking=False):  # nobody is at it
            threading.Thread(target=self._renew_and_release, daemon=True).start()
        return value

    def _renew_and_release(self) -> None:
        try:
            self._renewed()
        finally:
            self._lock.release()

    def _renewed(self) -> T:
        if self._value is not None and time.monotonic() < self._stale_at:
            return self._value
        began = time.monotonic()
        with self._engine.connect() as connection:
            self._value = self._compute(connection)
        self._took = time.monotonic() - began
        self._stale_at = time.monotonic() + _SHARE * self._took
        return self._value

"""How fast a provider is asked: requests and tokens per minute, and as many requests at once as it bears.

Known limits are kept to by two buckets that fill evenly. Unknown ones are found out: requests at once grow while all goes well
and are halved where the provider refuses one (status 429); a provider that names the time of its next answer is not asked
before by anybody.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

_SHARE = 0.98
"""Of the limit that is used: clocks differ, and a request may take longer to arrive than the one behind it."""
_BURST = 0.01
"""Of a minute's worth that may leave at once after a pause. A provider that counts over any minute would refuse more."""
AT_ONCE = 64
"""Requests at once at most, where nothing else is said."""
_FIRST = 16
"""Requests at once to begin with."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`requests`, `tokens`: per `period` (seconds), None where not known. `concurrency`: requests at once at most."""

    requests: float | None = None
    tokens: float | None = None
    concurrency: int = AT_ONCE
    period: float = 60.0


class Turn:
    """One request on its way. `tokens`: what it is expected to take until it is settled."""

    __slots__ = ("_pacer", "began", "tokens")

    def __init__(self, pacer: Pacer, tokens: float, began: float) -> None:
        self._pacer = pacer
        self.tokens = tokens
        self.began = began

    def settle(self, tokens: float) -> None:
        """The request has taken so many tokens."""
        self._pacer.settled(self, tokens)

    def refuse(self, after: float | None) -> None:
        """The provider would not have it (429); `after`: seconds that it asked to wait."""
        self._pacer.refused(self, after)


class Pacer:
    """Lets questions and their requests through, first come, first served. A task that is cancelled holds nothing up.

    `clock` gives seconds; by default the event loop's, so that a loop with a clock of its own runs at that clock's speed."""

    def __init__(self, limits: Limits, clock: Callable[[], float] | None = None) -> None:
        self.limits = limits
        self.concurrency = float(min(_FIRST, limits.concurrency))
        """Questions at once, now."""
        self.sent = self.refusals = 0
        self._clock = clock
        self._requests = _Bucket(limits.requests, limits.period)
        self._tokens = _Bucket(limits.tokens, limits.period)
        self._busy = 0
        self._freed = asyncio.Event()
        self._places = asyncio.Lock()
        self._line = asyncio.Lock()
        self._until = 0.0
        self._halved = 0.0
        self._growing = True

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place among the questions that are asked at once."""
        async with self._places:  # its waiters are served in order; the first alone looks at what is free
            while self._busy >= int(self.concurrency):
                self._freed.clear()
                await self._freed.wait()
            self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1
            self._freed.set()

    async def turn(self, tokens: float) -> Turn:
        """Waits until a request of so many tokens may leave."""
        async with self._line:
            while (wait := self._wait(tokens)) > 0:
                await asyncio.sleep(wait)
            self._requests.take(1)
            self._tokens.take(tokens)
            self.sent += 1
            return Turn(self, tokens, self._now())

    def settled(self, turn: Turn, tokens: float) -> None:
        """A request has come back: what it did not take is free again, and one more may be asked at once after a round."""
        self._tokens.take(tokens - turn.tokens)
        step = 1.0 if self._growing else 1.0 / self.concurrency  # twice as many a round until the first refusal, one more after
        self.concurrency = min(self.concurrency + step, float(self.limits.concurrency))
        self._freed.set()

    def refused(self, turn: Turn, after: float | None) -> None:
        """A request was refused: half as many at once, and none at all for the time that the provider names."""
        now = self._now()
        self.refusals += 1
        self._tokens.take(-turn.tokens)
        self._until = max(self._until, now + (after or 0.0))
        if turn.began >= self._halved:  # others of the same round say nothing new
            self.concurrency = max(self.concurrency / 2, 1.0)
            self._growing = False
            self._halved = now

    def _wait(self, tokens: float) -> float:
        now = self._now()
        return max(self._until - now, self._requests.wait(1, now), self._tokens.wait(tokens, now))

    def _now(self) -> float:
        return self._clock() if self._clock is not None else asyncio.get_running_loop().time()


class _Bucket:
    """Fills evenly with what may be taken. What is taken beyond its content is waited for by the next."""

    def __init__(self, limit: float | None, period: float) -> None:
        self._rate = limit * _SHARE / period if limit is not None else None
        self._size = max(limit * _BURST, 1.0) if limit is not None else 0.0
        self._content = self._size
        self._at: float | None = None

    def wait(self, amount: float, now: float) -> float:
        """Seconds until so much may be taken."""
        if self._rate is None:
            return 0.0
        self._size = max(self._size, amount)  # one that is larger than the bucket must pass too
        gone = now - self._at if self._at is not None else 0.0
        self._content, self._at = min(self._content + gone * self._rate, self._size), now
        missing = amount - self._content
        return missing / self._rate if missing > 1e-9 else 0.0

    def take(self, amount: float) -> None:
        self._content -= amount

"""How fast a provider is asked: requests and tokens per minute, and as many requests at once as it bears.

Known limits are kept to by two buckets that fill evenly. Unknown ones, and those that others use up beside us, are found out
(AIMD): questions at once grow while all goes well; where the provider refuses a request (status 429) they are halved, and what
it let through in the last minute is taken for its limit, a little less is sent from then on, and more again with time. A
provider that names the time of its next answer is not asked before by anybody.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from math import inf

_SHARE = 0.97
"""Of the limit that is used: clocks differ, and a request may take longer to arrive than the one behind it."""
_BURST = 0.005
"""Of a minute's worth that may leave at once after a pause. A provider that counts over any minute would refuse more."""
_STEP = 0.01
"""By how much the rate grows in the first minute after a refusal; in each further one by twice as much."""
_NEAR = 0.8
"""Of the rate that was kept to: a refusal below this share has another reason than the rate."""
_PAUSES = (2.0, 30.0)
"""Seconds for which nobody asks after a refusal that names no time: the first, the longest; twice as long each time."""
_EASE = 0.01
"""Of a period for which nobody asks after a refusal, whatever the provider says: it names the time at which one request fits in
again, and all that come behind it would be refused in turn."""
_INSTANT = 1e-6
"""Seconds that are not worth waiting for."""
AT_ONCE = 64
"""Questions at once at most, where nothing else is said."""
_FIRST = 16
"""Questions at once to begin with, where no limit is known."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`requests`, `tokens`: per `period` (seconds), None where not known. `concurrency`: requests at once at most."""

    requests: float | None = None
    tokens: float | None = None
    concurrency: int = AT_ONCE
    period: float = 60.0


class Turn:
    """One request on its way. `tokens`: what it is expected to take, and what it took once it is settled."""

    __slots__ = ("_pacer", "began", "refused", "tokens")

    def __init__(self, pacer: Pacer, tokens: float, began: float) -> None:
        self._pacer = pacer
        self.tokens = tokens
        self.began = began
        self.refused = False

    def settle(self, tokens: float) -> None:
        """The request has taken so many tokens."""
        self._pacer.settled(self, tokens)

    def refuse(self, after: float | None) -> None:
        """The provider would not have it (429); `after`: seconds that it asked to wait."""
        self._pacer.refused(self, after)


class Pacer:
    """Lets questions and their requests through, first come, first served. A task that is cancelled holds nothing up. Times are
    those of the event loop's clock."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        known = limits.requests is not None or limits.tokens is not None
        self.concurrency = float(limits.concurrency if known else min(_FIRST, limits.concurrency))
        """Questions at once, now."""
        self.sent = self.refusals = 0
        self._requests = _Bucket(limits.requests, limits.period)
        self._tokens = _Bucket(limits.tokens, limits.period)
        self._recent: deque[Turn] = deque()
        self._busy = 0
        self._freed, self._refunded = asyncio.Event(), asyncio.Event()
        self._places, self._line = asyncio.Lock(), asyncio.Lock()  # both serve those who wait in order
        self._began: float | None = None
        self._until = self._rounds = 0.0
        self._last_refused = -1.0
        self._growing = True

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place among the questions that are asked at once."""
        async with self._places:
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
            while (wait := self._wait(tokens)) > _INSTANT:
                self._refunded.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._refunded.wait(), wait)
            self._requests.take(1)
            self._tokens.take(tokens)
            self.sent += 1
            turn = Turn(self, tokens, _now())
            self._began = turn.began if self._began is None else self._began
            self._recent.append(turn)
            while self._recent[0].began < turn.began - self.limits.period:
                self._recent.popleft()
            return turn

    def settled(self, turn: Turn, tokens: float) -> None:
        """A request has come back: what it did not take is free again, and in time more may be asked at once."""
        self._tokens.take(tokens - turn.tokens)
        turn.tokens = tokens
        self._rounds = 0.0
        step = 1.0 if self._growing else 1.0 / self.concurrency  # twice as many a round until the first refusal, one more after
        self.concurrency = min(self.concurrency + step, float(self.limits.concurrency))
        self._freed.set()
        self._refunded.set()

    def refused(self, turn: Turn, after: float | None) -> None:
        """A request was refused: less from now on, and nothing at all for the time that the provider names."""
        now = _now()
        self.refusals += 1
        turn.refused = True
        self._tokens.take(-turn.tokens)
        if turn.began > self._last_refused:  # others of the same round say nothing new
            self._last_refused = now
            self._slow_down(now)
            if after is None:
                after = min(_PAUSES[0] * 2**self._rounds, _PAUSES[1])
                self._rounds += 1
        self._until = max(self._until, now + max(after or 0.0, _EASE * self.limits.period))

    def _slow_down(self, now: float) -> None:
        passed = [turn for turn in self._recent if not turn.refused and turn.began > now - self.limits.period]
        seconds = max(min(now - (self._began or 0.0), self.limits.period), 1e-3)
        rates = ((self._requests, len(passed) / seconds), (self._tokens, sum(turn.tokens for turn in passed) / seconds))
        reasons = [(bucket, rate) for bucket, rate in rates if bucket.is_near(rate)]
        if not reasons:
            self.concurrency = max(self.concurrency / 2, 1.0)
            self._growing = False
        for bucket, rate in reasons or rates:
            bucket.learn(rate, now)

    def _wait(self, tokens: float) -> float:
        now = _now()
        return max(self._until - now, self._requests.wait(1, now), self._tokens.wait(tokens, now))


def _now() -> float:
    return asyncio.get_running_loop().time()


class _Bucket:
    """Fills evenly with what may be taken, at the rate (by the second) that is known or was learnt; None: any."""

    def __init__(self, limit: float | None, period: float) -> None:
        self._most = self._rate = limit * _SHARE / period if limit is not None else None
        self._period = period
        self._content = self._rate * period * _BURST if self._rate is not None else 0.0
        self._at = self._grown = 0.0
        self._step = _STEP

    def wait(self, amount: float, now: float) -> float:
        """Seconds until so much may be taken."""
        if self._rate is None:
            return 0.0
        self._grow(now)
        size = amount + self._rate * self._period * _BURST  # beyond what is waited for: who wakes late must lose nothing
        if self._content < size:
            self._content = min(self._content + (now - self._at) * self._rate, size)
        self._at = now
        missing = amount - self._content
        return missing / self._rate

    def take(self, amount: float) -> None:
        if self._rate is not None:
            self._content -= amount

    def is_near(self, rate: float) -> bool:
        """So much was about what was allowed."""
        return self._rate is not None and rate >= _NEAR * self._rate

    def learn(self, rate: float, now: float) -> None:
        """No more than this is let through."""
        if rate <= 0:
            return
        if self._rate is None:
            self._content, self._at = 0.0, now
        self._rate = min(rate * _SHARE, self._rate or rate)
        self._grown, self._step = now, _STEP

    def _grow(self, now: float) -> None:
        """Try whether more is let through by now."""
        while self._rate != self._most and now - self._grown >= self._period:
            self._rate = min((self._rate or 0.0) * (1 + self._step), self._most or inf)
            self._grown, self._step = self._grown + self._period, min(2 * self._step, 1.0)

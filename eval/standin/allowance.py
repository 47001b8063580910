"""What a stand-in lets through: requests and tokens in any stretch of a period's length. Providers that fill a bucket evenly,
or count by the clock's minute, let more through at times and never less."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field


@dataclass(slots=True)
class Allowance:
    """`requests`, `tokens`: in any `period` (seconds), None for no limit. `told`: responses carry the limits in headers."""

    requests: int | None = None
    tokens: int | None = None
    period: float = 60.0
    told: bool = True
    admitted: int = 0
    refused: int = 0
    admitted_tokens: int = 0
    _recent: deque[tuple[float, int]] = field(default_factory=deque)
    _sum: int = 0

    @property
    def limited(self) -> bool:
        return self.requests is not None or self.tokens is not None

    def admit(self, now: float, tokens: int) -> float | None:
        """None where a request of so many tokens is let through, else the seconds until it may come again."""
        self._forget(now)
        if (self.requests is not None and len(self._recent) >= self.requests) or (
            self.tokens is not None and self._recent and self._sum + tokens > self.tokens
        ):
            self.refused += 1
            return self._until(now, tokens)
        self.admitted += 1
        self.admitted_tokens += tokens
        self._recent.append((now, tokens))
        self._sum += tokens
        return None

    def headers(self, now: float) -> dict[str, str]:
        """The limits as a response tells them."""
        if not self.told:
            return {}
        self._forget(now)
        used = {"requests": len(self._recent), "tokens": self._sum}
        limits = {"requests": self.requests, "tokens": self.tokens}
        found: dict[str, str] = {}
        for kind, limit in limits.items():
            if limit is not None:
                until = self._recent[-1][0] + self.period - now if self._recent else 0.0
                found |= {
                    f"x-ratelimit-limit-{kind}": str(limit), f"x-ratelimit-remaining-{kind}": str(max(limit - used[kind], 0)),
                    f"x-ratelimit-reset-{kind}": f"{until:.3f}s",
                }
        return found

    def _forget(self, now: float) -> None:
        while self._recent and self._recent[0][0] <= now - self.period:
            self._sum -= self._recent.popleft()[1]

    def _until(self, now: float, tokens: int) -> float:
        count, sum_ = len(self._recent), self._sum
        for at, used in self._recent:
            count, sum_ = count - 1, sum_ - used
            if (self.requests is None or count < self.requests) and (self.tokens is None or sum_ + tokens <= self.tokens):
                return at + self.period - now
        return 0.0

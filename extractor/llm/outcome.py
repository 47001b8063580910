"""What comes of a question: an answer or a failure of a named kind, and what each attempt took and cost."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Kind(StrEnum):
    """How a question ended. The first four are final: asking again would cost again and change nothing."""

    ANSWERED = "answered"
    REFUSED = "refused"
    FILTERED = "filtered"
    TRUNCATED = "truncated"
    INVALID = "invalid"
    """No answer that keeps to the schema, however often the errors were sent back."""
    UNAVAILABLE = "unavailable"
    """No whole response: connection, rate limit or server fault, however often tried."""
    REJECTED = "rejected"
    """The endpoint won't take the request: key, model, quota or a parameter."""


FINAL = (Kind.ANSWERED, Kind.REFUSED, Kind.FILTERED, Kind.TRUNCATED)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request. `outcome` is a kind, or what went wrong on the way ("429", "500", "connection"). Tokens are those that
    the endpoint reported for this attempt alone, 0 where it reported none; `cost` is None where no price is told."""

    outcome: str
    seconds: float
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """`value` is there where the kind is ANSWERED and nowhere else. `prompt` names the prompt, its version and its hash.
    `cached`: paid for earlier; there are no attempts then."""

    kind: Kind
    value: T | None
    model: str
    prompt: str
    attempts: tuple[Attempt, ...] = ()
    detail: str = ""
    cached: bool = False

    @property
    def tokens_in(self) -> int:
        return sum(a.tokens_in for a in self.attempts)

    @property
    def tokens_out(self) -> int:
        return sum(a.tokens_out for a in self.attempts)

    @property
    def cost(self) -> float | None:
        costs = [a.cost for a in self.attempts if a.cost is not None]
        return sum(costs) if costs else None


class AwaitedError(Exception):
    """The question is out in a batch file: it is paid for there, and not asked again before the file is collected."""


class EndedError(Exception):
    """A response that is no answer and that asking again would not mend."""

    def __init__(self, kind: Kind, detail: str = "") -> None:
        super().__init__(detail or kind.value)
        self.kind = kind


class TransportError(Exception):
    """No whole response; worth trying again. `after`: seconds that the server asked to wait."""

    def __init__(self, outcome: str, after: float | None = None) -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.after = after

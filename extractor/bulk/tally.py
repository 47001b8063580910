"""How far a run is: what the progress shows and the summary says."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from extractor.archive.entry import AttemptRow, FindingRow


class Ending(StrEnum):
    """How a run ended, as the archive notes it."""

    DONE = "done"
    STOPPED = "stopped"
    """On request (Ctrl-C)."""
    BUDGET = "budget"
    FAILED = "failed"
    """By an error that concerns all documents: the archive, the workers, the endpoint."""


@dataclass(slots=True)
class Tally:
    """`found`: files met so far; `total`: files there are, None while not known. `read` and `failed` are documents of this run,
    `known` those that were done before, `known_failed` those that had failed before and were left alone. `failures` by code,
    `findings` by severity. `cost` is None where no price is told."""

    found: int = 0
    total: int | None = None
    read: int = 0
    failed: int = 0
    known: int = 0
    known_failed: int = 0
    left: int = 0
    """Documents in hand that were given up: the budget, or a second Ctrl-C."""
    in_batch: int = 0
    """Documents whose question is out in a batch file."""
    failures: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    answers_known: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
    began: float = field(default_factory=time.monotonic)
    waiting: str = ""
    """Why the archive does not answer, while it doesn't."""

    def spent(self, attempts: Sequence[AttemptRow]) -> None:
        self.calls += len(attempts)
        for attempt in attempts:
            self.tokens_in += attempt.tokens_in
            self.tokens_out += attempt.tokens_out
            if attempt.cost is not None:
                self.cost = (self.cost or 0.0) + attempt.cost

    def found_in(self, rows: Sequence[FindingRow]) -> None:
        for row in rows:
            self.findings[row.severity] += 1

    @property
    def settled(self) -> int:
        """Documents that are through, one way or another."""
        return self.read + self.failed + self.known + self.known_failed + self.in_batch

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    @property
    def rate(self) -> float:
        """Documents per second that this run has read or found unreadable."""
        return (self.read + self.failed) / self.seconds if self.seconds > 0 else 0.0

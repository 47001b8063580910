"""The one layer of retries: which failures are tried again, how often, and how long is waited before.

The SDK's own retries are off, and instructor is handed this policy in place of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from json import JSONDecodeError
from math import isnan
from random import Random
from time import time

from instructor.core.exceptions import ResponseParsingError
from pydantic import ValidationError
from tenacity import RetryCallState

from extractor.llm.outcome import TransportError

_INVALID = (ValidationError, JSONDecodeError, ResponseParsingError)


@dataclass(frozen=True, slots=True)
class Policy:
    """`tries` requests at most for transport faults, `corrections` answers sent back with their errors. Waits in seconds:
    `first` grows twofold up to `longest`, each with jitter; a server that asks for more than `patience` is given up.
    `deadline`: seconds that one request may take."""

    tries: int = 5
    corrections: int = 2
    first: float = 0.5
    longest: float = 30.0
    patience: float = 120.0
    deadline: float = 180.0


class Retries:
    """The state of one question: how often each kind of failure has struck. Fits tenacity's retry, stop and wait."""

    def __init__(self, policy: Policy, jitter: Random) -> None:
        self.policy = policy
        self.jitter = jitter
        self.faults = 0
        self.invalid = 0

    def retry(self, state: RetryCallState) -> bool:
        return isinstance(_failure(state), (TransportError, *_INVALID))

    def stop(self, state: RetryCallState) -> bool:
        failure = _failure(state)
        if isinstance(failure, TransportError):
            self.faults += 1
            return self.faults >= self.policy.tries or (failure.after or 0) > self.policy.patience
        self.invalid += 1
        return self.invalid > self.policy.corrections

    def wait(self, state: RetryCallState) -> float:
        failure = _failure(state)
        if not isinstance(failure, TransportError):
            return 0.0
        jittered = self.jitter.uniform(0.5, 1.0) * min(self.policy.longest, self.policy.first * 2**self.faults)
        return jittered if failure.after is None else failure.after + self.jitter.uniform(0.0, 0.1) * failure.after


def _failure(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None


def is_invalid(failure: BaseException | None) -> bool:
    """An answer came that does not keep to the schema."""
    return isinstance(failure, _INVALID)


def seconds_asked(retry_after: str | None, milliseconds: str | None = None) -> float | None:
    """The wait that a response asks for: Retry-After in seconds or as a date, or retry-after-ms; None: none."""
    try:
        if milliseconds:
            seconds = float(milliseconds) / 1000
        elif not retry_after:
            return None
        elif retry_after.strip().replace(".", "", 1).isdecimal():
            seconds = float(retry_after)
        else:
            seconds = parsedate_to_datetime(retry_after).timestamp() - time()
    except (ValueError, TypeError, OverflowError):
        return None
    return None if isnan(seconds) else max(seconds, 0.0)

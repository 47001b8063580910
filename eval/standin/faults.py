"""What goes wrong on purpose between a stand-in and its caller."""

from __future__ import annotations

from dataclasses import dataclass, field

FAULTS = (
    "429", "500", "503", "401", "slow", "drop", "half", "cut",
    "invalid", "unknown_row", "truncate", "refuse", "filter", "empty",
)
"""429, 500, 503, 401: such a status · slow: the response comes late · drop: the connection is closed without one · half: it is
closed inside the body · cut: the body is whole, the JSON in it half · invalid: an answer that is no JSON · unknown_row: JSON
that does not keep to the schema · truncate: the answer ends inside, as if the limit were met · refuse, filter: so the model or
the provider's filter · empty: an answer of nothing."""


@dataclass(slots=True)
class Faults:
    """`script`: what befalls the first requests, in order, "" for nothing; later ones are answered. An entry may carry seconds:
    "429:0.2" (Retry-After), "slow:1"."""

    script: list[str] = field(default_factory=list)

    def next(self) -> tuple[str, float | None]:
        """The fault of the next request and its seconds."""
        if not self.script:
            return "", None
        name, _, seconds = self.script.pop(0).partition(":")
        if name and name not in FAULTS:
            raise ValueError(f"no such fault: {name}")
        return name, float(seconds) if seconds else None

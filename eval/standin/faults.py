"""What goes wrong on purpose between a stand-in and its caller."""

from __future__ import annotations

from dataclasses import dataclass, field

FAULTS = (
    "429", "500", "503", "401", "quota", "inspected", "slow", "drip", "drop", "half", "cut",
    "invalid", "unknown_row", "brackets", "prose", "fenced", "truncate", "refuse", "filter", "empty", "interrupted",
    "unmetered",
)
"""429, 500, 503, 401: such a status · quota: 429 with the code insufficient_quota · inspected: 400 with the code that says that
a filter stopped the question · slow: the response comes late · drip: blank lines keep the connection alive, for the seconds
given, before it · drop: the connection is closed without one · half: it is closed inside the body · cut: the body is whole, the
JSON in it half · invalid: an answer that is no JSON · unknown_row: JSON that does not keep to the schema · brackets: open
brackets without end · prose: words where a tool's call was forced · fenced: the right answer in a code block, with words around
it · truncate: the answer ends inside, as if the limit were met · refuse, filter: so the model or the provider's filter · empty:
an answer of nothing · interrupted: the provider ran out of resources inside the answer · unmetered: the response does not say
what it took."""

BODIES = {
    "null": "null", "list": "[]", "string": '"ok"', "object": "{}",
    "no_choice": '{"choices": [], "usage": {"prompt_tokens": 7}}',
    "no_message": '{"choices": [{}]}', "odd_message": '{"choices": [{"message": "ok"}]}',
    "odd_content": '{"choices": [{"message": {"role": "assistant", "content": [1]}, "finish_reason": "stop"}]}',
    "html": "<html><body>502</body></html>",
}
"""What a proxy may answer with status 200 in place of a completion."""


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
        if name and name not in FAULTS and name not in BODIES:
            raise ValueError(f"no such fault: {name}")
        return name, float(seconds) if seconds else None

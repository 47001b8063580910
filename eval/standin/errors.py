"""How a stand-in errs: its error model, applied to a right answer. The same seed and question give the same errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

Answer = dict[str, Any]

KINDS: Mapping[str, float] = {
    "misread": 0.6, "shifted": 0.15, "neighbour": 0.1, "misnamed": 0.05, "made_up": 0.05, "repaired": 0.05,
}
"""Shares of the kinds of errors.

misread: a digit of one number is another · shifted: the row's numbers stand one column off · neighbour: the row gets line and
numbers of the row beside it · misnamed: the numbers are right, the line is another · made_up: a row that the text has lost gets
numbers, or the number is one that stands nowhere · repaired: a total is made the sum of its parts, or off by one where it is.
"""

HARDEST: Mapping[str, float] = {"swapped": 0.4, "elsewhere": 0.2, "sideways": 0.2, "shifted": 0.1, "from_line": 0.1}
"""Errors made of numbers that do stand on the page, at the line that is named.

swapped: two rows of a table change places, with their lines · elsewhere: a row gets line and numbers of any other of its
table · sideways: a number is the one beside it · shifted: as above · from_line: a total is the number of its own line that
comes nearest to the sum of its parts.
"""


@dataclass(frozen=True, slots=True)
class ErrorModel:
    """`rate`: the chance per cell that an error begins there."""

    rate: float = 0.0
    seed: int = 0
    kinds: Mapping[str, float] = field(default_factory=lambda: dict(KINDS))


def with_errors(answer: Answer, model: ErrorModel, question: str) -> Answer:
    """The answer as a model of this error rate would give it; rows of zeros may be hit too and are then listed with values."""
    if not model.rate:
        return answer
    rng = Random(f"{model.seed}/{question}")
    rows = [dict(row, values=list(row["values"])) for row in answer["rows"]]
    zero: list[tuple[str, int | None, int]] = []
    for name, line, columns in answer["zero"]:
        if any(rng.random() < model.rate for _ in range(columns)):
            rows.append({"row": name, "line": line, "values": ["0"] * columns, "hit": True})
        else:
            zero.append((name, line, columns))
    absent = []
    for name in answer["absent"]:
        if rng.random() < model.rate and rows:
            rows.append({"row": name, "line": rng.choice(rows)["line"], "values": list(rng.choice(rows)["values"])})
        else:
            absent.append(name)
    kinds, weights = list(model.kinds), list(model.kinds.values())
    for index, row in enumerate(rows):
        hits = [i for i, value in enumerate(row["values"]) if value and rng.random() < model.rate]
        if row.pop("hit", False) and not hits:
            hits = [rng.randrange(len(row["values"]))]
        for i in hits:
            _strike(rng, rng.choices(kinds, weights)[0], rows, index, i)
    return {**answer, "rows": rows, "zero": zero, "absent": absent}


def _strike(rng: Random, kind: str, rows: list[Answer], index: int, i: int) -> None:
    row = rows[index]
    values = row["values"]
    if kind == "shifted" and len(set(values)) > 1:
        row["values"] = values[1:] + values[:1]
    elif kind == "neighbour" and len(rows) > 1:
        other = rows[index - 1 if index else 1]
        if len(other["values"]) == len(values):
            row["values"], row["line"] = list(other["values"]), other["line"]
        else:
            values[i] = _misread(rng, values[i])
    elif kind in ("swapped", "elsewhere"):
        others = [o for o in rows if o is not row and o["row"][0] == row["row"][0] and len(o["values"]) == len(values)]
        if others:
            other = rng.choice(others)
            line, taken = row["line"], row["values"]
            row["line"], row["values"] = other["line"], list(other["values"])
            if kind == "swapped":
                other["line"], other["values"] = line, taken
    elif kind == "sideways" and len(set(values)) > 1:
        values[i] = values[i - 1 if i else 1]
    elif kind == "from_line" and len(set(values)) > 1 and all(v and v.isdigit() for v in values):
        total = sum(int(v) for v in values[:-1])
        values[-1] = min((v for v in values if v != values[-1]), key=lambda v: abs(int(v) - total))
    elif kind == "misnamed":
        row["line"] += rng.choice((-3, -2, -1, 1, 2, 3))
    elif kind == "made_up":
        values[i] = str(rng.randint(1, 999))
    elif kind == "repaired" and all(v and v.isdigit() for v in values):
        total = sum(int(v) for v in values[:-1])
        values[-1] = str(total if str(total) != values[-1] else total + 1)
    else:
        values[i] = _misread(rng, values[i])


def _misread(rng: Random, value: str | None) -> str:
    digits = [i for i, c in enumerate(value or "") if c.isascii() and c.isdigit()]
    if value is None or not digits:
        return str(rng.randint(1, 99))
    at = rng.choice(digits)
    other = rng.choice([d for d in "0123456789" if d != value[at]])
    return value[:at] + other + value[at + 1 :]

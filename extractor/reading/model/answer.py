"""What a model answers: rows that hold numbers, rows that hold none, figures and claims of the narrative.

Small on purpose: a row, or the figures of a line, is one short string whose form the schema's patterns hold, a run of rows of
nothing but zeros is one entry, a run of equal values one value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from extractor.llm.reply import Reply
from extractor.reading.model.codes import codes

LOST = "?"
"""In a row's values: the text has lost this cell."""
_CODES = re.compile(r"([drp])(\d{1,2})(?:-(\d{1,2}))?")
_ROWS = r"^[drp]\d{1,2}(-\d{1,2})?"
_PLACE = r"@\d{1,5}\*?$"
_REPEATED = re.compile(r"([^*|]{1,20})\*([2-9])")
_NUMBER = re.compile(r"\s*([+-]?\d[\d,.，．]*(?<=\d)|[零〇一二两三四五六七八九十百千]+)")
"""A number at the beginning of a figure as printed; what stands behind it is its unit."""
_MOST_ROWS = 40
_VALUES = r"[^|;]*(\|[^|;]*)*"  # unbounded: providers compile bounded repeats into one state each, pydantic refuses too many
_FIGURE = r"[^|#]+(#[^|#]*)?"
_PARTS = r"\d{1,3}(-\d{1,3})?(\+\d{1,3}(-\d{1,3})?){0,19}"


def _known(entry: str) -> str:
    match = _CODES.match(entry)
    ends = {match[1] + n for n in match.groups()[1:] if n} if match else set()
    unknown = sorted(ends - codes().keys())
    if unknown:
        raise ValueError(f"no such row: {', '.join(unknown)}")
    return entry


RowsText = Annotated[
    str, Field(pattern=rf"^[drp]\d{{1,2}}@\d{{1,5}}\*?:{_VALUES}(;{_VALUES})*$"), AfterValidator(_known)
]
Placed = Annotated[str, Field(pattern=_ROWS + _PLACE), AfterValidator(_known)]
Absent = Annotated[str, Field(pattern=_ROWS + "$"), AfterValidator(_known)]
FiguresText = Annotated[str, Field(pattern=rf"^\d{{1,5}}:{_FIGURE}(\|{_FIGURE})*$")]
ClaimText = Annotated[str, Field(pattern=rf"^(\d{{1,3}}=({_PARTS}|\d{{1,3}}/\d{{1,3}})|\d{{1,3}}(~\d{{1,3}})+)$")]


class ReportAnswer(Reply):
    """All that is asked of one report."""

    rows: list[RowsText]
    zero: list[Placed]
    blank: list[Placed]
    absent: list[Absent]
    figures: list[FiguresText]
    claims: list[ClaimText]


@dataclass(frozen=True, slots=True)
class Row:
    """A row's values in the order of the columns, as printed; "" for an empty cell, None for one that is lost."""

    code: str
    line: int
    values: tuple[str | None, ...]

    @classmethod
    def of(cls, entry: str) -> list[Row]:
        """The rows of an entry: `r3@58:3|0*5|3`, a run of equal values as one; `r5@60:|/|?*4|2;1|0*5|1`, rows that follow one
        another on as many lines; `p1@70*:…;…`, on one line."""
        place, _, rows = entry.partition(":")
        code, _, line = place.partition("@")
        step = 0 if line.endswith("*") else 1
        first, start = int(code[1:]), int(line.rstrip("*"))
        return [cls(f"{code[0]}{first + i}", start + i * step, _values(row)) for i, row in enumerate(rows.split(";"))]

    def __str__(self) -> str:
        values = [LOST if v is None else v for v in self.values]
        runs = [(value, len(list(same))) for value, same in groupby(values)]
        shown = [f"{v}*{n}" if n > 1 and v and len(v) < 20 and "*" not in v else "|".join([v] * n) for v, n in runs]
        return "|".join(shown)


def _values(row: str) -> tuple[str | None, ...]:
    found: list[str | None] = []
    for value in row.split("|"):
        repeated = _REPEATED.fullmatch(value) if "*" in value else None
        one, times = (repeated[1], int(repeated[2])) if repeated else (value, 1)
        found += [None if one.strip() == LOST else one] * times
    return tuple(found)


def in_runs(rows: Sequence[Row]) -> list[str]:
    """The shortest entries for rows, in their order; the inverse of `Row.of`."""
    runs: list[list[Row]] = []
    for row in rows:
        run = runs[-1] if runs else []
        before = run[-1] if run else None
        if before and row.code == f"{before.code[0]}{int(before.code[1:]) + 1}" and len(run) < _MOST_ROWS:
            step = row.line - before.line
            if step in (0, 1) and (len(run) == 1 or step == run[1].line - run[0].line):
                run.append(row)
                continue
        runs.append([row])
    return [
        f"{run[0].code}@{run[0].line}{'*' if len(run) > 1 and run[1].line == run[0].line else ''}:{';'.join(map(str, run))}"
        for run in runs
    ]


@dataclass(frozen=True, slots=True)
class StatedFigure:
    """A number of the narrative as printed, its unit, and what it counts where the words beside it do not say so."""

    line: int
    number: str
    unit: str
    label: str = ""

    @classmethod
    def of(cls, entry: str) -> list[StatedFigure]:
        """The figures of one line: `12:183条|14条|2次#业务培训`."""
        line, _, rest = entry.partition(":")
        found: list[StatedFigure] = []
        for stated in rest.split("|"):
            figure, _, label = stated.partition("#")
            number = _NUMBER.match(figure)
            words = number[1] if number else figure
            found.append(cls(int(line), words, figure[number.end() :].strip() if number else "", label))
        return found

    def __str__(self) -> str:
        return f"{self.number}{self.unit}" + (f"#{self.label}" if self.label else "")


def by_line(figures: Sequence[StatedFigure]) -> list[str]:
    """The entries for figures, in their order; the inverse of `StatedFigure.of`."""
    return [f"{line}:{'|'.join(map(str, same))}" for line, same in groupby(figures, lambda f: f.line)]


@dataclass(frozen=True, slots=True)
class StatedClaim:
    """Figures (their places in the list, from 0) that the text ties together. `0=1+2+5`, `0=1-3`: a total with its parts ·
    `5=1/0`: a percentage, the part, the whole · `3~8`: the same quantity stated again."""

    kind: Literal["sum", "share", "repeated"]
    total: int | None
    parts: tuple[int, ...]
    share: int | None

    @classmethod
    def of(cls, entry: str) -> StatedClaim:
        if "~" in entry:
            return cls("repeated", None, tuple(int(p) for p in entry.split("~")), None)
        left, _, right = entry.partition("=")
        if "/" in right:
            part, _, whole = right.partition("/")
            return cls("share", int(whole), (int(part),), int(left))
        parts = [part.partition("-") for part in right.split("+")]
        return cls("sum", int(left), tuple(n for low, _, high in parts for n in range(int(low), int(high or low) + 1)), None)

    def __str__(self) -> str:
        if self.kind == "repeated":
            return "~".join(map(str, self.parts))
        if self.kind == "share":
            return f"{self.share}={self.parts[0]}/{self.total}"
        return f"{self.total}={'+'.join(_stretches(self.parts))}"


def _stretches(numbers: Sequence[int]) -> list[str]:
    """Numbers, those that follow one another as one: 1-3."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1].append(number)
        else:
            found.append([number])
    return [str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in found]

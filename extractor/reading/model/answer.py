"""What a model answers: rows that hold numbers, rows that hold none, figures and claims of the narrative.

Small on purpose: a row or a figure is one short string whose form the schema's patterns hold, a run of rows of nothing but
zeros is one entry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from extractor.llm.reply import Reply
from extractor.reading.model.codes import codes

LOST = "?"
"""In a row's values: the text has lost this cell."""
_CODE = re.compile(r"[drp]\d{1,2}")
_ROWS = r"^[drp]\d{1,2}(-[drp]\d{1,2})?"
_PLACE = r"@\d{1,5}(-\d{1,5})?$"


def _known(entry: str) -> str:
    unknown = [code for code in _CODE.findall(entry.partition("@")[0]) if code not in codes()]
    if unknown:
        raise ValueError(f"no such row: {', '.join(unknown)}")
    return entry


RowText = Annotated[str, Field(pattern=r"^[drp]\d{1,2}@\d{1,5}:[^|]{0,60}(\|[^|]{0,60}){0,7}$"), AfterValidator(_known)]
Placed = Annotated[str, Field(pattern=_ROWS + _PLACE), AfterValidator(_known)]
Absent = Annotated[str, Field(pattern=_ROWS + "$"), AfterValidator(_known)]
FigureText = Annotated[str, Field(pattern=r"^\d{1,5}:[^|]{1,40}\|[^|]{0,8}\|[^|]{0,60}$")]
ClaimText = Annotated[str, Field(pattern=r"^(\d{1,3}=\d{1,3}((\+\d{1,3})+|/\d{1,3})|\d{1,3}(~\d{1,3})+)$")]


class ReportAnswer(Reply):
    """All that is asked of one report."""

    rows: list[RowText]
    zero: list[Placed]
    blank: list[Placed]
    absent: list[Absent]
    figures: list[FigureText]
    claims: list[ClaimText]


@dataclass(frozen=True, slots=True)
class Row:
    """`r3@58:3|0|?||0|/|3`: values in the order of the columns, as printed; "" for an empty cell, None for one that is lost."""

    code: str
    line: int
    values: tuple[str | None, ...]

    @classmethod
    def of(cls, entry: str) -> Row:
        place, _, values = entry.partition(":")
        code, _, line = place.partition("@")
        return cls(code, int(line), tuple(None if v.strip() == LOST else v for v in values.split("|")))

    def __str__(self) -> str:
        return f"{self.code}@{self.line}:{'|'.join(LOST if v is None else v for v in self.values)}"


@dataclass(frozen=True, slots=True)
class StatedFigure:
    """`12:183|条|政务新媒体`: a number of the narrative as printed, its unit, what it counts."""

    line: int
    number: str
    unit: str
    label: str

    @classmethod
    def of(cls, entry: str) -> StatedFigure:
        line, _, rest = entry.partition(":")
        number, unit, label = rest.split("|")
        return cls(int(line), number, unit, label)

    def __str__(self) -> str:
        return f"{self.line}:{self.number}|{self.unit}|{self.label}"


@dataclass(frozen=True, slots=True)
class StatedClaim:
    """Figures (their places in the list, from 0) that the text ties together. `0=1+2+3`: a total with its parts · `5=1/0`: a
    percentage, the part, the whole · `3~8`: the same quantity stated again."""

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
        return cls("sum", int(left), tuple(int(p) for p in right.split("+")), None)

    def __str__(self) -> str:
        if self.kind == "repeated":
            return "~".join(map(str, self.parts))
        if self.kind == "share":
            return f"{self.share}={self.parts[0]}/{self.total}"
        return f"{self.total}={'+'.join(map(str, self.parts))}"

"""What a model answers: rows that hold numbers, rows that hold none, figures and claims of the narrative.

Small on purpose: a row of nothing but printed zeros is one short entry, a run of such rows too.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from extractor.llm.reply import Reply
from extractor.reading.model.codes import codes

_PLACE = r"@\d{1,5}(-\d{1,5})?$"
_ROWS = r"^[drp]\d{1,2}(-[drp]\d{1,2})?"
Placed = Annotated[str, Field(pattern=_ROWS + _PLACE)]
Absent = Annotated[str, Field(pattern=_ROWS + "$")]


def _known(code: str) -> str:
    if code not in codes():
        raise ValueError(f"no such row: {code}")
    return code


RowCode = Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": list(codes())})]


class Row(Reply):
    """Values in the order of the columns, as printed; "" for an empty cell, null for one that the text has lost."""

    row: RowCode
    line: int
    values: list[str | None]


class StatedFigure(Reply):
    """A number of the narrative, as printed, and what it counts."""

    line: int
    number: str
    unit: str
    label: str


class StatedClaim(Reply):
    """Figures (their places in the list, from 0) that the text ties together."""

    kind: Literal["sum", "share", "repeated"]
    total: int | None
    parts: list[int]
    share: int | None


class ReportAnswer(Reply):
    """All that is asked of one report."""

    rows: list[Row]
    zero: list[Placed]
    blank: list[Placed]
    absent: list[Absent]
    figures: list[StatedFigure]
    claims: list[StatedClaim]

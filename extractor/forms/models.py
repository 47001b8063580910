"""Pydantic models of the forms' tables: a field for each cell, under the cell's id.

They hold the output of `extractor extract` to the forms, and they are where its JSON Schema gets the cells and their labels.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, create_model, model_validator

from extractor.forms.form import table
from extractor.report import State

Number = Annotated[int | Decimal, WithJsonSchema({"type": "number"})]
Span = tuple[int, int]
Interval = tuple[int | None, int | None]


class Strict(BaseModel):
    """No field that the contract doesn't name."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DecidedPart(Strict):
    """What a person said of a cell: the layer above what is printed and what is deduced."""

    kind: Literal["as_printed", "misread", "wrong_in_print", "illegible"]
    value: Number | None = Field(description="what the cell says (misread), should say (wrong_in_print), or says as printed")
    who: str
    at: float = Field(description="seconds since 1970")
    stale: bool = Field(description="the cell is read otherwise now than when it was decided")


class Cell(Strict):
    """One cell: what is printed in it and, where nothing is, what arithmetic forces on it."""

    state: State
    value: Number | None = Field(description="the number as printed; null unless the state is printed")
    raw: str = Field("", description="the characters that stand there: text[span]")
    span: Span | None = Field(None, description="half-open character offsets into the document's text as loaded")
    reader: str = Field("", description="who read it")
    confidence: float | None = Field(None, ge=0, le=1)
    page: int | None = Field(None, ge=1, description="of a document with pages: the page that it stands on, from 1")
    box: tuple[float, float, float, float] | None = Field(
        None, description="left, top, right, bottom of the characters on the page, in points (1/72 inch) from its top left"
    )
    unit: str = Field("", description="the unit printed in the cell")
    note: str = Field("", description="what stands behind the number in the same cell")
    placed: bool = Field(False, description="arithmetic, not the source, told the number's column")
    label: str = Field("", description="of a row that the form does not know: the label of the row")
    deduced: int | None = Field(None, description="the value that arithmetic forces on a cell that is not printed")
    interval: Interval | None = Field(None, description="inclusive bounds where it forces no single value")
    decided: DecidedPart | None = Field(None, description="what a reviewer decided; only there where one did")

    @model_validator(mode="after")
    def _value_where_printed(self) -> Self:
        if (self.value is not None) != (self.state is State.PRINTED):
            raise ValueError("a value stands where the state is printed, and nowhere else")
        if self.state is State.PRINTED and (self.deduced is not None or self.interval is not None or self.span is None):
            raise ValueError("a printed cell has a span, and nothing deduced")
        return self


@cache
def cells_model(form_code: str, table_key: str) -> type[BaseModel]:
    """The model of one table of one form. Raises KeyError for an unknown form or table."""
    of = table(form_code, table_key)
    fields: dict[str, Any] = {}
    for row in of.rows:
        for column_key, cell in zip(row.columns, row.cells, strict=True):
            column = of.column(column_key)
            title, description = f"{' / '.join(row.path)} · {column.label}", f"{row.label_en} · {column.label_en}"
            fields[cell.replace(".", "__")] = (Cell, Field(alias=cell, title=title, description=description))
    return create_model(f"{table_key.title()}{form_code}", __base__=Strict, __doc__=f"{of.label} ({form_code})", **fields)

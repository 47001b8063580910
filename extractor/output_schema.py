"""The output of `extractor extract --json` as a type: for whoever reads it, and as the source of its JSON Schema.

    extraction = Extraction.model_validate_json(line)

The cells are held to the forms: every cell of each table's form is there, and no other but extra rows.
"""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from extractor.forms.form import forms
from extractor.forms.models import Cell, Interval, Number, Span, Strict, cells_model
from extractor.verification.finding import Severity


class DocumentPart(Strict):
    id: str = Field(pattern="^sha256:[0-9a-f]{64}$", description="SHA-256 of the file's bytes")
    source: str
    characters: int


class Text(Strict):
    value: str
    span: Span


class Year(Strict):
    value: int
    span: Span


class Missing(Strict):
    """A field that the report does not state: an empty object."""


class HeaderPart(Strict):
    """Dates are ISO strings."""

    issuer: Text | Missing
    year: Year | Missing
    postcode: Text | Missing
    phone: Text | Missing
    email: Text | Missing
    website: Text | Missing
    address: Text | Missing
    period_start: Text | Missing
    period_end: Text | Missing
    signed_on: Text | Missing
    basis: list[Text]


class SectionPart(Strict):
    key: str
    span: Span


class FigurePart(Strict):
    label: str
    value: Number | None = Field(description="null where something stands there that no number can be read from")
    unit: str
    span: Span
    section: str
    raw: str
    approximate: bool = False


class ClaimPart(Strict):
    """Arithmetic that the report asserts, with values: null for one that can't be read."""

    kind: Literal["sum", "share", "shares_total", "repeated", "table"]
    total: Number | None
    parts: list[Number | None]
    holds: bool | None = Field(description="null where it can't be assessed")
    span: Span
    share: Number | None = Field(None, description="of kind share: the percentage stated")
    count: Number | None = Field(None, description="of kind share: the count that it is the share of")
    cells: list[str] = Field(default=[], description="of kind table: the cells whose sum the total states")


class MessagePart(Strict):
    zh: str
    en: str


class SuspectPart(Strict):
    cell: str
    weight: float = Field(description="its share of the blame, 0 to 1")
    proposal: Number | None = Field(None, description="the value that would mend the edits")
    verdict: str = Field("", description="why it would be wrong")
    jointly: list[str] = Field(default=[], description="other cells that must change with it")
    mends: list[str] = Field(default=[], description="the failing edits that would hold then")


class FindingPart(Strict):
    code: str
    severity: Severity
    priority: float = Field(0.0, ge=0, description="what a look at it gains, per field; highest first")
    cells: list[str]
    spans: list[Span]
    expected: Number | Interval | None
    found: Number | None
    message: MessagePart
    suspects: list[SuspectPart]


class AskedPart(Strict):
    """One question to a language model: tokens, seconds and cost are sums over its calls."""

    model: str
    prompt: str = Field(description="name, version and hash of the prompt")
    outcome: str
    calls: int
    tokens_in: int
    tokens_out: int
    seconds: float
    cost: float | None = Field(description="null where no price was told")
    cached: bool = Field(description="the answer was paid for earlier")


class Extraction(Strict):
    """One report, as published and as verified."""

    document: DocumentPart
    form: str
    tables: dict[str, str] = Field(description="the form of each table")
    header: HeaderPart
    sections: list[SectionPart]
    cells: dict[str, Cell]
    figures: list[FigurePart]
    claims: list[ClaimPart]
    findings: list[FindingPart]
    models: list[AskedPart] = Field([], description="what was asked of language models; not there where none was asked")

    @model_validator(mode="after")
    def _cells_of_the_forms(self) -> Self:
        expected = {cell for key, form in self.tables.items() for cell in _cell_ids(form, key)}
        extra = {cell for cell in self.cells if ".extra." in cell}
        missing, unknown = expected - self.cells.keys(), self.cells.keys() - expected - extra
        if missing or unknown:
            raise ValueError(f"cells missing: {sorted(missing)}; cells unknown to the form: {sorted(unknown)}")
        return self


def _cell_ids(form_code: str, table_key: str) -> list[str]:
    return [str(field.alias) for field in cells_model(form_code, table_key).model_fields.values()]


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of one report. Which cells must be there depends on the form of each table, so each table
    of each form is a condition of its own."""
    schema = Extraction.model_json_schema()
    conditions = []
    for form in forms():
        for table in form.tables:
            model = cells_model(form.code, table.key)
            of_table = model.model_json_schema()
            schema["$defs"][model.__name__] = {
                "title": of_table["title"],
                "description": of_table["description"],
                "properties": of_table["properties"],
                "required": of_table["required"],
                "propertyNames": {
                    "anyOf": [
                        {"not": {"pattern": rf"^{table.key}\."}},
                        {"pattern": rf"^{table.key}\.extra\."},
                        {"enum": _cell_ids(form.code, table.key)},
                    ]
                },
            }
            has_table = {"properties": {table.key: {"const": form.code}}, "required": [table.key]}
            conditions.append(
                {
                    "if": {"properties": {"tables": has_table}},
                    "then": {"properties": {"cells": {"$ref": f"#/$defs/{model.__name__}"}}},
                }
            )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "One report as extracted",
        "allOf": conditions,
    }

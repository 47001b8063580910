"""The types that are handed from stage to stage: what stands in one report, as published.

Everything here is a frozen dataclass with slots. Spans are half-open character offsets into `Document.text`.
The layer of what is deduced or found lives in `extractor.verification.finding`, never here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal

Span = tuple[int, int]
Number = int | Decimal
"""A number as printed: an int where no fraction is printed, a Decimal (never a binary float) where one is."""


class State(StrEnum):
    """What stands in a cell (design page, "Words")."""

    PRINTED = "printed"
    BLANK = "blank"
    MARKED = "marked"
    ILLEGIBLE = "illegible"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader says is printed in one cell.

    `raw` is `text[span]`, or "" where nothing stands there (blank, absent). `value` is a number only where the state
    is printed. `note` is what stands behind the number in the same cell, `unit` the unit printed in the cell.
    `placed` is set by the verifier alone: the number's column was found by arithmetic, not by the source. `alternatives`:
    other numbers that whoever read the page's image took the characters for, with the confidence in each, likeliest first.
    """

    state: State
    raw: str = ""
    value: Number | None = None
    span: Span | None = None
    reader: str = "grid"
    confidence: float = 1.0
    unit: str = ""
    note: str = ""
    placed: bool = False
    alternatives: tuple[tuple[Number, float], ...] = ()


@dataclass(frozen=True, slots=True)
class OpenRow:
    """Numbers of one line of a table that the source does not tie to columns: the reader leaves the placement open.

    `cells` are the ids of the places in the form's order, `readings` what stands in the line in its order (never more
    than places). `placements` are the candidates: for each reading the index into `cells`, strictly increasing; likeliest
    first. `rest` is the state of the places that a placement leaves over. The cells of an open row have no entry in
    `TableReading.cells`.
    """

    row: str
    cells: tuple[str, ...]
    readings: tuple[Reading, ...]
    placements: tuple[tuple[int, ...], ...]
    span: Span
    rest: State = State.ABSENT


@dataclass(frozen=True, slots=True)
class Defect:
    """A defect of the source that a reader met; the verifier turns each into a finding of the same code.

    `params` fill the templates of the message catalogue.
    """

    code: str
    cells: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExtraRow:
    """A row that stands in a table and that the form does not know; its cells get ids below `TABLE.extra.`."""

    key: str
    label: str
    span: Span
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableReading:
    """One table of the form, as read. `cells` has an entry for each cell of the form that no open row covers."""

    table: str
    form: str
    cells: Mapping[str, Reading]
    open_rows: tuple[OpenRow, ...] = ()
    extra_rows: tuple[ExtraRow, ...] = ()
    defects: tuple[Defect, ...] = ()
    span: Span | None = None
    score: float = 0.0
    """How well the labels fit this form, 0 to 1; the form of a table is the one with the best score."""


@dataclass(frozen=True, slots=True)
class Section:
    """One of the six sections; `span` covers heading and body, `heading` is None where the heading is lost."""

    key: str
    span: Span
    heading: Span | None = None


@dataclass(frozen=True, slots=True)
class HeaderField:
    """One field of the header: the normalised value and the place it stands at."""

    value: str | int
    span: Span


@dataclass(frozen=True, slots=True)
class Header:
    """Who reports on what, and how to reach them. Dates are ISO strings (2021-12-31). None: not stated."""

    issuer: HeaderField | None = None
    year: HeaderField | None = None
    postcode: HeaderField | None = None
    phone: HeaderField | None = None
    email: HeaderField | None = None
    website: HeaderField | None = None
    address: HeaderField | None = None
    period_start: HeaderField | None = None
    period_end: HeaderField | None = None
    signed_on: HeaderField | None = None
    basis: tuple[HeaderField, ...] = ()
    """Document numbers of the legal basis, e.g. 国办公开办函〔2021〕30号."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number stated in the narrative.

    `value` is None where something stands there that no number can be read from (20-8-); `approximate` where the text
    says so (余, 多, 以上, 近). `label` is what it counts, as worded. A percentage has the unit "%".
    """

    label: str
    value: Number | None
    unit: str
    span: Span
    section: str
    raw: str
    approximate: bool = False


ClaimKind = Literal["sum", "share", "shares_total", "repeated", "table"]


@dataclass(frozen=True, slots=True)
class Claim:
    """Arithmetic that the report itself asserts. `total`, `parts`, `share` index into `Report.figures`.

    sum: figure `total` is said to be composed of figures `parts` (all of them: 其中 A，B，C).
    share: figure `share` (unit %) is said to be figure `parts[0]` as a share of figure `total`.
    shares_total: figures `parts` (unit %) are all the shares of one whole.
    repeated: figures `parts` state the same quantity.
    table: figure `total` states the sum of the table cells `cells`.
    """

    kind: ClaimKind
    span: Span
    total: int | None = None
    parts: tuple[int, ...] = ()
    share: int | None = None
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What one question to a language model came to. `prompt`: name, version and hash. `outcome`: a kind of
    `extractor.llm.outcome`. Tokens, seconds and cost are sums over the calls; `cost` is None where no price is told.
    `cached`: the answer was paid for earlier."""

    model: str
    prompt: str
    outcome: str
    calls: int
    tokens_in: int
    tokens_out: int
    seconds: float
    cost: float | None = None
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """One report as published: readings, header, narrative. Cells are spread over `tables`."""

    document_id: str
    source: str
    characters: int
    form: str
    tables: Mapping[str, TableReading]
    header: Header
    sections: tuple[Section, ...]
    figures: tuple[Figure, ...] = ()
    claims: tuple[Claim, ...] = ()
    defects: tuple[Defect, ...] = ()
    models: tuple[Asked, ...] = ()

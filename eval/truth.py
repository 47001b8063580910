"""What is true of one document: its format on disk, and how it is read.

One JSON object per document, lying beside the text under the same name. The smallest form has `cells` alone, each with
`state`, `value` where printed, and, where somebody worked them out, `deduced` or `interval`; documents read by hand also
name `form`, header fields, `figures` and `sums`. Generated documents add two truths for each cell (what the page had, what
the text says), spans, and the damages that were done.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from extractor.report import Number, Span, State

HEADER_KEYS = (
    "issuer", "year", "postcode", "phone", "email", "website", "address", "period_start", "period_end", "signed_on",
)


@dataclass(frozen=True, slots=True)
class CellTruth:
    """Both truths of one cell.

    `state`, `value`, `span`: what the text says. `open`: the text has lost which number of the row belongs to which column;
    `value` is then the number that came from this cell, if the text still has it, and no text alone proves a placement.
    `page_state`, `page_value`: what the page had. `meant`: the number that the body had in mind (differs from the page's where
    a zero was printed blank or a number was printed wrong). `deduced`, `interval`: what the identities force, where worked out.
    """

    state: State
    value: Number | None = None
    span: Span | None = None
    open: bool = False
    page_state: State | None = None
    page_value: Number | None = None
    meant: Number | None = None
    deduced: Number | None = None
    interval: tuple[int | None, int | None] | None = None
    damages: tuple[str, ...] = ()

    @property
    def on_page(self) -> Number | None:
        """The number on the page; the text's own where the truth was read from the text alone."""
        return self.page_value if self.page_state is not None else self.value

    @property
    def true_number(self) -> Number | None:
        """The number that a deduction has to hit: what the body meant, else what was worked out, else what is printed."""
        for number in (self.meant, self.deduced, self.on_page):
            if number is not None:
                return number
        return None


@dataclass(frozen=True, slots=True)
class FieldTruth:
    """A header field as the text states it."""

    value: str | int
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class FigureTruth:
    """A number stated in the narrative. `value` is None where the text's number can't be read; `span` None if not known."""

    label: str
    value: Number | None
    unit: str
    span: Span | None = None
    section: str = ""


@dataclass(frozen=True, slots=True)
class ClaimTruth:
    """Arithmetic that the narrative asserts, by the numbers of its figures. `holds`: by the numbers in the text; None where
    one of them can't be read."""

    kind: str
    total: Number | None
    parts: tuple[Number | None, ...]
    share: Number | None = None
    holds: bool | None = None
    span: Span | None = None
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DamageRecord:
    """One damage that was done. `rate`: how hard (share of what it could have hit). `loud`: the damage leaves a trace that
    the text itself betrays, so a finding is due. `wrong`: it leaves numbers in the text that differ from the page's."""

    kind: str
    rate: float
    table: str = ""
    cells: tuple[str, ...] = ()
    loud: bool = False
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class ExtraTruth:
    """A row that the form does not know, with its numbers in print order."""

    table: str
    label: str
    values: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """All that is true of one document. `layout` is what the tables were rendered as ("" for documents not generated)."""

    tables: Mapping[str, str]
    cells: Mapping[str, CellTruth]
    header: Mapping[str, FieldTruth] = field(default_factory=dict)
    basis: tuple[str, ...] = ()
    figures: tuple[FigureTruth, ...] = ()
    claims: tuple[ClaimTruth, ...] = ()
    damages: tuple[DamageRecord, ...] = ()
    extras: tuple[ExtraTruth, ...] = ()
    layout: str = ""
    seed: str = ""
    complete_narrative: bool = False
    """Whether `figures` lists every figure of the narrative, so that others are spurious."""

    @property
    def clean(self) -> bool:
        return bool(self.layout) and not self.damages


def same(a: Number | float | str | None, b: Number | float | str | None) -> bool:
    """Whether two numbers are equal, however they are written down. None equals nothing."""
    if a is None or b is None:
        return False
    if a == b:
        return True
    try:
        return Decimal(str(a)) == Decimal(str(b))
    except ArithmeticError:
        return False


def number(value: Any) -> Number | None:
    """A number out of JSON: an int, or a decimal written as a string (or, by hand, as a float)."""
    if value is None or isinstance(value, int):
        return value
    return Decimal(str(value))


def _plain(value: Number | None) -> int | str | None:
    return str(value) if isinstance(value, Decimal) else value


def _cell_json(cell: CellTruth) -> dict[str, Any]:
    out: dict[str, Any] = {"state": cell.state.value}
    if cell.value is not None:
        out["value"] = _plain(cell.value)
    if cell.span is not None:
        out["span"] = cell.span
    if cell.open:
        out["open"] = True
    if cell.page_state is not None and (cell.page_state, cell.page_value) != (cell.state, cell.value):
        out["page"] = {"state": cell.page_state.value, "value": _plain(cell.page_value)}
    if cell.meant is not None and cell.meant != cell.page_value:
        out["meant"] = _plain(cell.meant)
    if cell.deduced is not None:
        out["deduced"] = _plain(cell.deduced)
    if cell.interval is not None:
        out["interval"] = cell.interval
    if cell.damages:
        out["damages"] = cell.damages
    return out


def truth_json(truth: Truth) -> dict[str, Any]:
    """The truth as the JSON object of the format."""
    counts = list(truth.tables.values())
    return {
        "form": max(sorted(set(counts)), key=counts.count) if counts else "",
        "tables": dict(truth.tables),
        "seed": truth.seed,
        "layout": truth.layout,
        "complete_narrative": truth.complete_narrative,
        "header": {k: {"value": f.value, "span": f.span} for k, f in truth.header.items()},
        "basis": truth.basis,
        "cells": {k: _cell_json(c) for k, c in truth.cells.items()},
        "figures": [
            {"label": f.label, "value": _plain(f.value), "unit": f.unit, "span": f.span, "section": f.section}
            for f in truth.figures
        ],
        "claims": [
            {"kind": c.kind, "total": _plain(c.total), "parts": [_plain(p) for p in c.parts], "share": _plain(c.share),
             "holds": c.holds, "span": c.span, "cells": c.cells}
            for c in truth.claims
        ],
        "damages": [
            {"kind": d.kind, "rate": d.rate, "table": d.table, "cells": d.cells, "loud": d.loud, "wrong": d.wrong}
            for d in truth.damages
        ],
        "extras": [{"table": e.table, "label": e.label, "values": [_plain(v) for v in e.values]} for e in truth.extras],
    }


def _span(value: Any) -> Span | None:
    return (int(value[0]), int(value[1])) if value else None


def _cell(entry: Mapping[str, Any], generated: bool) -> CellTruth:
    state = State(entry["state"])
    value = number(entry.get("value"))
    page = entry.get("page")
    page_state = State(page["state"]) if page else state if generated else None
    page_value = number(page["value"]) if page else value if generated else None
    meant = number(entry.get("meant"))
    low_high = entry.get("interval")
    return CellTruth(
        state, value, _span(entry.get("span")), bool(entry.get("open")), page_state, page_value,
        meant if meant is not None else page_value, number(entry.get("deduced")),
        (low_high[0], low_high[1]) if low_high else None, tuple(entry.get("damages", ())),
    )


def _figures(entries: Any) -> tuple[FigureTruth, ...]:
    """Figures are objects; in truth read by hand, triples of label, value, unit."""
    return tuple(
        FigureTruth(f["label"], number(f["value"]), f["unit"], _span(f.get("span")), f.get("section", ""))
        if isinstance(f, dict) else FigureTruth(f[0], number(f[1]), f[2])
        for f in entries
    )


def _claims(data: Mapping[str, Any]) -> tuple[ClaimTruth, ...]:
    """Claims are objects; truth read by hand has `sums` and `percentages` instead."""
    found = [
        ClaimTruth(c["kind"], number(c["total"]), tuple(number(p) for p in c["parts"]), number(c.get("share")), c["holds"],
                   _span(c.get("span")), tuple(c.get("cells", ())))
        for c in data.get("claims", ())
    ]
    for total, parts in data.get("sums", ()):
        found.append(ClaimTruth("sum", total, tuple(parts), None, total == sum(parts)))
    for part, total, share, holds in data.get("percentages", ()):
        found.append(ClaimTruth("share", total, (part,), number(share), holds))
    return tuple(found)


def parse_truth(data: Mapping[str, Any]) -> Truth:
    """A truth from its JSON object. Raises KeyError or ValueError where it is not of the format."""
    generated = bool(data.get("layout"))
    header = {k: FieldTruth(f["value"], _span(f.get("span"))) for k, f in data.get("header", {}).items()}
    for key in HEADER_KEYS:
        if key not in header and key in data:
            header[key] = FieldTruth(data[key])
    if "signed" in data:
        header["signed_on"] = FieldTruth(data["signed"])
    tables = data.get("tables") or {t: data["form"] for t in ("disclosure", "requests", "disputes")}
    return Truth(
        tables, {k: _cell(c, generated) for k, c in data["cells"].items()}, header, tuple(data.get("basis", ())),
        _figures(data.get("figures", ())), _claims(data),
        tuple(DamageRecord(d["kind"], d["rate"], d["table"], tuple(d["cells"]), d["loud"], d["wrong"])
              for d in data.get("damages", ())),
        tuple(ExtraTruth(e["table"], e["label"], tuple(Decimal(str(v)) if isinstance(v, str) else v for v in e["values"]))
              for e in data.get("extras", ())),
        data.get("layout", ""), str(data.get("seed", "")), bool(data.get("complete_narrative")),
    )


def read_truth(path: Path) -> Truth:
    """The truth in one file. Raises OSError, KeyError, ValueError."""
    return parse_truth(json.loads(path.read_text("utf-8")))

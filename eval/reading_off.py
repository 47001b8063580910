"""Reads the truths of a rendered paper off its contents."""

from __future__ import annotations

from decimal import Decimal

from extractor.eval.paper import Content, HeaderText, Line, Paper, Sheet, Stated, StatedClaim
from extractor.eval.style import BLANKS_SEEN
from extractor.eval.truth import CellTruth, ClaimTruth, ExtraTruth, FieldTruth, FigureTruth, Truth
from extractor.report import Number, State


def truth_of_paper(paper: Paper, seed: str) -> Truth:
    """Both truths of every cell, of header, figures and claims. The paper must have been rendered."""
    cells: dict[str, CellTruth] = {}
    lost: dict[str, list[str]] = {}
    for record in paper.damages:
        for cell in record.cells:
            lost.setdefault(cell, []).append(record.kind)
    for sheet in paper.sheets.values():
        # numbers apart from labels with a gap among them: nothing ties any number of the table to its row
        adrift = sheet.layout.startswith("detached") and any(not _tied(line, sheet) for line in sheet.number_rows())
        for line in sheet.number_rows():
            if adrift:
                _open_truth(paper, line, {c.origin: c for c in line.places if c.raw}, cells)
            elif _tied(line, sheet):
                for cell, content in zip(line.cells, line.places, strict=True):
                    cells[cell] = _truth(paper, cell, content, False)
            else:
                seen = sheet.layout in BLANKS_SEEN
                _open_truth(paper, line, {c.home or c.origin: c for c in line.places if c.raw or seen}, cells)
    for cell in paper.page:
        if cell not in cells:
            cells[cell] = _truth(paper, cell, None, False)
    ordered = {cell: _with_damages(cells[cell], lost.get(cell, [])) for cell in paper.page}
    figures = paper.figures()
    header = {
        p.key: FieldTruth(p.value, p.span)
        for paragraph in (*paper.front, *paper.back) for p in paragraph if isinstance(p, HeaderText)
    }
    values = {cell: truth.value for cell, truth in ordered.items()}
    return Truth(
        dict(paper.drawn.forms), ordered, header, tuple(paper.basis),
        tuple(FigureTruth(f.label, f.value, f.unit, f.span, f.section) for f in figures),
        tuple(_claim(c, values) for c in paper.claims), tuple(paper.damages), _extras(paper),
        paper.style.layout, seed, True,
    )


def _tied(line: Line, sheet: Sheet) -> bool:
    """Whether the text ties each number of the line to its column."""
    if not line.whole:
        return False
    return sheet.layout in BLANKS_SEEN or all(c.raw for c in line.places)


def _open_truth(paper: Paper, line: Line, contents: dict[str, Content], cells: dict[str, CellTruth]) -> None:
    """The cells of a line whose numbers no column is tied to: what came from each of them."""
    for cell in line.cells:
        cells[cell] = _truth(paper, cell, contents.get(cell), True)


def _truth(paper: Paper, cell: str, content: Content | None, open_: bool) -> CellTruth:
    page = paper.page[cell]
    meant = paper.drawn.values[cell]
    if content is None:
        return CellTruth(State.ABSENT, None, None, open_, page.state, page.value, meant)
    return CellTruth(content.state, content.value, content.span, open_, page.state, page.value, meant,
                     damages=tuple(content.damages))


def _with_damages(truth: CellTruth, more: list[str]) -> CellTruth:
    new = [d for d in more if d not in truth.damages]
    if not new:
        return truth
    return CellTruth(truth.state, truth.value, truth.span, truth.open, truth.page_state, truth.page_value, truth.meant,
                     truth.deduced, truth.interval, (*truth.damages, *dict.fromkeys(new)))


def _extras(paper: Paper) -> tuple[ExtraTruth, ...]:
    return tuple(
        ExtraTruth(sheet.table, sheet.extra_label, tuple(c.value for c in line.places if c.value is not None))
        for sheet in paper.sheets.values() if sheet.extra_label
        for line in sheet.lines if line.kind == "row" and not line.cells and line.labels == [sheet.extra_label]
    )


def rounding(value: Number) -> Decimal:
    """Half a unit of the last printed digit."""
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    return Decimal(5).scaleb(int(exponent) - 1)


def _claim(claim: StatedClaim, cells: dict[str, Number | None]) -> ClaimTruth:
    """The claim by the numbers in the text."""
    total = claim.total.value if claim.total else None
    parts = tuple(p.value for p in claim.parts)
    share = claim.share.value if claim.share else None
    spans = [s.span for s in (claim.total, claim.share, *claim.parts) if isinstance(s, Stated) and s.span]
    span = (min(a for a, _ in spans), max(b for _, b in spans)) if spans else None
    holds = _holds(claim, total, parts, share, [cells.get(c) for c in claim.cells])
    return ClaimTruth(claim.kind, total, parts, share, holds, span, claim.cells)


def _holds(claim: StatedClaim, total: Number | None, parts: tuple[Number | None, ...], share: Number | None,
           in_table: list[Number | None]) -> bool | None:
    known = [Decimal(p) for p in parts if p is not None]
    if len(known) < len(parts) or (claim.total and total is None) or (claim.share and share is None):
        return None
    if claim.kind == "sum":
        return total == sum(known)
    if claim.kind == "repeated":
        return len(set(known)) == 1
    if claim.kind == "table":
        table = [n for n in in_table if n is not None]
        return sum(table) == total if len(table) == len(in_table) else None
    if claim.kind == "share":
        if share is None or not total:
            return None
        return abs(100 * known[0] / Decimal(total) - Decimal(share)) <= rounding(share)
    slack = sum((rounding(p) for p in parts if p is not None), Decimal(0))
    return abs(sum(known, Decimal(-100))) <= slack

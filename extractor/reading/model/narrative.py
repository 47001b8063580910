"""A model's figures and claims, looked up → figures and claims of the narrative; and their union with the rules' own."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from extractor.reading.cells import Kind, content_of
from extractor.reading.model.answer import ReportAnswer, StatedClaim, StatedFigure
from extractor.reading.model.grounding import NEARBY
from extractor.reading.model.question import Lines
from extractor.reading.narrative import label_of
from extractor.reading.numerals import chinese_number
from extractor.report import Claim, Defect, Figure, Number, Report, Span

_LONGEST = 36


@dataclass(frozen=True, slots=True)
class Narrative:
    """What a model says of the narrative, as far as it stands there. `claims` index into `figures`."""

    figures: tuple[Figure, ...]
    claims: tuple[Claim, ...]
    defects: tuple[Defect, ...] = ()


def read_narrative(lines: Lines, report: Report, answer: ReportAnswer) -> Narrative:
    """The figures of an answer that stand where it says, and the claims between them. `report.figures` are those that the
    rules found: what both found has the rules' reading of the number."""
    known = {figure.span: figure for figure in report.figures}
    taken: set[Span] = set()
    found: list[Figure | None] = []
    defects: list[Defect] = []
    for stated in (figure for entry in answer.figures for figure in StatedFigure.of(entry)):
        figure = _look_up(lines, report, known, stated, taken)
        found.append(figure)
        if figure is None:
            place = lines.numbered.get(stated.line)
            spans = (lines.document.view.source_span(place.start, place.end),) if place else ()
            defects.append(Defect("M-FIGURE-NOT-FOUND", (), spans, {"raw": stated.number[:40]}))
        else:
            taken.add(figure.span)
    order = sorted((f.span, i) for i, f in enumerate(found) if f is not None)
    places = {index: place for place, (_, index) in enumerate(order)}
    figures = tuple(figure for _, i in order if (figure := found[i]) is not None)
    claims = [_claim(stated, places, figures) for stated in map(StatedClaim.of, answer.claims)]
    return Narrative(figures, tuple(dict.fromkeys(c for c in claims if c is not None)), tuple(defects))


def _look_up(
    lines: Lines, report: Report, known: Mapping[Span, Figure], stated: StatedFigure, taken: set[Span]
) -> Figure | None:
    number = unicodedata.normalize("NFKC", stated.number).strip()
    for step in (0, *NEARBY):
        place = lines.numbered.get(stated.line + step)
        if place is None or place.table or not number:
            continue
        view = lines.document.view
        for start, end in _occurrences(lines.text, number, place.start, place.end):
            span = view.source_span(start, end)
            own = known.get(span) or next((f for s, f in known.items() if s[0] <= span[0] and span[1] <= s[1]), None)
            if (own.span if own else span) in taken:
                continue
            if own is not None:
                return own
            value = _value(number)
            if value is None:
                return None
            unit = _unit(lines.text, end, stated.unit)
            raw = lines.document.text[slice(*span)]
            # what the words beside a number say it counts is taken from there, not from the model
            label = _label(stated.label) or label_of(lines.text, place.start, start, end + len(unit), "", unit)
            return Figure(label, value, unit, span, _section(report, span), raw)
        if number == "0":  # "none was received": the phrase is the place
            bounds = view.source_span(place.start, place.end)
            for span, figure in known.items():
                if figure.value == 0 and bounds[0] <= span[0] < bounds[1] and span not in taken:
                    return figure
    return None


def _occurrences(text: str, number: str, start: int, end: int) -> list[Span]:
    """Where the number stands in text[start:end] as a whole number, not as a piece of a longer one."""
    found: list[Span] = []
    at = text.find(number, start, end)
    while at >= 0 and len(found) < 50:
        stop = at + len(number)
        before, after = text[at - 1 : at], text[stop : stop + 2]
        inside = (before.isdigit() or before == ".") or after[:1].isdigit() or (after[:1] == "." and after[1:].isdigit())
        if not inside:
            found.append((at, stop))
        at = text.find(number, at + 1, end)
    return found


def _value(number: str) -> Number | None:
    content = content_of(number)
    if content.kind is Kind.NUMBER:
        return content.value
    return chinese_number(number)


def _unit(text: str, end: int, unit: str) -> str:
    """The unit, where it stands behind the number; the model's word alone doesn't make one."""
    unit = unicodedata.normalize("NFKC", unit).strip()
    return unit if unit and text[end : end + 12].lstrip().startswith(unit) else ""


def _label(label: str) -> str:
    return "".join(unicodedata.normalize("NFKC", label).split())[:_LONGEST]


def _section(report: Report, span: Span) -> str:
    return next((s.key for s in report.sections if s.span[0] <= span[0] < s.span[1]), "")


def _claim(stated: StatedClaim, places: Mapping[int, int], figures: Sequence[Figure]) -> Claim | None:
    """The claim over figures that were found; None where one of them was not, or where the claim is no whole one."""
    indices = [i for i in (stated.total, *stated.parts, stated.share) if i is not None]
    if not stated.parts or any(i not in places for i in indices) or len(set(indices)) != len(indices):
        return None
    total = None if stated.total is None else places[stated.total]
    share = None if stated.share is None else places[stated.share]
    parts = tuple(places[i] for i in stated.parts)
    whole = {
        "sum": total is not None and share is None and len(parts) > 1,
        "share": total is not None and share is not None and len(parts) == 1 and figures[share].unit in ("%", "‰"),
        "repeated": total is None and share is None and len(parts) > 1,
    }
    if not whole[stated.kind]:
        return None
    spans = [figures[places[i]].span for i in indices]
    return Claim(stated.kind, (min(s[0] for s in spans), max(s[1] for s in spans)), total, parts, share)


def united(first: Narrative, second: Narrative) -> Narrative:
    """What either found, each once; the first's wording where both found a figure, the first's claim where both tie the same
    total."""
    figures = {f.span: f for f in second.figures} | {f.span: f for f in first.figures}
    order = sorted(figures)
    keys = set()
    claims: list[Claim] = []
    for narrative in (first, second):
        places = {index: order.index(f.span) for index, f in enumerate(narrative.figures)}
        for claim in narrative.claims:
            moved = replace(
                claim,
                total=None if claim.total is None else places[claim.total],
                share=None if claim.share is None else places[claim.share],
                parts=tuple(places[p] for p in claim.parts),
            )
            key = (moved.kind, moved.total, moved.share, () if moved.kind in ("sum", "table") else tuple(sorted(moved.parts)))
            if key not in keys:
                keys.add(key)
                claims.append(moved)
    return Narrative(tuple(figures[s] for s in order), tuple(claims), first.defects + second.defects)

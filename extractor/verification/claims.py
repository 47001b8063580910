"""What the narrative asserts, checked: sums, shares, repeated statements, the narrative against the tables; and the header.

A printed share stands for the interval of what rounds to it (half a unit of its last place to either side, both ends
included, so that every way to round a half is right). A cell that is not printed stands for its deduced value or bounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from extractor.forms import form as form_of
from extractor.messages import text
from extractor.reading.compositions import Composition, closed, composition
from extractor.report import Claim, Figure, Number, Reading, Report, Span
from extractor.verification.finding import Finding, Interval, Severity
from extractor.verification.header import check_header
from extractor.verification.naming import LANGUAGES, cell_list, names

RECEIVED = "requests.received.total"
CARRIED_IN = "requests.carried_in.total"
_HANDLED = ("受理", "办理", "处理")
Judgement = tuple[bool | None, Finding | None]


def check_claims(
    report: Report, cells: Mapping[str, Reading], intervals: Mapping[str, Interval], deduced: Mapping[str, int]
) -> tuple[tuple[bool | None, ...], list[Finding]]:
    """For each claim of the report, in order: holds, fails, or None where it can't be assessed; and the findings: of failed
    claims, of figures that can't be read, of the header."""
    holds: list[bool | None] = []
    findings = check_header(report.header)
    findings += _illegible(report)
    bounds = _Bounds(cells, intervals, deduced)
    for claim in report.claims:
        if claim.kind == "table":
            judged, finding = _table(report, claim, bounds)
        else:
            judged, finding = _CHECKS[claim.kind](report, claim)
        holds.append(judged)
        if finding is not None:
            findings.append(finding)
    return tuple(holds), findings


class _Bounds:
    """What is known of the cells: the printed value, the deduced one, else bounds."""

    __slots__ = ("_cells", "_deduced", "_intervals")

    def __init__(self, cells: Mapping[str, Reading], intervals: Mapping[str, Interval], deduced: Mapping[str, int]) -> None:
        self._cells, self._intervals, self._deduced = cells, intervals, deduced

    def of(self, cell: str) -> tuple[Number, Number | None]:
        reading = self._cells.get(cell)
        if reading is not None and reading.value is not None:
            return (reading.value, reading.value)
        if cell in self._deduced:
            return (self._deduced[cell], self._deduced[cell])
        low, high = self._intervals.get(cell, (0, None))
        return (low or 0, high)

    def sum(self, cells: Sequence[str]) -> tuple[Number, Number | None]:
        low: Number = 0
        high: Number | None = 0
        for cell in cells:
            a, b = self.of(cell)
            low += a
            high = None if high is None or b is None else high + b
        return low, high

    def known(self, cell: str) -> bool:
        low, high = self.of(cell)
        return low == high

    def spans(self, cells: Sequence[str]) -> tuple[Span, ...]:
        readings = (self._cells.get(cell) for cell in cells)
        return tuple(r.span for r in readings if r is not None and r.span is not None)


def _stated(figure: Figure) -> dict[str, object]:
    """A figure as words of a message."""
    return {"label": figure.label, "value": figure.value, "unit": figure.unit}


def _figures(report: Report, claim: Claim) -> list[Figure]:
    return [report.figures[p] for p in claim.parts]


def _values(figures: Sequence[Figure]) -> list[Number] | None:
    values = [f.value for f in figures if f.value is not None]
    return values if len(values) == len(figures) else None


def _sum(report: Report, claim: Claim) -> Judgement:
    assert claim.total is not None
    total, parts = report.figures[claim.total], _figures(report, claim)
    values = _values(parts)
    if values is None or total.value is None:
        return None, None
    found = sum(values)
    if found == total.value:
        return True, None
    shares = {c.parts[0]: report.figures[c.share].value for c in report.claims if c.kind == "share" and c.share is not None}
    known = [s for p in claim.parts if (s := shares.get(p)) is not None]
    kind = composition(total.value, values, closed([p.label for p in parts], known))
    spans = (total.span, *(p.span for p in parts))
    params = _stated(total) | {"parts": " + ".join(map(str, values)), "sum": found, "gap": abs(total.value - found)}
    if kind is Composition.WHOLE:
        return False, Finding("N-SUM", "warning", (), spans, total.value, found, params)
    return None, Finding("N-SUM-OPEN", "info", (), spans, total.value, found, params)


def _places(value: Number) -> int:
    """Decimal places that a number is printed with."""
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _half(value: Number) -> Fraction:
    """Half a unit of the last place."""
    return Fraction(1, 2 * 10 ** _places(value))


def _rounded(value: Fraction, places: int) -> Number:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    found = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return found if places else int(found)


def _share(report: Report, claim: Claim) -> Judgement:
    assert claim.total is not None and claim.share is not None
    total, part, share = report.figures[claim.total], report.figures[claim.parts[0]], report.figures[claim.share]
    if total.value is None or part.value is None or share.value is None or not total.value:
        return None, None
    exact = 100 * Fraction(part.value) / Fraction(total.value)
    printed = Fraction(share.value)
    if abs(exact - printed) <= _half(share.value):
        return True, None
    # cut off instead of rounded: careless, but no misread digit
    cut = 0 <= exact - printed < 2 * _half(share.value)
    severity: Severity = "info" if cut else "warning"
    expected = _rounded(exact, _places(share.value))
    params = _stated(part) | {"total": total.value, "share": share.value, "exact": _rounded(exact, _places(share.value) + 2),
                              "expected": expected}  # fmt: skip
    return False, Finding("N-SHARE", severity, (), (part.span, share.span, total.span), expected, share.value, params)


def _shares_total(report: Report, claim: Claim) -> Judgement:
    shares = _figures(report, claim)
    values = _values(shares)
    if values is None:
        return None, None
    found = sum(values)
    slack = sum((_half(v) for v in values), Fraction(0))
    if abs(Fraction(found) - 100) <= slack:
        return True, None
    params = {"shares": " + ".join(map(str, values)), "sum": found, "count": len(values)}
    return False, Finding("N-SHARES-TOTAL", "warning", (), tuple(s.span for s in shares), 100, found, params)


def _repeated(report: Report, claim: Claim) -> Judgement:
    figures = _figures(report, claim)
    values = {f.value for f in figures if f.value is not None}
    if len(values) < 2:
        unread = [f for f in figures if f.value is None]
        if not unread:
            return True, None
        agree = not values or all(_may_be(f.raw, str(next(iter(values)))) for f in unread)
        return None if agree else False, None  # the finding of the illegible figure says what stands elsewhere
    stated = "、".join(f"{f.raw}{f.unit}" for f in figures)
    params = {"label": figures[0].label, "stated_zh": stated, "stated_en": ", ".join(f.raw for f in figures)}
    return False, Finding("N-REPEATED", "warning", (), tuple(f.span for f in figures), None, None, params)


def _may_be(raw: str, number: str) -> bool:
    """Whether a number may stand behind characters that can't be read: its digits are among theirs in order, or some of
    the characters are no digits at all but the traces of some."""
    traces = [c for c in raw if not c.isspace() and c not in "-—–"]
    rest = iter(traces)
    return all(any(c == digit or not c.isdigit() for c in rest) for digit in number)


def _illegible(report: Report) -> Iterator[Finding]:
    """A finding for each figure that can't be read, with what the text says of the same thing elsewhere."""
    for index, figure in enumerate(report.figures):
        if figure.value is not None:
            continue
        others = [
            report.figures[p] for c in report.claims if c.kind == "repeated" and index in c.parts for p in c.parts
            if report.figures[p].value is not None
        ]  # fmt: skip
        hint = {language: "" for language in LANGUAGES}
        expected = others[0].value if others else _from_sum(report, index)
        if expected is not None:
            code = "P-ELSEWHERE" if others else "P-BY-SUM"
            hint = {language: text(code, {"expected": expected}, language) for language in LANGUAGES}
        params = _stated(figure) | {"raw": figure.raw, "elsewhere_zh": hint["zh"], "elsewhere_en": hint["en"]}
        spans = (figure.span, *(o.span for o in others))
        yield Finding("N-ILLEGIBLE", "warning", (), spans, expected, None, params)


def _from_sum(report: Report, index: int) -> Number | None:
    """The value that a total and its other parts leave for one figure."""
    for claim in report.claims:
        if claim.kind != "sum" or claim.total is None or index not in (claim.total, *claim.parts):
            continue
        others = _values([report.figures[p] for p in claim.parts if p != index])
        total = report.figures[claim.total].value
        if others is not None and index == claim.total:
            return sum(others)
        if others is not None and total is not None and total >= sum(others):
            return total - sum(others)
    return None


def _table(report: Report, claim: Claim, bounds: _Bounds) -> Judgement:
    assert claim.total is not None
    figure = report.figures[claim.total]
    if figure.value is None:
        return None, None
    low, high = bounds.sum(claim.cells)
    inside = low <= figure.value and (high is None or figure.value <= high)
    if inside:
        return (True, None) if low == high else _only_if(report, claim, figure, bounds)
    if any(bounds.sum(cells) == (figure.value, figure.value) for cells in _other_meanings(claim, figure)):
        return True, None
    return False, _against(report, claim, figure, bounds)


def _other_meanings(claim: Claim, figure: Figure) -> Iterator[tuple[str, ...]]:
    """Other sums of cells that the wording may mean."""
    if claim.cells == (RECEIVED,) and any(word in figure.label for word in _HANDLED):
        yield (RECEIVED, CARRIED_IN)  # 受理 may count those carried over from the year before
    if claim.cells == (RECEIVED, CARRIED_IN):
        yield (RECEIVED,)  # 其中上年结转: some bodies name them beside the new ones


def _against(report: Report, claim: Claim, figure: Figure, bounds: _Bounds) -> Finding:
    low, high = bounds.sum(claim.cells)
    version = report.tables[claim.cells[0].partition(".")[0]].form
    listed = cell_list(version, claim.cells)
    code = "P-TABLE-IS" if low == high else "P-TABLE-AT-LEAST" if high is None else "P-TABLE-BETWEEN"
    read = {"low": low, "high": high}
    params = _stated(figure) | {"cells_zh": listed["zh"], "cells_en": listed["en"]}
    params |= {f"table_{language}": text(code, read, language) for language in LANGUAGES}
    spans = (figure.span, *bounds.spans(claim.cells))
    whole = (None if high is None else int(high)) if high is None or isinstance(high, int) else None
    expected: Number | Interval = low if low == high else (int(low), whole)
    cells = (*claim.cells, *_parts(version, claim.cells, bounds))
    return Finding("N-TABLE", "warning", cells, spans, expected, figure.value, params)


def _parts(version: str, totals: tuple[str, ...], bounds: _Bounds) -> list[str]:
    """The printed parts of totals whose sums hold, nought aside: where such a total is wrong, a part is wrong with it."""
    return [
        cell
        for identity in form_of(version).identities
        if len(identity.left) == 1 and identity.left[0] in totals and bounds.sum(identity.left) == bounds.sum(identity.right)
        for cell in identity.right
        if cell not in totals and bounds.sum((cell,)) != (0, 0) and bounds.spans((cell,))
    ]


def _only_if(report: Report, claim: Claim, figure: Figure, bounds: _Bounds) -> Judgement:
    """The cell is not printed and its bounds allow the narrative's number: what must the one other unknown cell of an
    identity then be?"""
    if len(claim.cells) != 1 or not isinstance(figure.value, int):
        return None, None
    cell = claim.cells[0]
    version = report.tables[cell.partition(".")[0]].form
    for identity in form_of(version).identities:
        side = identity.left if cell in identity.left else identity.right if cell in identity.right else None
        if side is None:
            continue
        unknown = [c for c in identity.cells if not bounds.known(c)]
        if len(unknown) != 2 or not all(c in side for c in unknown):
            continue
        other = unknown[0] if unknown[1] == cell else unknown[1]
        opposite = identity.right if side is identity.left else identity.left
        both = int(bounds.sum(opposite)[0] - bounds.sum([c for c in side if c not in unknown])[0])
        needed = both - figure.value
        low, high = bounds.of(other)
        if needed < low or (high is not None and needed > high):
            return False, _against(report, claim, figure, bounds)
        mine, its = names(version, cell), names(version, other)
        params = _stated(figure) | {"both": both, "needed": needed}
        for language in LANGUAGES:
            params |= {f"cell_{language}": mine[f"cell_{language}"], f"other_{language}": its[f"cell_{language}"]}
        spans = (figure.span, *bounds.spans(opposite))
        return None, Finding("N-TABLE-ONLY-IF", "info", (cell, other), spans, needed, None, params)
    return None, None


_CHECKS = {"sum": _sum, "share": _share, "shares_total": _shares_total, "repeated": _repeated}

"""Looks up what a model answered of a table's rows at the lines it named: what does not stand there is not accepted.

The lines are cut into cells by the grid reader's own code, so numbers are normalised alike and keep their places.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from extractor.forms import Table
from extractor.forms import table as form_table
from extractor.reading.cells import EMPTY, Cell, Content, Kind, content_of
from extractor.reading.labels import is_part, similarities
from extractor.reading.lines import Line, make_line, table_lines
from extractor.reading.model.answer import ReportAnswer, Row
from extractor.reading.model.codes import codes, runs
from extractor.reading.model.question import Lines

NEARBY = (-1, 1, -2, 2)
"""Lines beside the one named that are looked at, in this order."""
_WHOLE = 0.95
_ALIKE = 0.45
"""A line's words this like the row's label are its label, whatever OCR did to it."""


class Said(Enum):
    """What was said of a row without listing its values."""

    ZERO = "zero"
    BLANK = "blank"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a model answered of one row: values as printed in the order of the columns, or a word for all of them."""

    code: str
    line: int | None
    values: tuple[str | None, ...] | Said


class Verdict(Enum):
    """What came of looking a row up."""

    FOUND = "found"
    NEARBY = "nearby"
    PARTLY = "partly"
    """As many numbers stand there as were answered, but not all of them are the same."""
    MISSING = "missing"
    OTHER_ROW = "other row"
    """The words on the line are not this row's."""


_TAKEN = (Verdict.FOUND, Verdict.NEARBY, Verdict.PARTLY)


@dataclass(frozen=True, slots=True)
class Grounded:
    """A row looked up. `line` holds the cells as they stand in the source; `right` says of each filled cell whether the model
    answered it."""

    claimed: tuple[Claimed, ...]
    verdict: Verdict
    line: Line | None = None
    right: tuple[bool, ...] = ()


def claims_of(answer: ReportAnswer) -> dict[str, list[Claimed]]:
    """By row code, all that an answer says of it; more than one entry is a contradiction."""
    found: dict[str, list[Claimed]] = {}
    for row in (row for entry in answer.rows for row in Row.of(entry)):
        found.setdefault(row.code, []).append(Claimed(row.code, row.line, row.values))
    for said, entries in ((Said.ZERO, answer.zero), (Said.BLANK, answer.blank), (Said.ABSENT, answer.absent)):
        for code, line in runs(entries):
            found.setdefault(code, []).append(Claimed(code, line, said))
    return found


def together(claims: Iterable[Claimed]) -> Iterator[tuple[Claimed, ...]]:
    """Neighbouring rows that stand on one line (side by side, or as numbers apart from their labels) are looked up as one."""
    group: list[Claimed] = []
    for claim in claims:
        if group and claim.line != group[-1].line:
            yield tuple(group)
            group = []
        group.append(claim)
    if group:
        yield tuple(group)


def look_up_all(lines: Lines, form: str, table: Table, claims: Iterable[Claimed]) -> Iterator[Grounded]:
    """Look rows up: those on one line as one, and where they are not found so, each by itself."""
    for group in together(claims):
        found = look_up(lines, form, table, group)
        if len(group) == 1 or found.verdict in _TAKEN or table.one_line:
            yield found
        else:
            yield from (look_up(lines, form, table, (claim,)) for claim in group)


def look_up(lines: Lines, form: str, table: Table, claimed: tuple[Claimed, ...]) -> Grounded:
    """Look rows up at the line they name, and where they don't stand there, at the lines beside it."""
    named = claimed[0].line
    if named is None or named not in lines.numbered:
        return Grounded(claimed, Verdict.MISSING)
    first = _at(lines, form, table, claimed, named)
    if first.verdict is Verdict.FOUND:
        return first
    for step in NEARBY:
        if named + step in lines.numbered:
            beside = _at(lines, form, table, claimed, named + step)
            if beside.verdict is Verdict.FOUND:
                return Grounded(claimed, Verdict.NEARBY, beside.line, beside.right)
    return first


def _at(lines: Lines, form: str, table: Table, claimed: tuple[Claimed, ...], number: int) -> Grounded:
    line = line_at(lines, number, len(table.columns))
    filled = [cell for cell in line.tail if cell.content is not EMPTY]
    if not _can_be(lines, line, form, table, claimed, number):
        return Grounded(claimed, Verdict.OTHER_ROW)
    wanted = _aligned(_wanted(claimed, table), filled)
    if wanted is None or (not filled and not all(c.values is Said.BLANK for c in claimed)):
        return Grounded(claimed, Verdict.MISSING)
    right = tuple([want is cell.content or _same(want, cell.content) for want, cell in zip(wanted, filled, strict=True)])
    if all(right):
        return Grounded(claimed, Verdict.FOUND, line, right)
    return Grounded(claimed, Verdict.PARTLY if any(right) else Verdict.MISSING, line, right)


def line_at(lines: Lines, number: int, columns: int) -> Line:
    """The cells of a numbered line: words in front as label, all that stands behind them as tail."""
    known = lines.cut.get(number)
    if known is None:
        place = lines.numbered[number]
        parts = table_lines(lines.tagged, lines.text, place.start, place.end, columns, lines.pieces)
        known = lines.cut[number] = parts[0] if len(parts) == 1 else _joined(parts, place.start, place.end)
    return known


def _joined(parts: list[Line], start: int, end: int) -> Line:
    label = [cell for part in parts for cell in part.label]
    tail = [cell for part in parts for cell in part.tail]
    visible = bool(parts) and all(part.visible for part in parts)
    return make_line(label, tail, visible, start, end, parts[0].lead if parts else 0)


def _can_be(lines: Lines, line: Line, form: str, table: Table, claimed: tuple[Claimed, ...], number: int) -> bool:
    """Whether these rows can stand on the line: it lies in their table, where that is known to be somewhere, and its words are
    this row's label or a piece of it. A line without words can be any row's that has no line with its label."""
    if lines.numbered[number].table != table.key and table.key in lines.by_table:
        return False
    if table.one_line:
        return True
    if line.text:
        return len(claimed) == 1 and _label_fits(line.text, form, table.key, codes()[claimed[0].code].row)
    return not any(_has_label(lines, form, table, claim.code) for claim in claimed)


def _has_label(lines: Lines, form: str, table: Table, code: str) -> bool:
    """Whether some line of the table bears the row's label, whole, and numbers."""
    labelled = lines.labelled.get((table.key, form))
    if labelled is None:
        found: set[str] = set()
        for number in lines.by_table.get(table.key, ()):
            line = line_at(lines, number, len(table.columns))
            if line.filled and line.text:
                scores = similarities(line.text, form, table.key)
                found.update(row.key for row, score in zip(table.rows, scores, strict=True) if score >= _WHOLE)
        labelled = lines.labelled[table.key, form] = frozenset(found)
    return codes()[code].row in labelled


@lru_cache(maxsize=8192)
def _label_fits(text: str, form: str, table: str, row_key: str) -> bool:
    rows = form_table(form, table).rows
    row = next(i for i, r in enumerate(rows) if r.key == row_key)
    scores = similarities(text, form, table)
    best = max(scores)
    if scores[row] >= max(_ALIKE, best - 0.1):
        return True
    return best < _WHOLE and is_part(text, "".join(rows[row].path), form, table)


def _wanted(claimed: tuple[Claimed, ...], table: Table) -> list[tuple[Content, bool]]:
    """The contents that were answered, without those said to be empty or lost; with each whether the source may have fewer of
    them: how many zeros a row of zeros has, the source tells, not the model."""
    wanted: list[tuple[Content, bool]] = []
    for claim in claimed:
        if claim.values is Said.ZERO:
            wanted += [(_ZERO, True)] * len(table.row(codes()[claim.code].row).cells)
        elif isinstance(claim.values, tuple):
            contents = [_content(value) for value in claim.values if value]
            wanted += [(content, False) for content in contents if content is not EMPTY]
    return wanted


def _aligned(wanted: list[tuple[Content, bool]], filled: Sequence[Cell]) -> list[Content] | None:
    """What was answered, cell by cell of those that stand there; None where there are more or fewer of them."""
    spare = len(wanted) - len(filled)
    if spare < 0 or spare > sum(optional for _, optional in wanted):
        return None
    aligned: list[Content] = []
    for content, optional in wanted:
        at = len(aligned)
        if spare and optional and (at == len(filled) or not _same(content, filled[at].content)):
            spare -= 1
        elif at < len(filled):
            aligned.append(content)
    while spare and aligned and len(aligned) > len(filled):
        aligned.pop()
    return aligned if len(aligned) == len(filled) else None


_ZERO = content_of("0")


@lru_cache(maxsize=8192)
def _content(value: str) -> Content:
    return content_of(unicodedata.normalize("NFKC", value).strip())


def _same(wanted: Content, found: Content) -> bool:
    """The same number, or the same kind of something else."""
    if found.kind is Kind.NUMBER:
        return wanted.kind is Kind.NUMBER and wanted.value == found.value
    return wanted.kind is found.kind or {wanted.kind, found.kind} == {Kind.ILLEGIBLE, Kind.TEXT}


def doubled(grounded: Sequence[Grounded]) -> set[int]:
    """The places in the list of rows that were looked up at a line which another row was found at too, and fits less."""
    taken: dict[tuple[int, int], int] = {}
    lost: set[int] = set()
    for index, row in enumerate(grounded):
        if row.line is None or row.verdict not in (Verdict.FOUND, Verdict.NEARBY):
            continue
        place = (row.line.start, row.line.end)
        other = taken.get(place)
        if other is None:
            taken[place] = index
        elif grounded[other].verdict is Verdict.NEARBY and row.verdict is Verdict.FOUND:
            lost.add(other)
            taken[place] = index
        else:
            lost.add(index)
            if grounded[other].verdict is row.verdict and not row.line.text:
                lost.add(other)  # nothing tells which of the two it is
    return lost


def astray(lines: Lines, grounded: Sequence[Grounded]) -> set[int]:
    """The places in the list, which is in the form's order, of rows found on lines without words that stand before a row they
    come behind in the form, or behind one they come before: where no label tells whose a line is, its place must. Rows
    that were not found count where they were said to stand."""
    bare: set[int] = set()
    places: list[tuple[int, int]] = []
    for index, row in enumerate(grounded):
        said = lines.numbered.get(row.claimed[0].line or 0)
        if row.line is not None and row.verdict in _TAKEN:
            places.append((index, row.line.start))
            if not row.line.text:
                bare.add(index)
        elif said is not None:
            places.append((index, said.start))
    crossed: set[int] = set()
    for at, (i, start) in enumerate(places if bare else ()):
        for j, other in places[at + 1 :]:
            if start > other:
                crossed |= {i, j} & bare
    return crossed


def cells_of(grounded: Grounded) -> tuple[tuple[Cell, bool], ...]:
    """The cells of the line in order, each with whether the model answered it; empty cells count as answered."""
    if grounded.line is None:
        return ()
    answered = iter(grounded.right)
    return tuple((cell, cell.content is EMPTY or next(answered)) for cell in grounded.line.tail)

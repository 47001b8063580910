"""One finding for what one cause did to several rows of a table. It names every row and every cell; nothing is left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from extractor.report import Defect, Reading
from extractor.verification.finding import Finding
from extractor.verification.naming import LANGUAGES, names, phrase, severity_of, split, spread
from extractor.verification.placement import Outcome, Placed

_ONE_CAUSE: tuple[Outcome, ...] = ("alike", "several", "contradiction", "untried")
"""What keeps or spares rows from being placed for a reason that lies in the table. A row that was placed by value, or that no
placement satisfies, is a case of its own."""

_GROUPED = ("S-LABEL-LOST", "S-ROW-SHORT")
"""Defects that strike row after row of a table."""
_JOINT = {"zh": "、", "en": ", "}


def _joined(pieces: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {language: _JOINT[language].join(p[language] for p in pieces) for language in LANGUAGES}


def placement_findings(placed: Iterable[Placed], form: str) -> list[Finding]:
    """What became of the open rows of a table: how their numbers were placed, or why they could not be."""
    groups: dict[tuple[str, str], list[Placed]] = {}
    for one in placed:
        groups.setdefault((one.outcome, "" if one.outcome in _ONE_CAUSE else one.row.row), []).append(one)
    return [_placement_finding(group, form) for group in groups.values()]


def _placement_finding(group: Sequence[Placed], form: str) -> Finding:
    first = group[0]
    code = "S-ROW-PLACED" if first.settled else "S-ROW-OPEN"
    severity = "info" if first.outcome == "alike" else severity_of(code)
    rows = [one.row for one in group]
    cells = tuple(cell for row in rows for cell in row.cells)
    spans = tuple(s for row in rows for s in ([r.span for r in row.readings if r.span is not None] or [row.span]))
    labels = [_label(form, row.row, row.cells[0]) for row in rows]
    raws = [" ".join(r.raw for r in row.readings) for row in rows]
    if len(rows) == 1:
        counts = {"count": len(rows[0].readings), "columns": len(cells), "raw": raws[0]}
        short = phrase("P-ROW-FEWER", **spread(label=labels[0]), **counts)
    else:
        listed = [phrase("P-ROW-RAW", **spread(label=label), raw=raw) for label, raw in zip(labels, raws, strict=True)]
        short = phrase("P-ROWS-FEWER", **spread(rows=_joined(listed)), n=len(rows))
    reason = phrase(f"P-ROW-{first.outcome.upper()}")
    return Finding(code, severity, cells, spans, params=names(form, cells[0]) | spread(short=short, reason=reason))


def _label(form: str, row: str, cell: str) -> dict[str, str]:
    """A row's label; the table's, where the whole table stands on one line."""
    kind = "table" if row == split(cell)[0] else "row"
    return {language: str(names(form, cell)[f"{kind}_{language}"]) for language in LANGUAGES}


def grouped(defects: Iterable[Defect], deduced: Mapping[str, int]) -> list[Defect]:
    """The defects of a table, those of one kind that struck several rows alike as one. Their parameters get `rows_zh`,
    `rows_en`: the labels."""
    groups: dict[tuple[object, ...], list[Defect]] = {}
    for number, defect in enumerate(defects):
        key: tuple[object, ...] = (number,)
        if defect.code in _GROUPED:
            restored = all(cell in deduced for cell in defect.cells)
            alike = (defect.params.get("count"), defect.params.get("columns")) if defect.code == "S-ROW-SHORT" else ()
            key = (defect.code, restored, *alike)
        groups.setdefault(key, []).append(defect)
    return [_group(members) for members in groups.values()]


def _group(members: Sequence[Defect]) -> Defect:
    first = members[0]
    if first.code not in _GROUPED:
        return first
    labels = [{language: str(d.params.get(f"label_{language}", "")) for language in LANGUAGES} for d in members]
    if len(members) == 1:
        rows = phrase("P-ROW", **spread(label=labels[0]))
    else:
        quoted = _joined([phrase("P-QUOTED", **spread(label=label)) for label in labels])
        rows = phrase("P-ROWS", **spread(labels=quoted), n=len(members))
    return replace(
        first,
        cells=tuple(cell for d in members for cell in d.cells),
        spans=tuple(dict.fromkeys(span for d in members for span in d.spans)),
        params={**first.params, **spread(rows=rows)},
    )


def signs_missing(form: str, unsigned: Sequence[tuple[str, Reading]]) -> list[Finding]:
    """The changes of a table that are printed without a sign, in one finding; none where there are none."""
    if not unsigned:
        return []
    code = "V-SIGN-MISSING"
    shown = [
        phrase("P-CELL-PRINTED", raw=reading.raw, **{f"cell_{lang}": names(form, cell)[f"cell_{lang}"] for lang in LANGUAGES})
        for cell, reading in unsigned
    ]
    found = unsigned[0][1].value if len(unsigned) == 1 else None
    spans = tuple(reading.span for _, reading in unsigned if reading.span is not None)
    params = names(form, unsigned[0][0]) | spread(cells=_joined(shown))
    return [Finding(code, severity_of(code), tuple(cell for cell, _ in unsigned), spans, None, found, params)]

"""Numbers that may stand one row too high: a row whose label is there and whose numbers are not.

Rows that an edit adds up can exchange their numbers without any sum noticing it. Where one of them has its label but no
number, although the sums ask for some or although the table prints its noughts, the numbers of the rows above may have
slipped: they belong one row lower, from a row on that nothing tells.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache

from extractor.forms.form import Row, form
from extractor.report import State
from extractor.verification.counts import Counts
from extractor.verification.finding import Finding
from extractor.verification.naming import names, spread

_NOTHING = (State.BLANK, State.MARKED, State.ABSENT)
_FEW_BLANK = 2  # more rows without numbers are a body that leaves its noughts blank
_ZERO_ROWS = 3  # as many rows of printed noughts are a body that does not


@cache
def _exchangeable(code: str, table: str) -> tuple[tuple[Row, ...], ...]:
    """Stretches of rows, in the form's order, that every column's edits treat alike."""
    of = form(code).table(table)
    found: dict[tuple[str, ...], tuple[Row, ...]] = {}
    for identity in form(code).identities:
        for side in (identity.left, identity.right):
            rows = tuple(row for row in of.rows if any(cell in side for cell in row.cells))
            if len(rows) > 2:
                found[tuple(row.key for row in rows)] = rows
    return tuple(found.values())


def slips(counts: Counts, table: str, deduced: Mapping[str, int], lost: Collection[str]) -> list[Finding]:
    """A finding for each row that has its label and no number where one is due; it names the rows above. `lost`: cells of
    rows whose labels are lost too, or whose numbers stand there and can't be placed."""
    findings: list[Finding] = []
    code = counts.system.form
    readings = dict(zip(counts.system.cells, counts.readings, strict=True))
    for rows in _exchangeable(code, table):
        printed = [[cell for cell in row.cells if readings[cell].state is State.PRINTED] for row in rows]
        bare = [i for i, row in enumerate(rows) if all(readings[c].state in _NOTHING and c not in lost for c in row.cells)]
        noughts = sum(all(readings[c].value == 0 for c in row.cells) for row in rows)
        unusual = len(bare) <= _FEW_BLANK and noughts >= _ZERO_ROWS
        above = 0
        for i in bare:
            due = any(deduced.get(cell) != 0 for cell in rows[i].cells)
            cells = tuple(cell for held in printed[above:i] for cell in held)
            if (due or unusual) and cells:
                spans = tuple(s for cell in cells if (s := readings[cell].span) is not None)
                own = names(code, rows[i].cells[0])
                params = own | {"count": i - above} | spread(first=_label(code, rows[above]))
                findings.append(Finding("V-SLIPPED", "warning", cells, spans, params=params))
            above = i + 1
    return findings


def _label(code: str, row: Row) -> dict[str, str]:
    own = names(code, row.cells[0])
    return {"zh": str(own["row_zh"]), "en": str(own["row_en"])}

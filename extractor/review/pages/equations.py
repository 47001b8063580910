"""The edits that a finding is about, as equations whose terms are cells: what the desk writes out with its numbers."""

from __future__ import annotations

from dataclasses import dataclass

from extractor.report import Report
from extractor.verification.edits import Edit, table_system
from extractor.verification.finding import Finding

_MOST = 6
"""Equations shown of one finding."""


@dataclass(frozen=True, slots=True)
class Equation:
    """The sum of the cells `left` should be the sum of the cells `right`."""

    id: str
    left: tuple[str, ...]
    right: tuple[str, ...]


def equations_of(finding: Finding, report: Report) -> tuple[Equation, ...]:
    """The finding's own edit first, then the others that its suspects lie in; none where it is about no arithmetic."""
    named = dict.fromkeys(edit for suspect in finding.suspects for edit in suspect.edits)
    own: list[Edit] = []
    others: dict[str, Edit] = {}
    for key in dict.fromkeys(cell.partition(".")[0] for cell in finding.cells):
        table = report.tables.get(key)
        if table is None:
            continue
        for edit in table_system(table.form, key).edits:
            if edit.code == finding.code and set(edit.cells) == set(finding.cells):
                own.append(edit)
            elif edit.id in named:
                others[edit.id] = edit
    chosen = own + [others[edit] for edit in named if edit in others]
    return tuple(Equation(edit.id, edit.left, edit.right) for edit in chosen[:_MOST])

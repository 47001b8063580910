"""What the verifier says of one report: findings, deduced values, intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from extractor.report import Number, Reading, Span

Severity = Literal["error", "warning", "info"]
Interval = tuple[int | None, int | None]
"""Inclusive bounds; None where there is none."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A cell that may be the wrong one: its share of the blame (0 to 1) and the value that would mend the edits.

    `verdict`: why it would be wrong (`extractor.verification.likelihood.Verdict`). `jointly`: the other cells that must
    change with it. `edits`: the failing edits it lies in. `mends`: the failing edits that hold once the proposal, and
    those of the cells in `jointly`, are taken.
    """

    cell: str
    weight: float
    proposal: Number | None = None
    verdict: str = ""
    jointly: tuple[str, ...] = ()
    edits: tuple[str, ...] = ()
    mends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One failed edit, or one defect of the source. `params` fill the templates of the message catalogue; `priority` says how
    much there is to gain by looking at it (`extractor.verification.priority`)."""

    code: str
    severity: Severity
    cells: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    expected: Number | Interval | None = None
    found: Number | None = None
    params: Mapping[str, object] = field(default_factory=dict)
    suspects: tuple[Suspect, ...] = ()
    priority: float = 0.0


@dataclass(frozen=True, slots=True)
class Verification:
    """`placed`: readings that arithmetic put into cells of open rows (or `absent` ones for the places left over).
    `deduced`: the value forced on a cell that is not printed. `intervals`: its bounds where no single value is forced.
    `holds`: for each claim of the report, in order: holds, fails, or None where it can't be assessed.
    """

    placed: Mapping[str, Reading]
    deduced: Mapping[str, int]
    intervals: Mapping[str, Interval]
    holds: tuple[bool | None, ...]
    findings: tuple[Finding, ...]

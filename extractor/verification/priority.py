"""What a reviewer should look at first: a score for each finding.

    priority = mean of (chance that a field is not right × how much it matters)

over the fields that the finding sends a reviewer to: its suspects, or all its cells where it has none. It is a mean and not
a sum because a reviewer's time goes by the field: twenty fields with one error among them come after two fields with one. A
field is not right if neither the number read nor the one deduced is what the body published.

Chances were measured per code on 2,500 damaged reports of the eval harness (mix `default`, seed 102) and rounded; what that set
has not, or too seldom, is set by hand and says so. They only order findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import log10

from extractor.report import Number, Reading, Span, State
from extractor.verification.finding import Finding, Severity, Suspect

SEVERITIES: Mapping[Severity, int] = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Chance:
    """That a field which a finding names is not right: one with a printed number, with a deduced one, with none.

    The defaults hold for most codes: what is read next to a defect is nearly always read rightly, what arithmetic forces is
    true unless another number is wrong, and what the source has lost stays lost.
    """

    printed: float = 0.01
    deduced: float = 0.005
    missing: float = 0.8


_USUAL = Chance()
_FAILED = Chance(printed=0.15, missing=1.0)  # no explanation was found: one or two of its cells are wrong
_CHANCES: Mapping[str, Chance] = {
    "R-ROW-TOTAL": _FAILED,
    "R-COL-OUTCOMES": _FAILED,
    "R-COL-BALANCE": _FAILED,
    "D-GROUP-TOTAL": _FAILED,
    "V-CONTRADICTION": _FAILED,
    "V-NOT-A-COUNT": Chance(printed=1.0),
    "V-SLIPPED": Chance(printed=0.08),  # mostly the row is bare in print
    "V-SIGN-MISSING": Chance(printed=0.04),  # most bodies leave the plus sign out
    "V-UNCONFIRMED": Chance(printed=0.02),
    "V-ROW-UNCONFIRMED": Chance(printed=0.003),
    "S-ROW-PLACED": Chance(printed=0.004, missing=1.0),
    "S-ROW-OPEN": Chance(printed=0.004),
    "S-ROW-SHORT": Chance(deduced=0.02, missing=0.12),  # mostly columns that the body left blank
    "S-CELL-BLANK": Chance(missing=0.14),  # the same
    "S-TABLE-LOST": Chance(missing=0.1),  # mostly not printed either, or the body had nothing to report
    "S-BLANK-NOT-ZERO": Chance(deduced=0.1),  # its suspects: a number of the row or the column may be wrong instead
    "S-CELL-ILLEGIBLE": Chance(deduced=0.03, missing=0.95),
    "N-TABLE": Chance(printed=0.09, deduced=0.3, missing=0.2),  # as often the narrative is wrong
    "C-READERS-DIFFER": Chance(printed=0.5),  # by hand: one of two readings is wrong
    "A-CARRIED": Chance(printed=0.3),  # by hand, as all between reports: one of a few numbers in two reports
    "A-IN-FORCE": Chance(printed=0.1),  # bodies recount
    "A-ITEMS": Chance(printed=0.1),
    "A-TWICE": Chance(printed=0.3),
    "A-MAGNITUDE": Chance(printed=0.1),
    "A-UNITS": Chance(printed=0.1),
}
_WITHOUT_CELLS: Mapping[Severity, float] = {"error": 0.5, "warning": 0.1, "info": 0.01}
"""Of findings on the header, the narrative, the document: by hand, so that they stand among those of their severity."""

_BLAME, _FLOOR = 0.7, 0.1
"""A printed suspect is wrong with the chance 0.1 + 0.7 × weight: measured 12, 34, 48, 63, 78 % for mean weights of 7,
26, 49, 71 and 99.5 %. The edits may have failed for something that no explanation thinks of."""

_TOTAL = 1.5
"""Totals are what statistics take over and what other numbers are checked by."""
_GAP, _MOST = 4.0, 2.0
"""A number that is off by 10ⁿ matters 1 + n/4 times as much as one that is off by one, at most twice as much."""


def by_priority(
    findings: Iterable[Finding], readings: Mapping[str, Reading], deduced: Mapping[str, int]
) -> tuple[Finding, ...]:
    """The findings with their priority, highest first; of equal ones errors first, those with the same likeliest suspect
    together."""
    return in_order(replace(finding, priority=priority(finding, readings, deduced)) for finding in findings)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings that have their priority, in the order they come in."""
    return tuple(sorted(findings, key=_order))


def _order(finding: Finding) -> tuple[float, int, str, str, tuple[str, ...], tuple[Span, ...]]:
    top = finding.suspects[0].cell if finding.suspects else ""
    return -finding.priority, SEVERITIES[finding.severity], top, finding.code, finding.cells, finding.spans


def priority(finding: Finding, readings: Mapping[str, Reading], deduced: Mapping[str, int]) -> float:
    """The score of one finding: 0 (nothing to gain) to 3. `readings` of cells, those that were placed among them."""
    chance = _CHANCES.get(finding.code, _USUAL)
    scores: list[float] = []
    for suspect in finding.suspects:
        reading = readings.get(suspect.cell)
        likely = _of(suspect.cell, reading, deduced, chance)
        if reading is not None and reading.state is State.PRINTED:
            likely = _FLOOR + _BLAME * suspect.weight
        scores.append(likely * _matters(suspect.cell) * _by_gap(suspect, reading))
    if not scores:
        scores = [_of(cell, readings.get(cell), deduced, chance) * _matters(cell) for cell in finding.cells]
    if not scores:
        return _WITHOUT_CELLS[finding.severity]
    return round(sum(scores) / len(scores), 4)


def _of(cell: str, reading: Reading | None, deduced: Mapping[str, int], chance: Chance) -> float:
    if reading is not None and reading.state is State.PRINTED:
        return chance.printed
    return chance.deduced if cell in deduced else chance.missing


def _matters(cell: str) -> float:
    return _TOTAL if cell.endswith(".total") else 1.0


def _by_gap(suspect: Suspect, reading: Reading | None) -> float:
    printed: Number | None = reading.value if reading is not None else None
    if printed is None or suspect.proposal is None:
        return 1.0
    gap = abs(float(suspect.proposal) - float(printed))
    return min(_MOST, 1 + log10(gap) / _GAP) if gap > 1 else 1.0

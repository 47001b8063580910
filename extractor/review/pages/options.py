"""What a reviewer can say of a finding with one key: proposals first, likeliest first, then that all was read rightly.

An option is a decision that is not yet made. Proposals come from the verifier's suspects, from what the edit expects, from
other readings of the same characters and from a sign that is missing; where none is there, the first option is that the
reading stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from extractor.forms.form import table
from extractor.report import Number, OpenRow, Reading, Report, State
from extractor.verification.finding import Finding, Verification

MOST = 9
"""Options of a finding: the keys 1 to 9."""
_READ_RIGHTLY = "as_printed"


@dataclass(frozen=True, slots=True)
class Option:
    """`kind` as in the archive's decisions. `values`: what each cell says by it, None for nothing; no cell at all where the
    reading stands. `words`: the code of its label. `weight`: how likely it is, 0 where nobody says."""

    kind: str
    words: str
    values: tuple[tuple[str, Number | None], ...] = ()
    weight: float = 0.0


def options_of(
    finding: Finding, report: Report, verification: Verification, readings: Mapping[str, Reading]
) -> tuple[Option, ...]:
    """The options of one finding, no two with the same outcome."""
    found: dict[tuple[tuple[str, Number | None], ...], Option] = {}
    for option in (*_of_suspects(finding), *_of_open_rows(finding, report), *_of_cells(finding, report, readings)):
        if any(_value(readings, cell) != value for cell, value in option.values):
            found.setdefault(option.values, option)
    stands = Option(_READ_RIGHTLY, _standing(finding, verification, readings))
    return (*list(found.values())[: MOST - 1], stands)


def _value(readings: Mapping[str, Reading], cell: str) -> Number | None:
    reading = readings.get(cell)
    return reading.value if reading is not None else None


def _of_suspects(finding: Finding) -> Iterator[Option]:
    """What would mend the edits. Cells that must change together are one option."""
    proposals = {s.cell: s.proposal for s in finding.suspects if s.proposal is not None}
    for suspect in finding.suspects:
        if suspect.proposal is None:
            continue
        joint = [(cell, proposals[cell]) for cell in suspect.jointly if cell in proposals]
        values = tuple(sorted([(suspect.cell, suspect.proposal), *joint]))
        misprint = suspect.verdict == "wrong_in_print"
        kind, words = ("wrong_in_print", "U-OPT-MISPRINT") if misprint else ("misread", "U-OPT-MISREAD")
        yield Option(kind, words, values, suspect.weight)


def _of_open_rows(finding: Finding, report: Report) -> Iterator[Option]:
    """The ways to put a row's numbers into its columns; for several rows at once, the likeliest way of each."""
    cells = set(finding.cells)
    rows = [row for table in report.tables.values() for row in table.open_rows if cells.issuperset(row.cells)]
    if not rows:
        return
    ways = max(len(row.placements) for row in rows) if len(rows) == 1 else 1
    for at in range(min(ways, MOST - 1)):
        values = [pair for row in rows if row.placements for pair in _placed(row, row.placements[at])]
        if values:
            yield Option("misread", "U-OPT-PLACED", tuple(values))


def _placed(row: OpenRow, placement: tuple[int, ...]) -> Iterator[tuple[str, Number | None]]:
    held = {place: reading.value for place, reading in zip(placement, row.readings, strict=True)}
    for place, cell in enumerate(row.cells):
        yield cell, held.get(place)


def _of_cells(finding: Finding, report: Report, readings: Mapping[str, Reading]) -> Iterator[Option]:
    """What a single cell could say instead: the expected number, its change's other sign, other readings of its image."""
    if len(finding.cells) == 1 and isinstance(finding.expected, int):
        yield Option("misread", "U-OPT-MISREAD", ((finding.cells[0], finding.expected),))
    for cell in finding.cells[:MOST]:
        reading = readings.get(cell)
        if reading is None:
            continue
        if finding.code == "V-SIGN-MISSING" and reading.value and _signed(report, cell):
            yield Option("misread", "U-OPT-MISREAD", ((cell, -reading.value),))
        for value, confidence in reading.alternatives:
            yield Option("misread", "U-OPT-MISREAD", ((cell, value),), confidence)


def _signed(report: Report, cell: str) -> bool:
    key, _, rest = cell.partition(".")
    reading = report.tables.get(key)
    if reading is None:
        return False
    column = rest.rpartition(".")[2]
    return any(c.key == column and c.signed for c in table(reading.form, key).columns)


def _standing(finding: Finding, verification: Verification, readings: Mapping[str, Reading]) -> str:
    """What it means that the reading stands: printed so, deduced, lost, blank, worded so, or nothing to do."""
    if not finding.cells:
        return "U-OPT-NARRATIVE" if finding.code.startswith("N-") else "U-OPT-NOTED"
    missing = [cell for cell in finding.cells if (r := readings.get(cell)) is None or r.state is not State.PRINTED]
    if not missing or (len(missing) < len(finding.cells) and finding.severity == "error"):
        return "U-OPT-PRINTED"
    if all(cell in verification.deduced for cell in missing):
        return "U-OPT-DEDUCED"
    blank = all((r := readings.get(cell)) is not None and r.state in (State.BLANK, State.MARKED) for cell in missing)
    return "U-OPT-BLANK" if blank else "U-OPT-ABSENT"

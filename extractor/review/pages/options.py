"""What a reviewer can say of a finding with one key: proposals first, likeliest first, then that all was read rightly.

An option is a decision that is not yet made. Proposals come from the verifier's suspects, from the ways to place a row's
numbers, from what the edit expects, from other readings of the same characters and from a sign that is missing. Behind them
comes that the reading stands, and then what nothing speaks for but habit: that numbers which are missing are noughts. So the
first option is never a guess.
"""

from __future__ import annotations

from collections import Counter
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
    return (*list(found.values())[: MOST - 2], stands, *_of_gaps(finding, verification, readings))


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
    """The ways to put the numbers of its rows into the columns. Rows of one finding were struck by one cause, so the ways
    that fit most of them come first; a row that one doesn't fit is placed the likeliest way."""
    cells = set(finding.cells)
    every = [row for table in report.tables.values() for row in table.open_rows]
    rows = [row for row in every if cells.issuperset(row.cells) and row.placements]
    fitting = Counter(way for row in rows for way in row.placements)
    for way, _ in fitting.most_common(MOST - 2):
        values = [pair for row in rows for pair in _placed(row, way if way in row.placements else row.placements[0])]
        yield Option("misread", "U-OPT-PLACED", tuple(values))


def _placed(row: OpenRow, placement: tuple[int, ...]) -> Iterator[tuple[str, Number | None]]:
    """The places that get a number, and, where the source is blank there, those that get none; what it lost stays lost."""
    held = {place: reading.value for place, reading in zip(placement, row.readings, strict=True)}
    for place, cell in enumerate(row.cells):
        if place in held or row.rest is State.BLANK:
            yield cell, held.get(place)


def _of_gaps(finding: Finding, verification: Verification, readings: Mapping[str, Reading]) -> Iterator[Option]:
    """The numbers that are missing are noughts, or what arithmetic forces; none where its bounds leave no nought, or where the
    finding suspects a number that is there."""
    if finding.suspects:
        return
    values: list[tuple[str, Number | None]] = []
    for cell in finding.cells:
        reading = readings.get(cell)
        if reading is None or reading.state is State.PRINTED:
            continue
        low, high = verification.intervals.get(cell, (0, None))
        if cell in verification.deduced:
            values.append((cell, verification.deduced[cell]))
        elif (low or 0) <= 0 and (high is None or high >= 0):
            values.append((cell, 0))
        else:
            return
    if any(cell not in verification.deduced for cell, _ in values):
        yield Option("misread", "U-OPT-NOUGHTS", tuple(values))


def _of_cells(finding: Finding, report: Report, readings: Mapping[str, Reading]) -> Iterator[Option]:
    """What cells could say instead: the number on the edit's other side, what the narrative asks of two missing ones, a
    change's other sign, other readings of an image."""
    if len(finding.cells) == 1:
        for number in (finding.expected, finding.found):
            if isinstance(number, int):
                yield Option("misread", "U-OPT-MISREAD", ((finding.cells[0], number),))
    stated = finding.params.get("value")
    if finding.code == "N-TABLE-ONLY-IF" and isinstance(stated, int) and isinstance(finding.expected, int):
        yield Option("misread", "U-OPT-MISREAD", tuple(zip(finding.cells, (stated, finding.expected), strict=True)))
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

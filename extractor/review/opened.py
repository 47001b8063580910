"""One report as it lies before a person: as published, as decided, its findings with their numbers in the archive.

Whoever may give the second answer to a finding sees nothing of what the first one decided on that report.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from extractor.archive import decisions as log
from extractor.archive.content import finding_of
from extractor.archive.finding_key import about
from extractor.archive.lookup import Current, current
from extractor.archive.schema import findings
from extractor.archive.settling import MADE, Outcome, Settled, settled
from extractor.decision import Decision, Standing, standing
from extractor.messages import text as message_text
from extractor.output import cell_readings
from extractor.report import Reading
from extractor.review.access import Person
from extractor.review.api.models import FindingDetail, Suspect, Words
from extractor.review.queue import holders, row_of
from extractor.review.refusal import Refusal
from extractor.verification.finding import Finding


@dataclass(frozen=True, slots=True)
class Seen:
    """One finding as the person sees it. `row` is that of the index, `finding` what it says under the decisions; where it is
    gone, what it said as published. `made`: by a decision. `state` and `who`: those of the index, but for what hidden decisions
    did beside the finding that waits for a second answer."""

    row: Any
    finding: Finding
    made: bool
    state: str
    who: str | None


@dataclass(frozen=True, slots=True)
class Opened:
    """`now.content` is the layer as published, `settled` the layer as decided, as far as this person may see it. `decisions`:
    those the person may see, all of them; `stands`: which of these stand. `findings` by priority."""

    now: Current
    settled: Settled
    decisions: tuple[Decision, ...]
    stands: Standing
    findings: tuple[Seen, ...]
    hidden: frozenset[str]
    held_by: str | None

    @property
    def last(self) -> int:
        """The number of the last decision that the person may see; 0 for none."""
        return max((d.id for d in self.decisions), default=0)

    @property
    def readings(self) -> dict[str, Reading]:
        """The readings as published."""
        return cell_readings(self.now.content.report, self.now.content.verification)


def opened(connection: Connection, document_id: int, person: Person) -> Opened:
    """Raises Refusal: 404, there is no such document."""
    now = current(connection, document_id)
    if now is None:
        raise Refusal(404, "E-NOT-FOUND")
    everything = log.of_document(connection, document_id)
    hidden = hidden_people(everything, person)
    seen = tuple(d for d in everything if d.who not in hidden)
    stands = standing(seen)
    result = settled(now.content, stands)
    rows = connection.execute(select(findings).where(findings.c.document_id == document_id)).all()
    held = holders(connection, [document_id]).get(document_id)
    return Opened(now, result, seen, stands, seen_findings(rows, result, bool(hidden)), hidden, held)


def hidden_people(decisions: Iterable[Decision], person: Person) -> frozenset[str]:
    """Those whose answers wait for a second one, which this person may be asked for."""
    doubles = standing(decisions).doubles.values()
    return frozenset(d.people[0] for d in doubles if d.stage == "second") - {person.name}


def seen_findings(rows: Sequence[Any], result: Settled, hiding: bool) -> tuple[Seen, ...]:
    by_ordinal = {o.ordinal: o for o in result.outcomes if o.ordinal is not None}
    made = {about(o.key): o for o in result.outcomes if o.ordinal is None}
    found = []
    for row in sorted(rows, key=lambda row: (-row.priority, row.ordinal)):
        outcome: Outcome | None
        outcome = by_ordinal.get(row.ordinal) if row.ordinal < MADE else made.get(about(row.key))
        if outcome is not None:
            finding = outcome.now or outcome.published
        elif row.ordinal < 0:
            finding = finding_of(row.content)
        else:
            finding = None  # made by decisions that this person doesn't see
        if finding is not None:
            own = outcome if hiding and row.state != "second" and outcome is not None else row
            found.append(Seen(row, finding, row.ordinal >= MADE, own.state, own.who))
    return tuple(found)


def detail(seen: Seen, person: Person, held_by: str | None = None) -> FindingDetail:
    row = row_of(seen.row, person, held_by).__dict__
    if seen.state != row["state"]:
        row |= {"state": seen.state, "who": seen.who}
    return _detail(row, seen.finding, seen.made)


def trial_detail(finding: Finding, document_id: int, id_: int, made: bool) -> FindingDetail:
    """Of a finding that is nowhere stored, or not as it would be: `id_` 0 where it has none."""
    cell = finding.cells[0] if finding.cells else None
    row = {
        "id": id_, "document": document_id, "code": finding.code, "severity": finding.severity, "priority": finding.priority,
        "table": cell.partition(".")[0] if cell else None, "cell": cell, "state": "open", "issuer": None, "year": None,
        "reader": None, "who": None, "held_by": None,
    }
    return _detail(row, finding, made)


def _detail(row: dict[str, Any], finding: Finding, made: bool) -> FindingDetail:
    return FindingDetail.model_construct(
        **row, cells=list(finding.cells), spans=list(finding.spans), expected=finding.expected, found=finding.found,
        message=Words(
            zh=message_text(finding.code, finding.params, "zh"), en=message_text(finding.code, finding.params, "en")
        ),
        suspects=[Suspect.model_construct(cell=s.cell, weight=s.weight, proposal=s.proposal) for s in finding.suspects],
        made=made,
    )

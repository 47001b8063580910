"""The types of the JSON API, for its routes, its OpenAPI document and whoever calls it.

Numbers are exact: integers of up to 15 digits, or decimals; a value may be sent as a string of digits too. Times are seconds
since 1970 (UTC). `document`, `finding`, `version` and `decision` are the archive's numbers.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

from extractor.forms.models import Interval, Span

Key = Annotated[int, Field(ge=1, lt=2**63)]
State = Literal["open", "decided", "dismissed", "second", "disputed"]
Severity = Literal["error", "warning", "info"]
Answer = Literal["as_printed", "misread", "wrong_in_print", "illegible", "dismissed"]
RoleName = Literal["reader", "reviewer", "lead"]
Scope = Literal["read", "review", "upload", "admin"]
# no NUL: PostgreSQL stores none
Line = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$", strip_whitespace=True)]
Note = Annotated[str, StringConstraints(max_length=4000, pattern=r"^[^\x00]*$", strip_whitespace=True)]
CellId = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00]+$")]
Exact = Annotated[
    Annotated[int, Field(gt=-(10**15), lt=10**15)]
    | Annotated[Decimal, Field(gt=-(10**15), lt=10**15, max_digits=20, decimal_places=6, allow_inf_nan=False)],
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?\d{1,15}(\.\d{1,6})?$"}]}),
]
Shown = Annotated[int | Decimal, WithJsonSchema({"type": "number"})]


class Model(BaseModel):
    """No field that the API doesn't name."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(Model):
    """What every refusal looks like: a code of the message catalogue and its words in both languages."""

    code: str
    zh: str
    en: str


class Filters(Model):
    """Which findings. What is not named is not filtered by."""

    code: Line | None = None
    severity: Severity | None = None
    table: Line | None = None
    cell: Line | None = Field(None, description="the first cell of the finding")
    issuer: Line | None = None
    year: int | None = Field(None, ge=1900, le=2200)
    reader: Line | None = Field(None, description="who read the first cell")
    state: State | None = None
    view: Literal["undecided", "mine", "all"] = Field("undecided", description="mine: those I answered last")
    document: Key | None = None
    q: Line | None = Field(None, description="part of an issuer's name, of a code or of a cell's id")


class FindingRow(Model):
    """A finding as the queue lists it."""

    id: int
    document: int
    code: str
    severity: Severity
    priority: float
    table: str | None
    cell: str | None
    state: State
    issuer: str | None
    year: int | None
    reader: str | None
    who: str | None = Field(description="who answered it last; while it waits for a second answer, told to nobody else")
    held_by: str | None = Field(None, description="who has its document open now")


class FindingPage(Model):
    findings: list[FindingRow]
    after: str | None = Field(description="hand this in as `after` for what follows; null at the end")


class Facets(Model):
    """How many findings there are, by each facet, under all filters but that facet's own. `exact` is false where a search or
    a filter by issuer, cell or person is left out of the counting because too many findings would have to be looked at."""

    total: int
    undecided: int
    code: dict[str, int]
    severity: dict[str, int]
    table: dict[str, int]
    year: dict[str, int]
    reader: dict[str, int]
    state: dict[str, int]
    at: float = Field(description="when they were counted")
    exact: bool


class Next(Model):
    """The finding to look at now; its document is held for this person until `until`. All null where there is none."""

    finding: FindingRow | None
    until: float | None


class Lease(Model):
    document: int
    until: float


class Suspect(Model):
    cell: str
    weight: float
    proposal: Shown | None


class Words(Model):
    zh: str
    en: str


class FindingDetail(FindingRow):
    """A finding in full, as it stands once the decisions of others on its report are taken."""

    cells: list[str]
    spans: list[Span]
    expected: Shown | Interval | None
    found: Shown | None
    message: Words
    suspects: list[Suspect]
    made: bool = Field(description="made by a decision, not there as published")


class FindingDetails(Model):
    """`version` and `last` are what is handed in with a decision. `last`: the last decision on the report, 0 for none."""

    version: int
    last: int
    findings: list[FindingDetail]


class CellValue(Model):
    cell: CellId
    value: Exact | None = Field(
        None, description="of misread: what is printed, null for nothing; of wrong_in_print: what is right; else null"
    )


class Deciding(Model):
    """A decision: of a finding, of cells, or of cells on the occasion of a finding. All in one action, undone as one."""

    document: Key
    finding: Key | None = None
    version: Key | None = Field(None, description="the version that lay before the person; refused (409) if it has a newer one")
    last: Annotated[int, Field(ge=0, lt=2**63)] | None = Field(
        None, description="the last decision that lay before the person; refused (409) if others decided after it"
    )
    kind: Answer
    cells: list[CellValue] = Field([], max_length=400, description="may be empty for as_printed and dismissed of a finding")
    reason: Line = Field("", description="wanted for dismissed")
    note: Note = ""


class Trial(Model):
    """Values to try on a report; nothing is stored."""

    document: Key
    cells: list[CellValue] = Field(min_length=1, max_length=400)


class Consequences(Model):
    """What a change of values settles and what it makes."""

    settled: list[FindingDetail]
    made: list[FindingDetail]
    changed: list[FindingDetail] = Field(description="still failing, with other numbers")
    deduced: dict[str, int | None] = Field(description="cells whose deduced value is another one now")


class DecisionRow(Model):
    """One decision of the log. `undone`: a later one took it back."""

    id: int
    document: int
    version: int
    at: float
    who: str
    kind: Literal["as_printed", "misread", "wrong_in_print", "illegible", "dismissed", "undone"]
    group: str
    cell: str | None
    code: str | None
    before: dict[str, object] | None
    after: Shown | None
    reason: str
    note: str
    undoes: int | None
    undone: bool
    stale: bool = Field(description="the cell is read otherwise now than when it was decided")


class DecisionLog(Model):
    decisions: list[DecisionRow]


class Taken(Model):
    """A decision was taken. `state`: that of its finding now."""

    group: str
    decisions: list[int]
    state: State | None
    consequences: Consequences


class Undoing(Model):
    group: Annotated[str, StringConstraints(pattern="^[0-9a-f]{32}$")] | None = Field(
        None, description="the action to take back; my last one if null"
    )


class Undone(Model):
    group: str
    decisions: list[int]
    documents: list[int]


class BulkCause(Model):
    """The same answer to many findings: those that the filters choose and nobody has answered or holds. `code` is wanted."""

    filters: Filters
    kind: Literal["as_printed", "dismissed"]
    reason: Line = ""
    note: Note = ""


class BulkPreview(Model):
    """What it would touch. `digest` is handed in with the action: refused (409) if it would touch anything else by then."""

    findings: int
    documents: int
    more: bool = Field(description="there are more than one action takes; do it again for them")
    examples: list[FindingDetail]
    issuers: dict[str, int] = Field(description="findings by issuer, the most frequent")
    digest: str


class Bulk(BulkCause):
    digest: Annotated[str, StringConstraints(pattern="^[0-9a-f]{16}$")]


class BulkTaken(Model):
    group: str
    findings: int
    documents: int


class Uploaded(Model):
    document: int
    version: int | None = Field(description="null where it was known already, read the same way")
    findings: int


class Band(Model):
    """Findings by priority: how many are open, how many people answered, how many of these changed a value."""

    least: float
    open: int
    answered: int
    changed: int
    expected: float = Field(description="changes to expect among the open ones")
    seconds: float | None = Field(description="time to answer the open ones")


class Reviewer(Model):
    who: str
    answered: int
    undone: int
    changed: int
    dismissed: int
    seconds: float | None = Field(description="median time between two answers, pauses of over five minutes left out")
    by_day: dict[str, int] = Field(description="answers by day (UTC), the last 30")
    doubled: int = Field(description="findings that another one answered too")
    agreed: int
    kappa: float | None = Field(description="Cohen's, over the kinds of answer, against all others together")


class Statistics(Model):
    states: dict[str, int]
    open_by_severity: dict[str, int]
    reviewers: list[Reviewer]
    codes: dict[str, dict[str, int]] = Field(description="answered findings by day (UTC) and code, the last 30 days")
    bands: list[Band]
    doubled: int
    agreed: int
    waiting: int = Field(description="for a second answer")
    disputed: int
    kappa: float | None
    at: float


class Settings(Model):
    share: float = Field(0.0, ge=0, le=1, description="of findings that a second person answers too")


class LogIn(Model):
    name: Line
    password: Annotated[str, StringConstraints(max_length=400)]


class Me(Model):
    """Who is asking. `csrf` goes into the header X-CSRF-Token of every request that changes something; not needed with an
    API token."""

    name: str
    role: RoleName
    scopes: list[Scope]
    csrf: str


class Health(Model):
    version: str
    ok: bool

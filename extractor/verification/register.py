"""The register of edits: every rule that a report is held to, as data, read from the forms' files and the message catalogue.

An edit over cells has terms and comes once for each line that it holds for; one over the narrative, the header, the source or
between bodies has none, and its message says what it checks.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from functools import cache

from rich import box
from rich.table import Table

from extractor.forms.form import forms
from extractor.messages import Message, catalogue
from extractor.verification.edits import Edit, form_system
from extractor.verification.finding import Severity
from extractor.verification.naming import severity_of

_BLANKS = re.compile(r"(\{\w+\})+")
"""What a message leaves open until there is a finding."""

Terms = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One edit. The sum of `terms` (cell id, coefficient; `before:` in front of a cell of the report on the year before)
    stands in `relation` to nought, within `tolerance`. `level` (`extractor.messages`): which data it needs. `code` is the code
    of its message and of the finding where it fails, `zh` and `en` are the message's templates."""

    id: str
    code: str
    terms: Terms
    relation: str
    tolerance: str
    level: str
    severity: Severity
    forms: tuple[str, ...]
    source: str
    zh: str
    en: str


@cache
def rules() -> tuple[Rule, ...]:
    """All edits: those over cells in the forms' order, one for all forms in which it has the same terms; then the others."""
    found: dict[tuple[str, Terms], Rule] = {}
    for form in forms():
        between = [
            (f"{h.code}:{h.now[0][0]}", h.code, (*h.now, *((f"before:{c}", -w) for c, w in h.before)), h.source)
            for h in form.history
        ]
        for id_, code, terms, source in [*map(_of_edit, form_system(form.code).edits), *between]:
            known = found.get((id_, terms))
            own = (form.code, *(known.forms if known else ()))
            found[id_, terms] = _rule(id_, catalogue()[code], terms, "= 0", tuple(sorted(own)), source)
    over_cells = tuple(found.values())
    done = {rule.code for rule in over_cells}
    every = tuple(sorted(form.code for form in forms()))
    others = (m for code, m in catalogue().items() if m.severity and code not in done)
    return over_cells + tuple(_rule(m.code, m, (), "", every, m.source) for m in others)


def _of_edit(edit: Edit) -> tuple[str, str, Terms, str]:
    return edit.id, edit.code, edit.terms, edit.source


def _rule(id_: str, message: Message, terms: Terms, relation: str, of_forms: tuple[str, ...], source: str) -> Rule:
    tolerance = message.tolerance or ("0" if terms else "")
    severity = severity_of(message.code)
    return Rule(
        id_, message.code, terms, relation, tolerance, message.level, severity, of_forms, source or message.source,
        message.zh, message.en,
    )


def as_json() -> list[dict[str, object]]:
    """One object per edit."""
    return [asdict(rule) for rule in rules()]


def as_table(language: str) -> Table:
    """For a terminal: one line per code."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("code", "edits", "level", "severity", "forms", "message", "source"):
        table.add_column(title, justify="right" if title == "edits" else "left", overflow="fold", no_wrap=title == "code")
    by_code: dict[str, list[Rule]] = {}
    for rule in rules():
        by_code.setdefault(rule.code, []).append(rule)
    for code, group in by_code.items():
        first = group[0]
        of_forms = " ".join(sorted({form for rule in group for form in rule.forms}))
        said = _BLANKS.sub("…", first.zh if language == "zh" else first.en)
        count = str(len(group)) if first.terms else ""
        table.add_row(code, count, first.level, first.severity, of_forms, said, first.source)
    return table

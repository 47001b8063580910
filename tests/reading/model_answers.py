"""A small report of an invented body, and what becomes of answers on it, with no server between."""

from __future__ import annotations

from typing import Any

from extractor.documents import Document
from extractor.llm.outcome import Attempt, Kind, Outcome
from extractor.pipeline import read_report
from extractor.reading.model.answer import ReportAnswer
from extractor.reading.modes import Mode, Plan, finish, plan
from extractor.report import Reading, Report
from extractor.verification.finding import Finding
from extractor.verification.verify import verify
from tests.plain_report import plain_report

__all__ = ["answered", "cell", "codes_found", "document", "findings", "plain_report", "planned", "right_answer"]


def document(text: str) -> Document:
    return Document("sha256:" + "0" * 64, "report.txt", text)


def planned(text: str, mode: Mode = "model") -> Plan:
    """The plan for a text in a mode."""
    source = document(text)
    base = read_report(source)
    return plan(source, base, verify(base), mode)


def answered(text: str, answer: dict[str, Any], mode: Mode = "model") -> Report:
    """The report after this answer; parts that it leaves out are empty lists."""
    whole = {key: answer.get(key, []) for key in ReportAnswer.model_fields}
    value = ReportAnswer.model_validate(whole)
    return finish(planned(text, mode), [Outcome(Kind.ANSWERED, value, "m", "p", (Attempt("answered", 0.1, 10, 0, 5),))])


def cell(report: Report, id_: str) -> Reading:
    return report.tables[id_.partition(".")[0]].cells[id_]


def findings(report: Report) -> list[Finding]:
    return list(verify(report).findings)


def codes_found(report: Report) -> set[str]:
    return {finding.code for finding in findings(report)}


def right_answer(text: str) -> dict[str, Any]:
    """What a perfect model answers on a plain report: each row by the line that ends with its numbers."""
    from extractor.forms.form import form
    from extractor.reading.model.codes import code_of
    from tests.plain_report import plain_values

    lines = planned(text).lines
    values = plain_values(form("2021"))
    rows = []
    for table in form("2021").tables:
        numbers = [str(values[c]) for row in table.rows for c in row.cells]
        for row in table.rows:
            own = [str(values[c]) for c in row.cells]
            wanted = "|".join(numbers if table.one_line else own)
            line = next(n for n, found in lines.numbered.items() if found.table == table.key and found.text.endswith(wanted))
            rows.append(f"{code_of(table.key, row.key)}@{line}:{'|'.join(own)}")
    return {"rows": rows}

"""Which cells a reviewer's eye is led to."""

from __future__ import annotations

from extractor.documents.load import document_from_bytes
from extractor.pipeline import extract
from extractor.presenting.sheet import Face, doubts, sheets
from extractor.verification.finding import Finding, Severity, Suspect
from tests.plain_report import plain_report


def finding(severity: Severity, cells: tuple[str, ...], suspects: tuple[str, ...] = ()) -> Finding:
    return Finding("X", severity, cells, suspects=tuple(Suspect(cell, 0.5) for cell in suspects))


def test_only_suspects_are_in_doubt_where_there_are_some() -> None:
    assert doubts((finding("error", ("a", "b", "c"), ("b",)),)) == {"b": "error"}
    assert doubts((finding("warning", ("a", "b")),)) == {"a": "warning", "b": "warning"}


def test_the_graver_doubt_counts_in_any_order_and_notes_raise_none() -> None:
    findings = (finding("warning", ("a",)), finding("error", ("a",)), finding("info", ("b",)))
    assert doubts(findings) == doubts(findings[::-1]) == {"a": "error"}


def faces(text: str) -> dict[str, Face]:
    report, verification = extract(document_from_bytes(text.encode(), "x.txt"))
    found = sheets(report, verification, "zh")
    return {face.cell: face for sheet in found for block in sheet.blocks for line in block.lines for face in line.faces}


def test_a_misread_digit_stands_out_alone() -> None:
    text = plain_report().replace("\t2037\t", "\t2087\t")
    doubtful = {cell: face.shown for cell, face in faces(text).items() if face.doubt}
    assert doubtful == {"requests.outcomes_total.natural_person": "2087!"}


def test_what_is_not_printed_shows_why_and_what_is_known() -> None:
    text = plain_report().replace("3.其他\t167\t168", "3.其他\t\t/")
    shown = {cell: face.shown for cell, face in faces(text).items()}
    assert shown["requests.other.other.natural_person"] == "(167)"
    assert shown["requests.other.other.enterprise"] == "/(168)"
    without_row = "\n".join(line for line in plain_report().split("\n") if "2.重复申请" not in line)
    assert faces(without_row)["requests.not_processed.duplicate.total"].shown.startswith("x(")

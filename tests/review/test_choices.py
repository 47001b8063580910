"""What the desk makes of a report: the choices of a finding, its equations, the source in pieces."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from extractor.documents.load import document_from_bytes
from extractor.messages import catalogue
from extractor.output import cell_readings
from extractor.pipeline import extract
from extractor.report import Span, State
from extractor.review.pages.desk import Shown, desk_of
from extractor.review.pages.marks import chunks_of
from tests.plain_report import plain_report
from tests.review.reviewed import CELL, RIGHT, spoilt


def findings_of(text: str) -> list[dict[str, Any]]:
    document = document_from_bytes(text.encode(), "report.txt")
    report, verification = extract(document)
    shown = [Shown(n, finding, "open", True, True) for n, finding in enumerate(verification.findings, 1)]
    return desk_of(document, report, verification, shown, {}, "zh").findings


def test_the_first_choice_is_the_value_that_mends_the_sums() -> None:
    for finding in findings_of(spoilt()):
        assert finding["options"][0]["values"] == [(CELL, str(RIGHT))]
        assert [option["kind"] for option in finding["options"]].count("as_printed") == 1
        assert any(CELL in equation["left"] + equation["right"] for equation in finding["equations"])


def test_noughts_for_what_is_lost_are_offered_but_never_first() -> None:
    lines = plain_report().splitlines(keepends=True)
    row = next(line for line in lines if "重复申请" in line)
    findings = findings_of("".join(line for line in lines if line != row))
    lost = next(f for f in findings if f["code"] == "S-ROW-LOST")
    assert lost["options"][0]["kind"] == "as_printed"
    for finding in findings:
        for option in finding["options"][:1]:
            assert not any(value == "0" for _, value in option["values"])


def test_every_kind_of_finding_has_a_short_name() -> None:
    codes = {code for code, message in catalogue().items() if message.severity}
    assert {code for code in codes if f"U-CODE-{code}" not in catalogue()} == set()


spans = st.lists(st.tuples(st.integers(0, 80), st.integers(0, 12)).map(lambda s: (s[0], s[0] + s[1])), max_size=12)


@given(st.text(alphabet="数0\n\r<é𠮷", max_size=90), spans, spans)
def test_the_pieces_of_the_source_are_the_source(text: str, cells: list[Span], places: list[Span]) -> None:
    inside = [span for span in cells if span[1] <= len(text)]
    chunks = chunks_of(text, {f"c{n}": span for n, span in enumerate(inside)}, places)
    pieces = [piece for chunk in chunks for piece in chunk]
    assert "".join(piece.text for piece in pieces) == text
    for piece in pieces:
        assert text[piece.at : piece.at + len(piece.text)] == piece.text
        for cell in piece.cells.split():
            start, end = inside[int(cell[1:])]
            assert start <= piece.at < end
        for at in range(piece.at, piece.at + len(piece.text)):
            named = any(start <= at < end <= len(text) for start, end in places)
            assert piece.named == named


def test_a_cell_that_is_printed_is_marked_in_the_source_at_its_place() -> None:
    document = document_from_bytes(plain_report().encode(), "report.txt")
    report, verification = extract(document)
    desk = desk_of(document, report, verification, [], {}, "en")
    marked = {cell for chunk in desk.chunks for piece in chunk for cell in piece.cells.split()}
    printed = {cell for cell, r in cell_readings(report, verification).items() if r.state is State.PRINTED}
    assert marked == printed

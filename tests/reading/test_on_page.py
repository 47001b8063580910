"""A report read from images: the page's confidence and other readings reach the cell, the findings and the proposals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from extractor.documents.document import Document
from extractor.documents.layout import Alternative, Layout, Page, Piece
from extractor.documents.load import document_from_bytes
from extractor.output import to_json_object
from extractor.output_schema import Extraction
from extractor.pipeline import extract
from tests.plain_report import plain_report

CELL = "disputes.reconsideration.upheld"  # one sum holds it: if that fails, any of its parts may be wrong
TRUE = extract(document_from_bytes(plain_report().encode(), "x"))[0].tables["disputes"].cells[CELL]


def scanned(printed: str, confidence: float, *alternatives: tuple[str, float]) -> Document:
    """A scanned report in which `CELL` was read as `printed`."""
    text = plain_report()
    assert TRUE.span is not None
    start, end = TRUE.span[0], TRUE.span[0] + len(printed)
    text = text[:start] + printed + text[TRUE.span[1] :]
    others = tuple(Alternative(*other) for other in alternatives)
    pieces = (
        Piece(0, start, 0, (50, 50, 500, 60)),
        Piece(start, end, 1, (200.04, 300, 220, 312), confidence, others),
        Piece(end, len(text), 1, (50, 320, 500, 330)),
    )
    pages = (Page(595, 842, "scan", 200), Page(595, 842, "scan", 200))
    return replace(document_from_bytes(text.encode(), "x"), layout=Layout(pages, pieces))


def written(document: Document) -> dict[str, Any]:
    out = to_json_object(document, *extract(document))
    Extraction.model_validate(out)
    return out


def proposed(out: dict[str, Any]) -> dict[int, float]:
    """The values proposed for `CELL`, each with the greatest weight that a finding gives it."""
    found: dict[int, float] = {}
    for finding in out["findings"]:
        for suspect in finding["suspects"]:
            if suspect["cell"] == CELL:
                found[suspect["proposal"]] = max(found.get(suspect["proposal"], 0), suspect["weight"])
    return found


def test_a_cell_is_as_sure_as_its_page_and_says_where_it_stands() -> None:
    cell = written(scanned(TRUE.raw, 0.9))["cells"][CELL]
    assert cell["confidence"] == 0.9
    assert (cell["page"], cell["box"]) == (2, [200.0, 300.0, 220.0, 312.0])


def test_a_number_that_the_page_is_not_sure_of_is_named_though_it_adds_up() -> None:
    sure, unsure = written(scanned(TRUE.raw, 0.95)), written(scanned(TRUE.raw, 0.6))
    assert not [f for f in sure["findings"] if f["code"] == "S-UNSURE"]
    (finding,) = [f for f in unsure["findings"] if f["code"] == "S-UNSURE"]
    assert finding["cells"] == (CELL,)
    assert "60%" in finding["message"]["en"]


def test_what_the_page_takes_for_possible_is_the_likelier_repair() -> None:
    wrong = "9" * len(TRUE.raw)  # far from the true digits: by its shape alone no likely misreading
    without, with_it = written(scanned(wrong, 0.9)), written(scanned(wrong, 0.9, (TRUE.raw, 0.5), ("x", 0.4)))
    assert TRUE.value in proposed(with_it)
    assert proposed(with_it)[int(TRUE.raw)] > proposed(without).get(int(TRUE.raw), 0)


def test_the_same_page_gives_the_same_findings() -> None:
    document = scanned("7", 0.5, ("1", 0.4), (TRUE.raw, 0.3))
    assert written(document) == written(document)

"""A second look at cells in doubt: what is shown to the model, what comes of its answers, and of its faults."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from extractor.cli import cli
from extractor.documents.crops import crops
from extractor.documents.document import Document, content_id
from extractor.documents.layout import Alternative, Box, Layout, Page, Piece
from extractor.documents.load import document_from_bytes
from extractor.eval.standin.faults import Faults
from extractor.eval.standin.looks import images_in, looks_of, seeing
from extractor.eval.standin.server import StandIn
from extractor.eval.truth import CellTruth, Truth
from extractor.llm.budget import Budget
from extractor.llm.cache import AnswerCache
from extractor.llm.client import Client
from extractor.looking import look_again
from extractor.pipeline import extract
from extractor.reading.second_look import MOST, RULES
from extractor.report import Report, State
from extractor.verification.finding import Verification
from tests.llm.asking import QUICK, settings
from tests.plain_report import plain_report

CELL = "disputes.reconsideration.upheld"
TRUE = extract(document_from_bytes(plain_report().encode(), "x"))[0].tables["disputes"].cells[CELL]
NUMBER = int(TRUE.raw)
BOX: Box = (200, 300, 224, 314)
BESIDE: Box = (225, 300, 250, 314)
DPI = 200


def page_with(*prints: tuple[str, Box]) -> bytes:
    """A page as PNG with these texts drawn into their boxes."""
    image = np.full((842 * DPI // 72, 595 * DPI // 72), 255, np.uint8)
    for text, (x0, _, _, y1) in prints:
        place = (int(x0 * DPI / 72) + 2, int(y1 * DPI / 72) - 6)
        cv2.putText(image, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
    out = io.BytesIO()
    Image.fromarray(image).save(out, "PNG", dpi=(DPI, DPI))
    return out.getvalue()


PAGE = page_with((TRUE.raw, BOX), ("88", BESIDE))


def scanned(printed: str, confidence: float, others: float = 1.0) -> Document:
    """A scanned report in which `CELL` was read as `printed`, and all other numbers with the confidence `others`."""
    text = plain_report()
    assert TRUE.span is not None
    start, end = TRUE.span[0], TRUE.span[0] + len(printed)
    text = text[:start] + printed + text[TRUE.span[1] :]
    pieces = [Piece(start, end, 0, BOX, confidence, (Alternative("x", 0.1),))]
    for match in re.finditer(r"\d+|\D+", text):
        a, b = match.span()
        if not (a < end and start < b):
            pieces.append(Piece(a, b, 0, BESIDE, others if match[0].isdigit() else 1.0))
    layout = Layout((Page(595, 842, "scan", DPI),), tuple(sorted(pieces, key=lambda p: p.start)))
    return replace(document_from_bytes(text.encode(), "x"), layout=layout, id=content_id(PAGE))


def truth(number: int | None) -> Truth:
    state = State.BLANK if number is None else State.PRINTED
    cell = CellTruth(state, number, page_state=state, page_value=number, meant=number)
    return Truth(tables={"disputes": "2021"}, cells={CELL: cell})


def look(
    document: Document, says: int | None = NUMBER, script: list[str] | None = None, budget: Budget | None = None,
    cache: Path | None = None, wrong: float = 0.0,
) -> tuple[Report, Verification, StandIn]:
    """The report after a second look, by a model that sees the number `says` in the cell."""
    content = seeing(looks_of([(document, truth(says), PAGE)]), lambda body: "", wrong)
    standin = StandIn(content, Faults(script or []))
    with standin.in_thread():
        answers = AnswerCache(cache) if cache else None
        client = Client(settings(standin.base_url), QUICK, answers, budget)
        try:
            return *look_again(document, *extract(document), client, PAGE), standin
        finally:
            client.close()
            if answers:
                answers.close()


def codes(verification: Verification) -> set[str]:
    return {finding.code for finding in verification.findings if CELL in finding.cells}


def reading(report: Report) -> Any:
    return report.tables["disputes"].cells[CELL]


def test_agreement_makes_a_reading_sure_and_the_doubt_goes() -> None:
    document = scanned(TRUE.raw, 0.6)
    assert "S-UNSURE" in codes(extract(document)[1])
    report, verification, standin = look(document)
    assert codes(verification) == set()
    assert reading(report).value == TRUE.value and reading(report).confidence == pytest.approx(0.96)
    (asked,) = report.models
    assert asked.prompt.startswith("which-digits-1#") and asked.calls == len(standin.requests) == 1 and asked.tokens_in < 2000


def test_the_question_shows_the_cell_and_nothing_else() -> None:
    _, _, standin = look(scanned(TRUE.raw, 0.6))
    (body,) = standin.requests
    (image,) = images_in(body)
    with Image.open(io.BytesIO(image)) as crop:
        pixels = np.asarray(crop)
    beside = pixels[:, int(pixels.shape[1] * 0.93) :]  # the number beside it is painted over
    assert pixels.min() < 60 and beside.min() > 200
    told = [m["content"] if isinstance(m["content"], str) else m["content"][0]["text"] for m in body["messages"]]
    assert not re.search(r"\d", "".join(told))


def test_another_number_is_named_and_never_taken() -> None:
    wrong = str(int(TRUE.raw) + 3)
    report, verification, _ = look(scanned(wrong, 0.6))
    assert (reading(report).value, reading(report).raw) == (int(wrong), wrong)
    assert reading(report).alternatives[0][0] == TRUE.value
    assert {"S-UNSURE", "C-READERS-DIFFER"} <= codes(verification)
    suspects = [s for f in verification.findings for s in f.suspects if s.cell == CELL]
    assert suspects and suspects[0].proposal == TRUE.value


def test_a_sure_reading_that_arithmetic_suspects_is_looked_at_and_stays_suspected_whatever_is_seen() -> None:
    wrong = str(int(TRUE.raw) + 3)
    document = scanned(wrong, 0.99)
    for seen in (int(wrong), NUMBER, None):
        report, verification, standin = look(document, seen)
        assert standin.requests and reading(report).value == int(wrong)
        assert any(f.severity == "error" and CELL in {s.cell for s in f.suspects} for f in verification.findings)


@pytest.mark.parametrize("script", [["refuse"], ["invalid"] * 10, ["401"], ["500"] * 20, ["empty"] * 10])
def test_without_a_usable_answer_the_doubt_stays_and_is_said(script: list[str]) -> None:
    before = extract(document := scanned(TRUE.raw, 0.6))[0]
    report, verification, _ = look(document, script=script)
    assert reading(report) == reading(before)
    assert "S-UNSURE" in codes(verification)
    assert "M-CALL-FAILED" in {finding.code for finding in verification.findings}


def test_what_the_model_can_not_read_stays_in_doubt() -> None:
    report, verification, _ = look(scanned(TRUE.raw, 0.6), None)
    assert reading(report).confidence == 0.6 and codes(verification) == {"S-UNSURE"}


def test_a_budget_that_is_reached_leaves_the_doubt_and_asks_nothing() -> None:
    report, verification, standin = look(scanned(TRUE.raw, 0.6), budget=Budget(tokens=0))
    assert not standin.requests and not report.models
    assert "S-UNSURE" in codes(verification)


def test_an_answer_is_paid_for_once(tmp_path: Path) -> None:
    document = scanned(TRUE.raw, 0.6)
    first = look(document, cache=tmp_path / "answers.sqlite")
    again = look(document, cache=tmp_path / "answers.sqlite")
    assert (len(first[2].requests), len(again[2].requests)) == (1, 0)
    assert first[0].tables == again[0].tables and again[0].models[0].cached


def test_of_a_report_no_more_than_a_bounded_number_of_cells_is_looked_at() -> None:
    document = scanned(TRUE.raw, 0.6, others=0.5)
    unsure = [f for f in extract(document)[1].findings if f.code == "S-UNSURE"]
    _, _, standin = look(document)
    assert len(unsure) > MOST >= len(standin.requests) > 0


def test_a_model_that_errs_changes_no_number() -> None:
    document = scanned(TRUE.raw, 0.6)
    report, verification, _ = look(document, wrong=1.0)
    assert reading(report).value == TRUE.value and "S-UNSURE" in codes(verification)


def test_only_agreement_settles_a_doubt() -> None:
    assert {key for key, rule in RULES.items() if rule.settles or rule.doubt < 1} == {("number", "same")}


def test_places_off_the_page_give_no_image() -> None:
    document = scanned(TRUE.raw, 0.6)
    one, none = crops(PAGE, document, [(0, BOX), (3, BOX)])
    assert one.startswith(b"\x89PNG") and none == b""


def test_the_option_wants_a_model_that_sees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.txt"
    path.write_text(plain_report(), "utf-8")
    monkeypatch.delenv("EXTRACTOR_VISION_MODEL", raising=False)
    refused = CliRunner().invoke(cli, ["extract", str(path), "--json", "--second-look"])
    assert refused.exit_code == 2 and "EXTRACTOR_VISION_MODEL" in refused.output
    for name, value in (("MODEL", "sees"), ("BASE_URL", "http://127.0.0.1:9/v1"), ("CACHE", "off")):
        monkeypatch.setenv(f"EXTRACTOR_VISION_{name}", value)
    taken = CliRunner().invoke(cli, ["extract", str(path), "--json", "--mode", "grid", "--second-look"])
    assert taken.exit_code == 0  # a text has no page to look at

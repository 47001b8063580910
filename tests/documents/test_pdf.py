"""PDF files: tables by ruling lines and by position, lines that flow on, places of characters, hostile files."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from extractor.documents import confined
from extractor.documents.document import Document
from extractor.documents.load import document_from_bytes, load
from extractor.documents.page_image import page_png
from extractor.documents.unreadable import UnreadableError
from tests.documents.pdf_files import grid, pages, pdf, stream, words

COLUMNS = (60, 200, 300, 400, 500)
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]%s>>"


def document_of(*drawn: bytes) -> Document:
    return document_from_bytes(pages(*drawn), "report.pdf")


def ruled(rows: list[list[str]], top: float) -> bytes:
    """A table with ruling lines, 20 points a row."""
    ys = [top - 20 * i for i in range(len(rows) + 1)]
    drawn = [
        words(x + 10, y + 6, text)
        for row, y in zip(rows, ys[1:], strict=True)
        for (x, _), text in zip(pairwise(COLUMNS), row, strict=True)
        if text
    ]
    return grid(COLUMNS, ys) + b"".join(drawn)


def test_ruling_lines_make_rows_and_columns() -> None:
    rows = [["Rules", "1", "", "12"], ["Norms", "", "3", "7"]]
    document = document_of(words(60, 800, "Two. Disclosure") + ruled(rows, 780) + words(60, 700, "Three. Requests"))
    assert document.text == "Two. Disclosure\nRules\t1\t\t12\nNorms\t\t3\t7\nThree. Requests\n"


def test_a_merged_cell_stands_in_its_last_column() -> None:
    drawn = grid((60, 200, 300), (760, 780)) + grid((60, 300), (780, 800)) + words(100, 786, "Both")
    document = document_of(drawn + words(70, 766, "Rules") + words(220, 766, "12") + words(60, 700, "and so on"))
    assert document.text.startswith("\tBoth\nRules\t12\n")


def test_a_table_goes_on_over_the_page_break() -> None:
    above, below = [["Rules", "1", "2", "3"], ["Norms", "4", "5", "6"]], [["Fees", "7", "8", "9"], ["Fines", "1", "2", "3"]]
    document = document_of(ruled(above, 100) + words(290, 20, "- 3 -"), ruled(below, 780))
    assert document.text == "Rules\t1\t2\t3\nNorms\t4\t5\t6\n- 3 -\nFees\t7\t8\t9\nFines\t1\t2\t3\n"
    assert document.layout is not None
    at = document.text.index("Fees")
    ((page, box),) = document.layout.boxes(at, at + 4)
    assert page == 1
    assert (70, 90) < (box[0], box[2]) < (71, 100) and 60 < box[1] < box[3] < 85


def test_numbers_below_each_other_are_columns_without_lines() -> None:
    rows = [["", "Made", "Void", "Valid"], ["Rules", "1", "", "12"], ["Norms", "140", "3", "7"], ["Fees", "", "", "5"]]
    places = (60, 200, 300, 400)
    drawn = [words(x, 700 - 20 * y, text) for y, row in enumerate(rows) for x, text in zip(places, row, strict=True)]
    text = document_of(words(60, 760, "Disclosure in this year") + b"".join(drawn)).text
    assert text == "Disclosure in this year\n\tMade\tVoid\tValid\nRules\t1\t\t12\nNorms\t140\t3\t7\nFees\t\t\t5\n"


def test_a_raised_mark_is_no_digit() -> None:
    drawn = words(60, 700, "Received in this year 12") + words(170, 704, "1", 5) + words(60, 600, "and another line")
    assert "12 1\n" in document_of(drawn).text


def test_each_number_has_a_box_of_its_own() -> None:
    document = document_of(words(60, 700, "In 2023 we got 118 requests and answered 97"))
    assert document.layout is not None
    for number in ("2023", "118", "97"):
        at = document.text.index(number)
        ((_, (x0, top, x1, bottom)),) = document.layout.boxes(at, at + len(number))
        assert x1 - x0 == pytest.approx(5.56 * len(number), abs=0.1)  # Helvetica's digits are 0.556 of the size
        assert 842 - 700 - 10 < top < bottom < 842 - 700 + 5


def bomb() -> bytes:
    """Three gigabytes of noughts, packed twice."""
    packing = zlib.compressobj(9)
    blocks = [packing.compress(bytes(1 << 20)) + packing.flush(zlib.Z_FULL_FLUSH) for _ in range(2)]
    zeros = blocks[0] + blocks[1] * 3000  # after a full flush the same noughts are packed into the same bytes
    return stream(zlib.compress(zeros, 9), b"[/FlateDecode/FlateDecode]")


CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
ONE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
ENCRYPTED = b"/ID[<00><00>]/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -4/O<%s>/U<%s>>>" % (b"11" * 32, b"22" * 32)
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "many pages": (lambda: pages(*[b""] * 1001), "E-PAGES"),
    "encrypted": (lambda: pages(words(60, 700, "nobody reads this"), trailer=ENCRYPTED), "E-ENCRYPTED"),
    "pages of themselves": (lambda: pdf([CATALOGUE, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"]), "E-BROKEN"),
    "nested": (lambda: pdf([CATALOGUE, ONE, PAGE % (b"/X " + b"[" * 50_000 + b"]" * 50_000)]), "E-BLANK"),
    "letters without end": (lambda: pages(b"BT /F1 9 Tf " + b"(letters) Tj " * 10_000 + b"ET"), "E-BROKEN"),
    "bomb": (lambda: pdf([CATALOGUE, ONE, PAGE % b"/Contents 4 0 R", bomb()]), "E-TOO-HEAVY"),
    "cut": (lambda: pages(words(60, 700, "the beginning of a report"))[:200], "E-BROKEN"),
    "empty": (lambda: pages(b""), "E-BLANK"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_say_what_is_wrong(name: str) -> None:
    make, code = HOSTILE[name]
    with pytest.raises(UnreadableError) as caught:
        document_from_bytes(make(), "report.pdf")
    assert caught.value.code == code


def test_a_file_that_takes_too_long_is_given_up_and_the_next_is_read() -> None:
    endless = pages(b"0 0 m 9 9 l S\n" * 3_000_000)
    with pytest.raises(UnreadableError) as caught:
        list(confined.sheets("pdf", endless, "endless.pdf", patience=2.0))
    assert caught.value.code == "E-TOO-HEAVY"
    assert document_of(words(60, 700, "a report of some words")).text == "a report of some words\n"


def test_a_page_is_shown_as_long_as_its_file_is_the_one_that_was_read(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(pages(words(60, 700, "the first page"), words(60, 700, "another page")))
    document = load(path)
    shown = [page_png(document, page) for page in (0, 1, 2, 3)]
    assert shown[0] is shown[3] is None
    assert shown[1] and shown[2] and shown[1] != shown[2]
    with Image.open(io.BytesIO(shown[1])) as image:
        assert image.size == (1240, 1755)  # 150 dots to the inch
    path.write_bytes(pages(words(60, 700, "something else")))
    assert page_png(document, 1) is None

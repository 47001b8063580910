"""One report as text, web page, Word file and PDF: the same cells and the same header."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Mapping

import pdfplumber
import pypdfium2
import pytest
from PIL import Image

from extractor.documents.document import Document
from extractor.documents.load import document_from_bytes
from extractor.eval.pages.printed import printed_report
from extractor.eval.pages.printing import print_all
from extractor.eval.truth import Truth
from extractor.output import to_json_object
from extractor.output_schema import Extraction
from extractor.pipeline import extract
from tests.documents.word_files import word_file

NUMBERS = (0, 4, 7)  # forms of 2019 and 2021, tables over page breaks, blank cells


@pytest.fixture(scope="module")
def reports() -> list[tuple[dict[str, bytes], Truth]]:
    printed = [printed_report(1, number) for number in NUMBERS]
    files = list(print_all(page for page, _ in printed))
    return [
        ({"text": as_text(page), "html": page.encode(), "docx": word_file(page), "pdf": pdf}, truth)
        for (page, truth), pdf in zip(printed, files, strict=True)
    ]


def as_text(page: str) -> bytes:
    """The page's body as an OCR writes it: Markdown with tables in HTML."""
    body = re.sub(r"(?s).*<body[^>]*>|</body>.*", "", page)
    return re.sub(r"</?(?:p|h1|h2|div)[^>]*>", "\n", body).encode()


@pytest.mark.parametrize("kind", ["text", "html", "docx", "pdf"])
def test_every_kind_gives_the_same_cells(reports: list[tuple[dict[str, bytes], Truth]], kind: str) -> None:
    for files, truth in reports:
        written = read(document_from_bytes(files[kind], f"report.{kind}"))
        cells = {key: (cell["state"], cell["value"]) for key, cell in written["cells"].items() if ".extra." not in key}
        assert cells == {key: (cell.state.value, cell.value) for key, cell in truth.cells.items()}
        header = {key: field["value"] for key, field in written["header"].items() if key != "basis" and field}
        assert header.items() >= {"issuer": truth.header["issuer"].value, "year": truth.header["year"].value}.items()


@pytest.mark.parametrize("first", [0, 3], ids=["a scan", "text and scans"])
def test_a_pdf_of_scans_gives_the_same_cells(reports: list[tuple[dict[str, bytes], Truth]], first: int) -> None:
    files, truth = reports[0]
    document = document_from_bytes(scanned(files["pdf"], first), "scan.pdf")
    assert document.layout is not None
    assert [page.kind for page in document.layout.pages] == ["text"] * first + ["scan"] * (4 - first)
    written = read(document)
    cells = {key: (cell["state"], cell["value"]) for key, cell in written["cells"].items() if ".extra." not in key}
    assert cells == {key: (cell.state.value, cell.value) for key, cell in truth.cells.items()}
    of_text = read(document_from_bytes(files["pdf"], "report.pdf"))["cells"]
    for key, cell in written["cells"].items():
        if cell["state"] == "printed":
            assert cell["page"] == of_text[key]["page"]
            # ink is narrower than the characters' boxes
            assert cell["box"] == pytest.approx(of_text[key]["box"], abs=6)


def scanned(content: bytes, first: int) -> bytes:
    """The PDF with its pages from `first` on as images, at 200 dots to the inch."""
    source = pypdfium2.PdfDocument(content)
    images = [page.render(scale=200 / 72).to_pil().convert("L") for page in list(source)[first:]]
    scan = io.BytesIO()
    images[0].save(scan, "PDF", save_all=True, append_images=images[1:], resolution=200)
    out, both = io.BytesIO(), pypdfium2.PdfDocument.new()
    if first:
        both.import_pages(source, list(range(first)))
    both.import_pages(pypdfium2.PdfDocument(scan.getvalue()))
    both.save(out)
    return out.getvalue()


def test_a_table_that_is_an_image_on_a_page_of_text_is_read() -> None:
    page, truth = printed_report(1, 7)
    tables = re.findall(r"(?s)<table.*?</table>", page)
    alone = page[: page.index("<body")] + "<body>{}</body></html>"
    for table, printed in zip(tables, list(print_all(alone.replace("{}", table) for table in tables)), strict=True):
        if len(pypdfium2.PdfDocument(printed)) == 1:
            page = page.replace(table, pictured(printed))
    (content,) = print_all([page + f"<p>{PHOTOGRAPH}</p>"])
    document = document_from_bytes(content, "report.pdf")
    written = read(document)
    cells = {key: (cell["state"], cell["value"]) for key, cell in written["cells"].items() if ".extra." not in key}
    assert cells == {key: (cell.state.value, cell.value) for key, cell in truth.cells.items()}
    assert document.layout is not None
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        images = [(number, image) for number, sheet in enumerate(pdf.pages, 1) for image in sheet.images]
    assert len(images) == 3
    tables_at = {number for number, image in images if image["width"] > 400}
    assert {i for i, sheet in enumerate(document.layout.pages, 1) if sheet.kind == "scan"} == tables_at
    image = images[0][1]
    cell = next(cell for cell in written["cells"].values() if cell["state"] == "printed")
    assert cell["page"] == images[0][0] and isinstance(cell["box"], list)
    left, top, right, bottom = cell["box"]
    assert image["x0"] < left < right < image["x1"] and image["top"] < top < bottom < image["bottom"]


def pictured(printed: bytes) -> str:
    """What is printed on a page, as an image in HTML."""
    scan = pypdfium2.PdfDocument(printed)[0].render(scale=220 / 72).to_pil().convert("L")
    ink = scan.point(lambda value: 255 * (value < 200)).getbbox()
    assert ink is not None
    return img(scan.crop((ink[0] - 4, ink[1] - 4, ink[2] + 4, ink[3] + 4)), 72 / 220)


def img(image: Image.Image, scale: float) -> str:
    """The image in HTML, `scale` points a pixel."""
    out = io.BytesIO()
    image.save(out, "PNG")
    content = base64.b64encode(out.getvalue()).decode()
    return f'<img style="width:{image.width * scale}pt" src="data:image/png;base64,{content}">'


PHOTOGRAPH = img(Image.linear_gradient("L"), 1)


def read(document: Document) -> dict[str, Mapping[str, Mapping[str, object]]]:
    """The output, held to the contract: what is said to be printed stands at its place."""
    written = to_json_object(document, *extract(document))
    Extraction.model_validate(written)
    for cell in written["cells"].values():
        if cell.get("span"):
            start, end = cell["span"]
            assert document.text[start:end] == cell["raw"]
    return written


def test_numbers_of_a_pdf_say_where_on_the_page_they_stand(reports: list[tuple[dict[str, bytes], Truth]]) -> None:
    content = reports[0][0]["pdf"]
    written = read(document_from_bytes(content, "report.pdf"))
    printed = [cell for cell in written["cells"].values() if cell["state"] == "printed"]
    assert len(printed) > 150
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        for cell in printed[::7]:
            assert isinstance(cell["box"], list) and isinstance(cell["page"], int)
            x0, top, x1, bottom = cell["box"]
            around = pdf.pages[cell["page"] - 1].crop((x0 - 1, top - 1, x1 + 1, bottom + 1))
            assert around.extract_text() == cell["raw"]


def test_sources_without_pages_name_none(reports: list[tuple[dict[str, bytes], Truth]]) -> None:
    for kind in ("text", "html", "docx"):
        written = read(document_from_bytes(reports[0][0][kind], kind))
        assert not any("page" in cell or "box" in cell for cell in written["cells"].values())


def test_what_a_file_is_is_told_by_its_content(reports: list[tuple[dict[str, bytes], Truth]]) -> None:
    files = reports[0][0]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("report.docx", files["docx"])
    kinds = {kind: document_from_bytes(content, "report.txt").media_type for kind, content in files.items()}
    kinds["zip"] = document_from_bytes(archive.getvalue(), "report.txt").media_type
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    assert kinds == {"text": "text/plain", "html": "text/html", "docx": word, "pdf": "application/pdf", "zip": word}

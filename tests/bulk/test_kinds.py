"""A folder of every kind of source in one run, with the images of its pages where they are asked for."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

pytest.importorskip("rapidocr")

from extractor.archive.connecting import connect
from extractor.archive.lookup import Current, currents
from extractor.archive.schema import pages
from extractor.documents.load import documents_in
from extractor.documents.page_image import PageImage
from extractor.documents.unreadable import UnreadableError
from extractor.eval.pages.printed import printed_report
from extractor.eval.pages.printing import print_all
from extractor.pipeline import extract
from extractor.review.page_images import kept_page, places_of, rendered_page
from tests.bulk.runs import count, run
from tests.documents.word_files import word_file

SCANNED = 2
"""The page of the report that is scanned: it has a whole table."""


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    (page, _), (other, _), (third, _) = (printed_report(1, number) for number in (1, 2, 5))
    pdf, scanned = print_all([page, third])
    image, archive = io.BytesIO(), io.BytesIO()
    pypdfium2.PdfDocument(scanned)[SCANNED].render(scale=200 / 72).to_pil().convert("L").save(image, "PNG", dpi=(200, 200))
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("more/report.docx", word_file(other))
        out.writestr("report.html", other)
    return {"report.pdf": pdf, "page.png": image.getvalue(), "all.zip": archive.getvalue(), "report.docx": word_file(page)}


@pytest.fixture(scope="module")
def archive(files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a run over them with `--keep-pages` wrote; the files are gone."""
    folder = tmp_path_factory.mktemp("files")
    for name, content in files.items():
        (folder / name).write_bytes(content)
    archive = str(tmp_path_factory.mktemp("archive") / "archive.sqlite")
    status, out, err = run(archive, [folder], "--mode", "grid", "--keep-pages")
    assert status == 0, out + err
    shutil.rmtree(folder)
    return archive


def held(archive: str) -> list[Current]:
    engine = connect(archive, create=False)
    with engine.connect() as connection:
        found = list(currents(connection))
    engine.dispose()
    return found


def test_every_kind_is_read_as_it_is_alone(files: dict[str, bytes], archive: str) -> None:
    found = {(current.document.id, current.document.media_type): current for current in held(archive)}
    assert len(found) == 5
    for name, content in files.items():
        for document in documents_in(content, name):
            assert not isinstance(document, UnreadableError)
            current = found.pop((document.id, document.media_type))
            report, verification = extract(document)
            assert current.document.text == document.text
            assert current.document.layout == document.layout
            assert current.content.report.tables == report.tables
            assert current.content.verification == verification
    assert not found


def test_kept_pages_are_shown_when_the_files_are_gone(archive: str) -> None:
    engine = connect(archive, create=False)
    with engine.connect() as connection:
        for current in held(archive):
            layout = current.document.layout
            numbers = range(1, 1 + (len(layout.pages) if layout is not None else 0))
            assert (len(numbers) > 0) == current.document.source.endswith(("report.pdf", "page.png"))
            for number in numbers:
                image = kept_page(connection, current.id, number)
                assert image is not None and image.media_type == "image/webp" and len(image.content) < 300_000
                with Image.open(io.BytesIO(image.content)) as shown:
                    assert shown.size == pytest.approx((1240, 1754), abs=2)  # A4 at 150 dots to the inch
                assert rendered_page(current, places_of(connection, current), number) is None
            assert kept_page(connection, current.id, len(numbers) + 1) is None
    engine.dispose()


def test_without_being_told_to_a_run_keeps_a_reference(files: dict[str, bytes], tmp_path: Path) -> None:
    first, second = tmp_path / "a" / "report.pdf", tmp_path / "b" / "report.pdf"
    for path in (first, second):
        path.parent.mkdir()
        path.write_bytes(files["report.pdf"])
    archive = str(tmp_path / "archive.sqlite")
    assert run(archive, [first, second], "--mode", "grid")[0] == 0
    assert count(archive, pages) == 0

    def shown() -> PageImage | None:
        engine = connect(archive, create=False)
        with engine.connect() as connection:
            (current,) = currents(connection)
            image = rendered_page(current, places_of(connection, current), 1)
        engine.dispose()
        return image

    assert shown() is not None
    first.unlink()  # its content stands elsewhere, too
    assert shown() is not None
    second.unlink()
    assert shown() is None

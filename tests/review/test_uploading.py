"""Documents handed in: read, bounded, and never trusted."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import Engine
from starlette.types import Message, Scope

from extractor.eval.pages.printed import printed_report
from extractor.eval.pages.printing import print_all
from extractor.review.api.documents import file_name
from tests.plain_report import plain_report
from tests.review.reviewed import archive_of, served, token


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = archive_of(str(tmp_path_factory.mktemp("uploads") / "a.sqlite"), [])
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def client(engine: Engine) -> Iterator[TestClient]:
    with served(engine) as client:
        client.headers.update(token(engine, "anna"))
        yield client


def test_a_document_handed_in_is_a_report_in_the_archive(client: TestClient) -> None:
    content = plain_report().encode()
    first = client.post("/api/documents?name=report.txt", content=content).json()
    report = client.get(f"/api/documents/{first['document']}").json()
    assert report["header"]["issuer"]["value"] == "云溪县水务局"
    assert report["document"]["source"] == "report.txt"
    again = client.post("/api/documents?name=copy.txt", content=content).json()
    assert (again["document"], again["version"]) == (first["document"], None)


def test_the_pages_of_what_was_handed_in_are_shown_though_its_file_is_nowhere(client: TestClient) -> None:
    (pdf,) = print_all([printed_report(7, 3)[0]])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("report.pdf", pdf)
    number = client.post("/api/documents?name=report.zip", content=packed.getvalue()).json()["document"]
    shown = client.get(f"/api/documents/{number}/pages/1")
    assert shown.headers["content-type"] == "image/webp"
    with Image.open(io.BytesIO(shown.content)) as image:
        assert image.size == (1240, 1754)  # A4 at 150 dots to the inch
    assert client.get(f"/api/documents/{number}/pages/999").status_code == 404


def test_script_in_a_report_is_text(client: TestClient) -> None:
    hostile = plain_report(issuer="云溪县<script>alert(1)</script>局")
    number = client.post("/api/documents?name=<img src=x onerror=alert(1)>.txt", content=hostile.encode()).json()["document"]
    text = client.get(f"/api/documents/{number}/text")
    assert text.headers["content-type"].startswith("text/plain") and text.headers["x-content-type-options"] == "nosniff"
    assert "<script>alert(1)" in text.text
    for page in ("/", f"/documents/{number}"):
        shown = client.get(page).text
        assert "<script>alert(1)" not in shown and "<img src=x" not in shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\Users\\x\\report.docx", "report.docx"), ("/", "document"), ("..", ".."),
        ("a\x00b\n.txt", "ab.txt"), ("年报.txt", "年报.txt"), ("x" * 500, "x" * 200),
    ],
)
def test_of_a_file_name_only_its_last_part_is_kept(name: str, shown: str) -> None:
    assert file_name(name) == shown


def _bomb() -> bytes:
    """A Word file of some kilobytes that unfolds to 300 MB."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as word:
        word.writestr("[Content_Types].xml", "<Types/>")
        with word.open("word/document.xml", "w") as part:
            for _ in range(300):
                part.write(b" " * 1_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"no report", b"\x00" * 1000, b"%PDF-1.7 nothing", b"PK\x03\x04 broken", _bomb()],
    ids=["empty", "text", "nothing", "pdf", "zip", "bomb"],
)
def test_what_is_no_report_is_refused_with_a_reason(client: TestClient, content: bytes) -> None:
    response = client.post("/api/documents?name=../x", content=content)
    assert response.status_code == 422
    assert response.json()["en"].startswith("x: ") and "Traceback" not in response.text
    assert client.get("/api/health").status_code == 200


def test_who_breaks_off_half_way_makes_no_error_of_the_server(client: TestClient, engine: Engine) -> None:
    part: Message = {"type": "http.request", "body": b"half a", "more_body": True}
    messages = iter([part, {"type": "http.disconnect"}])
    sent: list[Message] = []

    async def receive() -> Message:
        return next(messages)

    async def send(message: Message) -> None:
        sent.append(message)

    headers = {"host": "testserver", **token(engine, "anna")}
    scope: Scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "path": "/api/documents",
        "query_string": b"name=x", "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1), "server": ("testserver", 80),
    }

    async def broken_off() -> None:
        await client.app(scope, receive, send)

    asyncio.run(broken_off())
    assert sent[0]["status"] == 400


def test_a_file_beyond_the_bound_is_refused(client: TestClient) -> None:
    assert client.post("/api/documents?name=x", content=b"x" * 30_000_001).status_code == 413

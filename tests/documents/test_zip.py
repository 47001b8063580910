"""Archives of reports: all of them are read, within bounds, and nothing in a name leads anywhere."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from extractor.cli import cli
from extractor.documents.document import Document
from extractor.documents.load import document_from_bytes, documents_in
from extractor.documents.unreadable import UnreadableError
from tests.plain_report import plain_report

REPORT = plain_report().encode()


def zipped(files: dict[str, bytes], pack: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", pack) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def found(content: bytes) -> dict[str, str]:
    """What comes out of an archive: by source the text's beginning, or the error's code."""
    return {
        document.source: document.text[:10] if isinstance(document, Document) else document.code
        for document in documents_in(content, "a.zip")
    }


def test_all_files_are_read_and_one_that_cannot_be_stops_none() -> None:
    inner = zipped({"二.txt": "第二份报告".encode()})
    archive = zipped(
        {
            "一.txt": "第一份报告".encode(),
            "__MACOSX/._一.txt": b"\0\5",
            "sub/": b"",
            "sub/in.zip": inner,
            "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "三.html": "<html><body>第三份".encode(),
        }
    )
    assert found(archive) == {
        "a.zip!/一.txt": "第一份报告",
        "a.zip!/sub/in.zip!/二.txt": "第二份报告",
        "a.zip!/old.doc": "E-KIND",
        "a.zip!/三.html": "第三份\n",
    }


def test_names_in_the_encoding_of_chinese_systems_are_shown_rightly() -> None:
    archive = zipped({"AAAAAAAA.txt": b"text"}).replace(b"AAAAAAAA", "水务年报".encode("gb18030"))
    assert found(archive) == {"a.zip!/水务年报.txt": "text"}


def test_a_name_leads_nowhere() -> None:
    names = found(zipped({"../../etc/x.txt": b"1", "/abs/y.txt": b"2", "C:\\z.txt": b"3", "\x1b[2J.txt": b"4"}))
    assert [name.removeprefix("a.zip!/") for name in names] == ["etc/x.txt", "abs/y.txt", "C:/z.txt", "?[2J.txt"]


def test_one_report_in_an_archive_is_that_report_and_several_are_too_many() -> None:
    document = document_from_bytes(zipped({"report.txt": REPORT}), "a.zip")
    assert (document.source, document.text) == ("a.zip!/report.txt", REPORT.decode())
    with pytest.raises(UnreadableError) as caught:
        document_from_bytes(zipped({"a.txt": REPORT, "b.txt": REPORT}), "a.zip")
    assert caught.value.code == "E-ZIP-SEVERAL"
    assert "extractor extract a.zip" in str(caught.value)


def test_extract_reads_every_report_of_an_archive(tmp_path: Path) -> None:
    (tmp_path / "all.zip").write_bytes(zipped({"2022/水务.txt": REPORT, "2023/水务.txt": REPORT, "notes.txt": "别的".encode()}))
    done = CliRunner().invoke(cli, ["extract", str(tmp_path / "all.zip"), "--out", str(tmp_path / "out")])
    assert done.exit_code == 3  # one is no report
    assert "notes.txt" in done.stderr
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["summary.csv", "水务-2.json", "水务.json"]


def locked(content: bytes) -> bytes:
    """The archive with its members said to be encrypted."""
    return content.replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01").replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
    )


def said_to_be_larger(content: bytes) -> bytes:
    """The archive with a member said to unfold to a gigabyte."""
    at = content.index(b"PK\x01\x02") + 24
    return content[:at] + struct.pack("<I", 1 << 30) + content[at + 4 :]


def nested(depth: int) -> bytes:
    content = b"text"
    for level in range(depth):
        content = zipped({f"{level}.zip" if level else "text.txt": content}, zipfile.ZIP_STORED)
    return content


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (zipped({"bomb.txt": bytes(5_000_000)}), "E-ZIP-BOUNDS"),
        (said_to_be_larger(zipped({"huge.txt": b"text"})), "E-TOO-LARGE"),
        (locked(zipped({"secret.txt": b"text"})), "E-ENCRYPTED"),
        (nested(5), "E-ZIP-BOUNDS"),
        (zipped({}), "E-ZIP-NOTHING"),
        (zipped({"a.txt": b"text"})[:-30], "E-BROKEN"),
        (zipped({"a.txt": b"text" * 100}).replace(zlib.compress(b"text" * 100, 6)[2:-4], b"\xff" * 9), "E-BROKEN"),
    ],
)
def test_archives_beyond_bounds_say_so(content: bytes, code: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        document_from_bytes(content, "a.zip")
    assert caught.value.code == code


def test_too_many_members_end_the_reading() -> None:
    archive = zipped({f"{i}.txt": b"" for i in range(10_001)}, zipfile.ZIP_STORED)
    with pytest.raises(UnreadableError) as caught:
        list(documents_in(archive, "a.zip"))
    assert caught.value.code == "E-ZIP-BOUNDS"

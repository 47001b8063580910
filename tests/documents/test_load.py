"""What a user may drop on the software, and what becomes of it."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.documents.load import LIMIT, document_from_bytes, load
from extractor.documents.unreadable import UnreadableError
from extractor.documents.view import SAME

TEXT = (
    "云溪县水务局2023年政府信息公开工作年度报告\r\n\r\n一、总体情况\r\n　　本局２０２３年通过网站发布信息１８３条，"
    "其中政策文件14条、工作动态169条，未收到政府信息公开申请。\r\n二、主动公开政府信息情况\r\n\t规章\t0\t0\t12\r\n"
)
CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=200)


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("utf-8"),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        TEXT.encode("gb18030"),
        TEXT.encode("gbk"),
    ],
    ids=["utf-8", "utf-8 bom", "utf-16le bom", "utf-16be bom", "utf-16le", "utf-16be", "utf-32 bom", "gb18030", "gbk"],
)
def test_same_text_from_each_encoding(content: bytes) -> None:
    document = document_from_bytes(content, "report.txt")
    assert document.text == TEXT  # line ends as they are, no byte order mark
    assert document.defects == ()


def test_carriage_returns_alone_are_line_ends() -> None:
    lines = TEXT.replace("\r\n", "\n")
    assert document_from_bytes(lines.replace("\n", "\r").encode(), "report.txt").text == lines


@given(CHINESE)
def test_utf8_is_taken_as_it_is(text: str) -> None:
    assert document_from_bytes(text.encode(), "x").text == text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_text_cut_inside_a_character_is_read_and_named(encoding: str) -> None:
    whole = (TEXT + "印发机关").encode(encoding)
    document = document_from_bytes(whole[:-1], "report.txt")
    assert document.text == TEXT + "印发机"
    assert [d.code for d in document.defects] == ["S-TRUNCATED"]


def test_broken_bytes_inside_leave_their_place_marked() -> None:
    content = TEXT.encode().replace("政策".encode(), "政策".encode()[:4] + b"\xff")
    document = document_from_bytes(content, "report.txt")
    assert document.encoding == "utf-8"
    (defect,) = document.defects
    assert defect.code == "S-DECODE"
    assert all(set(document.text[a:b]) == {"\ufffd"} for a, b in defect.spans)
    assert document.text.startswith(TEXT[:20])


def test_broken_bytes_inside_gb18030() -> None:
    content = TEXT.encode("gb18030") * 3
    content = content[:-40] + b"\xff" + content[-40:]
    document = document_from_bytes(content, "report.txt")
    assert document.encoding == "gb18030"
    assert document.text.startswith(TEXT)
    assert [d.code for d in document.defects] == ["S-DECODE"]


def test_characters_lost_before_are_named_too() -> None:
    document = document_from_bytes(TEXT.replace("规章", "规\ufffd").encode(), "report.txt")
    assert [d.code for d in document.defects] == ["S-DECODE"]


def test_id_is_of_the_bytes() -> None:
    one = document_from_bytes(TEXT.encode(), "a.txt")
    assert one.id == document_from_bytes(TEXT.encode(), "b.txt").id
    assert one.id != document_from_bytes(TEXT.encode("gbk"), "a.txt").id


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "E-EMPTY"),
        (b" \r\n\t \n", "E-BLANK"),
        ("\ufeff\u3000\u200b\n".encode(), "E-BLANK"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "E-BROKEN"),
        (b"PK\x03\x04\x14\x00\x06\x00word/document.xml", "E-BROKEN"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 50, "E-KIND"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "E-BROKEN"),
        (bytes(range(32)) * 40, "E-BINARY"),
        (b"\0" * 1000, "E-BINARY"),
        (b"abc\0\0\0def" * 10, "E-BINARY"),
        (b"\xff\xfb\xfa\xff" * 60, "E-ENCODING"),
    ],
)
def test_what_is_no_text_says_what_it_is(content: bytes, code: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        document_from_bytes(content, "scan.bin")
    assert caught.value.code == code
    line = str(caught.value)
    assert "scan.bin" in line and "\n" not in line
    assert caught.value.message("zh") in line and caught.value.message("en") in line


@given(st.binary(max_size=400))
def test_any_bytes_give_a_document_or_one_line(content: bytes) -> None:
    try:
        document = document_from_bytes(content, "x")
    except UnreadableError as error:
        assert "\n" not in str(error)
    else:
        document.text.encode("utf-8")  # no lone surrogates
        assert all(0 <= a <= b <= len(document.text) for d in document.defects for a, b in d.spans)


def test_files_that_cannot_be_had(tmp_path: Path) -> None:
    def code(path: Path) -> str:
        with pytest.raises(UnreadableError) as caught:
            load(path)
        assert str(path) in str(caught.value)
        return caught.value.code

    assert code(tmp_path / "missing.txt") == "E-MISSING"
    assert code(tmp_path) == "E-DIRECTORY"
    assert code(tmp_path / ("x" * 300)) == "E-IO"
    locked = tmp_path / "locked.txt"
    locked.write_text(TEXT)
    locked.chmod(0)
    if not os.access(locked, os.R_OK):  # root may read anything
        assert code(locked) == "E-PERMISSION"


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    huge = tmp_path / "huge.txt"
    with huge.open("wb") as file:
        file.truncate(100 * LIMIT)  # sparse: reading all of it would take 2 GB of memory
    with pytest.raises(UnreadableError) as caught:
        load(huge)
    assert caught.value.code == "E-TOO-LARGE"


def test_characters_taken_as_unchanging_are() -> None:
    kept = "".join(c for c in map(chr, range(0x10000)) if re.match(f"[{SAME}]", c))
    assert len(kept) > 20_000
    assert all(unicodedata.normalize("NFKC", c) == c for c in kept)

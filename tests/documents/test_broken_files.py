"""Files of every kind, cut and changed anywhere: a document or one line that says why not, and nothing else."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from extractor.documents.document import Document
from extractor.documents.load import documents_in
from extractor.documents.unreadable import UnreadableError
from tests.documents.pdf_files import grid, pages, words
from tests.documents.test_webpage import BODY
from tests.documents.test_word import p, word


@cache
def sound(kind: str) -> bytes:
    if kind == "pdf":
        table = grid((60, 200, 300), (700, 720, 740)) + words(70, 726, "Rules") + words(210, 726, "12345")
        return pages(table, words(60, 700, "and another page"))
    if kind == "docx":
        return word(p("总体情况") + f"<w:tbl><w:tr><w:tc>{p('规章')}</w:tc><w:tc>{p('3')}</w:tc></w:tr></w:tbl>")
    if kind == "html":
        return f"<!DOCTYPE html><html><body>{BODY}</body></html>".encode()
    if kind == "image":  # too small to be read: how it is opened is what is tried here
        out = io.BytesIO()
        Image.linear_gradient("L").resize((60, 90)).save(out, "TIFF", save_all=True, append_images=[Image.new("1", (60, 90))])
        return out.getvalue()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "一、总体情况")
        archive.writestr("b.docx", sound("docx"))
    return out.getvalue()


@pytest.mark.parametrize("kind", ["pdf", "docx", "html", "image", "zip"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_happens_to_a_file_nothing_else_is_raised(kind: str, data: st.DataObject) -> None:
    content = bytearray(sound(kind))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        what = data.draw(st.sampled_from(["cut", "drop", "junk", "flip"]))
        if what == "cut":
            del content[at:]
        elif what == "drop":
            del content[at : at + data.draw(st.integers(1, 200))]
        elif what == "junk":
            content[at:at] = data.draw(st.binary(min_size=1, max_size=20))
        elif at < len(content):
            content[at] ^= data.draw(st.integers(1, 255))
    try:
        found = list(documents_in(bytes(content), "x"))
    except UnreadableError as error:
        found = [error]
    for one in found:
        if isinstance(one, Document):
            assert one.layout is None or all(0 <= a.start < a.end <= len(one.text) for a in one.layout.pieces)
        else:
            assert "\n" not in str(one)

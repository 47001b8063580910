"""Word files: what prints is read, in the order in which it prints."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx
import pytest

from extractor.documents.load import document_from_bytes
from extractor.documents.unreadable import UnreadableError

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(body: str, **parts: str) -> bytes:
    """A Word file with this body, and other parts by name."""
    content = {"document": f"<w:document {W}><w:body>{body}</w:body></w:document>"}
    content |= {name: xml.replace(">", f" {W}>", 1) for name, xml in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for name, xml in content.items():
            archive.writestr(f"word/{name}.xml", xml)
    return out.getvalue()


def text_of(body: str, **parts: str) -> str:
    return document_from_bytes(word(body, **parts), "report.docx").text


def p(words: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>"


def test_deleted_text_is_not_there_and_inserted_text_is() -> None:
    body = """<w:p><w:r><w:t>发布</w:t></w:r><w:del><w:r><w:delText>183</w:delText><w:t>184</w:t></w:r></w:del>
<w:ins><w:r><w:t>185</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>186</w:t></w:r>
<w:r><w:instrText>PAGE 187</w:instrText><w:t>条</w:t></w:r></w:p>"""
    assert text_of(body) == "发布185条\n"


def test_numbers_that_word_sets_are_counted() -> None:
    def numbered(words: str, depth: int) -> str:
        return p(words, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="3"/></w:numPr>')

    numbering = """<w:numbering><w:abstractNum w:abstractNumId="7">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl></w:abstractNum>
<w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num></w:numbering>"""
    styles = """<w:styles><w:style w:styleId="1"><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr></w:style></w:styles>"""
    body = (
        p("总体情况", '<w:pStyle w:val="1"/>') + numbered("主动公开", 1) + numbered("依申请公开", 1) + p("正文")
        + numbered("主动公开情况", 0) + numbered("其他", 1)
    )  # fmt: skip
    lines = text_of(body, numbering=numbering, styles=styles).split("\n")
    assert lines == ["一、总体情况", "（一）主动公开", "（二）依申请公开", "正文", "二、主动公开情况", "（一）其他", ""]


def test_text_boxes_and_footnotes_are_read_once() -> None:
    box = f"<w:txbxContent>{p('统计期限2023年')}</w:txbxContent>"
    body = f"""<w:p><w:r><w:t>正文12</w:t><w:footnoteReference w:id="1"/></w:r><w:r><mc:AlternateContent
xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice>{box}</mc:Choice>
<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"""
    separator = f'<w:footnote w:type="separator" w:id="0">{p("---")}</w:footnote>'
    footnotes = f'<w:footnotes>{separator}<w:footnote w:id="1">{p("含转办3件")}</w:footnote></w:footnotes>'
    assert text_of(body, footnotes=footnotes) == "正文12\n统计期限2023年\n含转办3件\n"


def test_merged_cells_leave_every_row_its_columns() -> None:
    document = docx.Document()
    table = document.add_table(4, 4)
    table.cell(0, 0).merge(table.cell(1, 1)).text = "项目"
    table.cell(0, 2).merge(table.cell(0, 3)).text = "申请人情况"
    table.cell(2, 0).merge(table.cell(3, 0)).text = "三、办理结果"
    for row, words in ((1, ("自然人", "总计")), (2, ("3", "4")), (3, ("", "1"))):
        for column, word_ in enumerate(words, 2):
            table.cell(row, column).text = word_
    table.cell(2, 1).text, table.cell(3, 1).text = "予以公开", "部分\n公开"
    out = io.BytesIO()
    document.save(out)
    lines = document_from_bytes(out.getvalue(), "report.docx").text.split("\n")
    assert lines == ["\t项目\t\t申请人情况", "\t\t自然人\t总计", "三、办理结果\t予以公开\t3\t4", "\t部分公开\t\t1", ""]


def test_a_frame_around_the_whole_report_is_no_table() -> None:
    inner = f"<w:tbl><w:tr><w:tc>{p('规章')}</w:tc><w:tc>{p('3')}</w:tc></w:tr></w:tbl>"
    assert text_of(f"<w:tbl><w:tr><w:tc>{p('二、主动公开')}{inner}</w:tc></w:tr></w:tbl>") == "二、主动公开\n规章\t3\n"


EXTERNAL = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "' + "ha" * 5000 + '"><!ENTITY b "' + "&a;" * 5000 + '">]>'


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda xml: EXTERNAL + xml.replace("正文", "&e;"), "E-BROKEN"),
        (lambda xml: LAUGHS + xml.replace("正文", "&b;"), "E-BROKEN"),
        (lambda xml: xml[:-20], "E-BROKEN"),
        (lambda xml: xml.replace("正文", " " * 65_000_000), "E-ZIP-BOUNDS"),
        (lambda xml: xml.replace("w:body", "w:tail"), "E-BROKEN"),
        (lambda xml: xml.replace("正文", ""), "E-BLANK"),
    ],
)
def test_hostile_and_broken_word_files_say_what_is_wrong(change: Callable[[str], str], code: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word(p("正文")))) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            xml = source.read(name).decode()
            archive.writestr(name, change(xml) if name == "word/document.xml" else xml)
    with pytest.raises(UnreadableError) as caught:
        document_from_bytes(out.getvalue(), "report.docx")
    assert caught.value.code == code
    assert "root:" not in str(caught.value)


def test_what_a_word_file_refers_to_is_not_fetched() -> None:
    picture = '<w:p><w:r><w:drawing><a:blip xmlns:a="a" xmlns:r="r" r:link="rId9"/></w:drawing><w:t>正文</w:t></w:r></w:p>'
    document = word(picture + '<w:altChunk xmlns:r="r" r:id="rId9"/>')
    out = io.BytesIO(document)
    with zipfile.ZipFile(out, "a") as archive:
        target = '<Relationship Id="rId9" TargetMode="External" Target="http://127.0.0.1:9/x" Type="image"/>'
        archive.writestr("word/_rels/document.xml.rels", f"<Relationships>{target}</Relationships>")
    assert document_from_bytes(out.getvalue(), "report.docx").text == "正文\n"

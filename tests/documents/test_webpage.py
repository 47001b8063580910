"""A web page as saved: the report among everything else that is on it."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from extractor.documents.load import document_from_bytes
from extractor.documents.unreadable import UnreadableError

BODY = """<h2>一、总体情况</h2><p>全年发布信息<b>183</b>条，其中政策文件14条。</p>
<h2>二、主动公开政府信息情况</h2>
<table><tr><td colspan="4">第二十条第（一）项</td></tr>
<tr><td>信息内容</td><td>本年制发件数</td><td>本年废止件数</td><td>现行有效件数</td></tr>
<tr><td>规章</td><td>1</td><td>&nbsp;</td><td>12</td></tr></table>"""


def text_of(page: str, encoding: str = "utf-8") -> str:
    return document_from_bytes(page.encode(encoding), "page.html").text


def saved(body: str, head: str = "", around: str = "") -> str:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{around}<div id='article'>{body}</div></body></html>"


def test_the_report_is_found_among_menus_and_footers() -> None:
    page = f"""<!DOCTYPE html><html><head><title>云溪县水务局2023年政府信息公开工作年度报告 - 云溪县政府网</title>
<script>var 规章 = "99";</script><style>td {{ color: red }}</style></head><body>
<nav><a href="/">首页</a></nav><div class="menu"><ul><li><a href="/2022">2022年政府信息公开年度报告</a></li></ul></div>
<div class="main"><h1>云溪县水务局2023年政府信息公开工作年度报告</h1>
<div class="info">发布日期：2024-01-20 <button>打印</button></div>
<div class="text">{BODY}</div></div>
<div class="footer">主办：云溪县人民政府办公室　网站标识码：6400000001</div></body></html>"""
    text = text_of(page)
    assert text.split("\n") == [
        "云溪县水务局2023年政府信息公开工作年度报告",
        "一、总体情况",
        "全年发布信息183条，其中政策文件14条。",
        "二、主动公开政府信息情况",
        "\t\t\t第二十条第（一）项",
        "信息内容\t本年制发件数\t本年废止件数\t现行有效件数",
        "规章\t1\t\t12",
        "",
    ]


def test_the_tab_names_the_report_where_the_page_does_not() -> None:
    head = "<title>云溪县水务局2023年政府信息公开工作年度报告_云溪县政府网</title>"
    assert text_of(saved(BODY, head)).startswith("云溪县水务局2023年政府信息公开工作年度报告\n一、")


def test_a_page_of_a_content_management_system_gives_its_report_once() -> None:
    """Layout in nested tables, a text pasted from Word, a copy for telephones that a style sheet hides."""
    title = "云溪县水务局2023年政府信息公开工作年度报告"
    cell = r'<td\1 width="71"><p class="MsoNormal"><span lang="EN-US">\2<o:p></o:p></span></p></td>'
    heading = r"<p><b><span><![if !supportLists]>\1<![endif]></span><span>\2</span></b><o:p></o:p></p>"
    pasted = re.sub(r"<h2>(..)(.*?)</h2>", heading, re.sub(r"<td([^>]*)>([^<]*)</td>", cell, BODY))
    pasted = f"<!--[if gte mso 9]><xml><w:x>规章</w:x></xml><![endif]--><p class=MsoNormal>&nbsp;现公布{title}。</p>{pasted}"
    page = f"""<!DOCTYPE html><html><head><meta charset="gb2312"><style>.phone {{ display: none }}</style></head><body>
<table width="1000"><tr><td><table><tr><td><a href="/a">政府信息公开指南</a></td></tr></table></td><td><table>
<tr><td>当前位置：<a href="/">首页</a>&gt;<a href="/nb">政府信息公开年报</a>&gt;正文</td></tr>
<tr><td><table><tr><td>索引号：</td><td>0001/2024-00123</td></tr><tr><td>名称：</td><td>{title}</td></tr></table></td></tr>
<tr><td>{title}</td></tr><tr><td>浏览次数：<span>1234</span>次　【<a>大</a> <a>中</a> <a>小</a>】</td></tr>
<tr><td><div class="TRS_Editor"><style>p {{ margin: 0 }}</style>{pasted}</div>
<div class="phone"><p>{title}</p>{pasted}</div></td></tr>
<tr><td><a href="javascript:window.print()">【打印】</a><a href="javascript:window.close()">【关闭】</a></td></tr>
<tr><td>上一篇：<a href="1.html">云溪县民政局2023年政府信息公开工作年度报告</a></td></tr></table></td></tr></table>
<div class="footer"><table><tr><td>网站标识码：3300000001　备案号：05000001</td></tr></table></div></body></html>"""
    assert text_of(page, "gb18030").split("\n") == [
        title,
        f"现公布{title}。",
        "一、总体情况",
        "全年发布信息183条，其中政策文件14条。",
        "二、主动公开政府信息情况",
        "\t\t\t第二十条第（一）项",
        "信息内容\t本年制发件数\t本年废止件数\t现行有效件数",
        "规章\t1\t\t12",
        title,
        "",
    ]


def test_a_second_report_that_is_no_copy_is_kept() -> None:
    other = BODY.replace("<td>12</td>", "<td>13</td>")
    text = text_of(saved(BODY + other))
    assert text.count("规章\t1\t\t12") == text.count("规章\t1\t\t13") == 1
    assert text_of(saved(BODY + BODY.replace("183", "184"))).count("规章\t1\t\t12") == 2


def test_the_page_names_the_report_in_its_head() -> None:
    head = '<meta name="ArticleTitle" content="云溪县水务局2023年政府信息公开工作年度报告"><title>云溪县政府网</title>'
    assert text_of(saved(BODY, head)).startswith("云溪县水务局2023年政府信息公开工作年度报告\n一、")


def test_prose_without_known_headings_is_not_lost() -> None:
    table = BODY[BODY.index("<table>") :]
    body = f"<h2>总的情况</h2><p>全年发布信息183条。</p><div class='wide'>{table}</div><p>另有问题2个。</p>"
    menu = "<div class='menu'><a href='/a'>首页</a><a href='/b'><span>自然人</span></a><a href='/c'>政务公开</a></div>"
    text = text_of(saved(body, around=menu))
    assert text.startswith("总的情况\n全年发布信息183条。\n")
    assert text.endswith("另有问题2个。\n")


def test_spans_leave_every_row_its_columns() -> None:
    table = """<table><tr><th rowspan="2" colspan=2>项目</th><th colspan="2">申请人情况</th></tr>
<tr><th>自然人</th><th>总计</th></tr>
<tr><td rowspan="0">三、办理结果</td><td>予以公开</td><td>3</td><td>3</td></tr>
<tr><td>部分公开</td><td></td><td>1</td></tr></table>"""
    lines = text_of(saved(table)).split("\n")
    assert lines == ["\t项目\t\t申请人情况", "\t\t自然人\t总计", "三、办理结果\t予以公开\t3\t3", "\t部分公开\t\t1", ""]


def test_tables_in_tables_are_layout() -> None:
    page = saved(f"<table><tr><td><a>首页</a></td></tr><tr><td><table><tr><td>{BODY}</td></tr></table></td></tr></table>")
    text = text_of(page)
    assert "规章\t1\t\t12\n" in text
    assert "首页" not in text


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("gb2312", "utf-8"), ("utf-8", "gb18030"), ("gb2312", "gb18030"), ("big5", "utf-8"), ("iso-8859-1", "gb18030")],
)
def test_a_wrong_declaration_of_the_encoding_is_seen_through(declared: str, encoding: str) -> None:
    page = saved(BODY, f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">')
    assert text_of(page, encoding) == text_of(saved(BODY))


def test_a_declared_encoding_is_believed_where_it_fits() -> None:
    page = saved("<h2>一、總體情況</h2><p>全年發佈資訊183條。</p>", '<meta charset="big5">')
    assert text_of(page, "big5") == "一、總體情況\n全年發佈資訊183條。\n"


def test_a_page_saved_with_its_images_in_one_file() -> None:
    page = base64.encodebytes(saved(BODY, '<meta charset="gb2312">').encode("gb18030"))
    mail = b"""From: <Saved by Blink>\r\nSubject: 2023\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;
\ttype="text/html";\r\n\tboundary="--x"\r\n\r\n\r\n----x\r\nContent-Type: text/html\r
Content-Transfer-Encoding: base64\r\n\r\n"""
    images = b"\r\n----x\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n----x--\r\n"
    assert document_from_bytes(mail + page + images, "page.mhtml").text == text_of(saved(BODY))


def test_hidden_parts_are_not_read() -> None:
    body = BODY.replace("<td>12</td>", '<td>12<span style="display: none">99</span><!-- 88 --></td>')
    row = '<tr style="DISPLAY:NONE"><td>规章</td><td>7</td><td>7</td><td>7</td></tr>'
    body = body.replace("</table>", f"{row}</table><p hidden>77</p>")
    assert text_of(saved(body)) == text_of(saved(BODY))


def test_raised_marks_are_no_digits_and_broken_numbers_stay_broken() -> None:
    body = BODY.replace("<td>12</td>", "<td>12<sup>1</sup></td>").replace("<td>1</td>", "<td>1<br>0</td>")
    assert "规章\t1\u20280\t\t12 1\n" in text_of(saved(body))


def test_scripts_and_entities_do_nothing() -> None:
    head = '<script src="http://127.0.0.1:9/x.js"></script><link rel=stylesheet href="file:///etc/passwd">'
    page = saved(BODY + "<p>&x;</p>", head)
    page = page.replace("<!DOCTYPE html>", '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>')
    assert "root:" not in text_of(page)


def test_without_the_documents_extra_the_remedy_is_named(tmp_path: Path) -> None:
    (tmp_path / "lxml.py").write_text('raise ModuleNotFoundError("No module named \'lxml\'", name="lxml")')
    (tmp_path / "page.html").write_text(saved(BODY))
    command = [sys.executable, "-m", "extractor", "extract", "--json", str(tmp_path / "page.html")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 3
    assert "pip install 'extractor[documents]'" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("<html>" + "<div>" * 5000 + "一、总体情况", "E-NESTED"),
        ("<html><!-- nothing --></html>", "E-BLANK"),
        ("<html><body><script>var a = 1</script></body></html>", "E-BLANK"),
    ],
)
def test_a_page_without_a_reading_says_why(page: str, code: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        text_of(page)
    assert caught.value.code == code


def test_text_that_only_holds_tables_in_html_stays_as_it_is() -> None:
    text = "# 云溪县水务局年报\n\n" + BODY + "\n<html>\n"
    assert document_from_bytes(text.encode(), "report.html").text == text

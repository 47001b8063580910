"""A web page as saved → the report on it, without the page's menus, buttons and footers.

What a browser would not show is left out as far as the page itself says so: scripts, style sheets, comments, elements with
`hidden` or an inline style of none. Rules of style sheets are not applied. The report is the smallest element that holds what
only a report has (headings of sections, words of the forms' tables), with the last title before it. Tables in tables are
layout, and their cells are read one after the other; a table with no table in it is a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes

from lxml import etree, html

from extractor.documents.composing import Block, Line, Paragraph, Run, Table, TableCell
from extractor.documents.once import once
from extractor.documents.plain import decoded
from extractor.documents.sheet import Sheet
from extractor.documents.unreadable import UnreadableError

_BEGINNING = 4096
_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{1,40})|<\?xml[^>]{0,100}?encoding=["']([\w-]{1,40})""", re.IGNORECASE
)
_UNSEEN = frozenset(
    ("script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "canvas", "audio", "video", "map", "head",
     "select", "option", "button", "input", "textarea", "datalist", "nav", "title", "link", "meta")
)  # fmt: skip
_NONE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BREAKING = frozenset(
    ("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "div", "dl", "dt", "fieldset", "figure",
     "figcaption", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "ol", "p", "pre",
     "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "br")
)  # fmt: skip
_APART = frozenset(("sup", "sub", "del", "s", "strike"))
"""Raised, lowered or struck out: what stands there belongs to no number beside it."""
_HEADING = re.compile(
    r"\s*#*\s*[一二三四五六]\s*[、.．]\s*(?:总体情况|主动公开|收到和处理|政府信息公开行政复议|因政府信息公开|存在的?主要?问题|其他需要|需要)"
)
_TABLE_WORD = re.compile(
    r"\s*(?:本年制发件数|制发数量|现行有效件?数?|本年收费金额.{0,12}|.{0,4}本年新收政府信息公开申请.{0,4}|.{0,4}上年结转政府信息公开申请.{0,4}"
    r"|未经复议直接起诉|结果维持|自然人)\s*"
)
_TITLE = re.compile(r"政府信息公开.{0,10}年.{0,4}报告")
_FEW = 2
"""Headings of sections, from which on the element that holds them is the report."""
_MOSTLY = 0.3
_LONGEST_TITLE = 80
_LONGEST_CELL = 1500
"""Characters; in a cell with more than that stands a page, not a cell's content."""
_MOST_SPAN = 200
_MOST_PLACES = 200_000
"""Of a table; one of the forms' has some 400."""
_SPACES = re.compile(r"[ \t\r\n\f\v]+")


def sheets(content: bytes, source: str) -> Iterator[Sheet]:
    """The page as one sheet. Raises UnreadableError."""
    content = _from_mail(content)
    declared = next((a or b for a, b in _DECLARED.findall(content[:_BEGINNING])), b"").decode("ascii")
    text, _, _ = decoded(content, source, declared)
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    try:
        root = html.document_fromstring(text.replace("\0", "").encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:  # nothing but comments
        raise UnreadableError("E-BLANK", source) from None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise UnreadableError("E-NESTED", source)
    yield Sheet(tuple(_report(root)))


def _from_mail(content: bytes) -> bytes:
    """The page in a file that holds its images too (MHTML); any other file as it is."""
    if content.lstrip().startswith(b"<") or b"multipart/related" not in content[:_BEGINNING].lower():
        return content
    for part in message_from_bytes(content).walk():
        if part.get_content_type() == "text/html":
            page = part.get_payload(decode=True)
            return page if isinstance(page, bytes) else content
    return content


def _report(root: html.HtmlElement) -> list[Block]:
    """The title and the blocks of the report; those of the whole page where no report stands on it."""
    shown = list(_shown(root))
    signs = [e for e in shown if _has_sign(e) and e.tag != "a" and not any(around.tag == "a" for around in e.iterancestors())]
    if not signs:
        return _blocks(root)
    holder = _common(signs)
    if sum(_HEADING.match(_start_of(sign).replace(" ", "")) is not None for sign in signs) < _FEW:
        holder = _with_prose(holder)
    blocks = once(_blocks(holder), lambda block: _HEADING.match(_words(block)) is not None)
    if any(_is_title(_words(block)) for block in blocks[:3]):
        return blocks
    title = _title_before(shown, holder) or _stated_title(root)
    return [Paragraph(((Run(title),),)), *blocks] if title else blocks


def _hidden(element: html.HtmlElement) -> bool:
    return element.tag in _UNSEEN or "hidden" in element.attrib or _NONE.search(element.get("style", "")) is not None


def _shown(root: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """The elements that are seen, in the page's order."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if not isinstance(element.tag, str) or (element is not root and _hidden(element)):
            continue
        yield element
        waiting.extend(reversed(element))


def _has_sign(element: html.HtmlElement) -> bool:
    """Whether a sign of a report stands in the element itself."""
    own = (element.text or "", *[child.tail or "" for child in element])
    if any(_HEADING.match(part) or _TABLE_WORD.fullmatch(part) for part in own):
        return True
    # a heading in pieces: <p><b>一、</b>总体情况</p>
    pieces = 0 < len(element) <= 8 and not any(child.tag in _BREAKING for child in element)
    return element.tag in _BREAKING and pieces and _HEADING.match(_start_of(element).replace(" ", "")) is not None


def _start_of(element: html.HtmlElement) -> str:
    parts: list[str] = []
    length = 0
    for part in element.itertext():
        parts.append(part)
        length += len(part)
        if length > 2 * _LONGEST_TITLE:
            break
    return " ".join("".join(parts).split())


def _common(elements: Sequence[html.HtmlElement]) -> html.HtmlElement:
    """The smallest element that holds them all and is no part of a table."""
    path = _path(elements[0])
    for element in elements[1:]:
        other = _path(element)
        path = [a for a, b in zip(path, other, strict=False) if a is b]
    while len(path) > 1 and path[-1].tag not in ("div", "section", "article", "main", "body", "td", "form", "center", "html"):
        path.pop()
    return path[-1]


def _with_prose(holder: html.HtmlElement) -> html.HtmlElement:
    """Where tables alone are known to be the report's: the largest element around them that is no menu, which is to say that
    what it adds is not mostly links."""
    parent = holder.getparent()
    while parent is not None and parent.tag != "html":
        added = len(parent.text_content()) - len(holder.text_content())
        linked = sum(len(a.text_content()) for a in parent.iter("a")) - sum(len(a.text_content()) for a in holder.iter("a"))
        if linked > _MOSTLY * added:
            break
        holder, parent = parent, parent.getparent()
    return holder


def _path(element: html.HtmlElement) -> list[html.HtmlElement]:
    return [*reversed(list(element.iterancestors())), element]


def _title_before(shown: Sequence[html.HtmlElement], holder: html.HtmlElement) -> str:
    """The last title of a report before the element, not in a link."""
    found = ""
    around = set(holder.iterancestors())
    for element in shown:
        if element is holder:
            break
        if element.tag in _BREAKING and len(element) <= 8 and element not in around:
            words = _start_of(element)
            unlinked = "not(ancestor-or-self::a or descendant::a)"
            if _is_title(words) and element.xpath(unlinked):
                found = words
    return found


def _is_title(words: str) -> bool:
    """Whether a line is the title of a report, and no sentence that names it."""
    return len(words) <= _LONGEST_TITLE and _TITLE.search(words) is not None and not words.rstrip().endswith(("。", "；", "："))


def _stated_title(root: html.HtmlElement) -> str:
    """What the page says of itself in its head (`ArticleTitle`, as pages of government have it), else what the browser's tab
    says, without the site's name behind it."""
    stated = [meta.get("content", "") for meta in root.iter("meta") if meta.get("name", "").lower() == "articletitle"]
    for words in (*stated, re.split(r"\s*[-_|—－]{1,2}\s*", root.findtext(".//title") or "")[0]):
        plain = " ".join(words.split())
        if _is_title(plain):
            return plain
    return ""


class _Flow:
    """Paragraphs and tables in the making."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._parts: list[str] = []

    def put(self, text: str | None) -> None:
        if text:
            self._parts.append(text)

    def end_line(self) -> None:
        words = _without_line_ends("".join(self._parts))
        self._parts.clear()
        if words.strip():
            self.blocks.append(Paragraph(((Run(words),),)))

    def add(self, block: Block) -> None:
        self.end_line()
        self.blocks.append(block)


def _without_line_ends(text: str) -> str:
    """Line ends in the page's source are white space; between Chinese characters an editor put them, and they are nothing."""
    text = re.sub(r"(?<=[\u2e80-\u9fff\uff00-\uff60])[ \t]*[\r\n]\s*(?=[\u2e80-\u9fff\uff00-\uff60])", "", text)
    return _SPACES.sub(" ", text)


def _blocks(root: html.HtmlElement) -> list[Block]:
    flow = _Flow()
    _flow(root, flow)
    flow.end_line()
    return flow.blocks


def _flow(element: html.HtmlElement, flow: _Flow) -> None:
    """Add what is seen of the element's content."""
    breaking = element.tag in _BREAKING
    if breaking:
        flow.end_line()
    if element.tag == "table" and (table := _table(element)) is not None:
        for caption in element.findall("caption"):
            _flow(caption, flow)
        flow.add(table)
        return
    gap = " " if element.tag in _APART else ""
    flow.put(gap)
    flow.put(element.text)
    for child in element:
        if isinstance(child.tag, str) and not _hidden(child):
            _flow(child, flow)
        flow.put(child.tail)
    flow.put(gap)
    if breaking:
        flow.end_line()


def _words(block: Block) -> str:
    if isinstance(block, Table):
        return ""
    return "".join(run.text for line in block.lines for run in line)


def _table(element: html.HtmlElement) -> Table | None:
    """The table with each cell at its row and column (HTML standard, 4.9.12, forming a table); None for one that is layout."""
    if element.find(".//table//td") is not None or (element.find(".//td") is None and element.find(".//th") is None):
        return None
    cells: list[TableCell] = []
    taken: dict[tuple[int, int], bool] = {}
    rows = [row for row in element.iter("tr") if not any(_hidden(e) for e in _path(row) if e is not element)]
    for y, row in enumerate(rows):
        x = 0
        for cell in row:
            if cell.tag not in ("td", "th") or _hidden(cell):
                continue
            while (y, x) in taken:
                x += 1
            lines = _lines(cell)
            if sum(len(run.text) for line in lines for run in line) > _LONGEST_CELL:
                return None
            width = _span(cell.get("colspan"), 1)
            height = min(_span(cell.get("rowspan"), len(rows) - y), len(rows) - y)
            cells.append(TableCell(y, x, lines, height, width))
            if len(taken) > _MOST_PLACES:
                return None
            for dy in range(height):
                for dx in range(width):
                    taken[y + dy, x + dx] = True
            x += width
    return Table(tuple(cells)) if len(cells) > 1 else None


def _lines(cell: html.HtmlElement) -> tuple[Line, ...]:
    return tuple([line for block in _blocks(cell) if isinstance(block, Paragraph) for line in block.lines])


def _span(value: str | None, when_none: int) -> int:
    """colspan or rowspan; 0 means all the rest."""
    digits = re.match(r"\s*(\d{1,6})", value or "1")
    number = int(digits.group(1)) if digits else 1
    return min(number or when_none, _MOST_SPAN)

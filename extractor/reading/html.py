"""HTML tables inside a text: where the cells of each row stand. Tags are read, never interpreted."""

from __future__ import annotations

import re

_TAG = re.compile(
    r"<(/?)(table|thead|tbody|tfoot|tr|td|th|p|div|span|br|h[1-6]|b|strong|em|i|u|a|ul|ol|li|font|col|colgroup|caption|center|img|hr|html|body|head|title|meta|link|input|button|section|article)\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
_BREAKS = frozenset({"p", "div", "br", "tr", "table", "li", "ul", "ol", "hr", "title", "h1", "h2", "h3", "h4", "h5", "h6"})


def html_rows(text: str, start: int, end: int) -> list[list[tuple[int, int]]]:
    """For each row of the tables in text[start:end] the content span of each of its cells, tags around it left off."""
    rows: list[list[tuple[int, int]]] = []
    opened: int | None = None
    for tag in _TAG.finditer(text, start, end):
        closing, name = tag.group(1), tag.group(2).lower()
        if name in ("td", "th", "tr", "table"):
            if opened is not None and rows:
                rows[-1].append(_inner(text, opened, tag.start()))
            opened = tag.end() if name in ("td", "th") and not closing else None
            if (name == "tr" and not closing) or (opened is not None and not rows):
                rows.append([])
    return [row for row in rows if row]


def _inner(text: str, start: int, end: int) -> tuple[int, int]:
    """[start, end) without tags and spaces at either side."""
    moved = True
    while moved:
        moved = False
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        tag = _TAG.match(text, start, end)
        if tag:
            start, moved = tag.end(), True
        if end > start and text[end - 1] == ">":
            opening = text.rfind("<", start, end)
            if opening >= 0 and _TAG.fullmatch(text, opening, end):
                end, moved = opening, True
    return start, end


def without_tags(text: str) -> str:
    """The text with each tag replaced by as many spaces, or by a line break and spaces where the tag breaks the line: offsets
    stay what they are."""
    if "</" not in text and "<br" not in text.lower():
        return text

    def blank(tag: re.Match[str]) -> str:
        name = tag.group(2).lower()
        return ("\n" if name in _BREAKS else " ") + " " * (tag.end() - tag.start() - 1)

    return _TAG.sub(blank, text)

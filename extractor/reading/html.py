"""HTML tables inside a text: where the cells of each row stand. Tags are read, never interpreted."""

from __future__ import annotations

import re
from functools import lru_cache

# Any tag, those of Word (o:p) too; an address in angle brackets (<http://…>, <a@b.cn>) is none.
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*(?::[A-Za-z]+)?)(?:\s[^<>]{0,4000})?/?>")
_HIDDEN = {"<!--": "-->", "<script": "</script>", "<style": "</style>"}
_BREAKS = frozenset({"p", "div", "br", "tr", "table", "li", "ul", "ol", "hr", "title", "h1", "h2", "h3", "h4", "h5", "h6"})
# What a tag reads as inside a cell: a broken line, or a gap beside what is raised, lowered or struck out.
_IN_PLACE_OF = dict.fromkeys(_BREAKS, "\n") | dict.fromkeys(("sup", "sub", "del", "s", "strike"), " ")
_OPENING = re.compile("|".join(_HIDDEN))


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


@lru_cache(maxsize=4)  # both readers ask for the same document's, one behind the other
def without_tags(text: str) -> str:
    """The text with each tag replaced by as many spaces, or by a line break and spaces where the tag breaks the line: offsets
    stay what they are."""
    if "</" not in text and "<br" not in text.lower():
        return text

    def blank(tag: re.Match[str]) -> str:
        name = tag.group(2).lower()
        return ("\n" if name in _BREAKS else " ") + " " * (tag.end() - tag.start() - 1)

    return _TAG.sub(blank, text)


@lru_cache(maxsize=4)
def without_hidden(text: str) -> str:
    """The text with comments, scripts and style sheets replaced by as many spaces: nobody reads them on the page."""
    if "<" not in text:
        return text
    lower = text.lower()
    if len(lower) != len(text):
        lower = text  # a letter whose small form is longer: offsets count more than tags in capitals
    pieces: list[str] = []
    done = 0
    for opening in _OPENING.finditer(lower):
        if opening.start() < done:
            continue
        closing = _HIDDEN[opening.group()]
        found = lower.find(closing, opening.end())
        end = len(text) if found < 0 else found + len(closing)
        pieces += (text[done : opening.start()], " " * (end - opening.start()))
        done = end
    return "".join([*pieces, text[done:]]) if pieces else text


def cell_words(tagged: str) -> str:
    """What a cell's content reads as: tags inside a line vanish, those that break it are a line's end."""
    return _TAG.sub(lambda tag: _IN_PLACE_OF.get(tag.group(2).lower(), ""), tagged)

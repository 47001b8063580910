"""The numbers that Word sets before paragraphs: 一、 and （一） of headings that nobody typed (ECMA-376 part 1, 17.9)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

_LEVELS = 9
_PLACE = re.compile("%([1-9])")
_DIGITS = "〇一二三四五六七八九"


def local(element: etree._Element) -> str:
    """The element's name without its namespace: those of ECMA and of ISO have the same names."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: etree._Element | None) -> Iterator[etree._Element]:
    if element is not None:
        yield from element


def value(element: etree._Element, name: str) -> str | None:
    """The attribute of this name, whatever its namespace."""
    return next((text for key, text in element.attrib.items() if key.rpartition("}")[2] == name), None)


def _chinese(number: int) -> str:
    """一 to 九十九."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    return ("" if not tens else "十" if tens == 1 else _DIGITS[tens] + "十") + (_DIGITS[ones] if ones else "")


def _letter(number: int) -> str:
    return chr(ord("A") + (number - 1) % 26)


def _roman(number: int) -> str:
    parts = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    out = ""
    for size, sign in parts:
        while number >= size and len(out) < 20:
            out, number = out + sign, number - size
    return out


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if 0 < number <= 20 else str(number)


_FORMATS: Mapping[str, Callable[[int], str]] = {
    **dict.fromkeys(
        ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand",
         "ideographDigital", "koreanCounting"), _chinese,
    ),
    "decimalEnclosedCircle": _circled, "decimalEnclosedCircleChinese": _circled,
    "upperLetter": _letter, "lowerLetter": lambda n: _letter(n).lower(),
    "upperRoman": _roman, "lowerRoman": lambda n: _roman(n).lower(),
    "bullet": lambda n: "", "none": lambda n: "",
}  # fmt: skip


@dataclass(slots=True)
class _Level:
    start: int = 1
    format: str = "decimal"
    text: str = ""


class Numbering:
    """Counts numbered paragraphs, which must be given in the document's order."""

    def __init__(self, numbering: etree._Element | None, styles: etree._Element | None) -> None:
        abstract = {value(e, "abstractNumId"): _levels(e) for e in children(numbering) if local(e) == "abstractNum"}
        self._list_of: dict[str | None, str | None] = {}
        self._levels: dict[str | None, list[_Level]] = {}
        for element in children(numbering):
            if local(element) == "num":
                id_ = value(element, "numId")
                self._list_of[id_] = next((value(e, "val") for e in children(element) if local(e) == "abstractNumId"), None)
                self._levels[id_] = abstract.get(self._list_of[id_], [])
        self._of_style = {value(e, "styleId"): _numbered(e) for e in children(styles) if local(e) == "style"}
        self._counts: dict[str | None, list[int]] = {}

    def label(self, paragraph: etree._Element) -> str:
        """What stands before the paragraph; "" where it is not numbered. Counts it."""
        id_, depth = self._numbers_of(paragraph)
        levels = self._levels.get(id_, [])
        if not 0 <= depth < len(levels):
            return ""
        counts = self._counts.setdefault(self._list_of[id_], [0] * _LEVELS)
        counts[depth] = counts[depth] + 1 if counts[depth] else levels[depth].start
        counts[depth + 1 :] = [0] * (_LEVELS - depth - 1)

        def number(place: re.Match[str]) -> str:
            at = int(place[1]) - 1
            if at >= len(levels):
                return ""
            return _FORMATS.get(levels[at].format, str)(counts[at] or levels[at].start)

        return "" if levels[depth].format == "bullet" else _PLACE.sub(number, levels[depth].text)

    def _numbers_of(self, paragraph: etree._Element) -> tuple[str | None, int]:
        """The list and the depth that the paragraph, or its style, says."""
        own = _numbered(paragraph)
        if own[0] is not None:
            return own
        for properties in children(paragraph):
            if local(properties) == "pPr":
                for element in children(properties):
                    if local(element) == "pStyle":
                        return self._of_style.get(value(element, "val"), (None, 0))
        return None, 0


def _levels(abstract: etree._Element) -> list[_Level]:
    levels: list[_Level] = []
    for element in children(abstract):
        if local(element) == "lvl" and len(levels) < _LEVELS:
            found = {local(e): value(e, "val") or "" for e in children(element)}
            start = found.get("start", "1")
            first = int(start) if start.isascii() and start.isdigit() and len(start) < 5 else 1
            levels.append(_Level(first, found.get("numFmt", "decimal"), found.get("lvlText", "")[:50]))
    return levels


def _numbered(element: etree._Element) -> tuple[str | None, int]:
    """List and depth in the properties of a paragraph or a style; (None, 0) where they say none."""
    for properties in children(element):
        if local(properties) != "pPr":
            continue
        for numbers in children(properties):
            if local(numbers) == "numPr":
                found = {local(e): value(e, "val") for e in children(numbers)}
                depth = found.get("ilvl") or "0"
                return found.get("numId"), int(depth) if depth.isascii() and depth.isdigit() and len(depth) == 1 else 0
    return None, 0

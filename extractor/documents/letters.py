"""Single characters with places, as a PDF has them → printed lines of runs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from extractor.documents.composing import Line, Run
from extractor.documents.layout import Box, around_all


class Letter(NamedTuple):
    """A character, its box and the size of its face, in points."""

    text: str
    box: Box
    size: float


_SPACE = 0.3
"""A gap of so many times the face's size is a space, where none is in the file."""
_COLUMN = 1.0
"""A gap of so many times the face's size ends a run: what follows may be another column's."""
_SMALL = 0.78
"""A face so much smaller than its neighbour's is raised or lowered: a footnote's mark beside a number is none of its digits."""
_RADICALS = re.compile("[\u2e80-\u2fdf]")
# NFKC knows the Kangxi radicals; those of the supplement (U+2E80 to U+2EFF) it leaves alone.
_CHARACTERS = str.maketrans(
    "⺁⺎⺒⺟⺠⺩⺫⺬⺮⺯⺱⺶⺷⺻⺼⺽⻁⻃⻄⻅⻆⻇⻉⻊⻋⻏⻑⻓⻔⻕⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻯⻰⻱⻳",
    "厂兀巳母民王目示竹糸网羊羊聿肉臼虎西西见角角贝足车邑長长门阜雨青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿竜龙龟龟",
)
_IN_NUMBER = frozenset("0123456789.,%０１２３４５６７８９")


def lines_of(letters: Iterable[Letter], page: int) -> list[Line]:
    """The lines from top to bottom, each from left to right. Numbers are runs of their own, white space is dropped where a
    line begins and ends."""
    rows: list[list[Letter]] = []
    middle = 0.0
    plain = [one._replace(text=plain_characters(one.text)) for one in letters if one.text]
    for letter in sorted(plain, key=lambda one: ((one.box[1] + one.box[3]) / 2, one.box[0])):
        at = (letter.box[1] + letter.box[3]) / 2
        # the line's middle is that of its tallest letter: what is raised or lowered beside it stays on it
        if rows and at - middle < 0.5 * max(rows[-1][-1].size, letter.size):
            rows[-1].append(letter)
            if letter.size >= max(one.size for one in rows[-1][-8:]):
                middle = max(middle, at)
        else:
            rows.append([letter])
            middle = at
    lines = [_runs(sorted(row, key=lambda one: one.box[0]), page) for row in rows]
    return [line for line in lines if line]


def _runs(row: Sequence[Letter], page: int) -> Line:
    runs: list[Run] = []
    group: list[Letter] = []

    def end(space: bool) -> None:
        if group:
            text = "".join(one.text for one in group)
            runs.append(Run(text + " " * space, page, around_all(one.box for one in group)))
            group.clear()

    spaced = False
    for letter in row:
        if letter.text.isspace():
            spaced = True
            continue
        last = group[-1] if group else None
        if last is not None:
            size = max(last.size, letter.size)
            gap = letter.box[0] - last.box[2]
            raised = min(last.size, letter.size) < _SMALL * size and last.text.isalnum() and letter.text.isalnum()
            apart = spaced or gap > _SPACE * size or raised
            if apart or (last.text in _IN_NUMBER) != (letter.text in _IN_NUMBER):
                end(apart)
        group.append(letter)
        spaced = False
    end(False)
    return tuple(runs)


def plain_characters(text: str) -> str:
    """The text with radicals as the characters that they look like. Many fonts have one glyph for both, and a PDF then gives
    the radical (U+2E80 to U+2FDF) for what was written as the character."""
    return _RADICALS.sub(lambda match: unicodedata.normalize("NFKC", match[0].translate(_CHARACTERS)), text)

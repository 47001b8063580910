"""How one report is printed: spelling of labels, of numbers and of nothing, headings, what stands around it.

A style is part of the page, not a damage: nothing of it changes what a cell holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from extractor.eval.draw import weighted
from extractor.eval.words import CHROME_BOTTOM, CHROME_TOP, HEADING_STYLES
from extractor.report import Number

LAYOUTS = {
    "tabs": 30, "pipes": 8, "pipes_bare": 4, "html": 8, "lines": 6, "lines_pipes": 4, "columns": 12, "detached_after": 4,
    "detached_before": 3, "flat": 5,
}
"""Every layout of tables and how often it is drawn."""

BLANKS_SEEN = frozenset({"tabs", "pipes", "pipes_bare", "html", "columns"})
"""Layouts in which an empty cell leaves a trace."""

FULL_WIDTH = str.maketrans("0123456789.,+-", "０１２３４５６７８９．，＋－")
_PAIRS = (
    "开開关關复復议議诉訴讼訟规規总總计計结結维維无無现現机機构構业業会會组組织織费費决決项項处處应應单單动動请請对對务務国國报報"
    "经經与與个個类類数數条條内內权權发發办辦证證给給获獲协協质質属屬归歸区區为為补補变變将將没沒据據级級护護卷卷审審别別场場"
)
TRADITIONAL = str.maketrans(dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True)))


@dataclass(frozen=True, slots=True)
class Spelling:
    """How labels are spelt. `wrap`: a space after so many characters, as narrow cells leave behind (0: none)."""

    half_brackets: bool = False
    space_after_bracket: bool = False
    dot: str = "."
    wrap: int = 0
    traditional: bool = False


@dataclass(frozen=True, slots=True)
class Style:
    """How one report is printed. `zero` is how zeros of the tables are printed; `label_cells`: "expand" prints empty cells
    where a label spans several, "squeeze" drops the trailing ones, "tight" prints no empty label cell."""

    layout: str
    disputes_layout: str
    spelling: Spelling
    label_cells: str
    zero: str
    full_width: bool
    thousands: bool
    plus: str
    minus: str
    unit_in_cell: bool
    notes: bool
    marked_disputes: str
    heading: str
    numerals: bool
    spaced_numbers: bool
    chrome_top: tuple[str, ...]
    chrome_bottom: tuple[str, ...]
    all_flat: bool
    alias_chance: float
    line_width: int


def draw_style(rng: Random, layout: str = "") -> Style:
    """A style; `layout` fixes the layout of the tables."""
    layout = layout or weighted(rng, LAYOUTS)
    chance = rng.random
    spelling = Spelling(
        half_brackets=chance() < 0.4, space_after_bracket=chance() < 0.15,
        dot=weighted(rng, {".": 70, ". ": 15, "．": 5, "、": 10}),
        wrap=weighted(rng, {0: 60, 2: 6, 4: 6, 7: 10, 8: 10, 10: 8}), traditional=chance() < 0.03,
    )
    return Style(
        layout=layout,
        disputes_layout=rng.choice(("pipes", "tabs")) if layout == "tabs" and chance() < 0.15 else layout,
        spelling=spelling,
        label_cells=weighted(rng, {"expand": 40, "squeeze": 35, "tight": 25}),
        zero=weighted(rng, {"0": 82, "": 10, "/": 3, "-": 2, "—": 2, "无": 1}),
        full_width=chance() < 0.04, thousands=chance() < 0.05,
        plus=weighted(rng, {"": 35, "+": 30, "+ ": 15, "增": 10, "＋": 5, "增加": 5}),
        minus=weighted(rng, {"-": 70, "－": 10, "减": 10, "- ": 5, "减少": 5}),
        unit_in_cell=chance() < 0.12, notes=chance() < 0.06,
        marked_disputes=weighted(rng, {"": 96, "/": 2, "-": 2}),
        heading=rng.choice(HEADING_STYLES), numerals=chance() > 0.06,
        spaced_numbers=chance() < 0.35,
        chrome_top=rng.choice(CHROME_TOP) if chance() < 0.25 else (),
        chrome_bottom=rng.choice(CHROME_BOTTOM) if chance() < 0.2 else (),
        all_flat=layout == "flat" and chance() < 0.5,
        alias_chance=weighted(rng, {0.0: 60, 0.15: 30, 0.6: 10}),
        line_width=rng.choice((0, 0, 0, 34, 40)),
    )


@lru_cache(maxsize=8192)
def spell(label: str, spelling: Spelling) -> str:
    """A label of the form as this report prints it."""
    if spelling.half_brackets:
        label = label.replace("（", "(").replace("）", ") " if spelling.space_after_bracket else ")").rstrip()
    if spelling.dot != ".":
        label = re.sub(r"^(\d)\.", lambda m: m.group(1) + spelling.dot, label)
    if spelling.traditional:
        label = label.translate(TRADITIONAL)
    return wrap(label, spelling.wrap)


def wrap(label: str, width: int) -> str:
    """A label as a narrow cell breaks it: a space after every `width` characters. Labels up to `width` stay whole."""
    if not width or len(label) <= width:
        return label
    return " ".join(label[i:i + width] for i in range(0, len(label), width))


def spell_number(value: Number, style: Style, signed: bool = False) -> str:
    """A number as this report prints it in a table."""
    text = f"{abs(value):,}" if style.thousands else str(abs(value))
    if value < 0:
        text = style.minus + text
    elif signed and value > 0:
        text = style.plus + text
    return text.translate(FULL_WIDTH) if style.full_width else text

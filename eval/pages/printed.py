"""A drawn report as a printed page: HTML with the statutory tables as the notice prints them, for A4 paper.

The form of the tables (merged headers, group labels beside their rows) is that of the layout `html`; widths of columns, faces
and sizes are drawn, as bodies print them differently.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from random import Random

from extractor.eval.compose import compose
from extractor.eval.damages import MIXES
from extractor.eval.draw import draw
from extractor.eval.layouts.rows import html
from extractor.eval.layouts.writer import Writer
from extractor.eval.paper import Paper, Paragraph, Sheet, Stated
from extractor.eval.reading_off import truth_of_paper
from extractor.eval.style import Style, draw_style
from extractor.eval.truth import Truth

FACES = ("Noto Serif CJK SC", "Noto Sans CJK SC")
DIGITS = ("Liberation Serif", "DejaVu Sans", "")
"""Faces of digits and letters: "" is that of the text."""

_WIDTHS = {"disclosure": (25, 25, 25, 25), "requests": (5, 9, 25, 9, 8, 8, 9, 9, 9, 9), "disputes": (20 / 3,) * 15}
"""Column widths in percent of the table's."""

_TABLE = re.compile(r"<table[^>]*>")
_PAIR = re.compile(r"<tr><td>([^<]*)</td><td>([^<]*)</td></tr>")
"""A row of the disclosure table with one number, which takes the place of three in print."""
_STYLE = """@page {{ size: A4 portrait; margin: {margin}mm }}
body {{ font-family: {faces}; font-size: {size}pt; line-height: {leading}; margin: 0 }}
h1 {{ font-size: 1.5em; text-align: center }} h2 {{ font-size: 1.15em }} p {{ text-indent: 2em; margin: .5em 0 }}
table {{ border-collapse: collapse; table-layout: fixed; width: 100%; font-size: {cell}pt; line-height: 1.25; margin: .5em 0 }}
td {{ border: {rule}pt solid #000; padding: {padding}pt 2pt; text-align: center; vertical-align: middle;
overflow-wrap: anywhere }}
tr {{ break-inside: avoid }}"""


def printed_report(seed: int, number: int, mix: str = "clean") -> tuple[str, Truth]:
    """Report `number` of the set drawn with `seed`: its page as HTML and its truth (without spans)."""
    rng = Random(f"page/{mix}/{seed}/{number}")
    drawn = draw(rng, rng.random() < MIXES[mix].dense)
    style = _for_print(draw_style(rng, "html"))
    paper = compose(rng, drawn, style)
    page = _page(rng, paper, style)
    truth = truth_of_paper(paper, f"page/{mix}/{seed}/{number}")
    cells = {key: replace(cell, span=None) for key, cell in truth.cells.items()}
    return page, replace(
        truth, cells=cells, header={k: replace(f, span=None) for k, f in truth.header.items()},
        figures=tuple(replace(f, span=None) for f in truth.figures), claims=tuple(replace(c, span=None) for c in truth.claims),
        layout="page",
    )


def _for_print(style: Style) -> Style:
    """No website around it; the browser breaks the lines."""
    spelling = replace(style.spelling, wrap=0)
    return replace(style, chrome_top=(), chrome_bottom=(), line_width=0, all_flat=False, spelling=spelling)


def _page(rng: Random, paper: Paper, style: Style) -> str:
    digits, face = rng.choice(DIGITS), rng.choice(FACES)
    css = _STYLE.format(
        margin=rng.choice((18, 22, 25)), faces=", ".join(f'"{name}"' for name in (digits, face) if name),
        size=rng.choice((12, 14, 15)), leading=rng.choice((1.5, 1.7, 1.9)), cell=rng.choice((8.5, 9, 10, 10.5)),
        rule=rng.choice((0.5, 0.75, 1)), padding=rng.choice((2, 4, 6)),
    )
    parts = [_paragraph(p, "h1" if i == 0 else "p") for i, p in enumerate(paper.front)]
    for chapter in paper.chapters:
        parts += [f"<h2>{escape(heading.lstrip('# '))}</h2>" for heading in chapter.headings]
        parts += [_paragraph(p, "p") for p in chapter.paragraphs]
        if chapter.table:
            parts.append(_table(rng, paper.sheets[chapter.table], style))
    parts += [_paragraph(p, "p") for p in paper.back]
    return f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><style>{css}</style><body>' + "\n".join(parts)


def _paragraph(paragraph: Paragraph, tag: str) -> str:
    text = "".join(
        piece if isinstance(piece, str) else piece.raw + (piece.space + piece.unit if isinstance(piece, Stated) else "")
        for piece in paragraph
    )
    return f"<{tag}>{escape(text)}</{tag}>"


def _table(rng: Random, sheet: Sheet, style: Style) -> str:
    writer = Writer()
    html(writer, sheet, style, rng)
    columns = "".join(f'<col style="width:{width:.3g}%">' for width in _WIDTHS[sheet.table])
    return _PAIR.sub(r'<tr><td>\1</td><td colspan="3">\2</td></tr>', _TABLE.sub(lambda m: m[0] + columns, writer.text()))

"""A whole paper set as text: front matter, sections, tables in their layout, back matter, and what stands around them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from extractor.eval.layouts import columns, loose, rows
from extractor.eval.layouts.writer import Writer
from extractor.eval.paper import HeaderText, Paper, Paragraph, Sheet, Stated
from extractor.eval.style import Style

Layout = Callable[[Writer, Sheet, Style, Random], None]

LAYOUT: dict[str, Layout] = {
    "tabs": rows.tabs, "pipes": rows.pipes, "pipes_bare": rows.pipes_bare, "html": rows.html, "lines": loose.lines,
    "lines_pipes": loose.lines_pipes, "columns": columns.columns, "detached_after": loose.detached_after,
    "detached_before": loose.detached_before, "flat": loose.flat,
}


def render(rng: Random, paper: Paper) -> str:
    """The text of the paper. Spans are set on its contents, figures and header fields."""
    style = paper.style
    writer = Writer(style.all_flat)
    for text in style.chrome_top:
        writer.put(text + "\n")
    if style.chrome_top:
        writer.put("\n")
    for paragraph in paper.front:
        _paragraph(writer, paragraph, style)
    for chapter in paper.chapters:
        for heading in chapter.headings:
            writer.put(heading + "\n\n")
        for paragraph in chapter.paragraphs:
            _paragraph(writer, paragraph, style)
        if chapter.table:
            sheet = paper.sheets[chapter.table]
            LAYOUT[sheet.layout](writer, sheet, style, rng)
            writer.put("\n")
    for paragraph in paper.back:
        _paragraph(writer, paragraph, style)
    for text in style.chrome_bottom:
        writer.put(text + "\n")
    return writer.text()


def _paragraph(writer: Writer, paragraph: Paragraph, style: Style) -> None:
    """One paragraph; lines of PDF text end after so many characters, between pieces."""
    used = 0
    for piece in paragraph:
        text = piece if isinstance(piece, str) else piece.raw
        if style.line_width:
            text, used = _broken(writer, piece, text, used, style.line_width)
        if isinstance(piece, str):
            writer.put(text)
            continue
        if isinstance(piece, Stated) and style.spaced_numbers and not piece.worded:
            writer.put(" ")
        piece.span = writer.put(text)
        if isinstance(piece, Stated):
            writer.put(piece.space + piece.unit)
            used += len(piece.unit)
    writer.put("\n\n" if not style.line_width else "\n")


def _broken(writer: Writer, piece: str | Stated | HeaderText, text: str, used: int, width: int) -> tuple[str, int]:
    """The piece with line breaks where the line is full, and how much of the last line is used. Figures stay whole."""
    if used + len(text) <= width:
        return text, used + len(text)
    if not isinstance(piece, str):
        writer.put("\n")
        return text, len(text)
    cut = max(width - used, 0)
    lines = [text[:cut], *[text[i:i + width] for i in range(cut, len(text), width)]]
    return "\n".join(lines), len(lines[-1])

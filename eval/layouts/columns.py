"""The layout of text taken from PDF: columns held apart by spaces, a label's lines above and below its numbers."""

from __future__ import annotations

from random import Random

from extractor.eval.layouts.writer import Writer, display_width, fields, header_blocks, header_grid
from extractor.eval.paper import HeadCell, Line, Sheet
from extractor.eval.style import Style


def _cut(text: str, width: int) -> list[str]:
    """A label cut into lines of at most `width` display columns."""
    out, line, used = [], "", 0
    for char in text:
        wide = display_width(char)
        if used + wide > width and line:
            out.append(line)
            line, used = "", 0
        line += char
        used += wide
    return [*out, line] if line else out or [""]


class _Row:
    """Texts at display columns of one line of text."""

    __slots__ = ("used", "writer")

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.used = 0

    def to(self, column: int) -> None:
        """Move on to a display column, at least one space behind what stands there."""
        gap = max(column - self.used, 1 if self.used else 0)
        if gap:
            self.writer.put(" " * gap)
            self.used += gap

    def put(self, text: str) -> None:
        self.writer.put(text)
        self.used += display_width(text)


def columns(writer: Writer, sheet: Sheet, style: Style, rng: Random) -> None:
    """Space-aligned columns; empty cells leave a gap."""
    widths = {0: [], 1: [rng.choice((24, 30))], 3: [6, rng.choice((10, 12)), rng.choice((24, 30, 36))]}[sheet.label_columns]
    starts = [sum(widths[:i]) + 2 * i for i in range(len(widths))]
    first = sum(widths) + 2 * len(widths)
    step = rng.choice((6, 8)) if sheet.table == "disputes" else rng.choice((8, 10, 12)) if sheet.table == "requests" else 22
    beside = rng.random() < 0.6
    headers = _header_rows(sheet)
    for i, line in enumerate(sheet.lines):
        if line.kind == "break":
            writer.put("\n" + "".join(" " * 20 + text + "\n" for text in line.labels) + "\n")
        elif line.kind == "title":
            row = _Row(writer)
            row.to(20)
            row.put(line.head[0].text)
            writer.put("\n")
        elif line.kind == "header":
            _header(writer, headers[i], starts, first, step)
        else:
            _row(writer, line, starts, widths, first, step, beside)


def _header_rows(sheet: Sheet) -> dict[int, list[HeadCell | None]]:
    out: dict[int, list[HeadCell | None]] = {}
    for start, end in header_blocks(sheet.lines):
        grid = header_grid(sheet.lines[start:end], sheet.label_columns + sheet.columns)
        out.update(zip(range(start, end), grid, strict=True))
    return out


def _header(writer: Writer, cells: list[HeadCell | None], starts: list[int], first: int, step: int) -> None:
    """A header line; texts wider than their column are cut into lines below each other."""
    placed = []
    for x, cell in enumerate(cells):
        if cell is not None and cell.text:
            at = starts[x] if x < len(starts) else first + step * (x - len(starts))
            room = first - 2 if x < len(starts) else max(step * cell.columns - 2, 4)
            placed.append((at, _cut(cell.text, room)))
    for depth in range(max((len(parts) for _, parts in placed), default=0)):
        row = _Row(writer)
        for at, parts in placed:
            if depth < len(parts):
                row.to(at)
                row.put(parts[depth])
        writer.put("\n")


def _row(writer: Writer, line: Line, starts: list[int], widths: list[int], first: int, step: int, beside: bool) -> None:
    """One row: its label cut into lines, the numbers on the middle one (`beside` a part of the label, else on their own)."""
    parts = []
    for x, text in enumerate(line.labels):
        # a label whose merged cell reaches to the right has room up to the numbers
        last = not any(line.labels[x + 1:])
        parts.append(_cut(text, first - starts[x] - 2 if last else widths[x]) if text else [])
    height = max([len(p) for p in parts] + [1])
    middle = (height - 1) // 2
    apart = height > 1 and not beside
    for depth in range(height + (1 if apart else 0)):
        row = _Row(writer)
        label_depth = depth if not apart or depth <= middle else depth - 1
        numbers_here = depth == middle + (1 if apart else 0)
        if not (apart and numbers_here):
            for x, lines in enumerate(parts):
                if label_depth < len(lines):
                    row.to(starts[x])
                    row.put(lines[label_depth])
        if numbers_here:
            _numbers(row, line, first, step)
        writer.put("\n")


def _numbers(row: _Row, line: Line, first: int, step: int) -> None:
    """Numbers in their columns; where the line has lost some, jammed together."""
    groups = fields(line.places)
    jammed = not line.whole
    for j, group in enumerate(groups):
        text_width = sum(display_width(c.raw) + (display_width(c.glue) if k else 0) for k, c in enumerate(group))
        if not text_width:
            continue
        if jammed:
            row.to(row.used + 2 if j else max(first, row.used + 2))
        else:
            row.to(first + step * j + max(0, (step - 4 - text_width) // 2))
        for k, content in enumerate(group):
            if k:
                row.put(content.glue)
            row.writer.set(content)
            row.used += display_width(content.raw)

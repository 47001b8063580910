"""Layouts that have lost the lines of the table: one cell per line, stray pipes, flattened, numbers detached from labels."""

from __future__ import annotations

from random import Random

from extractor.eval.layouts.writer import Writer, fields, put_field
from extractor.eval.paper import Line, Sheet
from extractor.eval.style import Style


def _heads(line: Line) -> list[str]:
    return [c.text for c in line.head] if line.kind in ("title", "header") else [t for t in line.labels if t]


def lines(writer: Writer, sheet: Sheet, style: Style, rng: Random) -> None:
    """One cell per line, a blank line (or two) between; empty cells vanish."""
    gap = rng.choice(("\n\n", "\n\n", "\n", "\n\n\n"))
    for line in sheet.lines:
        for text in _heads(line):
            writer.put(text + gap)
        for field in fields(line.places):
            if any(c.raw for c in field):
                put_field(writer, field)
                writer.put(gap)


def lines_pipes(writer: Writer, sheet: Sheet, style: Style, rng: Random) -> None:
    """One cell per line with pipes left over here and there."""
    for line in sheet.lines:
        for text in _heads(line):
            writer.put(rng.choice(("", "| ", "|")) + text + rng.choice(("", " |")) + "\n")
        for field in fields(line.places):
            if any(c.raw for c in field):
                writer.put(rng.choice(("", "| ", "|")))
                put_field(writer, field)
                writer.put(rng.choice(("", "", " |")) + "\n")
        if rng.random() < 0.3:
            writer.put("|\n")


def flat(writer: Writer, sheet: Sheet, style: Style, rng: Random) -> None:
    """The whole table on one line; empty cells vanish."""
    for line in sheet.lines:
        for text in _heads(line):
            writer.put(text + " ")
        for field in fields(line.places):
            if any(c.raw for c in field):
                put_field(writer, field)
                writer.put(" ")
    writer.put("\n")


def _numbers(writer: Writer, sheet: Sheet, per_line: bool) -> None:
    for line in sheet.lines:
        some = False
        for field in fields(line.places):
            if any(c.raw for c in field):
                if some:
                    writer.put("\n" if per_line else "\t")
                put_field(writer, field)
                some = True
        if some:
            writer.put("\n")


def _labels(writer: Writer, sheet: Sheet) -> None:
    for line in sheet.lines:
        for text in _heads(line):
            writer.put(text + "\n")


def detached_after(writer: Writer, sheet: Sheet, style: Style, rng: Random) -> None:
    """All labels, then all numbers: a line of the table per line, or one number per line."""
    _labels(writer, sheet)
    writer.put("\n")
    _numbers(writer, sheet, rng.random() < 0.5)


def detached_before(writer: Writer, sheet: Sheet, style: Style, rng: Random) -> None:
    """All numbers, then all labels."""
    _numbers(writer, sheet, rng.random() < 0.5)
    writer.put("\n")
    _labels(writer, sheet)

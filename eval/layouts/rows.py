"""Layouts in which a line of the table is a line of text: tabs, Markdown pipes, HTML."""

from __future__ import annotations

from random import Random

from extractor.eval.layouts.writer import Writer, fields, header_blocks, header_grid, put_field
from extractor.eval.paper import Line, Sheet
from extractor.eval.style import Style


def label_fields(labels: list[str], way: str) -> list[str]:
    """The label cells that are printed: with all empty ones, without the trailing ones, or without any."""
    if way == "expand":
        return labels
    if way == "tight":
        return [text for text in labels if text] or labels[:1]
    end = len(labels)
    while end > 1 and not labels[end - 1]:
        end -= 1
    return labels[:end]


def _filler(line: Line, sheet: Sheet, way: str) -> int:
    """Empty fields behind a line that is shorter than the table, where the layout prints all fields."""
    if way != "expand" or not line.whole:
        return 0
    if line.kind == "title":
        return sheet.label_columns + sheet.columns - 1
    return sheet.columns - len(line.places) if line.kind == "row" and line.cells else 0


def _header_texts(lines: list[Line], sheet: Sheet, way: str) -> dict[int, list[str]]:
    """The fields of each header line, by line number."""
    out: dict[int, list[str]] = {}
    for start, end in header_blocks(lines):
        if way == "tight":
            for i in range(start, end):
                out[i] = [c.text for c in lines[i].head]
            continue
        for i, row in zip(range(start, end), header_grid(lines[start:end], sheet.label_columns + sheet.columns), strict=True):
            texts = [c.text if c else "" for c in row]
            while way == "squeeze" and texts and not texts[-1]:
                texts.pop()
            out[i] = texts
    return out


def tabs(writer: Writer, sheet: Sheet, style: Style, rng: Random) -> None:
    """Fields separated by tabs."""
    headers = _header_texts(sheet.lines, sheet, style.label_cells)
    for i, line in enumerate(sheet.lines):
        if line.kind == "break":
            writer.put("\n" + "".join(text + "\n" for text in line.labels) + "\n")
            continue
        if line.kind == "row":
            texts = label_fields(line.labels, style.label_cells) if line.labels else []
            writer.put("\t".join(texts))
            for j, field in enumerate(fields(line.places)):
                if j or texts:
                    writer.put("\t")
                put_field(writer, field)
        else:
            writer.put("\t".join(headers[i] if line.kind == "header" else [c.text for c in line.head]))
        writer.put("\t" * _filler(line, sheet, style.label_cells) + "\n")


def _pipes(writer: Writer, sheet: Sheet, style: Style, ruled: bool) -> None:
    way = "expand" if ruled else style.label_cells
    headers = _header_texts(sheet.lines, sheet, way)
    fresh = True
    for i, line in enumerate(sheet.lines):
        if line.kind == "break":
            writer.put("\n" + "".join(text + "\n" for text in line.labels) + "\n")
            fresh = True
            continue
        writer.put("|")
        if line.kind == "row":
            for text in label_fields(line.labels, way) if line.labels else []:
                writer.put(f" {text} |")
            for field in fields(line.places):
                writer.put(" ")
                put_field(writer, field)
                writer.put(" |")
        else:
            for text in headers[i] if line.kind == "header" else [c.text for c in line.head]:
                writer.put(f" {text} |")
        writer.put("  |" * _filler(line, sheet, way) + "\n")
        if ruled and fresh:
            writer.put("|" + " --- |" * (sheet.label_columns + sheet.columns) + "\n")
        fresh = False


def pipes(writer: Writer, sheet: Sheet, style: Style, rng: Random) -> None:
    """Markdown with a rule below the first line."""
    _pipes(writer, sheet, style, True)


def pipes_bare(writer: Writer, sheet: Sheet, style: Style, rng: Random) -> None:
    """Pipes without any rule."""
    _pipes(writer, sheet, style, False)


def html(writer: Writer, sheet: Sheet, style: Style, rng: Random) -> None:
    """An HTML table inside the text, merged cells as rowspan and colspan."""
    attributes = rng.choice(("", ' border="1"', ' class="table" cellspacing="0"'))
    tight = rng.random() < 0.3
    empty = rng.choice(("", "", "&nbsp;", " "))
    eol = "" if tight else "\n"
    writer.put(f"<table{attributes}>{eol}")
    lines = sheet.lines
    for i, line in enumerate(lines):
        if line.kind == "break":
            writer.put("</table>\n\n" + "".join(t + "\n" for t in line.labels) + f"\n<table{attributes}>{eol}")
            continue
        writer.put("<tr>")
        if line.kind != "row":
            for cell in line.head:
                writer.put(f"<td{_spans(cell.lines, cell.columns)}>{cell.text}</td>")
        else:
            _html_labels(writer, lines, i)
            for field in fields(line.places):
                writer.put("<td>")
                if any(c.raw for c in field):
                    put_field(writer, field)
                else:
                    writer.put(empty)
                writer.put("</td>")
        writer.put("</tr>" + eol)
    writer.put("</table>\n")


def _spans(down: int, across: int) -> str:
    return (f' rowspan="{down}"' if down > 1 else "") + (f' colspan="{across}"' if across > 1 else "")


def _html_labels(writer: Writer, lines: list[Line], i: int) -> None:
    """Label cells of a row: a group's label spans the rows below that have none in its column."""
    labels = lines[i].labels
    last = max((x for x, text in enumerate(labels) if text), default=-1)
    for x, text in enumerate(labels):
        if not text:
            if last < 0 and x == 0:
                writer.put("<td></td>")
            continue
        down = 1
        if x < last:
            for below in lines[i + 1:]:
                if below.kind != "row" or not below.labels or any(below.labels[:x + 1]):
                    break
                down += 1
        across = len(labels) - x if x == last and len(labels) > 1 else 1
        writer.put(f"<td{_spans(down, across)}>{text}</td>")

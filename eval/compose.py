"""A drawn report set as a page: the three tables as lines of labels and contents, in one style."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from extractor.eval.draw import Drawn
from extractor.eval.paper import Content, HeadCell, Line, Paper, Sheet, copied
from extractor.eval.prose import write_prose
from extractor.eval.style import FULL_WIDTH, Style, spell, spell_number
from extractor.eval.truth import DamageRecord
from extractor.forms import Row, Table, form
from extractor.report import Number, State

RULE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
BLANK_ZERO = {"": State.BLANK, "/": State.MARKED, "-": State.MARKED, "—": State.MARKED, "无": State.MARKED}


@lru_cache(maxsize=64)
def _merged(table: Table) -> tuple[tuple[Row, tuple[str, ...]], ...]:
    """Each row with its labels, one per label column; "" where the merged cell of the row above goes on or the path ends."""
    depth = max(len(r.path) for r in table.rows)
    above: tuple[str, ...] = ()
    rows = []
    for row in table.rows:
        labels = [*row.path, *[""] * (depth - len(row.path))]
        for i in range(len(row.path) - 1):
            if above[:i + 1] == row.path[:i + 1]:
                labels[i] = ""
        above = row.path
        rows.append((row, tuple(labels)))
    return tuple(rows)


def _content(rng: Random, cell: str, value: Number, style: Style, signed: bool = False, unit: str = "") -> Content:
    """One number set in its cell."""
    if value == 0 and style.zero != "0":
        return Content(style.zero, BLANK_ZERO[style.zero], None, cell)
    raw = spell_number(value, style, signed)
    if value and style.unit_in_cell and unit:
        raw += unit
    elif value and style.notes and not signed and rng.random() < 0.3 and cell.startswith("disclosure."):
        raw += rng.choice((f"（其中修订{rng.randint(1, 9)}件）", f"（含自然失效 {rng.randint(1, 9)} 件）", "（上年结转）"))
    return Content(raw, State.PRINTED, value, cell)


def _label(rng: Random, row: Row, label: str, style: Style) -> str:
    if style.alias_chance and row.aliases and label == row.label and rng.random() < style.alias_chance:
        label = rng.choice(row.aliases)
    return spell(label, style.spelling)


def set_disclosure(rng: Random, drawn: Drawn, style: Style) -> Sheet:
    """Blocks one below the other: the article, a header, the rows."""
    table = form(drawn.forms["disclosure"]).table("disclosure")
    lines: list[Line] = []
    block = ""
    for row in table.rows:
        if row.path[0] != block:
            block = row.path[0]
            lines.append(Line("title", [], head=[HeadCell(spell(block, style.spelling), 4)]))
            names = [table.column(c) for c in row.columns]
            texts = [rng.choice(n.aliases) if n.aliases and rng.random() < style.alias_chance / 2 else n.label for n in names]
            lines.append(Line("header", [], head=[HeadCell("信息内容"), *[HeadCell(spell(t, style.spelling)) for t in texts]]))
        cells = row.cells
        places = []
        for key, cell in zip(row.columns, cells, strict=True):
            column = table.column(key)
            unit = column.unit or ("元" if column.money else "")
            places.append(_content(rng, cell, drawn.values[cell], style, column.signed, unit if column.money else ""))
        lines.append(Line("row", [_label(rng, row, row.label, style)], row.key, cells, places))
        if drawn.extra and row.key == "normative_documents":
            label, numbers = drawn.extra
            lines.append(Line("row", [label], "", (), [Content(str(n), State.PRINTED, n, "") for n in numbers]))
    sheet = Sheet("disclosure", drawn.forms["disclosure"], lines, 1, 3, style.layout)
    sheet.extra_label = drawn.extra[0] if drawn.extra else ""
    return sheet


def set_requests(rng: Random, drawn: Drawn, style: Style) -> Sheet:
    table = form(drawn.forms["requests"]).table("requests")
    names = [spell(c.label, style.spelling) for c in table.columns]
    lines = [
        Line("header", [], head=[HeadCell(spell(RULE, style.spelling), 3, 3), HeadCell("申请人情况", 7)]),
        Line("header", [], head=[HeadCell(names[0], 1, 2), HeadCell("法人或其他组织", 5), HeadCell(names[6], 1, 2)]),
        Line("header", [], head=[HeadCell(n) for n in names[1:6]]),
    ]
    for row, labels in _merged(table):
        cells = row.cells
        places = [_content(rng, cell, drawn.values[cell], style) for cell in cells]
        lines.append(Line("row", [_label(rng, row, text, style) if text else "" for text in labels], row.key, cells, places))
    return Sheet("requests", drawn.forms["requests"], lines, 3, 7, style.layout)


def set_disputes(rng: Random, drawn: Drawn, style: Style) -> Sheet:
    """Three groups of five numbers on one line."""
    table = form(drawn.forms["disputes"]).table("disputes")
    names = [spell(c.label, style.spelling) for c in table.columns]
    groups = [spell(r.label, style.spelling) for r in table.rows]
    lines = [
        Line("header", [], head=[HeadCell(groups[0], 5), HeadCell("行政诉讼", 10)]),
        Line("header", [], head=[*[HeadCell(n, 1, 2) for n in names], HeadCell(groups[1], 5), HeadCell(groups[2], 5)]),
        Line("header", [], head=[HeadCell(n) for n in (*names, *names)]),
    ]
    cells = tuple(cell for r in table.rows for cell in r.cells)
    marked = style.marked_disputes and not any(drawn.values[c] for c in cells)
    places = [
        Content(style.marked_disputes, State.MARKED, None, c) if marked else _content(rng, c, drawn.values[c], style)
        for c in cells
    ]
    lines.append(Line("row", [], "disputes", cells, places))
    return Sheet("disputes", drawn.forms["disputes"], lines, 0, 15, style.disputes_layout)


def misprint(rng: Random, paper: Paper, many: int) -> None:
    """The body itself printed wrong numbers: page and text agree, and an identity fails. Recorded as a damage of the page."""
    from_tables = [c for t in ("requests", "disputes") for line in paper.sheets[t].number_rows() for c in line.places
                   if c.state is State.PRINTED]
    for content in rng.sample(from_tables, min(many, len(from_tables))):
        old = int(content.value or 0)
        new = rng.choice([n for n in (old + 1, old - 1, old + 10, old * 10, 0, old + 2) if n >= 0 and n != old])
        raw = str(new).translate(FULL_WIDTH) if paper.style.full_width else str(new)
        content.changed("wrong_in_print", raw, State.PRINTED, new)
        paper.damages.append(DamageRecord("wrong_in_print", 1.0, content.origin.split(".")[0], (content.origin,), loud=True))


def compose(rng: Random, drawn: Drawn, style: Style, misprints: int = 0, false_claims: float = 0.0) -> Paper:
    """The page. `misprints`: how many numbers the body printed wrong; `false_claims`: chance that a claim doesn't hold."""
    sheets = {sheet.table: sheet for sheet in (f(rng, drawn, style) for f in (set_disclosure, set_requests, set_disputes))}
    front, chapters, back, claims, basis = write_prose(rng, drawn, style, false_claims)
    paper = Paper(drawn, style, front, chapters, back, sheets, {}, claims, basis)
    if misprints:
        misprint(rng, paper, misprints)
    for sheet in sheets.values():
        for line in sheet.number_rows():
            for content in line.places:
                paper.page[content.origin] = copied(content)
    return paper

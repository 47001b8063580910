"""Damages to whole rows: lost, cut by a page, shifted, short, merged, slid."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from extractor.eval.paper import Content, Line, Paper, Sheet
from extractor.eval.style import wrap
from extractor.eval.truth import DamageRecord
from extractor.report import State


def _count(rate: float, most: int) -> int:
    return max(1, round(rate * most))


def blank(damage: str) -> Content:
    """An empty cell that no cell of the page stands behind."""
    return Content("", State.BLANK, None, "", damages=[damage])


def mark(line: Line, damage: str) -> None:
    for content in line.places:
        if damage not in content.damages:
            content.damages.append(damage)


def checked(sheet: Sheet) -> bool:
    """Whether identities hold over the numbers of this table."""
    return sheet.table != "disclosure"


def lose_lines(rng: Random, paper: Paper, sheet: Sheet, gone: list[Line], kind: str, rate: float) -> None:
    """Take lines out. The label of a group that stood in the first of them may pass on to the row below."""
    cells = tuple(cell for line in gone for cell in line.cells)
    indices = {id(line) for line in gone}
    for i, line in enumerate(sheet.lines):
        if id(line) in indices and i + 1 < len(sheet.lines):
            below = sheet.lines[i + 1]
            if line.kind == below.kind == "row" and len(line.labels) == 3 and len(below.labels) == 3 and rng.random() < 0.5:
                for x in (0, 1):
                    if line.labels[x] and not below.labels[x] and below.labels[2]:
                        below.labels[x] = line.labels[x]
    sheet.lines = [line for line in sheet.lines if id(line) not in indices]
    paper.damages.append(DamageRecord(kind, rate, sheet.table, cells, loud=bool(cells)))


def rows_lost_top(rng: Random, paper: Paper, rate: float) -> None:
    """The head of the table of requests fell into a page break, often with its header."""
    sheet = paper.sheets["requests"]
    rows = sheet.number_rows()
    gone = rows[:_count(rate, 12)]
    lose_lines(rng, paper, sheet, gone, "rows_lost_top", rate)
    if rng.random() < 0.6:
        sheet.lines = [line for line in sheet.lines if line.kind != "header"]


def rows_lost_middle(rng: Random, paper: Paper, rate: float) -> None:
    sheet = paper.sheets["requests"]
    rows = sheet.number_rows()
    many = min(_count(rate, 8), max(1, len(rows) - 2))
    at = rng.randint(1, max(1, len(rows) - many - 1))
    lose_lines(rng, paper, sheet, rows[at:at + many], "rows_lost_middle", rate)


def rows_lost_end(rng: Random, paper: Paper, rate: float) -> None:
    """The end of the table of requests is gone, and often what stood at the top of the next page with it."""
    sheet = paper.sheets["requests"]
    rows = sheet.number_rows()
    lose_lines(rng, paper, sheet, rows[-_count(rate, 12):], "rows_lost_end", rate)
    if rng.random() < 0.5:
        for chapter in paper.chapters:
            if chapter.key == "disputes":
                chapter.headings = []
        disputes = paper.sheets["disputes"]
        heads = [line for line in disputes.lines if line.kind == "header"]
        for line in heads[:rng.randint(1, 3)]:
            disputes.lines.remove(line)


def disclosure_rows_lost(rng: Random, paper: Paper, rate: float) -> None:
    """A block of the table of disclosure is gone with its title, or only rows of it."""
    sheet = paper.sheets["disclosure"]
    rows = sheet.number_rows()
    gone = rng.sample(rows, min(len(rows), _count(rate, 3)))
    if rng.random() < 0.5:
        at = sheet.lines.index(gone[0])
        start = max((i for i in range(at) if sheet.lines[i].kind == "title"), default=at)
        end = next((i for i in range(at + 1, len(sheet.lines)) if sheet.lines[i].kind == "title"), len(sheet.lines))
        gone = sheet.lines[start:end]
    lose_lines(rng, paper, sheet, gone, "disclosure_rows_lost", rate)


def disputes_lost(rng: Random, paper: Paper, rate: float) -> None:
    """The only line of numbers of the table of disputes is gone."""
    sheet = paper.sheets["disputes"]
    lose_lines(rng, paper, sheet, sheet.number_rows(), "disputes_lost", rate)


def page_break(rng: Random, paper: Paper, rate: float) -> None:
    """Pages end inside tables: labels are repeated, torn, or moved to another column."""
    for _ in range(_count(rate, 3)):
        sheet = paper.sheets[rng.choice(("requests", "requests", "requests", "disclosure", "disputes"))]
        at = rng.randint(1, max(1, len(sheet.lines) - 1))
        page = rng.randint(2, 9)
        name = paper.drawn.issuer.name
        between = rng.choice(([], [], [], [], [f"- {page} -"], [f"— {page} —"], [f"第 {page} 页 共 9 页"], [name]))
        if rng.random() < 0.02:
            between = [str(page)]
        kind = "page_break"
        if sheet.table == "requests":
            kind = _tear(rng, sheet, at) or kind
        sheet.lines.insert(at, Line("break", between))
        paper.damages.append(DamageRecord(kind, rate, sheet.table))


def _tear(rng: Random, sheet: Sheet, at: int) -> str:
    """What a page break at line `at` does to the labels around it; the kind of damage, "" for none."""
    if at >= len(sheet.lines):
        return ""
    above, below = sheet.lines[at - 1], sheet.lines[at]
    if below.kind != "row" or above.kind != "row" or len(below.labels) != 3 or len(above.labels) != 3:
        return ""
    way = rng.randint(0, 4)
    if way == 0 and not below.labels[0] and below.labels[1]:
        below.labels[0] = wrap("三、本年度办理结果", 3)
        return "label_repeated"
    if way == 1:
        group = next((line for line in reversed(sheet.lines[:at]) if line.kind == "row" and line.labels[1]), None)
        if group and below.labels[2] and not below.labels[1] and len(group.labels[1]) > 5:
            cut = rng.choice((3, 5))
            group.labels[1], below.labels[1] = group.labels[1][:cut], wrap(group.labels[1][cut:], 2)
            return "label_torn"
    if way == 2 and len(above.labels[2]) > 8:
        cut = rng.randint(5, len(above.labels[2]) - 1)
        rest = Line("row", ["", "", above.labels[2][cut:]])
        above.labels[2] = above.labels[2][:cut]
        sheet.lines.insert(at, rest)
        return "label_torn"
    if way == 3 and below.labels[1] and len(below.labels[1]) > 5:
        below.labels[0] = below.labels[1][-2:]
        below.labels[1] = below.labels[1][:-2]
        return "label_torn"
    if way == 4 and below.labels[1] and not below.labels[0]:
        below.labels[0], below.labels[1] = below.labels[1], below.labels[0]
        return "label_moved"
    return ""


def row_shifted(rng: Random, paper: Paper, rate: float) -> None:
    """Rows moved by one column: the number pushed out is lost, or stands behind the last column."""
    sheet = paper.sheets["requests"]
    rows = [line for line in sheet.number_rows() if line.whole]
    for line in rng.sample(rows, min(len(rows), _count(rate, 4))):
        before = [c.value for c in line.places]
        mark(line, "row_shifted")
        if rng.random() < 0.5:
            line.places = [*line.places[1:], blank("row_shifted")]
        elif rng.random() < 0.7:
            line.places = [blank("row_shifted"), *line.places[:-1]]
        else:
            line.places = [blank("row_shifted"), *line.places]
        changed = any(before)
        paper.damages.append(DamageRecord("row_shifted", rate, sheet.table, line.cells, loud=changed, wrong=changed))


def short_rows(rng: Random, paper: Paper, rate: float) -> None:
    """Rows with one or two fields fewer than columns and no mark of which are gone; `rate` is the share of rows."""
    sheets = [paper.sheets[t] for t in ("requests", "disputes") if rng.random() < (0.9 if t == "requests" else 0.4)]
    for sheet in sheets:
        hit: list[str] = []
        for line in sheet.number_rows():
            if not line.whole or (rng.random() > rate and sheet.table == "requests"):
                continue
            for _ in range(weighted_loss(rng)):
                del line.places[rng.randrange(len(line.places))]
            mark(line, "short_rows")
            hit += line.cells
        if hit:
            paper.damages.append(DamageRecord("short_rows", rate, sheet.table, tuple(hit), loud=True))


def weighted_loss(rng: Random) -> int:
    return 1 if rng.random() < 0.75 else 2


def field_jitter(rng: Random, paper: Paper, rate: float) -> None:
    """Rows with an empty field too many, in front or at the end, or with their empty fields at an edge gone."""
    sheet = paper.sheets[rng.choice(("requests", "requests", "disputes"))]
    hit: list[str] = []
    for line in sheet.number_rows():
        if not line.whole or rng.random() > rate:
            continue
        way = rng.randint(0, 2)
        if way == 0:
            line.places.insert(0, blank("field_jitter"))
        elif way == 1:
            line.places.append(blank("field_jitter"))
        elif not line.places[0].raw:
            del line.places[0]
        elif not line.places[-1].raw:
            del line.places[-1]
        else:
            continue
        mark(line, "field_jitter")
        hit += line.cells
    if hit:
        paper.damages.append(DamageRecord("field_jitter", rate, sheet.table, tuple(hit)))


def rows_merged(rng: Random, paper: Paper, rate: float) -> None:
    """Two rows became one: numbers one behind the other, or two in each cell; the second label joined or lost."""
    sheet = paper.sheets[rng.choice(("requests", "requests", "requests", "disclosure"))]
    lines = sheet.lines
    pairs = [i for i in range(len(lines) - 1) if all(x.kind == "row" and x.cells and x.whole for x in lines[i:i + 2])]
    pairs = [i for i in pairs if len(lines[i].cells) == len(lines[i + 1].cells)]
    for i in sorted(rng.sample(pairs, min(len(pairs), _count(rate, 2))), reverse=True):
        one, two = lines[i], lines[i + 1]
        if not (one.whole and two.whole and len(one.cells) == len(two.cells)):
            continue
        if rng.random() < 0.5:
            one.places = [*one.places, *two.places]
        else:
            joined = []
            for a, b in zip(one.places, two.places, strict=True):
                b.glue = " " if rng.random() < 0.8 or sheet.layout != "html" else "<br>"
                joined += [a, b]
            one.places = joined
        if rng.random() < 0.7:
            one.labels = [*one.labels[:-1], " ".join(t for t in (one.labels[-1], *two.labels) if t)]
        one.cells = (*one.cells, *two.cells)
        mark(one, "rows_merged")
        del lines[i + 1]
        paper.damages.append(DamageRecord("rows_merged", rate, sheet.table, one.cells, loud=True))


def values_slid(rng: Random, paper: Paper, rate: float) -> None:
    """From a row on, the numbers stand one row too high; the last of these rows has none."""
    sheet = paper.sheets["requests"]
    rows = [line for line in sheet.number_rows() if line.whole]
    many = _count(rate, 10)
    if len(rows) < many + 2:
        return
    at = rng.randint(0, len(rows) - many - 1)
    run = rows[at:at + many + 1]
    before = [[c.value for c in line.places] for line in run]
    for upper, lower in pairwise(run):
        upper.places = lower.places
        for content in upper.places:
            content.home = f"requests.{upper.row}.{content.origin.rpartition('.')[2]}"
    run[-1].places = [blank("values_slid") for _ in run[-1].cells]
    for line in run:
        mark(line, "values_slid")
    changed = any(a != b for a, b in pairwise(before))
    cells = tuple(cell for line in run for cell in line.cells)
    paper.damages.append(DamageRecord("values_slid", rate, sheet.table, cells, loud=changed, wrong=changed))

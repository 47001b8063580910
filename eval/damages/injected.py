"""Single errors put into whole reports, to see what the verifier makes of each of them."""

from __future__ import annotations

from random import Random

from extractor.eval.damages.rows import blank, lose_lines, mark
from extractor.eval.paper import Paper
from extractor.eval.style import spell_number
from extractor.eval.truth import DamageRecord
from extractor.report import State


def _wrong(rng: Random, paper: Paper, rate: float, many: int, kind: str) -> None:
    """This many cells of requests and disputes hold any other number."""
    contents = [
        (sheet.table, c) for sheet in paper.sheets.values() if sheet.table != "disclosure"
        for line in sheet.number_rows() for c in line.places if c.state is State.PRINTED
    ]
    for table, content in rng.sample(contents, min(many, len(contents))):
        old = int(content.value or 0)
        new = rng.choice([n for n in (old + 1, old - 1, old + 10, old * 10 + 3, rng.randint(0, 999)) if n >= 0 and n != old])
        content.changed(kind, spell_number(new, paper.style), State.PRINTED, new)
        paper.damages.append(DamageRecord(kind, rate, table, (content.origin,), loud=True, wrong=True))


def one_wrong(rng: Random, paper: Paper, rate: float) -> None:
    _wrong(rng, paper, rate, 1, "one_wrong")


def two_wrong(rng: Random, paper: Paper, rate: float) -> None:
    _wrong(rng, paper, rate, 2, "two_wrong")


def three_wrong(rng: Random, paper: Paper, rate: float) -> None:
    _wrong(rng, paper, rate, 3, "three_wrong")


def one_row_shifted(rng: Random, paper: Paper, rate: float) -> None:
    """One row of requests stands a column further left or right; the number pushed out is gone."""
    line = rng.choice(paper.sheets["requests"].number_rows())
    mark(line, "one_row_shifted")
    if rng.random() < 0.5:
        line.places = [*line.places[1:], blank("one_row_shifted")]
    else:
        line.places = [blank("one_row_shifted"), *line.places[:-1]]
    paper.damages.append(DamageRecord("one_row_shifted", rate, "requests", line.cells, loud=True, wrong=True))


def one_row_lost(rng: Random, paper: Paper, rate: float) -> None:
    """One row of requests is gone, label and all."""
    sheet = paper.sheets["requests"]
    lose_lines(rng, paper, sheet, [rng.choice(sheet.number_rows())], "one_row_lost", rate)

"""Damages to single cells: blanked, run together, made illegible, digits changed."""

from __future__ import annotations

from random import Random

from extractor.eval.damages.rows import checked
from extractor.eval.draw import weighted
from extractor.eval.paper import Content, Paper, Sheet
from extractor.eval.style import FULL_WIDTH, spell_number
from extractor.eval.truth import DamageRecord
from extractor.report import State

CONFUSION: dict[str, dict[str, float]] = {
    "0": {"6": 3, "8": 3, "9": 2, "3": 1}, "1": {"7": 5, "4": 2}, "2": {"7": 3, "3": 1}, "3": {"8": 5, "5": 2, "9": 1},
    "4": {"1": 2, "9": 3, "6": 1}, "5": {"6": 4, "3": 3, "8": 1}, "6": {"8": 4, "5": 3, "0": 3, "9": 1},
    "7": {"1": 5, "2": 2, "9": 1}, "8": {"3": 4, "6": 3, "0": 3, "9": 1}, "9": {"0": 2, "8": 2, "4": 2, "7": 1},
}
"""How often a printed digit is read as another one: pairs that share strokes."""

ILLEGIBLE = ("�", "口", "?", "＊", "2O-8-", "～", "□", "、")


def _count(rate: float, most: int) -> int:
    return max(1, round(rate * most))


def _victims(rng: Random, paper: Paper, many: int, least: int = 0) -> list[tuple[Sheet, Content]]:
    """Printed whole numbers of at least this size, in any table; numbers that are not zero come up more often."""
    found = [
        (sheet, c) for sheet in paper.sheets.values() for line in sheet.number_rows() for c in line.places
        if c.state is State.PRINTED and isinstance(c.value, int) and c.value >= least
        and c.raw == spell_number(c.value, paper.style)
    ]
    alive = [pair for pair in found if pair[1].value]
    if alive and rng.random() < 0.6:
        found = alive
    return rng.sample(found, min(many, len(found)))


def _reprint(paper: Paper, sheet: Sheet, content: Content, digits: str, kind: str, rate: float) -> None:
    value = int(digits)
    raw = digits.translate(FULL_WIDTH) if paper.style.full_width else digits
    content.changed(kind, raw, State.PRINTED, value)
    paper.damages.append(DamageRecord(kind, rate, sheet.table, (content.origin,), loud=checked(sheet), wrong=True))


def digit_confused(rng: Random, paper: Paper, rate: float) -> None:
    for sheet, content in _victims(rng, paper, _count(rate, 4)):
        digits = str(content.value)
        at = rng.randrange(len(digits))
        other = weighted(rng, CONFUSION[digits[at]])
        if at == 0 and other == "0" and len(digits) > 1:
            other = "8"
        changed = digits[:at] + other + digits[at + 1:]
        if changed != digits:
            _reprint(paper, sheet, content, changed, "digit_confused", rate)


def digit_inserted(rng: Random, paper: Paper, rate: float) -> None:
    for sheet, content in _victims(rng, paper, _count(rate, 3)):
        digits = str(content.value)
        at = rng.randint(0, len(digits))
        new = rng.choice("123456789") if at == 0 else rng.choice((digits[at - 1], "1", "7"))
        changed = digits[:at] + new + digits[at:]
        if int(changed) != content.value:
            _reprint(paper, sheet, content, changed, "digit_inserted", rate)


def digit_dropped(rng: Random, paper: Paper, rate: float) -> None:
    for sheet, content in _victims(rng, paper, _count(rate, 3), least=10):
        digits = str(content.value)
        at = rng.randrange(len(digits))
        changed = digits[:at] + digits[at + 1:]
        if changed[0] != "0" or len(changed) == 1:
            _reprint(paper, sheet, content, changed, "digit_dropped", rate)


def lookalikes(rng: Random, paper: Paper, rate: float) -> None:
    """Letters in the place of digits: the number is still there to read."""
    for sheet, content in _victims(rng, paper, _count(rate, 8)):
        raw = content.raw
        for digit, letters in (("0", "Oo〇"), ("1", "lI")):
            raw = raw.replace(digit, rng.choice(letters))
        if raw != content.raw:
            content.changed("lookalikes", raw, State.PRINTED, content.value)
            paper.damages.append(DamageRecord("lookalikes", rate, sheet.table, (content.origin,)))


def number_split(rng: Random, paper: Paper, rate: float) -> None:
    """A space, or in HTML a line break, inside a number; only where the field's borders hold it together."""
    for sheet, content in _victims(rng, paper, _count(rate, 4), least=10):
        if sheet.layout not in ("tabs", "pipes", "html"):
            continue
        at = rng.randint(1, len(content.raw) - 1)
        gap = rng.choice((" ", "<br>")) if sheet.layout == "html" else " "
        content.changed("number_split", content.raw[:at] + gap + content.raw[at:], State.PRINTED, content.value)
        paper.damages.append(DamageRecord("number_split", rate, sheet.table, (content.origin,)))


def cells_blanked(rng: Random, paper: Paper, rate: float) -> None:
    """Cells read as empty; `rate` of a third of a table."""
    sheet = paper.sheets[rng.choice(("requests", "requests", "disputes", "disclosure"))]
    contents = [c for line in sheet.number_rows() for c in line.places if c.state is State.PRINTED]
    hit = rng.sample(contents, min(len(contents), max(1, round(rate * len(contents) / 3))))
    for content in hit:
        content.changed("cells_blanked", "", State.BLANK, None)
    if hit:
        paper.damages.append(DamageRecord("cells_blanked", rate, sheet.table, tuple(c.origin for c in hit), loud=True))


def columns_blank(rng: Random, paper: Paper, rate: float) -> None:
    """Whole columns of the table of requests are empty: one, or all but the total, or the total."""
    sheet = paper.sheets["requests"]
    columns = rng.choice(([6], [rng.randrange(6)], [0, 1, 2, 3, 4, 5], [1, 2, 3, 4, 5], rng.sample(range(6), 2)))
    hit: list[str] = []
    for line in sheet.number_rows():
        if not line.whole or len(line.places) != 7:
            continue
        for x in columns:
            if line.places[x].raw:
                hit.append(line.places[x].origin)
            line.places[x].changed("columns_blank", "", State.BLANK, None)
    if hit:
        paper.damages.append(DamageRecord("columns_blank", rate, sheet.table, tuple(hit), loud=True))


def illegible(rng: Random, paper: Paper, rate: float) -> None:
    """Something stands there that no number can be read from."""
    for sheet, content in _victims(rng, paper, _count(rate, 4)):
        content.changed("illegible", rng.choice(ILLEGIBLE), State.ILLEGIBLE, None)
        paper.damages.append(DamageRecord("illegible", rate, sheet.table, (content.origin,), loud=True))


def numbers_joined(rng: Random, paper: Paper, rate: float) -> None:
    """Two neighbours of a row ran together to one number, and the row is a field short."""
    for _ in range(_count(rate, 2)):
        sheet = paper.sheets[rng.choice(("requests", "requests", "disputes"))]
        lines = [
            line for line in sheet.number_rows()
            if line.whole and sum(bool(c.value) for c in line.places) > 1 and all(c.state is State.PRINTED for c in line.places)
        ]
        if not lines:
            continue
        line = rng.choice(lines)
        at = rng.choice([i for i in range(len(line.places) - 1) if line.places[i].value])
        first, second = line.places[at:at + 2]
        joined = first.raw + second.raw
        if not joined.isdecimal():
            continue
        first.changed("numbers_joined", joined, State.PRINTED, int(joined))
        del line.places[at + 1]
        for content in line.places:
            if "numbers_joined" not in content.damages:
                content.damages.append("numbers_joined")
        paper.damages.append(DamageRecord("numbers_joined", rate, sheet.table, line.cells, loud=True, wrong=True))

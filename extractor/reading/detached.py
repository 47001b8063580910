"""Tables whose numbers stand apart from their labels: all labels, then all numbers, or the other way round.

They are brought together only where the count leaves no doubt: as many numbers as the rows found, or as the whole form,
ask for.
"""

from __future__ import annotations

from extractor.forms import Table
from extractor.reading.alignment import align
from extractor.reading.labels import closest, is_label
from extractor.reading.lines import Line, make_line

_WHOLE = 0.9


def reunite(lines: list[Line], form: str, table: Table) -> list[tuple[int, Line, float]] | None:
    """The rows, each with the line of its numbers and how alike its label is: none where the count does not fit. None where
    labels and numbers stand together."""
    if not _apart(lines, form, table):
        return None
    values = [cell for line in lines for cell in line.tail]
    words = [part for line in lines if line.label for part in _words(line, form, table)]
    alignment = align(words, form, table.key, len(table.rows), 0)
    present = [m.row for m in alignment.matches]
    everything = list(range(len(table.rows)))
    # without sums to prove it the count must be that of the labels, and no label may be one that the form does not know
    choices = (present, everything) if table.uniform else () if _has_unknown(words, form, table) else (present,)
    for rows in choices:
        if rows and sum(len(table.rows[row].columns) for row in rows) == len(values):
            alike = {m.row: m.similarity for m in alignment.matches}
            united: list[tuple[int, Line, float]] = []
            at = 0
            for row in rows:
                tail = tuple(values[at : at + len(table.rows[row].columns)])
                at += len(tail)
                united.append((row, make_line((), tail, lines[0].visible, tail[0].start, tail[-1].end), alike.get(row, 0.0)))
            return united
    return []


def _has_unknown(words: list[Line], form: str, table: Table) -> bool:
    """Whether a line of words is neither a row's label nor that of a group, a column or the table."""
    return any(not is_label(line.text, form, table.key) for line in words)


def _labels_on(line: Line, form: str, table: Table) -> int:
    """How many rows' labels stand among the words of a line."""
    return sum(closest(cell.text, form, table.key)[1] >= _WHOLE for cell in line.label)


def _words(line: Line, form: str, table: Table) -> list[Line]:
    """The labels of a line: its words together, but one by one where a run of labels stands before a run of numbers."""
    several = line.tail or _labels_on(line, form, table) > 1
    groups = [(cell,) for cell in line.label] if several else [line.label]
    return [make_line(cells, (), True, cells[0].start, cells[-1].end) for cells in groups]


def _apart(lines: list[Line], form: str, table: Table) -> bool:
    """The words stand together, with all numbers before or behind them, in one run or line by line."""
    numbered = [i for i, line in enumerate(lines) if line.tail]
    if not numbered:
        return False
    worded = [i for i, line in enumerate(lines) if line.label]
    if not worded:
        return False
    if len(numbered) == 1 and not lines[numbered[0]].visible and _labels_on(lines[numbered[0]], form, table) > 2:
        return True  # one run of numbers behind the labels of several rows
    if len(numbered) <= 2 and max(len(lines[i].tail) for i in numbered) > 2 * max(len(row.columns) for row in table.rows):
        return True
    bare = [i for i in numbered if not lines[i].label]
    if len(bare) < 0.8 * len(numbered):
        return False
    together = [i for i, line in enumerate(lines) if line.label and not line.tail]
    known = sum(_labels_on(lines[i], form, table) for i in together)
    return len(together) >= 4 and known > 2 and together[-1] - together[0] == len(together) - 1

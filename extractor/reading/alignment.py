"""Which line of a source is which row of the form: one global alignment, both in their order.

A dynamic programme over lines × rows (Needleman & Wunsch 1970, with the similarity of labels as the score): a line may be
no row of the form, a row may have no line. Fragments of a label above or below a line count for it where they make it fit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from extractor.reading.labels import closest, heads_column, is_part, similarities
from extractor.reading.lines import Line

MATCH = 0.55  # a label less alike than this is another label
_LOST_ROW = -0.12  # per row of the form with no line
_LOST_LINE = -0.30  # per line with numbers that is no row
_UNLABELLED = 0.50  # a full line of numbers that has lost its label: a row only where the place is free
_CLEARLY = 0.1  # as much less alike is another row
_WORDS_ALONE = 0.2  # what a row's label without numbers counts beside one with numbers
_ENOUGH = 0.9  # a line's own label fits: no fragment is looked for around it
_SHORTEST = 4  # characters of a label's end that may be like another label without being it
_REACH = 5  # how many fragments above and below a line may belong to its label


_BEGINNING = re.compile(r"[(（]?[一二三四五六七八九1-9][)）.、,]")  # a label begins with its numeral


@dataclass(frozen=True, slots=True)
class Match:
    """Line `line` is row `row`; `similarity` is how alike the label is. `unlabelled`: the row follows from the place alone."""

    line: int
    row: int
    similarity: float
    unlabelled: bool = False


@dataclass(frozen=True, slots=True)
class Alignment:
    """`spare` are lines with numbers that are no row."""

    matches: tuple[Match, ...]
    spare: tuple[int, ...]


def align(lines: list[Line], form: str, table: str, rows: int, columns: int) -> Alignment:
    """The best alignment of the lines with the rows of the form's table."""
    chunks = [i for i, line in enumerate(lines) if line.tail or line.visible or _is_whole(line, form, table)]
    scores = [_scores(lines, i, form, table) for i in chunks]
    weights = [_weight(lines[i], columns) for i in chunks]
    pairs = _straight(scores, weights)
    if pairs is None:
        pairs = _best_path(scores, weights, rows)
    matches: list[Match] = []
    for chunk, row in pairs:
        similarity = scores[chunk][row]
        matches.append(Match(chunks[chunk], row, max(similarity, 0.0), similarity < MATCH))
    matches = _only_certain(matches, rows, [i for c, i in enumerate(chunks) if weights[c] and max(scores[c]) < MATCH])
    taken = {m.line for m in matches}
    rows_taken = {m.row for m in matches}
    for c, i in enumerate(chunks):
        # a label that is a row's is that row wherever it stands
        best = max(scores[c])
        if i not in taken and weights[c] and best >= _ENOUGH and scores[c].index(best) not in rows_taken:
            matches.append(Match(i, scores[c].index(best), best))
            rows_taken.add(matches[-1].row)
    taken = {m.line for m in matches}
    spare = tuple(i for c, i in enumerate(chunks) if i not in taken and weights[c])
    return Alignment(tuple(matches), spare)


def _sharpened(scores: tuple[float, ...]) -> tuple[float, ...]:
    """A label that is a row's is no other row's: what it merely resembles beside it does not count."""
    best = max(scores)
    if not _ENOUGH <= best < 1.0:  # a label that is written as in the form is like no other already
        return scores
    return tuple([s if s > best - _CLEARLY else 0.0 for s in scores])


def _weight(line: Line, columns: int) -> int:
    """How much of a row of numbers stands in the line: 0 none, 1 some, 2 most of its places."""
    if not line.filled:
        return 0
    return 2 if len(line.tail) >= columns - 2 and columns > 2 else 1


def _scores(lines: list[Line], index: int, form: str, table: str) -> tuple[float, ...]:
    """The similarity of a line's label to each row, sharpened, with the fragments around it where the label alone does not
    fit."""
    line = lines[index]
    own = line.text
    best, top = closest(own, form, table)
    if top >= _ENOUGH and line.label:
        return best if top == 1.0 else _sharpened(best)
    variants: list[str] = []
    if len(line.label) > 1 and not line.visible:
        words = [c.text for c in line.label]
        ends = ["".join(words[-k:]) for k in range(1, min(len(words), 9))]
        variants += [end for end in ends if _may_be_label(end, words[-1], form, table)]
    # a label begins with its numeral: what stands above it is another's
    above = [] if _BEGINNING.match(own) else _fragments(lines, index, -1, form, table)
    below = _fragments(lines, index, 1, form, table)
    # numbers stand in the middle of their row: a label that begins above them, with no numbers between, is theirs
    begun = bool(above) and _BEGINNING.match(above[0]) is not None
    for up in (len(above),) if begun else range(len(above) + 1):
        for down in range(len(below) + 1):
            if up or (down and own):  # no label begins below its numbers
                variants.append("".join([*above[len(above) - up :], own, *below[:down]]))
    for variant in variants:
        if max(best) >= _ENOUGH:
            break
        if variant:
            best = tuple(map(max, best, similarities(variant, form, table)))
    if not line.label and line.filled:
        best = _with_neighbour(best, lines, index, form, table)
    return _sharpened(best)


def _may_be_label(end: str, last: str, form: str, table: str) -> bool:
    """Whether the end of a run of words may be a row's label: a short one must be it, and its last words must be of it."""
    if len(end) < _SHORTEST:
        return closest(end, form, table)[1] == 1.0
    return is_part(last, end, form, table)


def _is_whole(line: Line, form: str, table: str) -> bool:
    """The line's label is that of a row, not a fragment of one."""
    return bool(line.label) and closest(line.text, form, table)[1] >= _ENOUGH


def _with_neighbour(
    best: tuple[float, ...], lines: list[Line], index: int, form: str, table: str
) -> tuple[float, ...]:
    """Numbers without words: a whole label on the line above is theirs, unless it has cells of its own, be they empty."""
    above = lines[index - 1] if index else None
    if above is None or above.tail or not _is_whole(above, form, table):
        return best
    return tuple(map(max, best, similarities(above.text, form, table)))


def _fragments(lines: list[Line], index: int, step: int, form: str, table: str) -> list[str]:
    """Words on the lines without numbers next to a line, in their order, at most `_REACH`; a whole label is no fragment."""
    found: list[str] = []
    at = index + step
    while 0 <= at < len(lines) and len(found) < _REACH:
        line = lines[at]
        if line.filled:
            # numbers without separators: the words before them may be the end of this line's label
            ends_here = line.label and not line.visible and not _BEGINNING.match(line.text)
            first = line.label[0].text if line.label else ""
            if step > 0 and ends_here and closest(first, form, table)[1] < _ENOUGH:
                found.append(first)
            break
        if any(heads_column(cell.text, form, table) for cell in line.label):
            break
        begins = _BEGINNING.match(line.text) is not None
        own = lines[index].text
        if own and not begins and _is_whole(line, form, table) and not is_part(own, line.text, form, table):
            break
        if begins and step > 0:
            break
        found.append(line.text)
        if begins:
            break
        at += step
    return found if step > 0 else found[::-1]


def _straight(scores: list[tuple[float, ...]], weights: list[int]) -> list[tuple[int, int]] | None:
    """The alignment where each line takes the row it is most like and the rows come out in order: nothing can be better."""
    pairs: list[tuple[int, int]] = []
    last = -1
    for chunk, row_scores in enumerate(scores):
        best = max(row_scores)
        if best < MATCH:
            if weights[chunk]:
                return None
            continue
        row = row_scores.index(best)
        if row <= last:
            return None
        pairs.append((chunk, row))
        last = row
    return pairs


def _best_path(scores: list[tuple[float, ...]], weights: list[int], rows: int) -> list[tuple[int, int]]:
    count = len(scores)
    best = [[0.0] * (rows + 1) for _ in range(count + 1)]
    move = [bytearray(rows + 1) for _ in range(count + 1)]
    for j in range(1, rows + 1):
        best[0][j] = best[0][j - 1] + _LOST_ROW
        move[0][j] = 2
    for i in range(1, count + 1):
        line_scores, weight = scores[i - 1], weights[i - 1]
        skip = _LOST_LINE * weight
        nameless = weight == 2 and max(line_scores) < MATCH
        above, here, moves = best[i - 1], best[i], move[i]
        here[0] = above[0] + skip
        moves[0] = 1
        for j in range(1, rows + 1):
            value, step = above[j] + skip, 1
            lost = here[j - 1] + _LOST_ROW
            if lost > value:
                value, step = lost, 2
            similarity = line_scores[j - 1]
            if similarity >= MATCH:
                # a label that only resembles is worth little beside one that fits
                matched = above[j - 1] + (similarity - MATCH) / (1 - MATCH) * (1 if weight else _WORDS_ALONE)
                if matched >= value:
                    value, step = matched, 3
            elif nameless:
                matched = above[j - 1] + _UNLABELLED - 0.5
                if matched > value:
                    value, step = matched, 3
            here[j], moves[j] = value, step
    pairs: list[tuple[int, int]] = []
    i, j = count, rows
    while i or j:
        step = move[i][j]
        if step == 3:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif step == 1:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]


def _only_certain(matches: list[Match], rows: int, nameless: list[int]) -> list[Match]:
    """Keep a line without a label only where the place leaves one row for it: as many such lines between two labelled
    rows as rows are free there."""
    if not any(m.unlabelled for m in matches):
        return matches
    kept: list[Match] = []
    labelled = [Match(-1, -1, 1.0), *[m for m in matches if not m.unlabelled], Match(1 << 30, rows, 1.0)]
    by_row = {m.row: m for m in matches}
    for before, after in pairwise(labelled):
        if before.row >= 0:
            kept.append(before)
        free = range(before.row + 1, after.row)
        waiting = [i for i in nameless if before.line < i < after.line]
        if len(free) == len(waiting):
            kept.extend(by_row[row] for row in free if row in by_row and by_row[row].unlabelled)
    return kept

"""How alike a label in the source is to the labels of a form, whatever OCR did to it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import LCSseq

from extractor.forms import table as form_table

# The traditional characters that occur in the forms' labels, with their simplified forms.
_SIMPLE = str.maketrans(
    "內動務區問單國執報審對屬廢強後復採數於會條業構機權決沒況減為無爲獲現當發確祕穩範糾納組結經維總織繳繼續罰舉萬處號補複覆規計訟訪許訴詢認請議護費購轉辦這進過開関關項題額類體",
    "内动务区问单国执报审对属废强后复采数于会条业构机权决没况减为无为获现当发确秘稳范纠纳组结经维总织缴继续罚举万处号补复复规计讼访许诉询认请议护费购转办这进过开关关项题额类体",
)
_NOISE = re.compile(r"[\s,.:;!?、。·()\[\]{}<>〈〉《》【】〔〕「」\"'“”‘’|*#_=~^`\\/-]+")

_NOT_EXACT = 0.97  # the most for a label that is not written as in the form
_PART = 80  # per cent of a fragment that must stand in a label for it to be a part of it
_MOSTLY = 0.8  # of the characters of a line's label: labels of several rows printed into one
_TORN = 0.85  # below it a label is looked at as one whose fragments are scattered


@lru_cache(maxsize=32768)
def squeeze(text: str) -> str:
    """A label without spaces, punctuation and brackets, in simplified characters: what is compared."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).translate(_SIMPLE).replace("其它", "其他")


@cache
def spelling(words: str, gap: str = "") -> str:
    """A regular expression for the words in either script, with `gap` allowed between the characters."""
    traditional: dict[str, str] = {}
    for old, new in _SIMPLE.items():
        traditional.setdefault(chr(new), "")
        traditional[chr(new)] += chr(old)
    return gap.join(f"[{c}{traditional[c]}]" if c in traditional else re.escape(c) for c in words)


@dataclass(frozen=True, slots=True)
class _Labels:
    """All ways to write the labels of one table. `variants` are those of row 0, of row 1 and so on from `starts[row]`; those
    from `starts[-1]` on are no row's: of a group, of a column. `leaves` and `paths` have one squeezed label per row, `letters`
    the characters of its path."""

    exact: dict[str, int]
    variants: tuple[str, ...]
    starts: NDArray[np.intp]
    leaves: tuple[str, ...]
    paths: tuple[str, ...]
    letters: tuple[frozenset[str], ...]


@cache
def _labels(form: str, table: str) -> _Labels:
    rows = form_table(form, table).rows
    variants: list[str] = []
    starts: list[int] = []
    exact: dict[str, int] = {}
    clashes: set[str] = set()
    for index, row in enumerate(rows):
        starts.append(len(variants))
        for leaf in (row.label, *row.aliases):
            path = (*row.path[:-1], leaf)
            for depth in range(len(path)):
                name = squeeze("".join(path[depth:]))
                variants.append(name)
                if exact.setdefault(name, index) != index:
                    clashes.add(name)
    for name in clashes:
        del exact[name]
    starts.append(len(variants))
    variants += sorted(_other_labels(form, table) - set(variants))
    leaves = tuple(squeeze(r.label) for r in rows)
    paths = tuple(squeeze("".join(r.path)) for r in rows)
    return _Labels(exact, tuple(variants), np.array(starts), leaves, paths, tuple(map(frozenset, paths)))


def _other_labels(form: str, table: str) -> set[str]:
    """The labels of groups, alone and with the groups above them, and of columns."""
    found = {squeeze(label) for c in form_table(form, table).columns for label in (c.label, *c.aliases)}
    for row in form_table(form, table).rows:
        groups = row.path[:-1]
        found |= {squeeze("".join(groups[a:b])) for a in range(len(groups)) for b in range(a + 1, len(groups) + 1)}
    return found


@lru_cache(maxsize=8192)
def similarities(label: str, form: str, table: str) -> tuple[float, ...]:
    """For each row of the table how alike `label` is to its label, 0 to 1; 1 only where it is written as in the form.

    Besides the edit distance to the label with and without its groups, a label counts as covered when its characters stand
    in the text in order with other fragments between them: so a label torn over several lines is known again.
    """
    return _similarities(squeeze(label), form, table)


@lru_cache(maxsize=8192)
def closest(label: str, form: str, table: str) -> tuple[tuple[float, ...], float]:
    """The similarities of a label, and the best of them."""
    scores = similarities(label, form, table)
    return scores, max(scores)


@lru_cache(maxsize=8192)
def _similarities(query: str, form: str, table: str) -> tuple[float, ...]:
    known = _labels(form, table)
    nothing = (0.0,) * len(known.leaves)
    if not query:
        return nothing
    hit = known.exact.get(query)
    if hit is not None:
        # written as in the form: that row and no other
        return (*nothing[:hit], 1.0, *nothing[hit + 1 :])
    ratios = process.cdist([query], known.variants, scorer=fuzz.ratio, dtype=np.float32)[0]
    *scores, other = (np.maximum.reduceat(ratios, known.starts) / 100).tolist()
    if other > max(scores):
        return nothing  # more like the label of a group or a column than like any row's
    if max(scores) < _TORN:
        letters = set(query)
        for row, (leaf, path) in enumerate(zip(known.leaves, known.letters, strict=True)):
            if len(leaf) >= 4 and len(query) > len(leaf):
                foreign = len(letters - path) / len(letters)
                if 0.9 - 0.8 * foreign > scores[row]:
                    covered = LCSseq.similarity(leaf, query) / len(leaf)
                    scores[row] = max(scores[row], 0.9 * covered - 0.8 * foreign)
    return tuple([min(score, _NOT_EXACT) for score in scores])


@lru_cache(maxsize=4096)
def is_label(words: str, form: str, table: str) -> bool:
    """Whether words are a label of the table: of a row, of a group, of a column, or what stands over them."""
    query = squeeze(words)
    known = (*_labels(form, table).variants, *_OVER)
    return process.extractOne(query, known, scorer=fuzz.ratio, score_cutoff=_PART) is not None


_OVER = ("信息内容", "申请人情况", "法人或其他组织", "本列数据的勾稽关系为第一项加第二项之和等于第三项加第四项之和")


@lru_cache(maxsize=4096)
def rows_named(words: str, form: str, table: str) -> tuple[int, ...]:
    """The rows whose labels make up the words, where these are the labels of several rows and little else; else none."""
    query = squeeze(words)
    found: dict[int, str] = {}
    for index, row in enumerate(form_table(form, table).rows):
        held = [name for label in (row.label, *row.aliases) if (name := squeeze(label)) in query]
        if held:
            found[index] = max(held, key=len)
    long = [i for i, name in found.items() if not any(name in other for j, other in found.items() if j != i)]
    covered = sum(len(found[i]) for i in long)
    return tuple(long) if len(long) > 1 and covered >= _MOSTLY * len(query) else ()


@lru_cache(maxsize=8192)
def heads_column(words: str, form: str, table: str) -> bool:
    """Whether words are the label of a column or stand over one: never a part of a row's label."""
    query = squeeze(words)
    return query in _OVER or query in column_labels(form, table)


def is_part(fragment: str, label: str, form: str, table: str) -> bool:
    """Whether a fragment stands in the label, groups included, of the row that `label` is most like."""
    scores = similarities(label, form, table)
    path = _labels(form, table).paths[scores.index(max(scores))]
    return fuzz.partial_ratio(squeeze(fragment), path) >= _PART


@cache
def column_labels(form: str, table: str) -> dict[str, str]:
    """Every squeezed way to write a column's label, to the column's key; what two columns share is left out."""
    found: dict[str, str] = {}
    for column in form_table(form, table).columns:
        for label in (column.label, *column.aliases):
            found.setdefault(squeeze(label), column.key)
    return found

"""Damages as OCR, page breaks and bad copies do them, and the mixes in which they come.

A damage is one function of a generator of random numbers, a paper and a rate (0 to 1: how hard). It changes the paper and
records what it did. The order is that of nature: the page breaks first, then rows go, then cells, then digits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from extractor.eval.damages import cells, injected, rows, words
from extractor.eval.paper import Paper

Damage = Callable[[Random, Paper, float], None]

DAMAGES: Mapping[str, Damage] = {
    d.__name__: d for d in (
        rows.page_break, rows.values_slid, rows.rows_lost_top, rows.rows_lost_middle, rows.rows_lost_end,
        rows.disclosure_rows_lost, rows.disputes_lost, cells.columns_blank, cells.cells_blanked, cells.digit_confused,
        cells.digit_inserted, cells.digit_dropped, cells.illegible, cells.lookalikes, cells.number_split, cells.numbers_joined,
        rows.row_shifted, rows.rows_merged, rows.short_rows, rows.field_jitter, words.labels_spaced, words.replaced_characters,
        words.labels_misread, words.header_pieces, words.header_lost, words.heading_lost, words.heading_doubled,
        words.foreign_tokens, words.figure_confused, injected.one_wrong, injected.two_wrong, injected.three_wrong,
        injected.one_row_shifted, injected.one_row_lost,
    )
}


@dataclass(frozen=True, slots=True)
class Mix:
    """What a data set is made of. `chances`: how often each damage strikes a report; `untouched`: share of reports that no
    damage strikes; `dense`: share of reports with a number of its own in every cell; `misprints`: share of reports that are
    wrong in print; `false_claims`: chance that a claim of the narrative does not hold."""

    chances: Mapping[str, float] = field(default_factory=dict)
    untouched: float = 0.0
    dense: float = 0.0
    misprints: float = 0.0
    false_claims: float = 0.0


# Of the five reports in hand: all have pages that end inside a table and labels broken by spaces, two have lost seven rows,
# one has short rows nearly everywhere, one empty columns, three headers in pieces, one a lost heading and header, two foreign
# words, one an illegible figure. The chances below are at least of that order; digits are hit far oftener than in those five.
_DEFAULT = {
    "page_break": 0.7, "rows_lost_top": 0.15, "rows_lost_middle": 0.12, "rows_lost_end": 0.15, "disclosure_rows_lost": 0.12,
    "disputes_lost": 0.03, "columns_blank": 0.1, "cells_blanked": 0.1, "digit_confused": 0.15, "digit_inserted": 0.06,
    "digit_dropped": 0.06, "illegible": 0.06, "lookalikes": 0.06, "number_split": 0.06, "numbers_joined": 0.05,
    "row_shifted": 0.08, "rows_merged": 0.06, "short_rows": 0.2, "field_jitter": 0.06, "values_slid": 0.04,
    "labels_spaced": 0.35,
    "replaced_characters": 0.08, "labels_misread": 0.08, "header_pieces": 0.35, "header_lost": 0.15, "heading_lost": 0.15,
    "heading_doubled": 0.06, "foreign_tokens": 0.35, "figure_confused": 0.12,
}

MIXES: Mapping[str, Mix] = {
    "default": Mix(_DEFAULT, untouched=0.08, dense=0.1, misprints=0.08, false_claims=0.08),
    "clean": Mix(dense=0.3),
    "dense": Mix(dense=1.0),
    "dense-damaged": Mix(_DEFAULT, dense=1.0),
    **{f"only-{name}": Mix({name: 1.0}, dense=0.3) for name in DAMAGES},
    **{f"dense-{name}": Mix({name: 1.0}, dense=1.0) for name in DAMAGES},
}


def damage(rng: Random, paper: Paper, mix: Mix) -> None:
    """Damage a paper as the mix says."""
    if rng.random() < mix.untouched:
        return
    for name, strike in DAMAGES.items():
        chance = mix.chances.get(name, 0.0)
        if chance and rng.random() < chance:
            strike(rng, paper, 0.05 + 0.95 * rng.random() ** 1.5)

"""One report with truth from a seed: draw, compose, damage, render, read off. The same seed gives the same bytes anywhere."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from extractor.eval.compose import compose
from extractor.eval.damages import MIXES, damage
from extractor.eval.draw import draw, weighted
from extractor.eval.layouts import render
from extractor.eval.reading_off import truth_of_paper
from extractor.eval.style import draw_style
from extractor.eval.truth import Truth


@dataclass(frozen=True, slots=True)
class Sample:
    """A document and its truth."""

    name: str
    text: str
    truth: Truth


def generate(seed: int, mix: str = "default", number: int = 0, layout: str = "") -> Sample:
    """Report `number` of the set drawn with `seed` and the mix of this name. `layout` fixes the tables' layout.

    Raises KeyError for an unknown mix."""
    settings = MIXES[mix]
    name = f"{mix}-{seed}-{number:06d}"
    rng = Random(f"{mix}/{seed}/{number}")
    drawn = draw(rng, rng.random() < settings.dense)
    style = draw_style(rng, layout)
    misprints = weighted(rng, {1: 70, 2: 20, 3: 10}) if rng.random() < settings.misprints else 0
    paper = compose(rng, drawn, style, misprints, settings.false_claims)
    damage(rng, paper, settings)
    text = render(rng, paper)
    return Sample(name, text, truth_of_paper(paper, f"{mix}/{seed}/{number}"))

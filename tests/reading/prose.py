"""Reads pieces of prose for the tests: no sections, no tables."""

from __future__ import annotations

from extractor.documents.view import view_of
from extractor.reading.claims import read_claims
from extractor.reading.narrative import read_figures
from extractor.report import Claim, Figure, Number

FORMS = {"requests": "2021", "disclosure": "2021", "disputes": "2021"}


def figures(text: str) -> tuple[Figure, ...]:
    found = read_figures(view_of(text), (), ())
    for figure in found:
        a, b = figure.span
        assert view_of(text[a:b]).text == figure.raw
    return found


def stated(text: str) -> list[tuple[Number | None, str]]:
    """Value and unit of each figure."""
    return [(f.value, f.unit) for f in figures(text)]


def claims(text: str, forms: dict[str, str] | None = None) -> tuple[tuple[Figure, ...], tuple[Claim, ...]]:
    found = figures(text)
    return found, read_claims(view_of(text), found, FORMS if forms is None else forms)


def sums(text: str) -> list[tuple[Number | None, list[Number | None]]]:
    """Total and parts of each composition."""
    found, made = claims(text)
    return [
        (found[c.total].value, [found[p].value for p in c.parts]) for c in made if c.kind == "sum" and c.total is not None
    ]


def cells(text: str, forms: dict[str, str] | None = None) -> list[tuple[Number | None, tuple[str, ...]]]:
    """The figures that state cells of the tables."""
    found, made = claims(text, forms)
    return [(found[c.total].value, c.cells) for c in made if c.kind == "table" and c.total is not None]

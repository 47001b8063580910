"""Builds the sample reports: narrative written by hand, tables drawn, both set, damaged and read off like generated reports.

A source is a TOML file. `[body]` says who reports, `[style]` and `[damages]` (name = rate) how it looks and what befell it,
`[texts]` holds the paragraphs of each section, one per line. A figure is written `{key:number|unit|what it counts}`; in the
place of the number, `@cell+cell` takes it from the tables and `4=四` spells it out; `{key:0=words||what it counts}` says in
words that there was none. `[[claims]]` names the figures that the text ties: `kind`, `total`, `parts`, `share`, `cells`.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from extractor.eval.compose import misprint, set_disclosure, set_disputes, set_requests
from extractor.eval.damages import DAMAGES
from extractor.eval.draw import Drawn, Issuer, draw_disclosure, draw_disputes, draw_requests
from extractor.eval.generate import Sample
from extractor.eval.layouts import render
from extractor.eval.paper import Chapter, Paper, Paragraph, Stated, StatedClaim, copied
from extractor.eval.prose import Prose
from extractor.eval.reading_off import truth_of_paper
from extractor.eval.style import Style, draw_style
from extractor.eval.truth import truth_json
from extractor.forms import form

_FIGURE = re.compile(r"\{(\w+):([^|{}]+)\|([^|{}]*)\|([^|{}]*)\}")
_PLAIN: dict[str, Any] = {
    "zero": "0", "full_width": False, "thousands": False, "unit_in_cell": False, "notes": False, "marked_disputes": "",
    "numerals": True, "spaced_numbers": False, "chrome_top": (), "chrome_bottom": (), "all_flat": False, "alias_chance": 0.0,
    "line_width": 0, "heading": "{n}、{h}", "label_cells": "expand", "plus": "+", "minus": "-",
}


def _drawn(source: Mapping[str, Any], rng: Random) -> Drawn:
    body = source["body"]
    issuer = Issuer(body["name"], body["name"], body["area"], body["address"], body["postcode"], body["phone"], body["email"],
                    body["website"])
    forms = dict.fromkeys(("disclosure", "requests", "disputes"), body["form"])
    size = body["size"]
    of = form(body["form"])
    values = {
        **draw_disclosure(rng, of.table("disclosure"), size, False), **draw_requests(rng, of.table("requests"), size),
        **draw_disputes(rng, of.table("disputes"), size, False), **{k: Decimal(v) if isinstance(v, str) else v
                                                                    for k, v in source.get("cells", {}).items()},
    }
    return Drawn(issuer, body["year"], forms, values, (body["signed"].year, body["signed"].month, body["signed"].day))


def _style(source: Mapping[str, Any], rng: Random) -> Style:
    asked: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in source.get("style", {}).items()}
    layout = asked.pop("layout")
    style = replace(draw_style(rng, layout), disputes_layout=layout)
    spelling = replace(style.spelling, half_brackets=asked.pop("half_brackets", False), space_after_bracket=False, dot=".",
                       wrap=asked.pop("wrap", 0), traditional=False)
    return replace(style, spelling=spelling, **{**_PLAIN, **asked})


def _paragraphs(text: str, section: str, drawn: Drawn, prose: Prose, figures: dict[str, Stated]) -> list[Paragraph]:
    """The lines of a text as paragraphs with their figures."""
    prose.section = section
    paragraphs = []
    for line in text.strip().splitlines():
        pieces: Paragraph = []
        done = 0
        for match in _FIGURE.finditer(line):
            key, raw, unit, label = match.groups()
            if raw.startswith("@"):
                raw = str(sum(int(drawn.values[cell]) for cell in raw[1:].split("+")))
            number, _, words = raw.partition("=")
            value: int | Decimal = Decimal(number) if "." in number else int(number)
            figures[key] = prose.stated(label, value, unit, words or number) if unit else prose.zero(label, words)
            pieces += [line[done:match.start()], figures[key]]
            done = match.end()
        paragraphs.append([*pieces, line[done:]])
    return paragraphs


def build(source: Mapping[str, Any], name: str) -> Sample:
    """The sample that a source describes. Raises KeyError where the source lacks something or names what isn't there."""
    rng = Random(f"sample/{name}/{source['seed']}")
    drawn, style = _drawn(source, rng), _style(source, rng)
    sheets = {sheet.table: sheet for sheet in (f(rng, drawn, style) for f in (set_disclosure, set_requests, set_disputes))}
    prose = Prose(rng, drawn, style, 0.0)
    figures: dict[str, Stated] = {}
    chapters = []
    for section in form(source["body"]["form"]).sections:
        paragraphs = _paragraphs(source["texts"].get(section.key, ""), section.key, drawn, prose, figures)
        table = section.key if section.key in sheets else ""
        chapters.append(Chapter(section.key, [style.heading.format(n=section.numeral, h=section.label)], paragraphs, table))
    claims = [
        StatedClaim(c["kind"], figures.get(c.get("total", "")), [figures[p] for p in c.get("parts", ())],
                    figures.get(c.get("share", "")), tuple(c.get("cells", ())))
        for c in source.get("claims", ())
    ]
    front, basis = prose.front()
    back: list[Paragraph] = [[drawn.issuer.name], [prose.day("signed_on", *drawn.signed)]]
    paper = Paper(drawn, style, front, chapters, back, sheets, {}, claims, basis)
    if source.get("misprints"):
        misprint(rng, paper, source["misprints"])
    for sheet in sheets.values():
        for line in sheet.number_rows():
            for content in line.places:
                paper.page[content.origin] = copied(content)
    for kind, rate in source.get("damages", {}).items():
        DAMAGES[kind](rng, paper, rate)
    return Sample(name, render(rng, paper), truth_of_paper(paper, f"sample/{name}"))


def build_all(sources: Path, out: Path) -> list[str]:
    """Write every sample of a folder of sources: `NAME.txt` and `NAME.json`; their names. Raises OSError, KeyError."""
    names = []
    for path in sorted(sources.glob("*.toml")):
        sample = build(tomllib.loads(path.read_text("utf-8")), path.stem)
        truth = json.dumps(truth_json(sample.truth), ensure_ascii=False, indent=1)
        (out / f"{path.stem}.txt").write_text(sample.text, "utf-8", newline="")
        (out / f"{path.stem}.json").write_text(truth + "\n", "utf-8")
        names.append(path.stem)
    return names

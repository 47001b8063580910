"""Damages to labels, headers, headings and the narrative: no number of a table changes."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from extractor.eval.damages.cells import CONFUSION, ILLEGIBLE
from extractor.eval.draw import weighted
from extractor.eval.paper import HeadCell, Line, Paper
from extractor.eval.style import FULL_WIDTH, wrap
from extractor.eval.truth import DamageRecord
from extractor.eval.words import FOREIGN_TOKENS

MISREAD = str.maketrans("公开申请属复行政未无总计结信息类书处", "公幵中请厲复行攻末元总汁结信恩类书处")
"""Characters that share most of their strokes."""


def _labels(paper: Paper, rng: Random, rate: float, change: Callable[[str], str]) -> bool:
    """Change the labels of rows, `rate` of them; whether any changed."""
    any_changed = False
    for sheet in paper.sheets.values():
        for line in sheet.rows():
            for x, text in enumerate(line.labels):
                if len(text) > 3 and rng.random() < rate:
                    line.labels[x] = change(text)
                    any_changed = any_changed or line.labels[x] != text
    return any_changed


def replaced_characters(rng: Random, paper: Paper, rate: float) -> None:
    """Lossy decoding: a replacement character inside labels."""
    def change(text: str) -> str:
        at = rng.randrange(2, len(text))
        return text[:at] + "�" * rng.randint(1, 2) + text[at + 1:]

    if _labels(paper, rng, rate, change):
        paper.damages.append(DamageRecord("replaced_characters", rate))


def labels_misread(rng: Random, paper: Paper, rate: float) -> None:
    if _labels(paper, rng, rate, lambda text: text.translate(MISREAD)):
        paper.damages.append(DamageRecord("labels_misread", rate))


def labels_spaced(rng: Random, paper: Paper, rate: float) -> None:
    """Spaces where narrow cells broke the labels."""
    width = rng.choice((1, 2, 3, 5, 8))
    if _labels(paper, rng, rate, lambda text: wrap(text, width)):
        paper.damages.append(DamageRecord("labels_spaced", rate))


def header_pieces(rng: Random, paper: Paper, rate: float) -> None:
    """Headers fallen to pieces: characters spaced out, or spread over lines one character each."""
    sheet = paper.sheets[rng.choice(("disputes", "disputes", "requests"))]
    headers = [line for line in sheet.lines if line.kind == "header"]
    if not headers:
        return
    if rng.random() < 0.5:
        for line in headers:
            for cell in line.head:
                cell.text = wrap(cell.text, rng.choice((1, 2)))
    else:
        last = headers[-1]
        at = sheet.lines.index(last)
        texts = [cell.text.replace(" ", "") for cell in last.head]
        lines = [
            Line("header", [], head=[HeadCell(text[depth] if depth < len(text) else "") for text in texts])
            for depth in range(min(4, max(len(t) for t in texts)))
        ]
        sheet.lines[at:at + 1] = lines
        if rng.random() < 0.3 and len(lines) > 1:
            sheet.lines.insert(at + rng.randint(1, len(lines) - 1), Line("break", []))
    paper.damages.append(DamageRecord("header_pieces", rate, sheet.table))


def header_lost(rng: Random, paper: Paper, rate: float) -> None:
    sheet = paper.sheets[rng.choice(("disputes", "requests", "disclosure"))]
    headers = [line for line in sheet.lines if line.kind in ("header", "title")]
    if rng.random() < 0.4 and len(headers) > 1:
        headers = headers[:rng.randint(1, len(headers) - 1)]
    sheet.lines = [line for line in sheet.lines if not any(line is gone for gone in headers)]
    paper.damages.append(DamageRecord("header_lost", rate, sheet.table))


def heading_lost(rng: Random, paper: Paper, rate: float) -> None:
    chapter = rng.choice(paper.chapters)
    chapter.headings = []
    paper.damages.append(DamageRecord("heading_lost", rate, chapter.table))


def heading_doubled(rng: Random, paper: Paper, rate: float) -> None:
    chapter = rng.choice(paper.chapters)
    chapter.headings = [*chapter.headings, *chapter.headings]
    paper.damages.append(DamageRecord("heading_doubled", rate, chapter.table))


def foreign_tokens(rng: Random, paper: Paper, rate: float) -> None:
    """Words of another language between the characters of the narrative."""
    paragraphs = [p for c in paper.chapters for p in c.paragraphs]
    for _ in range(max(1, round(rate * 4))):
        paragraph = rng.choice(paragraphs)
        texts = [i for i, piece in enumerate(paragraph) if isinstance(piece, str) and len(piece) > 20]
        if texts:
            i = rng.choice(texts)
            text = str(paragraph[i])
            at = rng.randint(8, len(text) - 4)
            paragraph[i] = text[:at] + rng.choice(FOREIGN_TOKENS) + text[at:]
    paper.damages.append(DamageRecord("foreign_tokens", rate))


def figure_confused(rng: Random, paper: Paper, rate: float) -> None:
    """A digit of a figure of the narrative changed, or the figure illegible."""
    figures = [f for f in paper.figures() if isinstance(f.value, int) and f.raw.isascii() and f.raw.isdecimal()]
    for figure in rng.sample(figures, min(len(figures), max(1, round(rate * 3)))):
        if rng.random() < 0.25:
            figure.raw, figure.value = rng.choice(("20-8-", "1?", "3�", *ILLEGIBLE[:2])), None
        else:
            at = rng.randrange(len(figure.raw))
            other = weighted(rng, CONFUSION[figure.raw[at]])
            if at == 0 and other == "0":
                other = "9"
            figure.raw = figure.raw[:at] + other + figure.raw[at + 1:]
            figure.value = int(figure.raw)
            if paper.style.full_width:
                figure.raw = figure.raw.translate(FULL_WIDTH)
    paper.damages.append(DamageRecord("figure_confused", rate))

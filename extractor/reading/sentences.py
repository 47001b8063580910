"""The sentences of a narrative that state figures, and what stands around each figure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from extractor.documents.view import View
from extractor.reading.narrative import HEADING
from extractor.report import Figure, Number, Span

_SENTENCE_END = re.compile(r"[。!]|(?<![0-9])\?|\n(?=\s{0,12}(?:#|[一二三四五六]、|\([一二三四五六七八九十]\)|第二十条))")
_INLINE_HEADING = re.compile(r"[^,。;:]{0,80}\([一二三四五六七八九十\d]{1,2}\)\s?[\u4e00-\u9fff]{2,12}(?:情况|方面)\s")
_MOST_IN_SENTENCE = 200
RATES = frozenset({"%", "‰", "个百分点"})
"""Units of what is no count."""


@dataclass(slots=True)
class Mention:
    """A figure in its sentence. `before`: the words since the figure before it, `after`: those behind its unit."""

    index: int
    figure: Figure
    start: int
    end: int
    depth: int
    before: str
    after: str
    total: Mention | None = None


@dataclass(slots=True)
class Sentence:
    start: int
    end: int
    text: str
    mentions: list[Mention] = field(default_factory=list)


def sentences_of(view: View, figures: Sequence[Figure]) -> list[Sentence]:
    """The sentences that state figures, with what stands around each figure."""
    text = view.text
    spans = [view.view_span(*f.span) for f in figures]
    ends = [m.end() for m in _SENTENCE_END.finditer(text, 0, spans[-1][1] + 400)]
    found: list[Sentence] = []
    done = 0
    for index, (figure, (start, stop)) in enumerate(zip(figures, spans, strict=True)):
        place = bisect_right(ends, start)
        begin = ends[place - 1] if place else 0
        full = bool(found) and len(found[-1].mentions) >= _MOST_IN_SENTENCE
        if not found or full or start >= found[-1].end:
            end = ends[place] if place < len(ends) else len(text)
            begin = done if full else begin
            found.append(Sentence(begin, end, text[begin : min(end, stop + 2000)]))
            done = begin
        if figure.unit:
            at = text.find(figure.unit, stop, stop + len(figure.unit) + 8)
            stop = at + len(figure.unit) if at >= 0 else stop
        sentence = found[-1]
        head = sentence.text[: start - sentence.start]
        after = re.split(r"[,。;:()]", text[stop : stop + 40], maxsplit=1)[0]
        sentence.mentions.append(
            Mention(
                index, figure, start, stop, head.count("(") - head.count(")"),
                _since_heading(text[max(done, start - 120) : start]), squeeze(after),
            )
        )  # fmt: skip
        done = stop
    return found


def squeeze(text: str) -> str:
    """Without white space and markup."""
    return "".join(text.split()).replace("*", "").replace("#", "")


def _since_heading(text: str) -> str:
    """The words behind the last heading, squeezed."""
    if "\n" in text:
        headings = [h.end() for h in HEADING.finditer("\n" + text)]
        text = text[headings[-1] - 1 :] if headings else text
    inline = _INLINE_HEADING.match(text)
    if inline:
        text = text[inline.end() :]
    return squeeze(text)


def exact(mention: Mention) -> bool:
    return mention.figure.value is not None and not mention.figure.approximate


def value_of(mention: Mention) -> Number:
    value = mention.figure.value
    assert value is not None
    return value


def hull(*mentions: Mention) -> Span:
    return (min(m.figure.span[0] for m in mentions), max(m.figure.span[1] for m in mentions))

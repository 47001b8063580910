"""The figures of the narrative: every stated number, its unit, what it counts, its place."""

from __future__ import annotations

import re

from extractor.documents.view import View
from extractor.reading.absence import statements_of_none
from extractor.reading.counting import chinese_numbers, printed_numbers
from extractor.report import Figure, Section, Span

_CLAUSE = re.compile(
    r"\)\s?[\u4e00-\u9fff]{2,12}(?:情况|方面)\s|[,。;:!?()]|\n\s*(?=[#*]|[一二三四五六七八九十]+[、.]|\(|\d+[.、])"
)
# A line that is a heading of its own ends like a sentence; a blank line between other lines may be a page break.
HEADING = re.compile(
    r"\n[#* \t]*(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十\d]+\)|\d+[.、]|#)[^\n。,;:]{0,40}(?=\n)"
)
_LONGEST = 36  # characters of a label
_SPACE = re.compile(r"[\s*#>|]+")
_LEAD = re.compile(
    r"^(?:[、,.\-—·]|其次是?|再次是?|共计|累计|其中|包括|分别[为是]?|以及|及|和|与|并(?!购)|且|另外?|还|又|再|也|共(?!享|同|产|青|建|管)|约"
    r"|第?[一二三四五六七八九十]是|\d{4}年(?:度|内|以来)?|本年度?|全年度?|今年(?:以来)?|年度?内|一年来|目前|期间|总计|合计"
    r"|截[至止](?:目前|\d{4}年底|年底|\d{4}年\d+月(?:\d+日)?)?|\d+月(?:\d+日)?)+"
)
_TAIL = re.compile(
    r"(?:共计?|合计|总计|累计|总共|达到?|达成|大?约|将?近|超过?|超出|逾|突破|不少于|不低于|分别|[为了有是的出:至占]|(?<![收接得])到|均|各|已"
    r"|数[量为]?(?=[为是达]$)|计)+$"
)
_NOUN = re.compile(r"\s*([\u4e00-\u9fff“”《》·]{2,16}?)(?=[,。;:!?()、\n\s]|$)")
_SHARE_WORDS = ("占", "占比", "比例", "比重", "")


def read_figures(view: View, sections: tuple[Section, ...], tables: tuple[Span, ...]) -> tuple[Figure, ...]:
    """The figures of the text outside the tables (spans of the source), in order of their places.

    `raw` is the view's text at the figure's place. "未收到…申请" and the like are figures of value 0 whose place is the
    phrase. The text before the first section (title, preamble) states no figures of the year, unless the overview's heading
    is lost.
    """
    places = [(s.key, *view.view_span(*s.span)) for s in sections]
    start = places[0][1] if any(key == "overview" for key, _, _ in places) else 0
    end = max((stop for _, _, stop in places), default=len(view.text))
    text = _without(view.text, start, end, [view.view_span(*t) for t in tables])
    found = [*printed_numbers(text), *chinese_numbers(text), *statements_of_none(text)]
    found.sort(key=lambda c: (c.start, c.end))
    figures: list[Figure] = []
    done = 0
    label = ""
    for counted in found:
        if counted.start < done:
            continue
        label = counted.label or label_of(text, done, counted.start, counted.tail, label, counted.unit)
        at = counted.start + start
        key = next((k for k, a, b in places if a <= at < b), "overview" if places else "")
        span = view.source_span(at, counted.end + start)
        raw = text[counted.start : counted.end]
        figures.append(Figure(label, counted.value, counted.unit, span, key, raw, counted.approximate))
        # two statements of none may share a place: 未发生行政复议、行政诉讼
        done = counted.start if counted.label else counted.tail
    return tuple(figures)


def _without(text: str, start: int, end: int, tables: list[Span]) -> str:
    """`text[start:end]` with line feeds in the place of tables and a full stop behind headings: offsets stay."""
    parts: list[str] = []
    at = start
    for a, b in sorted(tables):
        a, b = max(a, at), min(b, end)
        if a < b:
            parts += (text[at:a], "\n" * (b - a))
            at = b
    whole = "".join((*parts, text[at:end]))
    parts, at = [], 0
    for heading in HEADING.finditer(whole):
        parts += (whole[at : heading.end()], "。")
        at = heading.end() + 1
    return "".join((*parts, whole[at:]))


def label_of(text: str, done: int, begin: int, tail: int, before: str, unit: str) -> str:
    """What a figure counts: the words before it in its clause, or where there are none, those behind it, or what the
    figure before it counted."""
    start = max(done, begin - 60)
    for stop in _CLAUSE.finditer(text, start, begin):
        if stop.end() < begin:
            start = stop.end()
    words = _TAIL.sub("", _LEAD.sub("", _SPACE.sub("", text[start:begin]).rstrip(":,(")))
    words = _LEAD.sub("", words)
    if unit in ("%", "‰") and words in _SHARE_WORDS:
        return (before.removesuffix("占比") + "占比")[-_LONGEST:]
    if len(words) <= 4 or words.endswith(("和", "及", "与", "、", "在")):
        noun = _NOUN.match(text, tail)
        if noun:
            words = (words if len(words) <= 4 else "") + _SPACE.sub("", noun[1])
    if not words and not before:
        words = _SPACE.sub("", _CLAUSE.split(text[tail : tail + 16], maxsplit=1)[0])
    return words[-_LONGEST:] or before

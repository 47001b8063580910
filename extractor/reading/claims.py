"""The arithmetic that a narrative asserts: totals with parts, shares, the same quantity stated twice, the tables' numbers.

A claim is made only where the wording leaves little doubt that it is one: a claim that is none would become a false finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from extractor.documents.view import View
from extractor.reading.compositions import closed
from extractor.reading.numerals import one_digit_apart
from extractor.reading.sentences import RATES, Mention, Sentence, exact, hull, sentences_of, squeeze, value_of
from extractor.reading.stated_cells import WORTH_A_LOOK, Statement, cells_of, concept_of
from extractor.reading.totals import CHANNEL, share_behind, sums_of
from extractor.report import Claim, Figure

_MOST_FIGURES = 2000
_NEAR = 80  # characters of other sentences that may stand between a total and its parts
_YEAR = re.compile(r"(20\d\d)年")
_REPORT_YEAR = re.compile(r"(20\d\d)年?度?(?:政府)?信息公[开開]")
_GENERIC = re.compile(
    r"政府|政务|信息|公开|发布|各类|相关|有关|工作|主动|全年|全县|全市|全区|全镇|全乡|我[局镇乡县市区办]|本[局年级]|今年|20\d\d年|门户|平台|网站|共|总"
    r"|微信|公众号|微博|新媒体|通过|利用|依托|情况|栏目|内容|更新|推送|转发|开展|组织|举办|召开|参加|累计|目前|[在对与和及等了的、,:;]"
)
# All information disclosed in the year: no channel, no field, no office is named.
_ALL_DISCLOSED = re.compile(
    r"(?:^|[,。;:])(?:(?:20\d\d年度?|全年|本年度?|今年以来|一年来|截[至止][^,。;:]{2,9}|我[局镇乡县市区办委])[,]?)*"
    r"(?:共计?|累计|总共|全年|全年度|通过(?:各类|各种|多种)渠道)*(?:主动公开(?:发布)?|公开发布)(?:各类)?(?:政府|政务)?信息"
    r"(?:总数|总量|数量)?(?:共计?|合计|累计|总计|达到?|为|约)*$"
)
_SPECIFIC = 4  # characters left of a label without its generic words that make it name one quantity
_NOUN = re.compile(r"[\u4e00-\u9fff]{4,20}")


def read_claims(view: View, figures: tuple[Figure, ...], forms: Mapping[str, str]) -> tuple[Claim, ...]:
    """The claims of the narrative, in order of their places. `forms` gives the form version of each table that was found.

    Of a text with more than 2000 figures, which no report is, only the first 2000 are looked at."""
    figures = figures[:_MOST_FIGURES]
    if not figures:
        return ()
    sentences = sentences_of(view, figures)
    sums = _sums(sentences)
    claims = sums.copy()
    claims += _shares(sentences, sums, figures)
    concepts = _concepts(view, sentences, sums)
    claims += _repeated(sentences, concepts, sums)
    claims += _in_tables(concepts, forms)
    order = {"sum": 0, "share": 1, "shares_total": 2, "repeated": 3, "table": 4}
    return tuple(sorted(claims, key=lambda c: (c.span, order[c.kind], c.total or 0, c.parts)))


def read_table_claims(view: View, figures: tuple[Figure, ...], forms: Mapping[str, str]) -> tuple[Claim, ...]:
    """The claims of `read_claims` that tie a figure to a table, alone."""
    figures = figures[:_MOST_FIGURES]
    if not figures:
        return ()
    sentences = sentences_of(view, figures)
    claims = _in_tables(_concepts(view, sentences, _sums(sentences)), forms)
    return tuple(sorted(claims, key=lambda c: (c.span, c.total or 0, c.parts)))


def _sums(sentences: Sequence[Sentence]) -> list[Claim]:
    sums: list[Claim] = []
    for number, sentence in enumerate(sentences):
        previous = sentences[number - 1] if number and sentences[number - 1].end >= sentence.start - _NEAR else None
        sums += sums_of(sentence, previous)
    return sums


def _in_tables(concepts: Iterable[tuple[Mention, str]], forms: Mapping[str, str]) -> list[Claim]:
    return [
        Claim("table", mention.figure.span, total=mention.index, cells=cells)
        for mention, concept in concepts
        if mention.figure.value is not None and not mention.figure.approximate and (cells := cells_of(concept, forms))
    ]


def _shares(sentences: Sequence[Sentence], sums: Iterable[Claim], figures: Sequence[Figure]) -> list[Claim]:
    claims: list[Claim] = []
    paired: dict[int, int] = {}
    for sentence in sentences:
        alone: list[Mention] = []
        for mention in sentence.mentions:
            share = share_behind(sentence, mention)
            if share and mention.total and exact(share) and exact(mention):
                paired[mention.index] = share.index
                span = hull(mention, share)
                claims.append(Claim("share", span, total=mention.total.index, parts=(mention.index,), share=share.index))
            elif mention.figure.unit == "%" and "占" in mention.before[-12:] and exact(mention):
                alone.append(mention)
        free = [m for m in alone if m.index not in paired.values() and m.depth == 0]
        claims += _whole(free)
    for claim in sums:
        if claim.parts and all(p in paired for p in claim.parts):
            shares = tuple(paired[p] for p in claim.parts)
            claims.append(Claim("shares_total", (figures[shares[0]].span[0], figures[shares[-1]].span[1]), parts=shares))
    return claims


def _whole(shares: Sequence[Mention]) -> list[Claim]:
    """Shares of one sentence without counts, where they are meant to make up 100."""
    values = [value_of(m) for m in shares]
    if len(shares) > 2 and closed([m.figure.label.removesuffix("占比") for m in shares], values):
        return [Claim("shares_total", hull(*shares), parts=tuple(m.index for m in shares))]
    return []


def _concepts(view: View, sentences: Sequence[Sentence], sums: Iterable[Claim]) -> list[tuple[Mention, str]]:
    """The figures that state cells of the tables."""
    opening = squeeze(view.text[:1200])
    year = _REPORT_YEAR.search(opening) or _YEAR.search(opening)
    parts = {p for claim in sums for p in claim.parts}
    found: list[tuple[Mention, str]] = []
    concept_at: dict[int, str] = {}
    for sentence in sentences:
        context = squeeze(view.text[max(0, sentence.start - 100) : sentence.start] + sentence.text)
        if not WORTH_A_LOOK.search(context):
            continue
        for mention in sentence.mentions:
            years = _YEAR.findall(mention.before)
            if year and any(y != year[1] for y in years) and "结转" not in mention.before:
                continue
            figure = mention.figure
            none = figure.value == 0 and not figure.raw[0].isdigit() and len(figure.raw) > 2
            words = squeeze(figure.raw) if none else mention.before
            statement = Statement(words, mention.after, context, none, mention.index in parts)
            total = concept_at.get(mention.total.index) if mention.total else None
            concept = concept_of(statement, figure.label, figure.unit, total)
            if concept == "carried_in" and total == "received":
                # 收到12件，其中上年结转1件: the 12 are new and carried over together
                found = [(m, "received_and_carried" if m is mention.total else c) for m, c in found]
            if concept:
                concept_at[mention.index] = concept
                found.append((mention, concept))
    return found


def _repeated(
    sentences: Sequence[Sentence], concepts: Sequence[tuple[Mention, str]], sums: Sequence[Claim]
) -> list[Claim]:
    """The same quantity in two sentences: the same cell of a table, or the same specific words with the same unit."""
    sentence_of = {m.index: s.start for s in sentences for m in s.mentions}
    parts = {p for claim in sums for p in claim.parts}
    groups: dict[tuple[str, ...], list[Mention]] = {}
    stated = set()
    for mention, concept in concepts:
        stated.add(mention.index)
        if not mention.figure.approximate:
            groups.setdefault(("cell", concept), []).append(mention)
    for sentence in sentences:
        for mention in sentence.mentions:
            figure = mention.figure
            part = mention.index in parts or mention.total is not None
            if mention.index in stated or part or figure.approximate or figure.unit in RATES or not figure.unit:
                continue
            key = _quantity(mention)
            if key:
                groups.setdefault((figure.unit, *key), []).append(mention)
    claims: list[Claim] = []
    for group in groups.values():
        apart = list({sentence_of[mention.index]: mention for mention in reversed(group)}.values())[::-1]
        if len(apart) > 1:
            claims.append(Claim("repeated", hull(*apart), parts=tuple(m.index for m in apart)))
    return claims + _channels(sentences, stated)


def _quantity(mention: Mention) -> tuple[str, ...] | None:
    """What names a quantity closely enough to know it again: all that was disclosed in the year; the verb and the noun
    behind the number (选聘21名监督员); the specific words of a label."""
    if _ALL_DISCLOSED.search(mention.before):
        return ("主动公开信息",)
    noun = _NOUN.match(mention.after)
    if noun:
        verb = re.split(r"[,。;:、]", mention.before)[-1][-2:]
        specific = _GENERIC.sub("", noun[0])
        return (verb, specific[: _SPECIFIC + 1]) if len(specific) >= _SPECIFIC and len(verb) == 2 else None
    specific = _GENERIC.sub("", mention.figure.label)
    return (mention.figure.label,) if len(specific) >= 2 * _SPECIFIC else None


def _channels(sentences: Sequence[Sentence], stated: set[int]) -> list[Claim]:
    """What one channel published, stated twice: equal, or one digit apart (two different quantities seldom are). Only numbers
    of three digits and more: smaller ones are often the same by chance."""
    groups: dict[tuple[str, str], list[tuple[int, Mention]]] = {}
    for sentence in sentences:
        for mention in sentence.mentions:
            value = mention.figure.value
            channels = sorted({"微信" if c == "公众号" else c for c in CHANNEL.findall(mention.figure.label)})
            if not isinstance(value, int) or value < 100 or not exact(mention) or mention.index in stated:
                continue
            if len(channels) == 1:
                groups.setdefault((channels[0], mention.figure.unit), []).append((sentence.start, mention))
    claims: list[Claim] = []
    for group in groups.values():
        for (place, first), (elsewhere, second) in pairwise(group):
            a, b = int(value_of(first)), int(value_of(second))
            if place != elsewhere and (a == b or one_digit_apart(a, b)):
                claims.append(Claim("repeated", hull(first, second), parts=(first.index, second.index)))
    return claims

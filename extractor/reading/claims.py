"""The arithmetic that a narrative asserts: totals with parts, shares, the same quantity stated twice, the tables' numbers.

A claim is made only where the wording leaves little doubt that it is one: a claim that is none would become a false finding.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractor.documents.view import View
from extractor.reading.compositions import Composition, closed, composition
from extractor.reading.narrative import HEADING
from extractor.reading.numerals import one_digit_apart
from extractor.reading.stated_cells import WORTH_A_LOOK, Statement, cells_of, concept_of
from extractor.report import Claim, Figure, Number, Span

_SENTENCE_END = re.compile(r"[。!]|(?<![0-9])\?|\n(?=\s*(?:#|[一二三四五六]、|\([一二三四五六七八九十]\)|第二十条))")
_INLINE_HEADING = re.compile(r"[^,。;:]{0,80}\([一二三四五六七八九十\d]{1,2}\)\s?[\u4e00-\u9fff]{2,12}(?:情况|方面)\s")
_MOST_FIGURES = 2000
_MOST_IN_SENTENCE = 200
_NEAR = 80  # characters of other sentences that may stand between a total and its parts
_RATES = frozenset({"%", "‰", "个百分点"})
# What announces the parts of a total that stands before it.
_PARTS = re.compile(r"其中|包[括含]|分别[为是有]?|(?<=[(,])含|在(?:主动公开|公开|发布|收到|受理)[^,。;]{0,10}中[,:]")
_DIFFERENCE = re.compile(r"(?:增[长加]|减少|下降|上升|多|少)了?$")
# A clause that begins so says something new; the list of parts is over.
_LIST_END = re.compile(
    r"^[,;、]?(?:另外?|此外|同时|目前|截[至止]|同比|[比较]|召开|举办|开展|组织|参加|已?办结|已?答复|按[时期]|结转|全[年部]|累计|共|总"
    r"|各项|接受|回应|培训)"
)
_CHANNEL = re.compile(r"网站|微信|公众号|微博|抖音|新媒体|公报|客户端|公开栏|广播|报刊|头条")
_SHARE_OF = re.compile(r"^[,、(\s]{0,2}(?:约|大约|各)?占(?:比|[^,。;、()\d%]{0,12})(?:约为|约|为|达|是|:)?$")
_SHARE_OF_WHOLE = re.compile(
    r"占(?:比|总|全部|$|(?:约|为|达|是)|[^,。;]{0,8}(?:总数|总量|总件数|总条数|总的|比例|比重|申请量|公开量))"
)
_AFTER_PARTS = re.compile(r"^[,;、]?(?:共计|合计|总计|总共|共|累计)(?:为|达|是)?$")
_TOTAL_WORD = re.compile(r"共|总|合计|全年|累计|一年|年度")
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


@dataclass(slots=True)
class _Mention:
    """A figure in its sentence. `before`: the words since the figure before it, `after`: those behind its unit."""

    index: int
    figure: Figure
    start: int
    end: int
    depth: int
    before: str
    after: str
    total: _Mention | None = None


@dataclass(slots=True)
class _Sentence:
    start: int
    end: int
    text: str
    mentions: list[_Mention] = field(default_factory=list)


def read_claims(view: View, figures: tuple[Figure, ...], forms: Mapping[str, str]) -> tuple[Claim, ...]:
    """The claims of the narrative, in order of their places. `forms` gives the form version of each table that was found.

    Of a text with more than 2000 figures, which no report is, only the first 2000 are looked at."""
    figures = figures[:_MOST_FIGURES]
    if not figures:
        return ()
    sentences = _sentences(view, figures)
    claims: list[Claim] = []
    sums: list[Claim] = []
    for number, sentence in enumerate(sentences):
        previous = sentences[number - 1] if number and sentences[number - 1].end >= sentence.start - _NEAR else None
        sums += _sums(sentence, previous)
    claims += sums
    claims += _shares(sentences, sums, figures)
    concepts = _concepts(view, sentences, sums)
    claims += _repeated(sentences, concepts, sums)
    for mention, concept in concepts:
        cells = cells_of(concept, forms)
        if cells and mention.figure.value is not None and not mention.figure.approximate:
            claims.append(Claim("table", mention.figure.span, total=mention.index, cells=cells))
    order = {"sum": 0, "share": 1, "shares_total": 2, "repeated": 3, "table": 4}
    return tuple(sorted(claims, key=lambda c: (c.span, order[c.kind], c.total or 0, c.parts)))


def _sentences(view: View, figures: Sequence[Figure]) -> list[_Sentence]:
    """The sentences that state figures, with what stands around each figure."""
    text = view.text
    spans = [view.view_span(*f.span) for f in figures]
    ends = [m.end() for m in _SENTENCE_END.finditer(text, 0, spans[-1][1] + 400)]
    found: list[_Sentence] = []
    done = 0
    for index, (figure, (start, stop)) in enumerate(zip(figures, spans, strict=True)):
        place = bisect_right(ends, start)
        begin = ends[place - 1] if place else 0
        full = bool(found) and len(found[-1].mentions) >= _MOST_IN_SENTENCE
        if not found or full or start >= found[-1].end:
            end = ends[place] if place < len(ends) else len(text)
            begin = done if full else begin
            found.append(_Sentence(begin, end, text[begin : min(end, stop + 2000)]))
            done = begin
        if figure.unit:
            at = text.find(figure.unit, stop, stop + len(figure.unit) + 8)
            stop = at + len(figure.unit) if at >= 0 else stop
        sentence = found[-1]
        head = sentence.text[: start - sentence.start]
        after = re.split(r"[,。;:()]", text[stop : stop + 40], maxsplit=1)[0]
        sentence.mentions.append(
            _Mention(
                index, figure, start, stop, head.count("(") - head.count(")"),
                _since_heading(text[max(done, start - 120) : start]), _squeeze(after),
            )
        )  # fmt: skip
        done = stop
    return found


def _squeeze(text: str) -> str:
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
    return _squeeze(text)


def _exact(mention: _Mention) -> bool:
    return mention.figure.value is not None and not mention.figure.approximate


def _value(mention: _Mention) -> Number:
    value = mention.figure.value
    assert value is not None
    return value


def _sums(sentence: _Sentence, previous: _Sentence | None) -> list[Claim]:
    """Totals with the parts listed behind 其中 and the like, inner lists first; totals behind their parts; totals whose
    list has no word before it."""
    claims: list[Claim] = []
    taken: set[int] = set()
    for marker in reversed(list(_PARTS.finditer(sentence.text))):
        claim = _listed(sentence, previous, sentence.start + marker.start(), sentence.start + marker.end(), taken)
        if claim:
            claims.append(claim)
    for mention in sentence.mentions:
        if mention.index not in taken and mention.total is None and not any(c.total == mention.index for c in claims):
            claim = _totalled(sentence, mention, taken) or _unannounced(sentence, mention, taken)
            if claim:
                claims.append(claim)
    return claims


def _listed(sentence: _Sentence, previous: _Sentence | None, at: int, after: int, taken: set[int]) -> Claim | None:
    head = sentence.text[: at - sentence.start]
    depth = head.count("(") - head.count(")")
    stop = sentence.end
    if depth > 0:
        closing = sentence.text.find(")", at - sentence.start)
        stop = sentence.start + closing if closing >= 0 else stop
    listed = [m for m in sentence.mentions if after <= m.start < stop and m.depth == depth and m.index not in taken]
    first = next((m for m in listed if m.figure.unit not in _RATES), None)
    if first is None or first.before.count(",") > 2:
        return None
    unit = first.figure.unit
    parts = [m for m in listed if m.figure.unit == unit and m.start >= first.start]
    own = [
        m for m in sentence.mentions
        if m.end <= at and m.figure.unit == unit and m.depth <= depth and not _DIFFERENCE.search(m.before)
    ]  # fmt: skip
    other = [m for m in previous.mentions if m.figure.unit == unit and m.depth == 0] if previous and not own else []
    totals = [m for m in reversed(own or other) if _exact(m)][:3]
    unread = own[-1] if own and own[-1].figure.value is None else None
    if unread is None and not totals:
        return None
    for total in totals:
        found = _prefix(total, parts)
        if found:
            return _sum(total, found, taken)
    if unread is not None:
        parts = _until_end(unread, parts)
        return _sum(unread, parts, taken) if len(parts) > 1 and all(_exact(m) for m in parts) else None
    total = totals[0]
    if other and (len({m.figure.value for m in other}) > 1 or (previous and previous.end < sentence.start - 2)):
        return None
    parts = _until_end(total, parts)
    for part in parts:
        part.total = total  # its share, if it states one, is of this total
    if len(parts) < 2 or any(m.figure.approximate for m in parts):
        return None
    if not all(_exact(m) for m in parts):
        return _sum(total, parts, taken)  # a part can't be read: nothing to check, but the others say what it would be
    shares = [s for m in parts if (s := _share_behind(sentence, m)) is not None]
    is_closed = closed([m.figure.label for m in parts], [_value(s) for s in shares if _exact(s)])
    if composition(_value(total), [_value(m) for m in parts], is_closed) is Composition.UNRELATED:
        return None
    return _sum(total, parts, taken)


def _prefix(total: _Mention, parts: Sequence[_Mention]) -> list[_Mention] | None:
    """The first parts, at least two, that make up the total; a part of 0 behind them belongs to them."""
    found: Number = 0
    for count, part in enumerate(parts, 1):
        if not _exact(part):
            return None
        found += _value(part)
        if found == _value(total) and count > 1:
            while count < len(parts) and parts[count].figure.value == 0 and not _LIST_END.match(parts[count].before):
                count += 1
            return list(parts[:count])
    return None


def _until_end(total: _Mention, parts: Sequence[_Mention]) -> list[_Mention]:
    """The parts up to where the list ends: a clause that says something new, a part behind the first that is greater than
    the total, another channel of publication than the total's."""
    channels = set(_CHANNEL.findall(total.before))
    kept: list[_Mention] = []
    for part in parts:
        own = set(_CHANNEL.findall(part.before))
        if kept and (_LIST_END.match(part.before) or "。" in part.before):
            break
        if channels and own and not channels & own:
            break
        whole = total.figure.value
        if kept and part.figure.value is not None and whole is not None and part.figure.value > whole:
            break
        kept.append(part)
    return kept


def _sum(total: _Mention, parts: Sequence[_Mention], taken: set[int]) -> Claim:
    for part in parts:
        part.total = total
        taken.add(part.index)
    return Claim("sum", _hull(total, *parts), total=total.index, parts=tuple(m.index for m in parts))


def _hull(*mentions: _Mention) -> Span:
    return (min(m.figure.span[0] for m in mentions), max(m.figure.span[1] for m in mentions))


def _totalled(sentence: _Sentence, total: _Mention, taken: set[int]) -> Claim | None:
    """网站14条，微信169条，共计183条: the total behind its parts."""
    if not _AFTER_PARTS.match(total.before) or not _exact(total) or _NOUN.match(total.after):
        return None
    parts = [
        m for m in sentence.mentions
        if m.start < total.start and m.figure.unit == total.figure.unit and m.depth == total.depth and m.index not in taken
    ]  # fmt: skip
    if len(parts) < 2 or not all(_exact(m) for m in parts):
        return None
    for first in range(len(parts) - 1):
        if sum(_value(m) for m in parts[first:]) == _value(total):
            return _sum(total, parts[first:], taken)
    found = sum(_value(m) for m in parts)
    near = max(_value(m) for m in parts) <= _value(total) and composition(_value(total), [_value(m) for m in parts], False)
    if (near is Composition.WHOLE and found < 2 * _value(total)) or near is Composition.OPEN:
        return _sum(total, parts, taken)
    return None


def _unannounced(sentence: _Sentence, total: _Mention, taken: set[int]) -> Claim | None:
    """共171条：工作动态34条，… or 信息566条，一是…: only where the sum comes out."""
    if not _exact(total) or total.figure.unit in _RATES:
        return None
    if _value(total) < 20 and not _TOTAL_WORD.search(total.before[-24:]):
        return None  # the sums of small numbers come out by chance
    behind = sentence.text[total.end - sentence.start : total.end - sentence.start + 1]
    depth = total.depth + (behind == "(")
    same = [m for m in sentence.mentions if m.start > total.start and m.figure.unit == total.figure.unit and m.depth == depth]
    parts = [m for m in same if m.index not in taken and _exact(m)]
    found = _prefix(total, parts)
    return _sum(total, found, taken) if found and all(_value(m) < _value(total) for m in found) else None


def _share_behind(sentence: _Sentence, count: _Mention) -> _Mention | None:
    """The share that a count states of itself: 41件，占比26% · 41件（26%）."""
    at = count.index - sentence.mentions[0].index + 1
    if at == len(sentence.mentions):
        return None
    share = sentence.mentions[at]
    if share.figure.unit != "%" or count.figure.unit in _RATES:
        return None
    if share.before == "(" or (_SHARE_OF.match(share.before) and _SHARE_OF_WHOLE.search(share.before)):
        return share
    return None


def _shares(sentences: Sequence[_Sentence], sums: Iterable[Claim], figures: Sequence[Figure]) -> list[Claim]:
    claims: list[Claim] = []
    paired: dict[int, int] = {}
    for sentence in sentences:
        alone: list[_Mention] = []
        for mention in sentence.mentions:
            share = _share_behind(sentence, mention)
            if share and mention.total and _exact(share) and _exact(mention):
                paired[mention.index] = share.index
                span = _hull(mention, share)
                claims.append(Claim("share", span, total=mention.total.index, parts=(mention.index,), share=share.index))
            elif mention.figure.unit == "%" and "占" in mention.before[-12:] and _exact(mention):
                alone.append(mention)
        free = [m for m in alone if m.index not in paired.values() and m.depth == 0]
        claims += _whole(free)
    for claim in sums:
        if claim.parts and all(p in paired for p in claim.parts):
            shares = tuple(paired[p] for p in claim.parts)
            claims.append(Claim("shares_total", (figures[shares[0]].span[0], figures[shares[-1]].span[1]), parts=shares))
    return claims


def _whole(shares: Sequence[_Mention]) -> list[Claim]:
    """Shares of one sentence without counts, where they are meant to make up 100."""
    values = [_value(m) for m in shares]
    if len(shares) > 2 and closed([m.figure.label.removesuffix("占比") for m in shares], values):
        return [Claim("shares_total", _hull(*shares), parts=tuple(m.index for m in shares))]
    return []


def _concepts(view: View, sentences: Sequence[_Sentence], sums: Iterable[Claim]) -> list[tuple[_Mention, str]]:
    """The figures that state cells of the tables."""
    opening = _squeeze(view.text[:1200])
    year = _REPORT_YEAR.search(opening) or _YEAR.search(opening)
    parts = {p for claim in sums for p in claim.parts}
    found: list[tuple[_Mention, str]] = []
    concept_at: dict[int, str] = {}
    for sentence in sentences:
        context = _squeeze(view.text[max(0, sentence.start - 100) : sentence.start] + sentence.text)
        if not WORTH_A_LOOK.search(context):
            continue
        for mention in sentence.mentions:
            years = _YEAR.findall(mention.before)
            if year and any(y != year[1] for y in years) and "结转" not in mention.before:
                continue
            figure = mention.figure
            none = figure.value == 0 and not figure.raw[0].isdigit() and len(figure.raw) > 2
            words = _squeeze(figure.raw) if none else mention.before
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
    sentences: Sequence[_Sentence], concepts: Sequence[tuple[_Mention, str]], sums: Sequence[Claim]
) -> list[Claim]:
    """The same quantity in two sentences: the same cell of a table, or the same specific words with the same unit."""
    sentence_of = {m.index: s.start for s in sentences for m in s.mentions}
    parts = {p for claim in sums for p in claim.parts}
    groups: dict[tuple[str, ...], list[_Mention]] = {}
    stated = set()
    for mention, concept in concepts:
        stated.add(mention.index)
        if not mention.figure.approximate:
            groups.setdefault(("cell", concept), []).append(mention)
    for sentence in sentences:
        for mention in sentence.mentions:
            figure = mention.figure
            part = mention.index in parts or mention.total is not None
            if mention.index in stated or part or figure.approximate or figure.unit in _RATES or not figure.unit:
                continue
            key = _quantity(mention)
            if key:
                groups.setdefault((figure.unit, *key), []).append(mention)
    claims: list[Claim] = []
    for group in groups.values():
        apart = list({sentence_of[mention.index]: mention for mention in reversed(group)}.values())[::-1]
        if len(apart) > 1:
            claims.append(Claim("repeated", _hull(*apart), parts=tuple(m.index for m in apart)))
    return claims + _channels(sentences, stated)


def _quantity(mention: _Mention) -> tuple[str, ...] | None:
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


def _channels(sentences: Sequence[_Sentence], stated: set[int]) -> list[Claim]:
    """What one channel published, stated twice: equal, or one digit apart (two different quantities seldom are). Only numbers
    of three digits and more: smaller ones are often the same by chance."""
    groups: dict[tuple[str, str], list[tuple[int, _Mention]]] = {}
    for sentence in sentences:
        for mention in sentence.mentions:
            value = mention.figure.value
            channels = sorted({"微信" if c == "公众号" else c for c in _CHANNEL.findall(mention.figure.label)})
            if not isinstance(value, int) or value < 100 or not _exact(mention) or mention.index in stated:
                continue
            if len(channels) == 1:
                groups.setdefault((channels[0], mention.figure.unit), []).append((sentence.start, mention))
    claims: list[Claim] = []
    for group in groups.values():
        for (place, first), (elsewhere, second) in pairwise(group):
            a, b = int(_value(first)), int(_value(second))
            if place != elsewhere and (a == b or one_digit_apart(a, b)):
                claims.append(Claim("repeated", _hull(first, second), parts=(first.index, second.index)))
    return claims

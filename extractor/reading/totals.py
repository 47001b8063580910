"""Totals and their parts: 183条，其中网站14条，微信169条 · 共171条：工作动态34条，… · 网站14条，微信169条，共计183条."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.reading.compositions import Composition, closed, composition
from extractor.reading.sentences import RATES, Mention, Sentence, exact, hull, value_of
from extractor.report import Claim, Number

# What announces the parts of a total that stands before it.
_PARTS = re.compile(r"其中|包[括含]|分别[为是有]?|(?<=[(,])含|在(?:主动公开|公开|发布|收到|受理)[^,。;]{0,10}中[,:]")
_DIFFERENCE = re.compile(r"(?:增[长加]|减少|下降|上升|多|少)了?$")
# A clause that begins so says something new; the list of parts is over.
_LIST_END = re.compile(
    r"^[,;、]?(?:另外?|此外|同时|目前|截[至止]|同比|[比较]|召开|举办|开展|组织|参加|已?办结|已?答复|按[时期]|结转|全[年部]|累计|共|总"
    r"|各项|接受|回应|培训)"
)
CHANNEL = re.compile(r"网站|微信|公众号|微博|抖音|新媒体|公报|客户端|公开栏|广播|报刊|头条")
_SHARE_OF = re.compile(r"^[,、(\s]{0,2}(?:约|大约|各)?占(?:比|[^,。;、()\d%]{0,12})(?:约为|约|为|达|是|:)?$")
_SHARE_OF_WHOLE = re.compile(
    r"占(?:比|总|全部|$|(?:约|为|达|是)|[^,。;]{0,8}(?:总数|总量|总件数|总条数|总的|比例|比重|申请量|公开量))"
)
_AFTER_PARTS = re.compile(r"^[,;、]?(?:共计|合计|总计|总共|共|累计)(?:为|达|是)?$")
_TOTAL_WORD = re.compile(r"共|总|合计|全年|累计|一年|年度")
_NOUN = re.compile(r"[\u4e00-\u9fff]{4,20}")


def sums_of(sentence: Sentence, previous: Sentence | None) -> list[Claim]:
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


def _listed(sentence: Sentence, previous: Sentence | None, at: int, after: int, taken: set[int]) -> Claim | None:
    head = sentence.text[: at - sentence.start]
    depth = head.count("(") - head.count(")")
    stop = sentence.end
    if depth > 0:
        closing = sentence.text.find(")", at - sentence.start)
        stop = sentence.start + closing if closing >= 0 else stop
    listed = [m for m in sentence.mentions if after <= m.start < stop and m.depth == depth and m.index not in taken]
    first = next((m for m in listed if m.figure.unit not in RATES), None)
    if first is None or first.before.count(",") > 2:
        return None
    unit = first.figure.unit
    parts = [m for m in listed if m.figure.unit == unit and m.start >= first.start]
    own = [
        m for m in sentence.mentions
        if m.end <= at and m.figure.unit == unit and m.depth <= depth and not _DIFFERENCE.search(m.before)
    ]  # fmt: skip
    other = [m for m in previous.mentions if m.figure.unit == unit and m.depth == 0] if previous and not own else []
    totals = [m for m in reversed(own or other) if exact(m)][:3]
    unread = next((m for m in (own or other)[-1:] if m.figure.value is None), None)
    if unread is None and not totals:
        return None
    for total in totals:
        found = _prefix(total, parts)
        if found:
            return _sum(total, found, taken)
    if unread is not None:
        parts = _until_end(unread, parts)
        return _sum(unread, parts, taken) if len(parts) > 1 and all(exact(m) for m in parts) else None
    total = totals[0]
    if other and (len({m.figure.value for m in other}) > 1 or (previous and previous.end < sentence.start - 2)):
        return None
    parts = _until_end(total, parts)
    for part in parts:
        part.total = total  # its share, if it states one, is of this total
    if len(parts) < 2 or any(m.figure.approximate for m in parts):
        return None
    if not all(exact(m) for m in parts):
        return _sum(total, parts, taken)  # a part can't be read: nothing to check, but the others say what it would be
    shares = [s for m in parts if (s := share_behind(sentence, m)) is not None]
    is_closed = closed([m.figure.label for m in parts], [value_of(s) for s in shares if exact(s)])
    if composition(value_of(total), [value_of(m) for m in parts], is_closed) is Composition.UNRELATED:
        return None
    return _sum(total, parts, taken)


def _prefix(total: Mention, parts: Sequence[Mention]) -> list[Mention] | None:
    """The first parts, at least two, that make up the total; a part of 0 behind them belongs to them."""
    found: Number = 0
    for count, part in enumerate(parts, 1):
        if not exact(part):
            return None
        found += value_of(part)
        if found == value_of(total) and count > 1:
            if closed([m.figure.label for m in _until_end(total, parts)[count:]], []):
                return None  # the list goes on to its 其他: it is the whole list that was meant to make up the total
            while count < len(parts) and parts[count].figure.value == 0 and not _LIST_END.match(parts[count].before):
                count += 1
            return list(parts[:count])
    return None


def _until_end(total: Mention, parts: Sequence[Mention]) -> list[Mention]:
    """The parts up to where the list ends: a clause that says something new, a part behind the first that is greater than
    the total, another channel of publication than the total's."""
    channels = set(CHANNEL.findall(total.before))
    kept: list[Mention] = []
    for part in parts:
        own = set(CHANNEL.findall(part.before))
        if kept and (_LIST_END.match(part.before) or "。" in part.before):
            break
        if channels and own and not channels & own:
            break
        whole = total.figure.value
        if kept and part.figure.value is not None and whole is not None and part.figure.value > whole:
            break
        kept.append(part)
    return kept


def _sum(total: Mention, parts: Sequence[Mention], taken: set[int]) -> Claim:
    for part in parts:
        part.total = total
        taken.add(part.index)
    return Claim("sum", hull(total, *parts), total=total.index, parts=tuple(m.index for m in parts))


def _totalled(sentence: Sentence, total: Mention, taken: set[int]) -> Claim | None:
    """网站14条，微信169条，共计183条: the total behind its parts."""
    if not _AFTER_PARTS.match(total.before) or not exact(total) or _NOUN.match(total.after):
        return None
    parts = [
        m for m in sentence.mentions
        if m.start < total.start and m.figure.unit == total.figure.unit and m.depth == total.depth and m.index not in taken
    ]  # fmt: skip
    if len(parts) < 2 or not all(exact(m) for m in parts):
        return None
    for first in range(len(parts) - 1):
        if sum(value_of(m) for m in parts[first:]) == value_of(total):
            return _sum(total, parts[first:], taken)
    values = [value_of(m) for m in parts]
    if max(values) > value_of(total) or sum(values) >= 2 * value_of(total):
        return None
    near = composition(value_of(total), values, False) is not Composition.UNRELATED
    return _sum(total, parts, taken) if near else None


def _unannounced(sentence: Sentence, total: Mention, taken: set[int]) -> Claim | None:
    """共171条：工作动态34条，… or 信息566条，一是…: only where the sum comes out."""
    if not exact(total) or total.figure.unit in RATES:
        return None
    if value_of(total) < 20 and not _TOTAL_WORD.search(total.before[-24:]):
        return None  # the sums of small numbers come out by chance
    behind = sentence.text[total.end - sentence.start : total.end - sentence.start + 1]
    depth = total.depth + (behind == "(")
    same = [m for m in sentence.mentions if m.start > total.start and m.figure.unit == total.figure.unit and m.depth == depth]
    parts = [m for m in same if m.index not in taken and exact(m)]
    found = _prefix(total, parts)
    return _sum(total, found, taken) if found and all(value_of(m) < value_of(total) for m in found) else None


def share_behind(sentence: Sentence, count: Mention) -> Mention | None:
    """The share that a count states of itself: 41件，占比26% · 41件（26%）."""
    at = count.index - sentence.mentions[0].index + 1
    if at == len(sentence.mentions):
        return None
    share = sentence.mentions[at]
    if share.figure.unit != "%" or count.figure.unit in RATES:
        return None
    if share.before == "(" or (_SHARE_OF.match(share.before) and _SHARE_OF_WHOLE.search(share.before)):
        return share
    return None

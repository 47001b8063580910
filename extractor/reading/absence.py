"""Statements that there was none of something: 未收到…申请, 未发生…行政复议, 未制发规范性文件. Each is a figure of value 0."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.reading.counting import Counted

_NONE = re.compile(
    r"(?:未|没有?|均无)(?:曾|有)?(?P<verb>收到|接到|受理|接收|收取|接受|发生|出现|产生|引发|引起|涉及|办理|提出|存在|制发|制定|印发|出台"
    r"|被(?=申请|提起)|因(?=政|信|公开|依)|有)"
    r"|没有(?=因|行政|政府信息|信息公开|复议|诉讼|依申请|公民|群众|被|结转)|不存在"
    r"|无(?=因|依申请|依法申请|行政复|行政诉|政府信息公开(?:申请|行政|类|收费)|信息公开(?:申请|行政)"
    r"|公民|群众|申请|复议|诉讼|任何|涉及|上年|结转|下年|被申请|被提起|针对|提起)"
)
_STOP = re.compile(r"[,。;:!?]|\Z")
_MORE_DISPUTES = re.compile(r"[,、]\s?(?:或者?|和|及|也)?(?:被)?(?:提起|引发|引起|发生)?(?:的)?(?:行政)?诉讼")
_DISPUTE = re.compile(r"(?:行政)?(复议|诉讼)(?:和|或者?|与|及|、)?(?:案件|申请|事项|的?情况|事件)*")
_REQUEST = re.compile(r"申请(?:公开)?(?:政府)?(?:信息)?(?:公开)?(?:的)?(?:申请|内容|案件|件|事项|情况)*")
_OTHER = re.compile(
    r"(?:信息处理费|收费|费用|处理费|建议|提案|结转|规范性文件)[^,。;]{0,12}?(?=的?(?:情况|内容|事项|案件)?(?:[,。;\s]|$))"
)
_NUMBER = re.compile(r"\d\s?[件条项起份]")
_NIL = re.compile(r"零(?:(?<=[为是]零)(?![一二三四五六七八九售距星食])|(?=申请|复议|诉讼))")
_LONGEST = 90  # characters of such a clause
_LABEL = 36


def statements_of_none(text: str) -> Iterator[Counted]:
    """The statements, each with what it names as label; one that names 复议 and 诉讼 counts as two at the same place.
    The unit of applications and of cases is the form's, 件."""
    for match in _NONE.finditer(text):
        stop = _STOP.search(text, match.end(), match.end() + _LONGEST)
        if stop is None:
            continue
        clause = text[match.end() : stop.start()]
        if _NUMBER.search(clause):
            continue
        start, begin = match.start(), match.end()
        disputes = list(_DISPUTE.finditer(clause))
        if disputes:
            names = sorted({d[1] for d in disputes})
            end = begin + disputes[-1].end()
            further = _MORE_DISPUTES.match(text, stop.start())
            if further and "诉讼" not in names:
                names.append("诉讼")
                end = further.end()
            for name in names:
                yield Counted(start, end, end, 0, "件", label="行政" + name)
            continue
        named = None
        for request in _REQUEST.finditer(clause):
            named = request
        named = named or _OTHER.search(clause)
        if named:
            label = re.sub(r"[\s*#]+", "", clause[: named.end()])[-_LABEL:]
            end = begin + named.end()
            yield Counted(start, end, end, 0, "" if "费" in label or "建议" in label else "件", label=label)
    for match in _NIL.finditer(text):
        yield Counted(*match.span(), match.end(), 0, "")

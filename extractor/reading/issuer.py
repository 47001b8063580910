"""Who reports, and on which year: the title of a report, and the signature at its end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.reading.dates import DATE, YEAR
from extractor.report import Span

_S = r"\s*"
_YEAR = re.compile(rf"(?P<year>{YEAR})\s{{0,6}}年?\s{{0,6}}度?")
# 政府信息公开工作年度报告 in its wordings: without 政府 or 工作, the year inside, traditional characters, broken over lines.
_TITLE = re.compile(
    rf"信{_S}息{_S}公{_S}[开開]{_S}(?:工{_S}作{_S})?(?:情{_S}况{_S})?(?:的{_S})?(?:{YEAR}{_S}年{_S}度?{_S})?(?:工{_S}作{_S})?"
    rf"(?:年{_S}度{_S})?(?:工{_S}作{_S})?(?:[报報]{_S}告|年{_S}[报報])"
)
_GOVERNMENT_S = re.compile(r"政\s*府\s*$")
_NOISE = re.compile(r"[#*>|=_\s]+")
_BREADCRUMB = re.compile(r"首\s*页|当前位置|您(?:现在)?的位置|导航|来源|发布|索\s*引|日期|字号|浏览|https?:|[:→]")
_NO_TITLE = re.compile(r"\s*(?:的通知|有关|格式|编制|填报|编写|发布工作|工作)")  # a notice about such reports
_BROKEN_OFF = re.compile(r"[至到自从起为,、-]\s*\Z")  # a line that goes on
_CRUMB = re.compile(r"正文\s|[/>|:→»]\s?")
_PREAMBLE_VERB = re.compile(r"(?:根据|依据|按照|现将|发布|公布|要求|通知|编制|本报告|条例|关于)")
# What the name of a body ends with; a bare place (云岭县) stands for its government.
_BODY = re.compile(
    r"(?:政府|局|委员会|委|办公厅|办公室|办事处|办|厅|部|署|中心|街道|站|所|处|队|院|校|学|园|馆|社|会|行|台|团|公司|集团|管委会|段|场|库|区|处室|组)$"
)
_PLACE = re.compile(r"(?:省|自治区|市|县|区|旗|州|盟|乡|镇|街道|苏木)$")
_PIECE = re.compile(r"[\u4e00-\u9fff·()〇](?:[\u4e00-\u9fff·()〇]|\s+(?=[\u4e00-\u9fff]))*")
_AFTER_NAME = re.compile(r"(?:\s|[(的]|关于|开展|做好)+$")
_NAME = re.compile(r"[\u4e00-\u9fff·()〇]{2,45}")
_FOOTER = r"[\s(\[【]*(?:\Z|打印|关闭|分享|返回|上一篇|下一篇|扫一扫|责任编辑|主办)"
_DATED_LINE = re.compile(
    rf"(?m)^[ \t*(]*(?P<by>[\u4e00-\u9fff][\u4e00-\u9fff \t]{{2,40}}?)?[ \t*]*{DATE}[ \t\r*)。]*$"
)
_DATED_END = re.compile(rf"(?<=[\s。])(?P<by>[\u4e00-\u9fff]{{4,40}})\s{{0,4}}{DATE}(?={_FOOTER})")
_CLOSING = 500  # characters at the end in which the signature stands


def find_title(text: str, preamble: str, opening: str, signer: Span | None) -> tuple[Span | None, Span | None]:
    """Where issuer and year stand: in the first title that names a body, in the preamble or else in the opening; else where
    the signature names one."""
    preamble = preamble if _TITLE.search(preamble) else opening
    year: Span | None = None
    place: Span | None = None
    for start, stop, after in _titles(preamble):
        found = _YEAR.search(preamble, start, after)
        year = year or (found.span("year") if found else None)
        name = _name(preamble, start, stop)
        if name is None:
            continue
        value = _NOISE.sub("", preamble[name[0] : name[1]])
        if _BODY.search(value) and not _PLACE.search(value):
            return name, year
        if _PLACE.search(value):
            place = place or name
    if place:
        return _government(text, place), year
    return signer, year


def _titles(preamble: str) -> Iterator[tuple[int, int, int]]:
    """Start and end of what stands before a title's fixed words, and the end of the title with a year in brackets after it."""
    for match in _TITLE.finditer(preamble):
        if _NO_TITLE.match(preamble, match.end()):
            continue
        whose = _GOVERNMENT_S.search(preamble, max(0, match.start() - 12), match.start())
        stop = whose.start() if whose else match.start()  # 政府 of 政府信息公开, not of the issuer
        line = preamble.rfind("\n", 0, stop) + 1
        crumbs = [crumb.end() for crumb in _CRUMB.finditer(preamble, max(line, stop - 120), stop)]
        line = crumbs[-1] if crumbs else line
        start = max(line, preamble.rfind("《", line, stop) + 1)
        if start == line:
            # the title may be broken over lines: take those above, as long as they are no sentences and no site navigation
            for _ in range(3):
                above = preamble.rfind("\n", 0, max(start - 1, 0))
                previous = preamble[above + 1 : start].strip(" \t\n*#")
                named = _name(preamble, start, stop)
                if named and (not _PLACE.search(previous) or preamble.startswith(previous, named[0])):
                    break
                if previous and (len(previous) > 45 or _BREADCRUMB.search(previous) or previous[-1] in "。;,)"):
                    break
                start = above + 1
                if start == 0:
                    break
        tail = preamble[match.end() : match.end() + 12]
        bracket = re.match(rf"\s*\(?\s*{YEAR}\s*年", tail)
        yield start, stop, match.end() + (bracket.end() if bracket else 0)


def _name(text: str, start: int, stop: int) -> Span | None:
    """The body's name in the words before a title, without year and markup."""
    words = text[start:stop]
    if _BREADCRUMB.search(words) or len(words) > 120:
        return None
    best: Span | None = None
    for piece in _PIECE.finditer(_YEAR.sub(lambda year: "|" * len(year[0]), words)):
        a, b = piece.span()
        cut = re.match(r"\s*(?:年度?)?\s*(?:关于|印发|发布|公布|报送)*", words[a:b])
        a += cut.end() if cut else 0
        while a < b and (words[a].isspace() or words[a] in "()"):
            a += 1
        end = _AFTER_NAME.search(words, a, b)
        b = end.start() if end else b
        if b - a >= 2 and _NAME.fullmatch(_NOISE.sub("", words[a:b])) and not _PREAMBLE_VERB.search(words[a:b]):
            best = (start + a, start + b)
    return best


def _government(text: str, place: Span) -> Span:
    """A bare place stands for its government, where the text names that: else the place as printed."""
    name = _NOISE.sub("", text[place[0] : place[1]])
    for ending in ("人民政府", "办事处", "政府"):
        at = text.find(name + ending)
        if at >= 0:
            return (at, at + len(name + ending))
    return place


def issuer_name(text: str) -> str:
    """A name without the spaces and the markup inside it."""
    return _NOISE.sub("", text)


def find_signature(text: str, preamble: str, body_end: int) -> tuple[re.Match[str] | None, Span | None]:
    """The dated line at the end, or under the title (a match of DATE), and where the name of the body over it stands."""
    best: re.Match[str] | None = None
    closing = _DATED_END.search(text, max(0, body_end - _CLOSING))
    if closing and _BODY.search(re.sub(r"\s", "", closing["by"])):
        return closing, closing.span("by")
    tail = max(len(preamble), body_end - _CLOSING)
    for match in _DATED_LINE.finditer(text, tail, len(text)):
        if match["by"] is None and _goes_on(text, match.start()):
            continue
        if match["by"] is None or _BODY.search(re.sub(r"\s", "", match["by"])):
            best = match
    if best is None:
        under_title = _DATED_LINE.search(preamble)
        alone = under_title and under_title["by"] is None and not _goes_on(preamble, under_title.start())
        return (under_title if alone else None), None
    if best["by"]:
        return best, best.span("by")
    above = text[:best.start()].rstrip()
    start = above.rfind("\n") + 1
    line = above[start:]
    offset = len(line) - len(line.lstrip(" \t*"))
    name = line.strip(" \t*")
    if 4 <= len(name) <= 45 and _NAME.fullmatch(re.sub(r"\s", "", name)) and _BODY.search(name):
        return best, (start + offset, start + offset + len(name))
    return best, None


def _goes_on(text: str, at: int) -> bool:
    """Whether the line before `at` breaks off, so that what follows belongs to its sentence."""
    return bool(_BROKEN_OFF.search(text, max(0, at - 9), at))

"""The header of a report: who reports on which year, how to reach them, on what legal basis, signed when.

Values are as printed, without the spaces that OCR and typesetting put inside them; nothing is completed or corrected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.documents.view import View
from extractor.reading.numerals import DIGITS
from extractor.report import Defect, Header, HeaderField, Section, Span

_S = r"\s*"


def _spaced(words: str) -> str:
    """A pattern for words between whose characters white space may stand."""
    return _S.join(words)


_YEAR4 = r"(?:2\s?0\s?\d\s?\d|[二2][〇零○O0][一二三四五六七八九〇零○]{2})"
_YEAR = re.compile(rf"(?P<year>{_YEAR4})\s*年?\s*度?")
# 政府信息公开工作年度报告 in its wordings: without 政府 or 工作, the year inside, traditional characters, broken over lines.
_TITLE = re.compile(
    rf"信{_S}息{_S}公{_S}[开開]{_S}(?:工{_S}作{_S})?(?:情{_S}况{_S})?(?:的{_S})?(?:{_YEAR4}{_S}年{_S}度?{_S})?(?:工{_S}作{_S})?"
    rf"(?:年{_S}度{_S})?(?:工{_S}作{_S})?(?:[报報]{_S}告|年{_S}[报報])"
)
_GOVERNMENT_S = re.compile(r"政\s*府\s*$")
_NOISE = re.compile(r"[#*>|=_\s]+")
_BREADCRUMB = re.compile(r"首\s*页|当前位置|您(?:现在)?的位置|导航|来源|发布|索\s*引|日期|字号|浏览|https?:|[:→]")
_NO_TITLE = re.compile(r"\s*(?:的通知|有关|格式|编制|填报|编写|发布工作|工作)")  # a notice about such reports
_BROKEN_OFF = re.compile(r"[至到自从起为,、-]\s*\Z")  # a line that goes on
_CRUMB = re.compile(r"正文\s|[/>|:→»]\s?")
_PREAMBLE_VERB = re.compile(r"(?:根据|依据|按照|现将|发布|公布|要求|通知|编制|本报告|条例|关于)")
# What the name of a body ends with; a bare place (中宁县) stands for its government.
_BODY = re.compile(
    r"(?:政府|局|委员会|委|办公厅|办公室|办事处|办|厅|部|署|中心|街道|站|所|处|队|院|校|学|园|馆|社|会|行|台|团|公司|集团|管委会|段|场|库|区|处室|组)$"
)
_PLACE = re.compile(r"(?:省|自治区|市|县|区|旗|州|盟|乡|镇|街道|苏木)$")
_PIECE = re.compile(r"[\u4e00-\u9fff·()〇](?:[\u4e00-\u9fff·()〇]|\s+(?=[\u4e00-\u9fff]))*")
_AFTER_NAME = re.compile(r"(?:\s|[(的]|关于|开展|做好)+$")
_NAME = re.compile(r"[\u4e00-\u9fff·()〇]{2,45}")
_FOOTER = r"[\s(\[【]*(?:\Z|打印|关闭|分享|返回|上一篇|下一篇|扫一扫|责任编辑|主办)"
_MONTH = r"(?:\d(?:\s?\d)?|[一二三四五六七八九十]{1,2})"
_DAY = r"(?:\d(?:\s?\d)?|[一二三四五六七八九十]{1,3})"
_DATE = rf"(?P<y>{_YEAR4})\s*[年.\-/]\s*(?P<m>{_MONTH})\s*[月.\-/]\s*(?P<d>{_DAY})\s*日?"
_DATED_LINE = re.compile(
    rf"(?m)^[ \t*(]*(?P<by>[\u4e00-\u9fff][\u4e00-\u9fff \t]{{2,40}}?)?[ \t*]*{_DATE}[ \t*)。]*$"
)
_DATED_END = re.compile(rf"(?<=[\s。])(?P<by>[\u4e00-\u9fff]{{4,40}})\s{{0,4}}{_DATE}(?={_FOOTER})")
_PERIOD = re.compile(
    rf"(?P<y1>{_YEAR4})\s*[年.\-/]\s*(?P<m1>{_MONTH})\s*[月.\-/]\s*(?P<d1>{_DAY})\s*日?\s*(?:0时)?\s*(?:起|开始)?\s*(?:至|到|[-—–~～]+)"
    rf"\s*(?:(?P<y2>{_YEAR4})\s*[年.\-/])?\s*(?P<m2>{_MONTH})\s*[月.\-/]\s*(?P<d2>{_DAY})\s*日?"
)
_LABEL_END = r"[\s*]{0,3}(?:[:：]|[为是](?=\s*[\dA-Za-z(]))?[\s*]{0,3}"
_POSTCODE = re.compile(rf"邮(?:{_S}政{_S}编)?{_S}[编码]{_S}码?{_LABEL_END}(?P<v>\d(?: ?\d){{3,7}})(?![\d-])")
_PHONE_NUMBER = r"(?:\(\s?0\d{2,3}\s?\)|0\d{2,3})?\s?[-—–─]{0,2}\s?\d(?:[ -]?\d){4,10}(?:\s?转\s?\d{1,5})?"
_PHONE = re.compile(
    rf"(?:电{_S}话(?:号码)?|联{_S}系{_S}方{_S}式|T[Ee][Ll])(?:\(传真\)|/传真|及传真)?{_LABEL_END}(?P<v>{_PHONE_NUMBER})"
)
_EMAIL = re.compile(r"(?P<v>[A-Za-z0-9_.+-]{1,64} ?@ ?[A-Za-z0-9-]+(?: ?\. ?[A-Za-z]{2,}| ?\. ?[A-Za-z0-9-]+(?= ?\. ?[a-z]))+)")
_EMAIL_LABEL = re.compile(rf"(?:邮{_S}[箱件]|信箱)(?:地址)?{_LABEL_END}(?P<v>[A-Za-z0-9_.+#-]{{5,}})", re.IGNORECASE)
_WEBSITE = re.compile(
    r"(?P<v>(?:https?\s?:\s?/\s?/\s?|www\s?\.\s?)[A-Za-z0-9_-]+(?:\s?[.]\s?[A-Za-z0-9_-]+|[/:?=&%#~][A-Za-z0-9_.%&=?#~-]*)*/?)"
)
_HOST = re.compile(r"(?<![@A-Za-z0-9.-])(?P<v>[a-z0-9-]{1,63}(?:\.[a-z0-9-]+){0,6}\.gov\.cn)")
_CONTACT_WORD = (
    rf"邮{_S}编|邮{_S}政{_S}编|联系|电{_S}话|传{_S}真|电子|邮{_S}箱|网{_S}址|办公时间|{_YEAR4}{_S}年"
)
_ADDRESS = re.compile(
    rf"地{_S}址[\s*]{{0,3}}[:：][\s*]{{0,3}}(?P<v>[^,;。:：\n](?:[^,;。:：()]|\([^()]{{0,30}}\)){{1,70}}?)"
    rf"[\s*]*(?=[,;。)、]|{_CONTACT_WORD}|\Z|\n\s*(?:[#*]|[一二三四五六]\s?、)|\n\s*\n)"
)
_DOCUMENT = re.compile(
    r"[〔\[(【〖{〈<]\s?(?P<year>[12]\s?\d\s?\d\s?\d)\s?[〕\])】〗}〉>]\s?第?\s?(?P<n>\d(?:\s?\d){0,4})\s?号"
    r"|国务院令\s*第?\s*(?P<order>\d{3,4})\s*号"
)
_ISSUING = re.compile(r"[\u4e00-\u9fff]{2,16}(?=\s?$)")
_NOT_ISSUING = re.compile(
    r"^.*(?:根据|依据|按照|通知|通告|办法|意见|要求|公告|文件|关于|函件|[和及与的以照据按])(?=[\u4e00-\u9fff]{2})"
)
_CONTACTS = (
    ("postcode", (_POSTCODE,)),
    ("phone", (_PHONE,)),
    ("address", (_ADDRESS,)),
    ("email", (_EMAIL, _EMAIL_LABEL)),
    ("website", (_WEBSITE, _HOST)),
)
_PREAMBLE = 3000  # characters that the text before the first section may take up
_OPENING = 1500  # characters of the first section that are looked through for what the preamble lacks
_CLOSING = 500  # characters at the end in which contact data and the signature may stand


def read_header(view: View, sections: tuple[Section, ...]) -> tuple[Header, tuple[Defect, ...]]:
    """The header's fields, each with its place, and the defects met: H-MISSING where issuer or year stand nowhere,
    H-ISSUER-NAMES where the text names the issuer two ways."""
    text = view.text
    first = min((view.view_span(*s.span)[0] for s in sections), default=_PREAMBLE)
    first = min(max(first, 0), _PREAMBLE)
    preamble = text[:first]
    opening = text[: first + _OPENING]  # the title or the contact data may stand behind the first heading
    body_end = max((view.view_span(*s.span)[1] for s in sections), default=len(text))
    signed, signer = _signature(text, preamble, body_end)
    issuer, year = _title(text, preamble if _TITLE.search(preamble) else opening, signer)
    period = _PERIOD.search(opening)
    if year is None and period:
        year = period.span("y1")
    values = dict(_contacts(view, len(opening)))
    start = end = None
    if period:
        y1 = _year_of(period["y1"])
        place = view.source_span(period.start("y1"), _day_end(text, period.end("d1")))
        start = HeaderField(_iso(y1, period["m1"], period["d1"]), place)
        y2 = _year_of(period["y2"]) if period["y2"] else y1
        begin = period.start("y2") if period["y2"] else period.start("m2")
        place = view.source_span(begin, _day_end(text, period.end("d2")))
        end = HeaderField(_iso(y2, period["m2"], period["d2"]), place)
    header = Header(
        issuer=HeaderField(_NOISE.sub("", text[issuer[0] : issuer[1]]), view.source_span(*issuer)) if issuer else None,
        year=HeaderField(_year_of(text[year[0] : year[1]]), view.source_span(*year)) if year else None,
        postcode=values.get("postcode"),
        phone=values.get("phone"),
        email=values.get("email"),
        website=values.get("website"),
        address=values.get("address"),
        period_start=start,
        period_end=end,
        signed_on=HeaderField(
            _iso(_year_of(signed["y"]), signed["m"], signed["d"]),
            view.source_span(signed.start("y"), _day_end(text, signed.end("d"))),
        )
        if signed
        else None,
        basis=tuple(_basis(preamble, view)) or tuple(_basis(opening, view)),
    )
    return header, tuple(_defects(header, text, view))


def _contacts(view: View, opening: int) -> Iterator[tuple[str, HeaderField]]:
    """Contact data: from the opening, else from the end of the text."""
    text = view.text
    for key, patterns in _CONTACTS:
        for start, end in ((0, opening), (max(opening, len(text) - _CLOSING), len(text))):
            match = next((m for p in patterns if (m := p.search(text, start, end))), None)
            if match:
                a, b = match.span("v")
                yield key, HeaderField(_CLEAN[key](text[a:b]), view.source_span(a, b))
                break


def _day_end(text: str, end: int) -> int:
    """Where a date ends whose day ends at `end`: with 日, if it stands there."""
    stop = end + 1 if text.startswith(" ", end) else end
    return stop + 1 if text.startswith("日", stop) else end


def _no_space(text: str) -> str:
    return re.sub(r"[\s*]+", "", text)


def _phone(text: str) -> str:
    plain = re.sub(r"[—–─]+|--+", "-", _no_space(text).replace("(", "")).replace(")", "-").replace("--", "-")
    return re.sub(r"\s", "", plain)


_CLEAN = {
    "postcode": _no_space,
    "phone": _phone,
    "email": _no_space,
    "website": lambda text: _no_space(text).rstrip(".,;"),
    "address": _no_space,
}


def _year_of(text: str) -> int:
    plain = re.sub(r"\s", "", text)
    return int("".join(c if c.isdigit() and c.isascii() else "0" if c in "Oo" else str(DIGITS.get(c, 0)) for c in plain[:4]))


def _small(text: str) -> int:
    """A month or a day, in digits or Chinese numerals."""
    plain = re.sub(r"\s", "", text)
    if plain.isascii():
        return int(plain)
    tens, found, ones = plain.partition("十")
    return (DIGITS.get(tens, 1) if tens else 1) * 10 * bool(found) + (DIGITS.get(ones, 0) if found else DIGITS.get(tens, 0))


def _iso(year: int, month: str, day: str) -> str:
    return f"{year:04d}-{_small(month):02d}-{_small(day):02d}"


def _title(text: str, preamble: str, signer: Span | None) -> tuple[Span | None, Span | None]:
    """Issuer and year from the best title: first a line of its own, then a quoted one, then the signature."""
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
        bracket = re.match(rf"\s*\(?\s*{_YEAR4}\s*年", tail)
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


def _signature(text: str, preamble: str, body_end: int) -> tuple[re.Match[str] | None, Span | None]:
    """The dated line at the end (or under the title) and the name of the body over it."""
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


def _basis(preamble: str, view: View) -> Iterator[HeaderField]:
    """Document numbers of the preamble, brackets unified, each once."""
    seen: set[str] = set()
    for match in _DOCUMENT.finditer(preamble):
        start = match.start()
        if match["order"]:
            value = f"国务院令第{match['order']}号"
        else:
            by = _ISSUING.search(preamble, max(0, start - 17), start)
            if by is None:
                continue
            cut = _NOT_ISSUING.match(by[0])
            start = by.start() + (cut.end() if cut else 0)
            value = f"{preamble[start : by.end()]}〔{_no_space(match['year'])}〕{_no_space(match['n'])}号"
        if value not in seen:
            seen.add(value)
            yield HeaderField(value, view.source_span(start, match.end()))


def _defects(header: Header, text: str, view: View) -> Iterator[Defect]:
    for field, zh, en in ((header.issuer, "发布机关", "the issuer"), (header.year, "报告年度", "the year of the report")):
        if field is None:
            yield Defect("H-MISSING", params={"field_zh": zh, "field_en": en})
    if header.issuer is None:
        return
    name = str(header.issuer.value)
    # the same beginning and the same ending with other characters between: the body is named two ways
    head, ending, tail = name[: len(name) * 3 // 5], name[-2:], name[len(name) * 3 // 5 :]
    if len(tail) < 4:
        return
    at = text.find(head)
    while at >= 0:
        other = text[at + len(head) : at + len(name)]
        if other != tail and other.endswith(ending) and sum(p != q for p, q in zip(other, tail, strict=True)) <= 2:
            span = view.source_span(at, at + len(name))
            yield Defect("H-ISSUER-NAMES", spans=(header.issuer.span, span), params={"name": name, "other": head + other})
            return
        at = text.find(head, at + 1)

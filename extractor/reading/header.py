"""The header of a report: who reports on which year, how to reach them, on what legal basis, signed when.

Values are as printed, without the spaces that OCR and typesetting put inside them; nothing is completed or corrected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.documents.view import View
from extractor.reading.dates import DAY, MONTH, YEAR, date_end, iso, year_of
from extractor.reading.issuer import find_signature, find_title, issuer_name
from extractor.report import Defect, Header, HeaderField, Section

_S = r"\s{0,6}"
_PERIOD = re.compile(
    rf"(?P<y1>{YEAR})\s{{0,6}}[年.\-/]\s{{0,6}}(?P<m1>{MONTH})\s{{0,6}}[月.\-/]\s{{0,6}}(?P<d1>{DAY})\s{{0,6}}日?\s{{0,6}}(?:0时)?\s{{0,6}}(?:起|开始)?\s{{0,6}}(?:至|到|[-—–~～]+)"
    rf"\s{{0,6}}(?:(?P<y2>{YEAR})\s{{0,6}}[年.\-/])?\s{{0,6}}(?P<m2>{MONTH})\s{{0,6}}[月.\-/]\s{{0,6}}(?P<d2>{DAY})\s{{0,6}}日?"
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
    rf"邮{_S}编|邮{_S}政{_S}编|联系|电{_S}话|传{_S}真|电子|邮{_S}箱|网{_S}址|办公时间|{YEAR}{_S}年"
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
    signed, signer = find_signature(text, preamble, body_end)
    issuer, year = find_title(text, preamble, opening, signer)
    period = _PERIOD.search(opening)
    if year is None and period:
        year = period.span("y1")
    values = dict(_contacts(view, len(opening)))
    if issuer:
        values["issuer"] = HeaderField(issuer_name(text[slice(*issuer)]), view.source_span(*issuer))
    if year:
        values["year"] = HeaderField(year_of(text[slice(*year)]), view.source_span(*year))
    if signed:
        span = view.source_span(signed.start("y"), date_end(text, signed.end("d")))
        values["signed_on"] = HeaderField(iso(signed["y"], signed["m"], signed["d"]), span)
    if period:
        span = view.source_span(period.start("y1"), date_end(text, period.end("d1")))
        values["period_start"] = HeaderField(iso(period["y1"], period["m1"], period["d1"]), span)
        begin = period.start("y2") if period["y2"] else period.start("m2")
        span = view.source_span(begin, date_end(text, period.end("d2")))
        values["period_end"] = HeaderField(iso(period["y2"] or period["y1"], period["m2"], period["d2"]), span)
    header = Header(**values, basis=tuple(_basis(preamble, view)) or tuple(_basis(opening, view)))
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

"""Soft edits on the header: period against year, date of signature against the statutory deadlines, contact data.

Nothing here says what is right, only that something is unlikely: each finding is at most a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from extractor.report import Header, HeaderField
from extractor.verification.finding import Finding

# 条例 (2019) articles 49 and 50: departments publish by 31 January, the competent office of a government at county level
# and above by 31 March. For townships and subdistricts the regulation names no day of its own; the later one is taken.
_DEPARTMENT, _GOVERNMENT = (1, 31), (3, 31)
_GOVERNMENTS = re.compile(r"(?:政府|办事处|省|自治区|[市县区旗州盟乡镇]|街道)$")
# Name, English name, first digits of postcodes, first digits of area codes (without their 0): the country's postal and
# numbering plans. The longer beginning of an area code counts (0898 is Hainan's, 0891 Tibet's).
_PROVINCES = """
北京 Beijing 10 10|上海 Shanghai 20 21|天津 Tianjin 30 22|重庆 Chongqing 40 23|内蒙古 Inner-Mongolia 01,02 47,48
山西 Shanxi 03,04 349,35|河北 Hebei 05,06,07 31,335|辽宁 Liaoning 11,12 24,41,42
吉林 Jilin 13 43|黑龙江 Heilongjiang 15,16 45,46
江苏 Jiangsu 21,22 25,51,52|安徽 Anhui 23,24 55,56|山东 Shandong 25,26,27 53,54,63|浙江 Zhejiang 31,32 57,58
江西 Jiangxi 33,34 70,79|福建 Fujian 35,36 59|湖南 Hunan 41,42 73,74|湖北 Hubei 43,44 27,71,72|河南 Henan 45,46,47 37,39
广东 Guangdong 51,52 20,66,75,76|广西 Guangxi 53,54 77|贵州 Guizhou 55,56 85|海南 Hainan 57 890,898,899
四川 Sichuan 61,62,63,64 28,81,82,83|云南 Yunnan 65,66,67 69,87,88|陕西 Shaanxi 71,72 29,91|甘肃 Gansu 73,74 93,94
宁夏 Ningxia 75 95|青海 Qinghai 81 97|新疆 Xinjiang 83,84 90,99|西藏 Tibet 85,86 89
"""


@cache
def _provinces() -> tuple[dict[str, tuple[str, str]], dict[str, tuple[str, str]]]:
    """Province (Chinese, English) by the beginning of a postcode, and of an area code."""
    postal: dict[str, tuple[str, str]] = {}
    area: dict[str, tuple[str, str]] = {}
    for line in _PROVINCES.replace("|", "\n").split("\n"):
        if line:
            zh, en, postcodes, codes = line.split(" ")
            postal |= dict.fromkeys(postcodes.split(","), (zh, en.replace("-", " ")))
            area |= dict.fromkeys(codes.split(","), (zh, en.replace("-", " ")))
    return postal, area


_PHONE = re.compile(
    r"(?:(?P<area>0\d{2,3})-?)?[1-9]\d{6,7}(?:转\d{1,5}|-\d{1,5})?|1[3-9]\d{9}|0?1[3-9]\d{9}|[48]00-?\d{3}-?\d{4}|1\d{4}"
)
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_.+-]*@(?:{_NAME}\.)+[A-Za-z]{{2,10}}")
_HOST = re.compile(rf"(?:https?://)?(?:{_NAME}\.)+[A-Za-z]{{2,10}}(?::\d{{2,5}})?(?:[/?#].*)?", re.DOTALL)


def check_header(header: Header) -> list[Finding]:
    """The findings on one header, in a fixed order."""
    return [*_period(header), *_signed(header), *_contact(header)]


def _day(field: HeaderField | None) -> date | None:
    """The date of a field; None where there is none or no such day."""
    try:
        return date.fromisoformat(str(field.value)) if field else None
    except ValueError:
        return None


def _period(header: Header) -> Iterator[Finding]:
    """The report covers its year, from the first to the last day."""
    for field, (month, day) in ((header.period_start, (1, 1)), (header.period_end, (12, 31))):
        if field is None:
            continue
        found = _day(field)
        year = int(header.year.value) if header.year else found.year if found else 0
        # bodies that came into being during the year begin later
        if found is None or found.year != year or (found.month, found.day) != (month, day):
            spans = (field.span, header.year.span) if header.year else (field.span,)
            params = {"printed": field.value, "expected": f"{year:04d}-{month:02d}-{day:02d}", "year": year}
            yield Finding("H-PERIOD", "warning", (), spans, params=params)


def _signed(header: Header) -> Iterator[Finding]:
    if header.signed_on is None or header.year is None:
        return
    year = int(header.year.value)
    signed = _day(header.signed_on)
    params: dict[str, object] = {"printed": header.signed_on.value, "year": year}
    if signed is None or signed.year not in (year, year + 1) or signed < date(year, 12, 1):
        yield Finding("H-SIGNED", "warning", (), (header.signed_on.span,), params=params)
        return
    name = str(header.issuer.value) if header.issuer else ""
    deadline = date(year + 1, *(_GOVERNMENT if not name or _GOVERNMENTS.search(name) else _DEPARTMENT))
    if signed > deadline:
        yield Finding("H-LATE", "info", (), (header.signed_on.span,), params=params | {"deadline": deadline.isoformat()})


def _contact(header: Header) -> Iterator[Finding]:
    postcode, phone = header.postcode, header.phone
    by_postcode, by_area = _provinces()
    postal = by_postcode.get(str(postcode.value)[:2]) if postcode else None
    if postcode and (len(str(postcode.value)) != 6 or postal is None):
        yield _doubt(postcode, "邮政编码", "postcode")
    if phone:
        known = _PHONE.fullmatch(str(phone.value))
        if known is None:
            yield _doubt(phone, "电话号码", "telephone number")
        elif postcode and postal and known["area"]:
            area = known["area"][1:]
            other = by_area.get(area) or by_area.get(area[:2])
            if other and other != postal:
                params: dict[str, object] = {"area": known["area"], "postcode": postcode.value}
                params |= {"area_zh": other[0], "area_en": other[1], "postcode_zh": postal[0], "postcode_en": postal[1]}
                yield Finding("H-AREA", "info", (), (phone.span, postcode.span), params=params)
    if header.email and not _EMAIL.fullmatch(str(header.email.value)):
        yield _doubt(header.email, "电子邮箱", "email address")
    if header.website and not _HOST.fullmatch(str(header.website.value)):
        yield _doubt(header.website, "网址", "website")


def _doubt(field: HeaderField, zh: str, en: str) -> Finding:
    return Finding("H-CONTACT", "warning", (), (field.span,), params={"printed": field.value, "field_zh": zh, "field_en": en})

"""Numbers in prose that count something: where they stand, what they are worth, in which unit.

Dates, ordinals, document and article numbers, telephone numbers, list numerals and slogans (三审三校, 四个意识) count nothing.
A number counts where a unit of counting follows it, or where the words before it say that it is an amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractor.reading.numerals import chinese_number, printed_number
from extractor.report import Number


@dataclass(frozen=True, slots=True)
class Counted:
    """A number of the text: where it stands, where its unit ends. `value` is None where no number can be read from it.
    `label`: what it counts, where the wording itself says so."""

    start: int
    end: int
    tail: int
    value: Number | None
    unit: str
    approximate: bool = False
    label: str = ""


# Each unit with the characters that make it the beginning of another word: 条例, 人民, 部门. A unit of two is tried before one.
_UNITS = """
人次 件次 条次 篇次 户次 批次 场次 家次 车次 班次 例次 宗次 个百分点 平方米 公里 公顷 大类 学时 课时 分钟 小时 万元 % ‰
元旦 条例款规 件数 份额 次日年要 个人别体性 人民大员社力才口事 名称单义录 期间限末待 册 篇 项 家庭长 部门分长署委队 类似
场所景 起草来至止到的在 宗 批准复示评 户籍外口 处理罚置室长 页面 幅 本级局单机年地省市县区乡镇部委办次 张贴 例 台账 套用
块链 位于置 天津 字样 则 组织 轮 遍 辆 种植 首页次问 枚 支持撑部 座谈机 间隔 所有以在需属 站点所 课题程 句话 稿件 封面闭控
通过知报告 票 分别管类为析发布享工解级局散层期之支公 群众 档 卷 盒 只有能是 副 盘 倍 吨 亩 米 团队委 对于照外全各接社政 笔
栏目 卡片 村民委 点击评赞至到钟
"""
_WHOLE_UNITS = frozenset(_UNITS.split("元旦")[0].split())


def _units(words: str) -> tuple[str, str]:
    """The pattern of the units, and the characters that one may begin with."""
    patterns: list[str] = []
    for word in words.split():
        if word in _WHOLE_UNITS:
            patterns.append(re.escape(word))
        else:
            patterns.append(word[0] + (f"(?![{word[1:]}])" if word[1:] else ""))
    return "|".join(patterns), "".join(sorted({word[0] for word in words.split()}))


_UNIT, _FIRST = _units(_UNITS)
_CHINESE_UNIT = _units(" ".join(w for w in _UNITS.split() if w[0] not in "%‰分对点栏通支只元字团群所处卡座组站位"))[0]
# 口 for an empty box, unless it ends a word: 窗口, 人口, 端口.
_NO_MOUTH = "[^窗人路入出进关端接渡港山村门户胃缺道对信]"
# A number, whatever OCR left of it: digits, letters in the place of digits, separators, dashes, one line break.
_NUMBER = re.compile(
    r"(?P<n>[0-9OIl□■█�×X口](?<![0-9A-Za-z._/@#&=+-].)"
    rf"(?:(?<=[0-9])|(?<=[OIl])(?=[0-9])|(?<![0-9OIl口])(?=[0-9□■█�×X]|\s?[{_FIRST}])|(?<={_NO_MOUTH}口)(?=\s?[条件篇份次项个名期场]))"
    r"(?:[0-9□■█�×X]|[OoIl〇](?![A-Za-z])|[.,](?=[0-9])"
    rf"| ?[-—–] ?(?=[0-9])| ?[-—–]+(?= ?[{_FIRST}])|\?(?=[0-9]|\s?[{_FIRST}])|[ \t]?\n?(?=[0-9]))*)"
    r"(?:\*\*)?\s{0,4}(?P<more>余|多(?![元次方样])|几)?(?P<multiplier>亿|千万|百万|万|千(?![克米瓦字])|百(?!分))?"
    rf"(?P<more2>余|多(?![元方样]))?(?P<range>[~～至到][0-9]+)?\s?(?P<unit>{_UNIT})?"
)
# What follows a number that is a date, a duration, a place or a rank.
_NO_COUNT = re.compile(
    r"\*{0,2}\s*(?:年(?!度报告)|月|日|时|号|室|楼|层|栋|幢|单元|级|届|周年|岁|路|个?工作日|个月|天之?内|小时|分钟之?内"
    r"|[:/~～至到]\s?\d|[A-Za-z])"
)
_ORDINAL = re.compile(
    r"(?:[第前]\s?|第[^,。;]{0,24}?[条款项章][、,和及与至到]\s?(?:第\s?)?|[〔\[(]\d{4}[〕\])]\s?)$"
)
_CHINESE = re.compile(
    r"(?P<n>[一二两三四五六七八九十百千零万亿](?<![第前每“\"《一二三四五六七八九十百千万亿零〇两.].)"
    r"[一二两三四五六七八九十百千零万亿]{0,15})"
    rf"(?P<more>余|多)?\s?(?P<unit>{_CHINESE_UNIT})?"
)
# Behind a Chinese numeral and its unit: names and slogans (八项规定, 四个意识, 三个方面), not counts.
_SLOGAN = re.compile(
    r"\s?(?:大|重|主要)?(?:方面|层面|环节|维|意识|自信|确立|全面|坚持|统一|必须|服从|结合|到位|不|一|更|最|要|原则|机制"
    r"|体系|步骤|重点|关键|抓手|角度|时期|月|工作日|小时|规定|清单|阶段|部分|全会|全体会|转变|代表|同步|内部|过程性|安全"
    r"|百年|纳入|提升|强化|着力|制度|班子|优先|关口|结果|专区|公开(?!栏|专区|点)|校对|审核|党代)"
)
_PERCENT = re.compile(r"百分之\s?(?P<n>\d+(?:\.\d+)?|[一二三四五六七八九十百零两]+)(?:点(?P<f>[零一二三四五六七八九]+))?")
_AMOUNT = re.compile(
    r"(?:(?:[量数率额度分值]|人数|粉丝|得分)(?:共|总|累)?[计为达是约近超过到逾有:]{0,3}"
    r"|共计|合计|总计|达到|均为|分别为|数为)[\s*]*$"
)
_ENDS = re.compile(r"[\s*]*(?:[,。;!?)、]|$|\n)")
_APPROXIMATE = re.compile(r"(?:近|约|超过?|逾|突破|不少于|不低于|几乎)[\s*]*$")
_TORN = re.compile(r"(?<=[\u4e00-\u9fff])(?P<n>\d{1,3}[.,] )$")
_RANGE = re.compile(r"(\d+) ?[-—–] ?(\d+)")
_CODE = re.compile(r"0\d{2,3} ?[-—–]+ ?\d{7,8}|\d{4,} ?[-—–] ?\d{4,}|\d+(?: ?[-—–] ?\d+){2,}")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?: \d{3})+")
_APART = re.compile(r"12345|(?:19|20)\d\d|\d+[.)]")
_NO_FRACTION = frozenset("条件份次个名人期册篇项家部场起宗批户例") | {"人次", "件次", "条次", "场次"}
_LONGEST = 24  # characters: what is longer is no number of a report


def printed_numbers(text: str) -> Iterator[Counted]:
    """Numbers in digits."""
    for match in _NUMBER.finditer(text):
        token, unit = match["n"], match["unit"] or ""
        start, stop = match.span("n")
        multiplier = match["multiplier"] or ""
        more = bool(match["more"] or match["more2"])
        if not unit and not multiplier and not more and not _is_amount(text, start, stop):
            continue
        if match["range"] or len(token) > _LONGEST or _NO_COUNT.match(text, stop) or _is_ordinal(text, start):
            continue
        if multiplier:
            stop = match.end("multiplier")
        begin, value = _value(text, start, token, multiplier, unit)
        if begin >= 0:
            more = more or text.startswith(("以上", "左右"), match.end()) or _is_approximate(text, start)
            yield Counted(begin, stop, match.end(), value, unit, more)


def _is_amount(text: str, start: int, stop: int) -> bool:
    """Whether a number without a unit is an amount by the words before it."""
    return bool(_ENDS.match(text, stop) and _AMOUNT.search(text, max(0, start - 12), start))


def _is_ordinal(text: str, start: int) -> bool:
    return bool(_ORDINAL.search(text, max(0, start - 30), start))


def _is_approximate(text: str, start: int) -> bool:
    return bool(_APPROXIMATE.search(text, max(0, start - 6), start))


def _value(text: str, start: int, token: str, multiplier: str, unit: str) -> tuple[int, Number | None]:
    """Where the number begins (-1: there is none) and its value (None: illegible)."""
    if token.isdigit():
        torn = _TORN.search(text[max(0, start - 6) : start])
        if torn is None:
            return start, printed_number(token, multiplier)
        # "24. 5万", "1, 178件": the number began before the space
        whole = printed_number(torn["n"].replace(" ", "") + token, multiplier)
        return start - len(torn["n"]), whole if "." in torn["n"] and (multiplier or unit in ("%", "元")) else None
    if any(dash in token for dash in "-—–"):
        between = _RANGE.fullmatch(token)
        rising = between is not None and int(between[1]) < int(between[2])
        return (-1, None) if rising or _CODE.fullmatch(token) else (start, None)
    if any(box in token for box in "□■█�×X口?"):
        return start, None
    if any(gap in token for gap in " \n\t"):
        return _gapped(text, start, token, multiplier)
    value = printed_number(token, multiplier)
    if value is None and "," in token:
        # no thousands: two numbers with a comma between
        last = token.rindex(",") + 1
        return start + last, printed_number(token[last:], multiplier)
    if value is not None and "." in token and not multiplier and unit in _NO_FRACTION:
        if start == 0 or text[start - 1] == "\n":  # "1.35条意见": the first is the numeral of a list
            first = token.index(".") + 1
            return start + first, printed_number(token[first:])
        return start, None  # "1.178件": a count has no fraction
    return start, value


def _gapped(text: str, start: int, token: str, multiplier: str) -> tuple[int, Number | None]:
    """A number with white space inside: joined only where that is certain."""
    parts = token.split()
    if _THOUSANDS.fullmatch(token):
        return start, printed_number(token, multiplier)
    if _APART.fullmatch(parts[0]) or not text[max(0, start - 3) : start].strip(" \n"):
        return start + token.rindex(parts[-1]), printed_number(parts[-1], multiplier)
    if len(parts) == 2 and "\n" in token:
        return start, printed_number("".join(parts), multiplier)
    return start, None


def chinese_numbers(text: str) -> Iterator[Counted]:
    """Numbers in Chinese numerals, where a unit or 余 says that something is counted; percentages in words."""
    for match in _CHINESE.finditer(text):
        numeral, more, unit = match["n"], match["more"], match["unit"] or ""
        start, end = match.span()
        if not unit and not (more and len(numeral) > 1 and _ENDS.match(text, end)):
            continue
        if unit and not _counts(text, start, end, numeral, bool(more)):
            continue
        value = chinese_number(numeral)
        if value is not None:
            yield Counted(start, match.end("n"), end, value, unit, bool(more) or _is_approximate(text, start))
    for match in _PERCENT.finditer(text):
        percent = printed_number(match["n"]) if match["n"][0].isdigit() else chinese_number(match["n"])
        if percent is not None and match["f"]:
            percent = printed_number(f"{percent}." + "".join(str(chinese_number(c)) for c in match["f"]))
        yield Counted(*match.span(), match.end(), percent, "%")


def _counts(text: str, start: int, end: int, numeral: str, more: bool) -> bool:
    """Whether a Chinese numeral with a unit counts something: 一次 seldom does, 二次 (the second), 八项规定, 千家万户 never."""
    if numeral in ("一", "二") and (not _ENDS.match(text, end) or text[start : start + 2] == "二次"):
        return False
    if numeral[0] in "百千万亿" and not more:
        return False
    if _SLOGAN.match(text, end) or _is_ordinal(text, start) or text[start - 1 : start] in ("每", "至", "“"):
        return False
    clause = text[max(0, start - 14) : start]
    return not (clause.endswith(("属于", "分为")) or (numeral == "一" and ("每" in clause or "至少" in clause)))

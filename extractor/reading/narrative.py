"""The figures of the narrative: every stated number, its unit, what it counts, its place.

Dates, ordinals, document and article numbers, telephone numbers, list numerals and slogans (三审三校, 四个意识) are no figures.
A number counts as a figure where a unit of counting follows it, or where the words before it say that it is an amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.documents.view import View
from extractor.reading.numerals import chinese_number, printed_number
from extractor.report import Figure, Number, Section, Span

_UNITS = (
    "人次 件次 条次 篇次 户次 批次 场次 家次 车次 班次 人 个百分点 平方米 公里 公顷 大类 学时 课时 分钟 小时 % ‰ 万元 元 条 件 份 次 个 名 期 "
    "册 篇 项 家 部 类 场 起 宗 批 户 处 页 幅 本 张 例 台 套 块 位 天 字 则 组 轮 遍 辆 种 首 枚 支 座 间 所 站 课 句 稿 封 通 票 分 "
    "群 档 卷 盒 只 副 盘 倍 吨 亩 米 团 对 笔 栏 卡 村 点 例次 宗次 多家 余家"
)
# Units that begin a longer word count no more: 条例, 人民, 部门, 项目 stays (12项目 is 12 of them).
_NOT_UNIT = {
    "条": "例款规", "件": "数", "份": "额", "次": "日年要", "个": "人别体性", "人": "民大员社力才口事", "名": "称单义录", "期": "间限末待",
    "类": "似", "家": "庭长", "部": "门分长署委队", "场": "所景", "起": "草来至止到的在", "批": "准复示评", "户": "籍外口", "处": "理罚置室长",
    "张": "贴", "台": "账", "本": "级局单机年地省市县区乡镇部委办次", "位": "于置", "天": "津", "页": "面", "分": "别管类为析发布享工解级局散层期之支公",
    "点": "击评赞至到钟", "站": "点所", "所": "有以在需属", "字": "样", "对": "于照外全各接社政", "通": "过知报告", "首": "页次问", "块": "链",
    "只": "有能是", "米": "东", "课": "题程", "支": "持撑部", "座": "谈机", "间": "隔", "组": "织", "套": "用", "种": "植", "栏": "目", "群": "众",
    "卡": "片", "村": "民委", "团": "队委", "通过": "", "元": "旦", "封": "面闭控", "稿": "件", "句": "话",
}  # fmt: skip
_COUNTED = "|".join(
    re.escape(u) + (f"(?![{_NOT_UNIT[u]}])" if _NOT_UNIT.get(u) else "")
    for u in sorted(_UNITS.split(), key=len, reverse=True)
)
_FIRST = "".join(sorted({u[0] for u in _UNITS.split()}))
# A number, whatever OCR left of it: digits, letters in the place of digits, separators, dashes, one line break.
_NUMBER = re.compile(
    r"(?<![0-9A-Za-z._/@#&=+-])"
    r"(?P<n>(?:[0-9]|[OIl](?=[0-9])|[□■█�×X]{1,6}(?=[0-9□■█�×X]|\s?[" + _FIRST + r"]))"
    r"(?:[0-9□■█�×X]|[OoIl〇](?![A-Za-z])|[.,](?=[0-9])| ?[-—–] ?(?=[0-9])| ?[-—–]+ ?(?=[" + _FIRST + r"])|[ \t]?\n?(?=[0-9]))*)"
    r"(?:\*\*)?\s{0,4}(?P<more>余|多(?!元|次|方|样)|几)?(?P<multiplier>亿|千万|百万|万|千(?![克米瓦字])|百(?!分))?(?P<more2>余|多(?!元|方|样))?"
    r"(?P<range>[~～至到][0-9]+)?\s?(?P<unit>" + _COUNTED + r")?"
)
# What follows a number that is a date, a duration, a place or a rank.
_NO_FIGURE = re.compile(
    r"\*{0,2}\s*(?:年(?!度报告)|月|日|时|号|室|楼|层|栋|幢|单元|级|届|周年|岁|路|个?工作日|个月|天之?内|小时|分钟之?内|[:/~～至到]\s?\d|[A-Za-z])"
)
_ORDINAL = re.compile(r"(?:[第前]\s?|第[^,。;]{0,24}?[条款项章][、,和及与至到]\s?(?:第\s?)?|[〔\[(]\d{4}[〕\])]\s?)$")
_CHINESE_UNITS = "|".join(
    re.escape(u) + (f"(?![{_NOT_UNIT[u]}])" if _NOT_UNIT.get(u) else "")
    for u in "人次 场次 批次 户次 大类 条 件 份 次 个 名 人 期 册 篇 项 家 部 类 场 起 宗 批 户 页 幅 本 张 例 台 套 块 位 天 组 轮 遍 辆 种 处 所".split()
)
_CHINESE = re.compile(
    r"(?<![第前每“\"《一二三四五六七八九十百千万亿零〇两.])(?P<n>[一二两三四五六七八九十百千零万亿]{1,16})"
    r"(?P<more>余|多)?\s?(?P<unit>" + _CHINESE_UNITS + r")?"
)
# After a Chinese numeral and a unit: names and slogans (八项规定, 四个意识, 三个方面), not counts.
_SLOGAN = re.compile(
    r"\s?(?:大|重|主要)?(?:方面|层面|环节|维|意识|自信|确立|全面|坚持|统一|必须|服从|结合|到位|不|一|更|最|要|原则|机制|体系|步骤|重点|关键|抓手"
    r"|角度|时期|月|工作日|小时|规定|清单|阶段|部分|全会|全体会|转变|代表|同步|内部|过程性|安全|百年|纳入|提升|强化|着力|制度|班子|优先|关口|结果|专区"
    r"|公开(?!栏|专区|点)|校对|审核|党代|栏目(?:一体))"
)
_PERCENT = re.compile(r"百分之\s?(?P<n>\d+(?:\.\d+)?|[一二三四五六七八九十百零两]+)(?:点(?P<f>[零一二三四五六七八九]+))?")
_CLAUSE = re.compile(r"[,。;:!?()]|\n\s*(?=[#*]|[一二三四五六七八九十]+[、.]|\(|\d+[.、])")
# A line that is a heading of its own ends like a sentence; a blank line between other lines may be a page break.
_HEADING = re.compile(r"(?m)^([#* \t]*(?:[一二三四五六七八九十]+、|\([一二三四五六七八九十\d]+\)|\d+[.、]|#)[^\n。,;:]{0,40})\n")
_LONGEST = 36  # characters of a label
_SPACE = re.compile(r"[\s*#>|]+")
_LEAD = re.compile(
    r"^(?:[、,.\-—·]|共计|累计|其中|包括|分别[为是]?|以及|及|和|与|并(?!购)|且|另外?|还|又|再|也|共(?!享|同|产|青|建|管)|约|第?[一二三四五六七八九十]是|[①-⑳]|\d{4}年(?:度|内|以来)?"
    r"|本年度?|全年度?|今年(?:以来)?|年度?内|一年来|目前|期间|总计|合计|截[至止](?:目前|\d{4}年底|年底|\d{4}年\d+月(?:\d+日)?)?|\d+月(?:\d+日)?)+"
)
_TAIL = re.compile(
    r"(?:共计?|合计|总计|累计|总共|达到?|达成|大?约|将?近|超过?|超出|逾|突破|不少于|不低于|分别|[为了有是的到出:至]|均|各|已|数[量为]?(?=[为是达]$)|计)+$"
)
_APPROXIMATE = re.compile(r"(?:近|约|超过?|逾|突破|不少于|不低于|左右|几乎)[\s*]*$")
_AMOUNT = re.compile(r"(?:[量数率额度分值]|人数|粉丝|得分)(?:共|总|累)?[计为达是约近超过到逾有:]{0,3}[\s*]*$|(?:共计|合计|总计|达到|均为|分别为|数为)[\s*]*$")
_ENDS = re.compile(r"[\s*]*(?:[,。;!?)、]|$|\n)")
_NOUN = re.compile(r"\s*([\u4e00-\u9fff“”《》·]{2,16}?)(?=[,。;:!?()、\n\s]|$)")
# Words that say that there was none of something.
_NONE = re.compile(
    r"(?:(?:未|没有?|均无)(?:曾|有)?(?:收到|接到|受理|接收|收取|接受|发生|出现|产生|引发|引起|涉及|办理|提出|存在|被(?=申请|提起)|因(?=政|信|公开|依)|有)"
    r"|没有(?=因|行政|政府信息|信息公开|复议|诉讼|依申请|公民|群众|被|结转)|不存在|无(?=因|依申请|依法申请|行政复|行政诉|政府信息公开(?:申请|行政|类|收费)|信息公开(?:申请|行政)"
    r"|公民|群众|申请|复议|诉讼|任何|涉及|上年|结转|下年|被申请|被提起|针对|提起))"
)
_CLAUSE_STOP = re.compile(r"[,。;:!?]|\Z")
_MORE_DISPUTES = re.compile(r"[,、]\s?(?:或者?|和|及|也)?(?:被)?(?:提起|引发|引起|发生)?(?:的)?(?:行政)?诉讼")
_DISPUTE = re.compile(r"(?:行政)?(复议|诉讼)(?:和|或者?|与|及|、)?(?:案件|申请|事项|的?情况|事件)*")
_REQUEST = re.compile(r"申请(?:公开)?(?:政府)?(?:信息)?(?:公开)?(?:的)?(?:申请|内容|案件|件|事项|情况)*")
_OTHER_NONE = re.compile(r"(?:信息处理费|收费|费用|处理费|建议|提案|结转)[^,。;]{0,12}?(?=的?(?:情况|内容|事项|案件)?(?:[,。;\s]|$))")
_NIL = re.compile(r"(?:为|是)(零)(?![一二三四五六七八九售距星食])|(零)(?=申请|复议|诉讼)")


def read_figures(view: View, sections: tuple[Section, ...], tables: tuple[Span, ...]) -> tuple[Figure, ...]:
    """The figures of the text outside the tables (spans of the source), in order of their places.

    `raw` is the view's text at the figure's place. "未收到…申请" and the like are figures of value 0 whose place is the phrase;
    their unit is 件, the form's. The text before the first section (title, preamble) states no figures of the year, unless
    the overview's heading is lost.
    """
    places = [(s.key, *view.view_span(*s.span)) for s in sections]
    start = places[0][1] if places and any(key == "overview" for key, _, _ in places) else 0
    end = max((stop for _, _, stop in places), default=len(view.text))
    text = _without(view.text, start, end, [view.view_span(*t) for t in tables])
    found = sorted((*_printed(text), *_chinese(text), *_none(text)), key=lambda f: f[:2])
    figures: list[Figure] = []
    done = 0
    label = ""
    for begin, stop, tail, value, unit, approximate, fixed in found:
        if begin < done and not (fixed and figures and begin == done - 1):
            continue
        label = fixed or _label(text, done, begin, tail, label, unit)
        key = next((k for k, a, b in places if a <= begin + start < b), "overview" if places else "")
        figures.append(
            Figure(
                label, value, unit, view.source_span(begin + start, stop + start), key, text[begin:stop],
                approximate or bool(_APPROXIMATE.search(text, max(0, begin - 6), begin)),
            )
        )  # fmt: skip
        done = begin + 1 if fixed else tail
    return tuple(figures)


_Found = tuple[int, int, int, Number | None, str, bool, str]
"""Start, end, end with the unit, value, unit, approximate, label where it is known already."""


def _without(text: str, start: int, end: int, tables: list[Span]) -> str:
    """`text[start:end]` with line feeds in the place of tables and a full stop behind headings: offsets stay."""
    parts: list[str] = []
    at = start
    for a, b in sorted(tables):
        a, b = max(a, at), min(b, end)
        if a < b:
            parts += (text[at:a], "\n" * (b - a))
            at = b
    return _HEADING.sub(r"\1。", "".join((*parts, text[at:end])))


def _printed(text: str) -> Iterator[_Found]:
    """Numbers in digits."""
    for match in _NUMBER.finditer(text):
        token, unit = match["n"], match["unit"] or ""
        start, stop = match.span("n")
        multiplier = match["multiplier"] or ""
        more = bool(match["more"] or match["more2"])
        if not unit and not multiplier and not more and not _stated(text, start, stop):
            continue
        if match["range"] or _NO_FIGURE.match(text, stop) or _ORDINAL.search(text, max(0, start - 30), start):
            continue
        if multiplier:
            stop = match.end("multiplier")
        begin, value = _value(text, start, token, multiplier, unit)
        if begin >= 0:
            yield (begin, stop, match.end(), value, unit, more or text.startswith(("以上", "左右"), match.end()), "")


def _stated(text: str, start: int, stop: int) -> bool:
    """Whether a number without a unit is an amount by the words before it."""
    return bool(_ENDS.match(text, stop) and _AMOUNT.search(text, max(0, start - 12), start))


def _value(text: str, start: int, token: str, multiplier: str, unit: str) -> tuple[int, Number | None]:
    """Where the number begins (-1: there is none) and its value (None: illegible)."""
    if token.isdigit():
        before = text[max(0, start - 6) : start]
        torn = _TORN.search(before)
        if torn is None:
            return (start, printed_number(token, multiplier))
        # "24. 5万", "1, 178件": the number began before the space
        begin = start - len(torn["n"])
        whole = printed_number(torn["n"].replace(" ", "") + token, multiplier)
        return (begin, whole if "." in torn["n"] and (multiplier or unit in ("%", "元")) else None)
    if any(d in token for d in "-—–"):
        range_ = _RANGE.fullmatch(token)
        if range_ and int(range_[1]) < int(range_[2]) or _CODE.fullmatch(token):
            return (-1, None)
        return (start, None)
    if any(c in token for c in "□■█�×X"):
        return (start, None)
    if " " in token or "\n" in token or "\t" in token:
        parts = token.split()
        if _THOUSANDS.fullmatch(token) or (len(parts) == 2 and "\n" in token and not _APART.fullmatch(parts[0])):
            return (start, printed_number(token if _THOUSANDS.fullmatch(token) else "".join(parts), multiplier))
        if _APART.fullmatch(parts[0]) or text[max(0, start - 3) : start].strip(" ") in ("", "\n"):
            last = start + token.rindex(parts[-1])
            return (last, printed_number(parts[-1], multiplier))
        return (start, None)
    value = printed_number(token, multiplier)
    if value is None and "," in token:
        last = start + token.rindex(",") + 1
        return (last, printed_number(token[token.rindex(",") + 1 :], multiplier))
    if value is not None and "." in token and not multiplier and unit in _WHOLE:
        if start == 0 or text[start - 1] == "\n":  # "1.35条意见": the first is the numeral of a list
            return (start + token.index(".") + 1, printed_number(token[token.index(".") + 1 :]))
        return (start, None)  # "1.178件": a count has no fraction
    return (start, value)


_TORN = re.compile(r"(?<=[\u4e00-\u9fff])(?P<n>\d{1,3}[.,] )$")
_RANGE = re.compile(r"(\d+) ?[-—–] ?(\d+)")
_CODE = re.compile(r"0\d{2,3} ?[-—–]+ ?\d{7,8}|\d{4,} ?[-—–] ?\d{4,}|\d+(?: ?[-—–] ?\d+){2,}")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?: \d{3})+")
_APART = re.compile(r"12345|(?:19|20)\d\d|\d+[.)]")
_WHOLE = frozenset("条 件 份 次 个 名 人 期 册 篇 项 家 部 场 起 宗 批 户 人次 件次 条次 场次 例".split())


def _chinese(text: str) -> Iterator[_Found]:
    """Numbers in Chinese numerals, where a unit or 余 says that something is counted."""
    for match in _CHINESE.finditer(text):
        numeral, more, unit = match["n"], match["more"], match["unit"] or ""
        start, end = match.span()
        if unit == "" and not (more and len(numeral) > 1 and _ENDS.match(text, end)):
            continue
        if unit:
            if numeral in ("一", "二") and (numeral == "二" or not _ENDS.match(text, end)):
                continue
            if numeral[0] in "百千万亿" and not more:
                continue
            if _SLOGAN.match(text, end) or _ORDINAL.search(text, max(0, start - 30), start) or text[start - 1 : start] in "每至“":
                continue
            clause = text[max(0, start - 14) : start]
            if numeral == "一" and ("每" in clause or "至少" in clause) or clause.endswith(("属于", "分为")):
                continue
        value = chinese_number(numeral)
        if value is not None:
            yield (start, match.end("n"), end, value, unit, bool(more), "")
    for match in _PERCENT.finditer(text):
        whole = printed_number(match["n"]) if match["n"][0].isdigit() else chinese_number(match["n"])
        if whole is not None and match["f"]:
            whole = printed_number(f"{whole}." + "".join(str(chinese_number(c)) for c in match["f"]))
        yield (*match.span(), match.end(), whole, "%", False, "")


def _none(text: str) -> Iterator[_Found]:
    """Statements that there was none: value 0 for what each names."""
    for match in _NONE.finditer(text):
        stop = _CLAUSE_STOP.search(text, match.end(), match.end() + 90)
        if stop is None:
            continue
        clause = text[match.end() : stop.start()]
        if any(c.isdigit() for c in clause) and re.search(r"\d\s?[件条项起]", clause):
            continue
        kinds = list(_DISPUTE.finditer(clause))
        end = match.end()
        if kinds:
            names = sorted({k[1] for k in kinds})
            further = _MORE_DISPUTES.match(text, stop.start())
            end += kinds[-1].end()
            if further and "诉讼" not in names:
                names.append("诉讼")
                end = further.end()
            for name in names:
                yield (match.start(), end, end, 0, "件", False, "行政" + name)
            continue
        last = None
        for last in _REQUEST.finditer(clause):
            pass
        last = last or _OTHER_NONE.search(clause)
        if last:
            label = _SPACE.sub("", clause[: last.end()])[-_LONGEST:]
            yield (match.start(), end + last.end(), end + last.end(), 0, "件" if "申请" in label else "", False, label)
    for match in _NIL.finditer(text):
        group = 1 if match[1] else 2
        yield (*match.span(group), match.end(), 0, "", False, "")


def _label(text: str, done: int, begin: int, tail: int, before: str, unit: str) -> str:
    """What a figure counts: the words before it in its clause, or where there are none, those behind it, or what the
    figure before it counted."""
    start = max(done, begin - 60)
    for stop in _CLAUSE.finditer(text, start, begin):
        if stop.end() < begin:
            start = stop.end()
    words = _TAIL.sub("", _LEAD.sub("", _SPACE.sub("", text[start:begin]).rstrip(":,(")))
    words = _LEAD.sub("", words)
    if unit in ("%", "‰") and words in ("占", "占比", "比例", "比重", ""):
        return (before.removesuffix("占比") + "占比")[-_LONGEST:]
    if len(words) <= 4 or words.endswith(("和", "及", "与", "、", "在")):
        noun = _NOUN.match(text, tail)
        if noun:
            words = (words if len(words) <= 4 else "") + _SPACE.sub("", noun[1])
    return words[-_LONGEST:] or before

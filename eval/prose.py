"""The narrative of a report: title, preamble, six sections, signature, with figures and claims that are known.

Every number that stands in these texts and counts something is a `Stated`; years, dates, document and telephone numbers are
not. A claim holds on the page unless the chance `false_claims` strikes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from extractor.eval import words
from extractor.eval.draw import PERSONS, Drawn, spread
from extractor.eval.paper import Chapter, HeaderText, Paragraph, Stated, StatedClaim
from extractor.eval.style import FULL_WIDTH, Style, spell
from extractor.forms import form
from extractor.report import Number

CHINESE = "零一二三四五六七八九十"
PLACES = ("政府网站", "政务新媒体", "政府公报", "公开栏", "广播电视", "微信公众号")
KINDS = ("动态类信息", "概括类信息", "专项领域信息", "通知公告", "政策文件", "财政信息")
LETTERS = ("城建物业类", "教育卫生类", "民生诉求类", "纪律作风类", "公共交通类", "环境保护类", "其他类")
NOTICE = {"2019": "国办公开办函〔2019〕60号", "2021": "国办公开办函〔2021〕30号"}


class Prose:
    """Builds paragraphs and collects the claims made in them."""

    def __init__(self, rng: Random, drawn: Drawn, style: Style, false_claims: float) -> None:
        self.rng = rng
        self.drawn = drawn
        self.style = style
        self.false_claims = false_claims
        self.claims: list[StatedClaim] = []
        self.section = ""
        self.used: set[int] = set()

    def stated(self, label: str, value: Number, unit: str, raw: str = "") -> Stated:
        text = raw or str(value)
        if self.style.full_width:
            text = text.translate(FULL_WIDTH)
        space = " " if self.style.spaced_numbers and unit != "%" else ""
        return Stated(label, text, value, unit, value, section=self.section, space=space)

    def zero(self, label: str, raw: str) -> Stated:
        """Nothing of a kind, said in words."""
        return Stated(label, raw, 0, "", 0, section=self.section, worded=True)

    def bent(self, value: int) -> int:
        """The value, or another where this claim is to be false."""
        if self.rng.random() >= self.false_claims:
            return value
        return max(0, value + self.rng.choice((-10, -3, -1, 1, 2, 9, 20))) if value else value + self.rng.randint(1, 4)

    def claim(self, kind: str, total: Stated | None, parts: list[Stated], share: Stated | None = None,
              cells: tuple[str, ...] = ()) -> None:
        self.claims.append(StatedClaim(kind, total, parts, share, cells, self.section))

    def composition(self) -> tuple[Paragraph, Stated]:
        """A total with its parts."""
        rng = self.rng
        names = rng.sample(PLACES if rng.random() < 0.5 else KINDS, rng.randint(2, 4))
        counts = [rng.randint(1, 900) for _ in names]
        total = self.stated("主动公开信息", self.bent(sum(counts)), "条")
        parts = [self.stated(n, c, "条") for n, c in zip(names, counts, strict=True)]
        lead = rng.choice(("全年通过各类渠道主动公开信息", "本年度共公开发布各类信息", "全年累计主动公开政府信息"))
        out: Paragraph = [lead, total, rng.choice(("，其中：", "，其中", "。其中，"))]
        for i, (name, part) in enumerate(zip(names, parts, strict=True)):
            out += ["，" if i else "", name + rng.choice(("", "发布", "公开")), part]
        out.append("。")
        self.claim("sum", total, parts)
        return out, total

    def letters(self) -> Paragraph:
        """Letters by kind, each with its share of the whole."""
        rng = self.rng
        total_count = rng.randint(20, 400)
        names = [*rng.sample(LETTERS[:-1], rng.randint(2, 5)), LETTERS[-1]]
        counts = [c + 1 for c in spread(rng, total_count - len(names), [rng.random() + 0.05 for _ in names])]
        digits = rng.choice((0, 0, 1, 2))
        total = self.stated("群众来信", total_count, "件")
        parts, shares = [], []
        out: Paragraph = ["全年收到群众来信共计", total, "，其中："]
        step = Decimal(1).scaleb(-digits)
        for i, (name, count) in enumerate(zip(names, counts, strict=True)):
            exact = (Decimal(100 * count) / total_count).quantize(step, ROUND_HALF_UP)
            if rng.random() < self.false_claims:
                exact += rng.choice((-4, 3, 5, 7))
            share_value: Number = int(exact) if digits == 0 else exact
            if share_value < 0:
                share_value = 12
            part, share = self.stated(name, count, "件"), self.stated(name + "占比", share_value, "%")
            self.claim("share", total, [part], share)
            parts.append(part)
            shares.append(share)
            out += ["；" if i else "", name, part, "，占比", share]
        self.claim("sum", total, parts)
        self.claim("shares_total", None, shares)
        out += ["，办结率", self.stated("办结率", 100, "%"), "。"]
        return out

    def requests(self) -> Paragraph:
        """What the narrative says of the requests, tied to the table."""
        cell = "requests.received.total"
        received = int(self.drawn.values[cell])
        if received == 0:
            wording = self.rng.choice(("未收到政府信息公开申请", "未收到公民、法人和其他组织提出的申请"))
            none = self.zero("政府信息公开申请", wording)
            self.claim("table", none, [], cells=(cell,))
            return [self.rng.choice(("本年度", "全年")), none, "。"]
        total = self.stated("受理政府信息公开申请", self.bent(received), "件")
        out: Paragraph = [self.rng.choice(("全年共收到政府信息公开申请", "本年度新收政府信息公开申请")), total]
        self.claim("table", total, [], cells=(cell,))
        persons = int(self.drawn.values["requests.received.natural_person"])
        if self.rng.random() < 0.4 and 0 < persons < received:
            own = self.stated("自然人申请", persons, "件")
            rest = self.stated("法人或其他组织申请", received - persons, "件")
            out += ["，其中自然人申请", own, "，法人或其他组织申请", rest]
            self.claim("sum", total, [own, rest])
            self.claim("table", own, [], cells=("requests.received.natural_person",))
            self.claim("table", rest, [], cells=tuple(f"requests.received.{p}" for p in PERSONS[1:]))
        out.append(self.rng.choice(("，均按期办结。", "，均在法定期限内答复。", "。")))
        return out

    def disputes(self) -> Paragraph:
        first = int(self.drawn.values["disputes.reconsideration.total"])
        second = int(self.drawn.values["disputes.litigation_direct.total"]) + int(
            self.drawn.values["disputes.litigation_after_reconsideration.total"])
        none = first == 0 and second == 0
        if none:
            one, two = self.zero("行政复议", "未发生因政府信息公开引起的行政复议"), self.zero("行政诉讼", "和行政诉讼")
        else:
            one, two = self.stated("行政复议", self.bent(first), "件"), self.stated("行政诉讼", self.bent(second), "件")
        suits = ("disputes.litigation_direct.total", "disputes.litigation_after_reconsideration.total")
        self.claim("table", one, [], cells=("disputes.reconsideration.total",))
        self.claim("table", two, [], cells=suits)
        return [one, two, "。"] if none else ["因政府信息公开引起的行政复议", one, "，行政诉讼", two, "。"]

    def odds(self) -> Paragraph:
        """A sentence with figures that no claim ties."""
        rng, s = self.rng, self.stated
        many = rng.randint(2, 10)
        count = rng.randint(30, 4000)
        fans, fan_count = rng.choice((("一千两百", 1200), ("三千", 3000), ("五百", 500), ("八百六十", 860)))
        makers: tuple[Callable[[], Paragraph], ...] = (
            lambda: ["组织开展业务培训", s("业务培训", many, "次"), "，培训", s("培训", count // 10, "人次"), "。"],
            lambda: ["编印政府公报", s("政府公报", many, "期", CHINESE[many]), "，共计", s("公报", count * 10, "册"), "。"],
            lambda: ["公众号关注人数", s("关注人数", fan_count, "人", fans), "，推送", s("图文信息", count // 5, "篇"), "。"],
            lambda: ["门户网站访问量", s("访问量", count * 217, "次"), "，答复网民留言", s("网民留言", many * 3, "条"), "。"],
            lambda: ["办理人大代表建议", s("人大代表建议", many, "件"), "、政协提案", s("政协提案", many + 1, "件"),
                     "，办结率", s("办结率", 100, "%"), "。"],
            lambda: ["召开新闻发布会", s("新闻发布会", many, "场"), "，发布解读材料", s("解读材料", count // 60, "篇"), "。"],
            lambda: ["通过12345热线受理群众诉求", s("群众诉求", count, "件"), "，全部按时转办。"],
            lambda: ["选聘", s("社会监督员", many + 9, "名"), "社会监督员，邀请群众代表", s("群众代表", many + 20, "人"),
                     "参加政府开放日活动。"],
        )
        # the same thing counted twice with two numbers would be a claim that fails
        chosen = rng.choice([i for i in range(len(makers)) if i not in self.used])
        self.used.add(chosen)
        return makers[chosen]()

    def documents(self) -> Paragraph:
        key = "issued" if self.drawn.forms["disclosure"] == "2021" else "made"
        cell = f"disclosure.normative_documents.{key}"
        value = int(self.drawn.values[cell])
        if value == 0:
            none = self.zero("行政规范性文件", "未制发行政规范性文件")
            self.claim("table", none, [], cells=(cell,))
            return ["本年度", none, "。"]
        figure = self.stated("制定行政规范性文件", self.bent(value), "件")
        self.claim("table", figure, [], cells=(cell,))
        return ["本年度制定行政规范性文件", figure, "，全部按要求登记、编号、公布。"]

    def overview(self) -> list[Paragraph]:
        rng, year = self.rng, self.drawn.year
        marks = ("（一）", "（二）", "（三）", "（四）", "（五）")
        names = ("主动公开情况", "依申请公开情况", "政府信息管理情况", "平台建设情况", "监督保障情况")
        run_in = rng.random() < 0.6
        composed, total = self.composition()
        bodies: list[Paragraph] = [
            [*composed, *self.documents(), *self.odds()],
            [*self.requests(), *self.disputes()],
            [rng.choice(words.MANAGEMENT), rng.choice(words.MANAGEMENT)],
            [rng.choice(words.PLATFORM), *self.odds()],
            [rng.choice(words.SUPERVISION), *self.odds()],
        ]
        if rng.random() < 0.4:
            again = self.stated("主动公开信息", self.bent(int(total.value or 0)), "条")
            bodies[3] += ["全年通过各类渠道主动公开信息", again, "。"]
            self.claim("repeated", None, [total, again])
        out: list[Paragraph] = [[f"{year}年，{self.drawn.issuer.name}{rng.choice(words.OPENING)}"]]
        for mark, name, body in zip(marks, names, bodies, strict=True):
            if run_in:
                out.append([f"{mark}{name}。", *body])
            else:
                out += [[f"{mark}{name}"], body]
        return out

    def nothing_more(self) -> Paragraph:
        if self.rng.random() < 0.4:
            fee = self.zero("信息处理费", "未收取信息处理费")
            return ["依据《政府信息公开信息处理费管理办法》，本年度", fee, "。"]
        return [self.rng.choice(words.OTHER_MATTERS)]

    def day(self, key: str, year: int, month: int, day: int, with_year: bool = True) -> HeaderText:
        gap = " " if self.style.spaced_numbers else ""
        text = f"{month}{gap}月{gap}{day}{gap}日"
        if with_year:
            text = f"{year}{gap}年{gap}" + text
        return HeaderText(key, text.replace("  ", " "), f"{year:04d}-{month:02d}-{day:02d}")

    def front(self) -> tuple[list[Paragraph], list[str]]:
        """Title and preamble, and the document numbers they cite."""
        rng, d = self.rng, self.drawn
        issuer = HeaderText("issuer", d.issuer.name, d.issuer.name)
        year = HeaderText("year", str(d.year), d.year)
        gap = " " if self.style.spaced_numbers else ""
        head = "# " if self.style.heading.startswith("#") else ""
        title: list[Paragraph] = (
            [[head, issuer], [head, year, f"{gap}年政府信息公开工作年度报告"]] if rng.random() < 0.4
            else [[head, issuer, gap, year, f"{gap}年政府信息公开工作年度报告"]]
        )
        majority = sorted(d.forms.values())[1]
        notice = NOTICE[majority]
        link = rng.random()
        website = HeaderText("website", d.issuer.website, d.issuer.website)
        period_end = self.day("period_end", d.year, 12, 31, rng.random() < 0.7)
        text: Paragraph = [
            "根据《中华人民共和国政府信息公开条例》（以下简称《条例》）",
            f"和《国务院办公厅政府信息与政务公开办公室有关年度报告的通知》（{notice}）" if link < 0.9 else "",
            f"要求，现发布{d.issuer.name}{d.year}{gap}年政府信息公开工作年度报告。",
            rng.choice(("本报告所列数据的统计期限自", "本报告统计数据从")), self.day("period_start", d.year, 1, 1),
            rng.choice(("起至", "至")), period_end, "止。" if rng.random() < 0.5 else "。",
        ]
        if rng.random() < 0.8:
            open_, close = ("<", ">") if rng.random() < 0.3 else ("", "")
            text += ["本报告电子版可在门户网站（" + open_, website, close + "）查阅下载。"]
        if rng.random() < 0.85:
            i = d.issuer
            items: list[Paragraph] = [
                ["地址：", HeaderText("address", i.address, i.address)],
                ["邮编：", HeaderText("postcode", i.postcode, i.postcode)],
                ["电话：", HeaderText("phone", i.phone, i.phone)],
                ["电子邮箱：", HeaderText("email", i.email, i.email)],
            ]
            items = [item for item in items if rng.random() < 0.85]
            if items:
                text.append(f"如有疑问，请与{i.name}办公室联系（")
                mark = rng.choice(("，", "；"))
                for n, item in enumerate(items):
                    text += [mark if n else "", *item]
                text.append("）。")
        return [*title, text], [notice] if link < 0.9 else []

    def back(self) -> list[Paragraph]:
        if self.rng.random() < 0.5:
            return []
        return [[self.drawn.issuer.name], [self.day("signed_on", *self.drawn.signed)]]


def write_prose(
    rng: Random, drawn: Drawn, style: Style, false_claims: float
) -> tuple[list[Paragraph], list[Chapter], list[Paragraph], list[StatedClaim], list[str]]:
    """Front matter, the six sections, back matter, the claims, the document numbers cited."""
    prose = Prose(rng, drawn, style, false_claims)
    front, basis = prose.front()
    chapters = []
    code = sorted(drawn.forms.values())[1]
    unwrapped = replace(style.spelling, wrap=0)
    for section in form(code).sections:
        label = section.label
        if rng.random() < style.alias_chance / 2 and section.aliases:
            label = rng.choice(section.aliases)
        label = spell(label, unwrapped)
        numeral = section.numeral
        heading = style.heading.format(n=numeral, h=label) if style.numerals else label
        prose.section = section.key
        paragraphs: list[Paragraph] = []
        if section.key == "overview":
            paragraphs = prose.overview()
        elif section.key == "problems":
            paragraphs = [[rng.choice(words.PROBLEMS)], [rng.choice(words.REMEDIES)]]
        elif section.key == "other":
            paragraphs = [prose.letters() if rng.random() < 0.25 else prose.nothing_more()]
        table = section.key if section.key in ("disclosure", "requests", "disputes") else ""
        chapters.append(Chapter(section.key, [heading], paragraphs, table))
    return front, chapters, prose.back(), prose.claims, basis

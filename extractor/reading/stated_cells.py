"""Which cells of the tables a figure of the narrative states, by the words around it.

Strict on purpose: a figure that only might be the table's (of one office, of one channel, of another year, of information
items instead of decisions) states no cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from extractor.forms import table as form_table


@dataclass(frozen=True, slots=True)
class Statement:
    """The words around a figure: `before` since the figure before it or the start of the sentence, `after` up to the
    next mark, `sentence` up to its end and from some words before its start; without white space. `none`: the figure is a
    phrase that says that there was none. `part`: it is a part of a total that the text states."""

    before: str
    after: str
    sentence: str
    none: bool
    part: bool


_RECEIVE = r"(?:新收|收到|受理|接收|接到|收悉|收取)"
_ABOUT_REQUESTS = re.compile(r"信息公开|政府信息|依申请|公开申请|公开的申请|申请公开")
_ABOUT_DISPUTES = re.compile(
    r"因[^,。]{0,14}公开|公开[^,。]{0,12}(?:引起|引发|产生|类|复议|诉讼|被)|(?:涉及|针对|关于|有关)[^,。]{0,16}公开|申请(?:引起|引发)|依申请"
)
# Applications for something else than information.
_OTHER_MATTER = re.compile(
    r"许可|审批|补[助贴]|救助|低保|注册|登记|专利|商标|贷款|资质|备案|项目申报|职称|仲裁|执行申请|救济|国家赔偿|信访|投诉|举报|咨询"
)
_ELSEWHERE = re.compile(
    r"上年|去年|上一年|同期|同比|环比|[比较](?:20|上|去)|增[长加]|减少|下降|历年|以来(?!,)|平均|最多|每[月季年]|季度|月份"
    r"|[上下]半年"
)
_PARTIAL = re.compile(
    r"网[络上站]|线上|在线|平台|当面|现场|信函|邮寄|传真|邮件|窗口|电话|各部门|各单位|各乡镇|各镇|本级|机关本部|局机关|下属"
    r"|所属|区县|其中|按时|按期|逾期"
)
_ENDED = r"[^,。;、()]{0,8}$"
_BOTH = re.compile(r"复议[^,。;]{0,8}(?:、|和|及|与|或)[^,。;]{0,8}诉讼|诉讼[^,。;]{0,8}(?:、|和|及|与|或)[^,。;]{0,8}复议")
_REQUESTS_BEFORE = re.compile(
    _RECEIVE + r"(?!.{0,30}(?:复议|诉讼))[^,;。]{0,34}(?:申请(?:公开)?(?:事项|信息|政府信息|件)?|依申请公开(?:政府)?信息)"
    r"[^,;。]{0,6}$"
)
_RECEIVED_AT_END = re.compile(_RECEIVE + r"(?:了|共|共计)?$")
_REQUESTS_AFTER = re.compile(r"^[^,;。()]{0,24}申请")
# No other words come with a figure that states a cell.
WORTH_A_LOOK = re.compile(r"申请|复议|诉讼|规范性文件|行政许可|行政处罚|行政强制|结转|依申请")
_OUTCOMES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("granted_or_partly", re.compile(r"予以公开(?:或|和|及|、)(?:者)?部分公开" + _ENDED)),
    ("refused", re.compile(r"不予公开" + _ENDED)),
    ("granted", re.compile(r"(?<!不)予以公开" + _ENDED)),
    ("partly_granted", re.compile(r"部分公开" + _ENDED)),
    ("unavailable", re.compile(r"无法提供" + _ENDED)),
    ("not_processed", re.compile(r"不予处理" + _ENDED)),
    ("other", re.compile(r"其[他它]处理" + _ENDED)),
    ("unavailable.not_held", re.compile(r"不掌握(?:相关)?(?:政府)?信息" + _ENDED)),
    ("unavailable.needs_creation", re.compile(r"(?:没有|无)现成信息" + _ENDED)),
    ("refused.deliberative", re.compile(r"过程性信息" + _ENDED)),
    ("refused.internal_affairs", re.compile(r"内部事务信息" + _ENDED)),
    ("refused.state_secret", re.compile(r"国家秘密" + _ENDED)),
    ("not_processed.petition", re.compile(r"信访举报投诉类(?:申请)?" + _ENDED)),
    ("not_processed.duplicate", re.compile(r"重复申请" + _ENDED)),
)
_HANDLES_REQUESTS = re.compile(r"公开申请|申请公开|依申请")
_REQUESTS_OF_SENTENCE = re.compile(r"公开申请|申请公开|申请[^人]")
_DOCUMENTS_OF_SENTENCE = re.compile(r"公文|属性|发文")
_CARRIED_OUT = re.compile(r"结转(?:至|到)?(?:下|次|明|\d{4})(?:一)?年?度?(?:继续)?(?:办理)?[^,;。]{0,12}$")
_CARRIED_IN = re.compile(r"(?:上|去|\d{4})(?:一)?年?度?结转[^,;。]{0,16}$")
_ANSWERED = re.compile(r"(?:办结|办理完毕|答复|办复)(?:完毕)?(?:(?:政府信息公开)?申请|依申请公开)?(?:事项)?(?:共计?|合计|了)?$")
_NATURAL = re.compile(r"自然人(?:申请)?(?:提出|提交)?(?:的)?(?:申请)?$")
_LEGAL = re.compile(r"法人(?:或者?|和|及|、)其[他它]组织(?:申请)?(?:提出|提交)?(?:的)?(?:申请)?$")
_ENTERPRISE = re.compile(r"商业企业(?:申请)?(?:提出|提交)?(?:的)?(?:申请)?$")
_RECONSIDERED = re.compile(r"复议(?:案件|申请|案)?(?:共|共计|合计|为|数|均)*$")
_LITIGATED = re.compile(r"诉讼(?:案件|案)?(?:共|共计|合计|为|数|均)*$")
_DISPUTE_AFTER = re.compile(r"^[^,;。()]{0,16}行政(复议|诉讼)")
_DECIDED = r"(?:作出|做出|实施|办理|办结|下达|核发)[^,;。公示开]{0,8}"
_DISCLOSURE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("issued", re.compile(r"(?:制定|制发|印发|出台|新制定|制订)[^,;。查解清征]{0,14}规范性文件" + _ENDED)),
    ("repealed", re.compile(r"(?:废止|失效)(?!.{0,10}修改)[^,;。]{0,8}规范性文件" + _ENDED)),
    ("in_force", re.compile(r"(?:现行有效[^,;。]{0,8}规范性文件|规范性文件[^,;。]{0,4}现行有效)" + _ENDED)),
    ("licences", re.compile(_DECIDED + r"行政许可(?:决定|事项|案件|业务)?[^,;。]{0,2}$")),
    ("penalties", re.compile(_DECIDED + r"行政处罚(?:决定|案件)?[^,;。]{0,2}$")),
    ("coercive_measures", re.compile(_DECIDED + r"行政强制(?:决定|案件|措施)?[^,;。]{0,2}$")),
)
_ISSUED_ELSE = re.compile(r"清理|解读|审查|备案|征求")
_COUNT_UNITS = frozenset({"件", "份", "条", "宗", "起", "个", "项", "例", "次", "件次", "部", ""})
_RESULTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("upheld", re.compile(r"维持(?:原行政行为|结果)?(?:的)?$")),
    ("corrected", re.compile(r"(?:结果|被)?纠正(?:的)?$")),
    ("pending", re.compile(r"(?:尚未|未|正在)(?:审结|审理|办结)(?:中)?(?:的)?$")),
)


@cache
def _concept_cells(concept: str, requests: str | None, disclosure: str | None, disputes: str | None) -> tuple[str, ...]:
    """The cells of a concept in these form versions; none where the form has no such cell."""
    table, _, rest = concept.partition(":")
    version = {"requests": requests, "disclosure": disclosure, "disputes": disputes}[table]
    if version is None:
        return ()
    wanted, _, columns = rest.partition("/")
    rows = form_table(version, table).rows
    found = tuple(
        f"{table}.{row.key}.{column}"
        for name in wanted.split("+")
        for row in rows
        if row.key == name or row.key.startswith(name + ".")
        for column in columns.split("+")
        if column in row.columns
    )
    return found


_CELLS = {
    "received": "requests:received/total",
    "received_and_carried": "requests:received+carried_in/total",
    "natural": "requests:received/natural_person",
    "legal": "requests:received/enterprise+research_institution+nonprofit+legal_service+other_organisation",
    "enterprise": "requests:received/enterprise",
    "carried_in": "requests:carried_in/total",
    "carried_out": "requests:carried_out/total",
    "answered": "requests:outcomes_total/total",
    "granted": "requests:granted/total",
    "partly_granted": "requests:partly_granted/total",
    "granted_or_partly": "requests:granted+partly_granted/total",
    "refused": "requests:refused/total",
    "unavailable": "requests:unavailable/total",
    "not_processed": "requests:not_processed/total",
    "other": "requests:other/total",
    "unavailable.not_held": "requests:unavailable.not_held/total",
    "unavailable.needs_creation": "requests:unavailable.needs_creation/total",
    "refused.deliberative": "requests:refused.deliberative/total",
    "refused.internal_affairs": "requests:refused.internal_affairs/total",
    "refused.state_secret": "requests:refused.state_secret/total",
    "not_processed.petition": "requests:not_processed.petition/total",
    "not_processed.duplicate": "requests:not_processed.duplicate/total",
    "reconsideration": "disputes:reconsideration/total",
    "litigation": "disputes:litigation_direct+litigation_after_reconsideration/total",
    "both": "disputes:reconsideration+litigation_direct+litigation_after_reconsideration/total",
    "issued": "disclosure:normative_documents/issued+made",
    "repealed": "disclosure:normative_documents/repealed",
    "in_force": "disclosure:normative_documents/in_force",
    "licences": "disclosure:licences/decisions",
    "penalties": "disclosure:penalties/decisions",
    "coercive_measures": "disclosure:coercive_measures/decisions",
}


def cells_of(concept: str, forms: Mapping[str, str]) -> tuple[str, ...]:
    """The cells whose sum a concept is, in the versions that `forms` gives for the tables; () where there are none.
    A concept of disputes may carry a result: reconsideration/upheld."""
    name, _, result = concept.partition("/")
    spec = _CELLS[name]
    if result:
        spec = spec.partition("/")[0] + "/" + result
    return _concept_cells(spec, forms.get("requests"), forms.get("disclosure"), forms.get("disputes"))


def concept_of(s: Statement, label: str, unit: str, total: str | None) -> str | None:
    """The concept that a figure states, or None. `total`: the concept of the total that it is a part of."""
    if unit not in _COUNT_UNITS:
        return None
    if s.none:
        return _none(s, label)
    before = s.before
    if total is not None:
        return _part_concept(before, total)
    concept = _dispute(s) or _request(s)
    if concept is None and not s.part and not _ELSEWHERE.search(before):
        for name, pattern in _DISCLOSURE:
            if pattern.search(before):
                return name
    return concept


def _part_concept(before: str, total: str) -> str | None:
    if total in ("reconsideration", "litigation"):
        return next((f"{total}/{key}" for key, pattern in _RESULTS if pattern.search(before)), None)
    if total not in ("received", "answered"):
        return None
    for name, pattern in (("natural", _NATURAL), ("legal", _LEGAL), ("enterprise", _ENTERPRISE), ("carried_in", _CARRIED_IN)):
        if pattern.search(before):
            return name if total == "received" else None
    return next((name for name, pattern in _OUTCOMES if pattern.search(before)), None)


def _none(s: Statement, label: str) -> str | None:
    """The concept of a phrase that says that there was none."""
    if label in ("行政复议", "行政诉讼"):
        return ("reconsideration" if label == "行政复议" else "litigation") if re.search(r"公开|申请", s.sentence) else None
    if "规范性文件" in label:
        return "issued" if re.match(r"未?(?:制发|制定|印发|出台)", s.before) and not _ISSUED_ELSE.search(s.before) else None
    if "结转" in label:
        return "carried_in" if re.search(r"[上去]", label) else "carried_out"
    if "申请" not in s.before or not _ABOUT_REQUESTS.search(s.sentence):
        return None
    return None if _OTHER_MATTER.search(s.before) or _PARTIAL.search(s.before) else "received"


def _dispute(s: Statement) -> str | None:
    before = s.before
    if s.part or not _ABOUT_DISPUTES.search(s.sentence) or _ELSEWHERE.search(before):
        return None
    reconsidered, litigated = _RECONSIDERED.search(before), _LITIGATED.search(before)
    if reconsidered or litigated:
        if _BOTH.search(before[-24:]):
            return "both"
        return "reconsideration" if reconsidered else "litigation"
    follows = _DISPUTE_AFTER.match(s.after)
    if follows is None:
        return None
    if _BOTH.search(s.after):
        return "both"
    return "reconsideration" if follows[1] == "复议" else "litigation"


def _request(s: Statement) -> str | None:
    before = s.before
    clause = re.split(r"[,;。]", before)[-1]
    if not _ABOUT_REQUESTS.search(s.sentence) or _OTHER_MATTER.search(clause + s.after[:12]):
        return None
    if _CARRIED_OUT.search(before):
        return "carried_out"
    if _CARRIED_IN.search(before):
        return "carried_in"
    if s.part or _ELSEWHERE.search(clause):
        return None
    whole = not _PARTIAL.search(clause)
    if _REQUESTS_BEFORE.search(before) or (_RECEIVED_AT_END.search(before) and _REQUESTS_AFTER.match(s.after)):
        return "received" if whole and _ABOUT_REQUESTS.search(clause + s.after) else None
    if _ANSWERED.search(before):
        return "answered" if whole and _HANDLES_REQUESTS.search(s.sentence) else None
    if _REQUESTS_OF_SENTENCE.search(s.sentence.replace("依申请公开", "")) and not _DOCUMENTS_OF_SENTENCE.search(s.sentence):
        return next((name for name, pattern in _OUTCOMES if pattern.search(before)), None)
    return None

"""Claims of narratives about invented bodies."""

from __future__ import annotations

import pytest

from extractor.report import Number
from tests.reading.prose import cells, claims, sums

TOTAL = "requests.received.total"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("共发布信息187条，其中，网站15条；微信172条。", [(187, [15, 172])]),
        ("制发公文17件，其中主动公开3件，依申请公开14件，不予公开0件。", [(17, [3, 14, 0])]),
        ("主动公开政府信息总数171条：基层领域信息137条，工作动态34条。", [(171, [137, 34])]),
        ("我镇信息公开292条。其中政务信息229条，财务信息57条，党务信息6条。", [(292, [229, 57, 6])]),
        ("公布规章13件（含新制定5件，修改4件，废止4件），文件42件。", [(13, [5, 4, 4])]),
        ("公开信息6条，分别是机构职能1条，其他信息5条。", [(6, [1, 5])]),
        ("全镇信息公开566条，一是网站38条；二是微信168条；三是公开栏360条。", [(566, [38, 168, 360])]),
        ("网站发布15条，微信发布172条，共计187条。", [(187, [15, 172])]),
        ("公开信息50条。工作运行正常。在主动公开的信息中，政策类20条，业务类30条。", [(50, [20, 30])]),
        ("来信共计186件，交办186件，其中：城建类43件，占23%；其他143件，占77%，办结率100%。", [(186, [43, 143])]),
        ("公开信息100条，其中网站60条（其中动态20条，公告40条），微信40条。", [(100, [60, 40]), (60, [20, 40])]),
        ("全县公开143条，其中部门61条，各镇82条，其中：印发文件59份，要闻15条。", [(143, [61, 82])]),
        ("发布信息100条，比上年增加20条，其中网站61条，微信40条。", [(100, [61, 40])]),
        ("培训业务3次，其中集中培训两次，线上一次，培训人员150人次。", [(3, [2, 1])]),
    ],
)
def test_totals_with_their_parts(text: str, expected: list[tuple[Number, list[Number]]]) -> None:
    assert sorted(sums(text), reverse=True) == expected


@pytest.mark.parametrize(
    "text",
    [
        "公开发布信息172条。其中行政发文26个，公开发布9个，政策解读11件。",
        "培训人员120人次，其中领导干部30人次。",
        "网站发布信息200条，其中政策解读20条，微信公众号发布信息500条，微博发布300条。",
        "发布信息664条，其中乡镇动态200条，公示公告100条。",
        "编印公报四期，共计2400册，发放2000册。",
        "举办活动3次，培训2次，共计检查15次。",
        "收到来信约200件，其中城建类41件，其他类53件。",
        "发布信息100余条，其中网站60条，微信30条。",
    ],
)
def test_lists_of_some_parts_are_no_totals(text: str) -> None:
    assert sums(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("共发布信息187条，其中，网站25条；微信172条。", (187, [25, 172])),
        ("发布信息4335条，其中动态类2699条，概括类32条，专项类1504条。", (4335, [2699, 32, 1504])),
        ("收到建议20件，其中城建类12件，民生类5件，其他类2件。", (20, [12, 5, 2])),
        ("发布信息609条，其中网站690条，微信19条。", (609, [690, 19])),
        ("网站发布15条，微信发布172条，共计197条。", (197, [15, 172])),
    ],
)
def test_totals_that_their_parts_contradict(text: str, expected: tuple[Number, list[Number]]) -> None:
    assert sums(text) == [expected]


def test_a_part_that_cannot_be_read_leaves_the_claim_open() -> None:
    assert sums("发布信息187条，其中网站□5条，微信172条。") == [(187, [None, 172])]
    assert sums("发布信息18?条，其中网站15条，微信172条。") == [(None, [15, 172])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("来信178件，其中城建类41件，占比26%；其他137件，占比77%。", [(178, 41, 26), (178, 137, 77)]),
        ("发布信息200条，其中网站发布100条，占总数的50%。", [(200, 100, 50)]),
        ("申请130件。我区规范流程，其中公开59件、占45.4%；不公开71件、占54.6%。", [(130, 59, "45.4"), (130, 71, "54.6")]),
        ("来信40件，其中城建类10件（25%），其他30件（75%）。", [(40, 10, 25), (40, 30, 75)]),
    ],
)
def test_shares_of_a_total(text: str, expected: list[tuple[Number, Number, Number | str]]) -> None:
    found, made = claims(text)
    shares = [c for c in made if c.kind == "share" and c.total is not None and c.share is not None]
    got = [(found[c.total or 0].value, found[c.parts[0]].value, str(found[c.share or 0].value)) for c in shares]
    assert got == [(total, part, str(share)) for total, part, share in expected]


@pytest.mark.parametrize(
    "text",
    [
        "发布信息200条，占全县信息发布量的3%。",
        "收到申请50件，办结50件，办结率98%。",
        "投入经费20万元，占财政支出的1%。",
        "受理来信30件，同比增长50%。",
    ],
)
def test_shares_of_something_else_are_no_claims(text: str) -> None:
    assert not [c for c in claims(text)[1] if c.kind == "share"]


def test_all_shares_of_one_whole() -> None:
    made = claims("来信10件，其中甲类3件，占30%；乙类3件，占30%；其他4件，占40%。")[1]
    assert [len(c.parts) for c in made if c.kind == "shares_total"] == [3]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("全年共收到政府信息公开申请11件。", [(11, (TOTAL,))]),
        ("本年度新收政府信息公开申请 11 件，上年结转2件，结转下年度继续办理3件。",
         [(11, (TOTAL,)), (2, ("requests.carried_in.total",)), (3, ("requests.carried_out.total",))]),
        ("我局接到12项依申请公开政府信息申请。", [(12, (TOTAL,))]),
        ("我办受理依申请信息56条，均为信息公开申请。", [(56, (TOTAL,))]),
        ("未收到政府信息公开申请。", [(0, (TOTAL,))]),
        ("受理政府信息公开申请47件（含上年结转2件）。",
         [(47, (TOTAL, "requests.carried_in.total")), (2, ("requests.carried_in.total",))]),
        ("收到信息公开申请9件，其中自然人8件，商业企业1件。",
         [(9, (TOTAL,)), (8, ("requests.received.natural_person",)), (1, ("requests.received.enterprise",))]),
        ("办结政府信息公开申请10件，其中予以公开6件，部分公开4件。",
         [(10, ("requests.outcomes_total.total",)), (6, ("requests.granted.total",)), (4, ("requests.partly_granted.total",))]),
        ("因政府信息公开被申请行政复议2件，其中维持1件，纠正1件。",
         [(2, ("disputes.reconsideration.total",)), (1, ("disputes.reconsideration.upheld",)),
          (1, ("disputes.reconsideration.corrected",))]),
        ("因政府信息公开引起行政复议、行政诉讼共2件。",
         [(2, ("disputes.reconsideration.total", "disputes.litigation_direct.total",
               "disputes.litigation_after_reconsideration.total"))]),
        ("2021年制定行政规范\n性文件3件，废止规范性文件1件，现行有效行政规范性文件7件。",
         [(3, ("disclosure.normative_documents.issued",)), (1, ("disclosure.normative_documents.repealed",)),
          (7, ("disclosure.normative_documents.in_force",))]),
        ("作出行政许可决定325件，作出行政处罚决定17件。",
         [(325, ("disclosure.licences.decisions",)), (17, ("disclosure.penalties.decisions",))]),
    ],
)  # fmt: skip
def test_figures_that_state_cells_of_the_tables(text: str, expected: list[tuple[Number, tuple[str, ...]]]) -> None:
    assert cells(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2021年年度报告。2020年收到政府信息公开申请5件。",
        "上年收到政府信息公开申请5件。",
        "通过网络平台收到政府信息公开申请40件。",
        "局本级受理政府信息公开申请3件，下属各单位受理政府信息公开申请4件。",
        "未收到行政许可申请。",
        "受理低保申请30件，收到行政审批申请20件。",
        "全年办理行政复议案件120件，行政应诉案件35件。",
        "公开行政许可信息300条，公示行政处罚信息20条。",
        "征求规范性文件意见52次，清理规范性文件9件，备案审查规范性文件4件。",
        "制发公文30件，其中主动公开20件，不予公开10件。",
    ],
)
def test_figures_that_only_look_like_cells(text: str) -> None:
    assert cells(text) == []


def test_the_form_of_2019_has_cells_of_its_own() -> None:
    text = "制定规范性文件3件，全部按时公开。收到政府信息公开申请2件，其中其他处理1件，予以公开1件。"
    forms = {"requests": "2019", "disclosure": "2019", "disputes": "2019"}
    assert cells(text, forms) == [
        (3, ("disclosure.normative_documents.made",)), (2, (TOTAL,)), (1, ("requests.other.total",)),
        (1, ("requests.granted.total",)),
    ]  # fmt: skip
    assert cells(text, {}) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("选聘28名社会监督员查看网站。另外，还选聘21名社会监督员听取意见。", [28, 21]),
        ("全年收到政府信息公开申请11件。其他事项：2021年未收到政府信息公开申请。", [11, 0]),
        ("全年通过各类渠道主动公开信息1312条。平台建设有力。全年通过各类渠道主动公开信息1309条。", [1312, 1309]),
        ("微信公众号发布信息172条。依托政务微信发布信息172条。", [172, 172]),
        ("微信公众号发布信息1694条。政务微信共发布信息1594条。", [1694, 1594]),
    ],
)
def test_the_same_quantity_stated_twice(text: str, values: list[Number]) -> None:
    found, made = claims(text)
    assert [[found[p].value for p in c.parts] for c in made if c.kind == "repeated"] == [values]


@pytest.mark.parametrize(
    "text",
    [
        "教育方面公开信息55条。卫生方面公开信息66条。",
        "在财政领域，共公开信息203条。开设公众号，共发布信息66条。",
        "政府网站发布市场监管信息167条。政府网站发布教育类信息55条。",
        "县教育局收到留言12条。县卫生局收到留言13条。",
        "公开信息16条，其中网站发布16条。公开本部门信息41条，其中网站发布16条，新媒体发布25条。",
    ],
)
def test_different_quantities_in_like_words_are_not_one(text: str) -> None:
    assert not [c for c in claims(text)[1] if c.kind == "repeated"]

"""The six sections, with headings lost, doubled or only spoken of."""

from extractor.documents.view import view_of
from extractor.reading.sections import ORDER, find_sections

BODY = "本年度按要求完成各项工作，群众满意度进一步提高。\n"
HEADINGS = {
    "overview": "一、总体情况",
    "disclosure": "二、主动公开政府信息情况",
    "requests": "三、收到和处理政府信息公开申请情况",
    "disputes": "四、政府信息公开行政复议、行政诉讼情况",
    "problems": "五、存在的主要问题及改进情况",
    "other": "六、其他需要报告的事项",
}


def text_of(headings: dict[str, str]) -> str:
    return "云溪县水务局2023年政府信息公开工作年度报告\n\n" + "\n".join(f"{h}\n\n{BODY}" for h in headings.values())


def keys(text: str) -> list[str]:
    return [s.key for s in find_sections(view_of(text))[0]]


def test_all_six_in_order_with_their_headings() -> None:
    text = text_of(HEADINGS)
    sections, second = find_sections(view_of(text))
    assert [s.key for s in sections] == list(ORDER)
    assert second is None
    for section in sections:
        assert section.heading is not None
        assert text[slice(*section.heading)] == HEADINGS[section.key]
        assert BODY.strip() in text[slice(*section.span)]


def test_headings_vary() -> None:
    text = text_of({
        "overview": "## 一、总体情况", "disclosure": "主动公开政府信息情况",
        "requests": "**三、收到和处理政府信息公开申请情况**",
        "disputes": "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况", "problems": "五 存在的主要问题和改进情况",
        "other": "六、其他需要报告的事 项",
    })
    assert keys(text) == list(ORDER)


def test_a_table_of_contents_and_an_enumeration_in_the_preamble_are_no_headings() -> None:
    contents = "\n".join(HEADINGS.values())
    spoken = "本报告包括：总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况等六个部分。\n"
    text = text_of(HEADINGS)
    title, rest = text.split("\n", 1)
    whole = f"{title}\n{contents}\n{spoken}{rest}"
    sections, second = find_sections(view_of(whole))
    assert [s.key for s in sections] == list(ORDER)
    assert second is None
    assert all(s.span[0] >= whole.index(spoken) for s in sections)


def test_headings_of_parts_of_a_section_do_not_begin_another() -> None:
    text = text_of(HEADINGS).replace(BODY, f"（一）主动公开情况\n{BODY}（二）依申请公开情况\n{BODY}", 1)
    sections, _ = find_sections(view_of(text))
    assert [s.key for s in sections] == list(ORDER)
    assert text[slice(*sections[1].heading or (0, 0))] == HEADINGS["disclosure"]


def test_a_lost_heading_is_made_up_for_by_what_the_section_holds() -> None:
    lost = {k: v for k, v in HEADINGS.items() if k not in ("requests", "disputes")}
    text = text_of(lost).replace(
        HEADINGS["problems"],
        "一、本年新收政府信息公开申请数量\t1\t0\t0\t0\t0\t0\t1\n\n行政复议\t行政诉讼\n结果维持\t结果纠正\n"
        + HEADINGS["problems"],
    )
    sections, _ = find_sections(view_of(text))
    assert [s.key for s in sections] == list(ORDER)
    by_key = {s.key: s for s in sections}
    assert by_key["requests"].heading is None
    assert text[slice(*by_key["requests"].span)].startswith("一、本年新收")
    assert text[slice(*by_key["disputes"].span)].startswith(("行政复议", "结果维持"))


def test_headings_within_one_line_and_in_traditional_characters() -> None:
    text = text_of({
        "overview": "一、總體情況", "disclosure": "二、主動公開政府信息情況",
        "requests": "三、收到和處理政府信息公開申請情況", "disputes": "四、政府信息公開行政復議、行政訴訟情況",
        "problems": "五、存在的主要問題及改進情況", "other": "六、其他需要報告的事項",
    })
    assert keys(text) == list(ORDER)
    assert keys(text.replace("\n", " ")) == list(ORDER)


def test_a_second_report_in_the_same_file_begins_where_the_order_begins_again() -> None:
    text = text_of(HEADINGS)
    sections, second = find_sections(view_of(text + text))
    assert [s.key for s in sections] == list(ORDER)
    assert second is not None and second >= len(text)
    assert all(s.span[1] <= second for s in sections)

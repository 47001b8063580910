"""The grid reader on one dense table in every layout, and on what page breaks and bodies do to it."""

from __future__ import annotations

import pytest

from extractor.report import Defect, State, TableReading
from tests.reading.tables import HEADER, Lines, assert_read_exactly, numbers, read, report_with, requests, tabs

CODES = ["2019", "2021"]


def codes(reading: TableReading) -> set[str]:
    return {d.code for d in reading.defects}


def defect(reading: TableReading, code: str) -> Defect:
    return next(d for d in reading.defects if d.code == code)


@pytest.mark.parametrize("code", CODES)
def test_tabs(code: str) -> None:
    assert_read_exactly(report_with(tabs(requests(code)[2]), code), code)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("rule", [True, False])
def test_markdown_pipes(code: str, rule: bool) -> None:
    rows = [(["项目"], HEADER), *requests(code)[2]]
    lines = ["| " + " | ".join([*labels, *cells]) + " |" for labels, cells in rows]
    if rule:
        lines.insert(1, "|" + "---|" * 8)
    assert_read_exactly(report_with("\n".join(lines), code), code)


@pytest.mark.parametrize("code", CODES)
def test_html_with_merged_cells(code: str) -> None:
    rows = [(["项目"], HEADER), *requests(code)[2]]
    body = ""
    for labels, cells in rows:
        groups = "".join(f'<td rowspan="2" class=x><p>{c}</p></td>' for c in labels)
        body += f"<tr>{groups}" + "".join(f"<td>{c}</td>" for c in cells) + "</tr>"
    assert_read_exactly(report_with(f"<table border=1>{body}</table>", code), code)


@pytest.mark.parametrize("gap", ["\n", "\n\n", "\n\n\n"])
def test_one_cell_per_line(gap: str) -> None:
    cells = [c for labels, numbers in [(["项目"], HEADER), *requests()[2]] for c in [*labels, *numbers]]
    assert_read_exactly(report_with(gap.join(cells)))


def test_one_cell_per_line_with_stray_pipes() -> None:
    cells = [c for labels, numbers in [(["项目"], HEADER), *requests()[2]] for c in [*labels, *numbers]]
    ways = ["| {}", "{} |", "|{}|", "{}"]
    assert_read_exactly(report_with("\n".join(ways[i % 4].format(c) for i, c in enumerate(cells))))


def test_one_single_line() -> None:
    cells = [c for labels, numbers in [(["项目"], HEADER), *requests()[2]] for c in [*labels, *numbers]]
    assert_read_exactly(report_with(" ".join(cells)))


def test_aligned_by_spaces_with_labels_broken_above_and_below_their_numbers() -> None:
    lines: list[str] = [" " * 30 + "  ".join(HEADER)]
    for labels, cells in requests()[2]:
        label, line = labels[-1], "".join(c.rjust(10) for c in cells)
        third = max(len(label) // 3, 1)
        if len(label) < 9:
            lines.append(label.ljust(30) + line)
        else:
            lines += [label[:third], label[third : 2 * third].ljust(30) + line, label[2 * third :]]
    assert_read_exactly(report_with("\n".join(lines)))


@pytest.mark.parametrize("numbers_first", [True, False])
@pytest.mark.parametrize("by_line", [True, False])
def test_numbers_detached_from_their_labels(numbers_first: bool, by_line: bool) -> None:
    labels = "\n".join(label for row, _ in [(HEADER, []), *requests()[2]] for label in row)
    values = "\n".join((" " if by_line else "\n").join(cells) for _, cells in requests()[2])
    parts = [values, labels] if numbers_first else [labels, values]
    assert_read_exactly(report_with("\n\n".join(parts)))


def test_detached_numbers_that_do_not_fit_are_given_to_no_cell() -> None:
    labels = "\n".join(label for row, _ in [(HEADER, []), *requests()[2]] for label in row)
    values = [c for _, cells in requests()[2] for c in cells]
    del values[40]
    reading = read(report_with(labels + "\n\n" + "\n".join(values)))["requests"]
    assert all(value is None for value in numbers(reading).values())
    assert len(defect(reading, "S-NUMBERS-DETACHED").cells) == 175


def test_labels_torn_and_group_labels_shifted() -> None:
    lines: Lines = []
    for labels, cells in requests()[2]:
        torn = [" ".join(label[i : i + 3] for i in range(0, len(label), 3)) for label in labels]
        lines.append((torn, cells))
    petition = 15
    lines[petition] = (["处理", "（五）不予", lines[petition][0][-1]], lines[petition][1])
    assert_read_exactly(report_with(tabs(lines)))


def test_labels_in_traditional_characters_half_width_and_misread() -> None:
    body = tabs(requests()[2])
    changes = [
        ("属于国家秘密", "屬於國家秘密"), ("（", "("), ("）", ")"), ("重复申请", "重复\ufffd请"), ("已获取", "已取得"),
        ("1.", "１．"),
    ]
    for old, new in changes:
        body = body.replace(old, new)
    assert_read_exactly(report_with(body))


def test_digits_of_full_width_keep_their_raw_characters() -> None:
    lines = requests()[2]
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    text = report_with(tabs([(labels, [c.translate(wide) for c in cells]) for labels, cells in lines]))
    assert_read_exactly(text)
    assert read(text)["requests"].cells["requests.received.total"].raw == lines[0][1][-1].translate(wide)


@pytest.mark.parametrize(("first", "last"), [(0, 3), (0, 7), (9, 10), (12, 16), (18, 25)])
def test_lost_rows_are_absent_and_named_and_move_no_other(first: int, last: int) -> None:
    table, values, lines = requests()
    reading = read(report_with(tabs(lines[:first] + lines[last:])))["requests"]
    lost = {cell for row in table.rows[first:last] for cell in row.cells}
    assert set(defect(reading, "S-ROW-LOST").cells) == lost
    for cell, r in reading.cells.items():
        assert (r.state, r.value) == ((State.ABSENT, None) if cell in lost else (State.PRINTED, values[cell]))


def test_a_line_that_lost_its_label_takes_the_one_free_place() -> None:
    _, _, lines = requests()
    lines[11] = ([], lines[11][1])
    text = report_with(tabs(lines))
    reading = read(text)["requests"]
    assert reading.cells["requests.refused.administrative_query.total"].raw == lines[11][1][-1]
    assert len(defect(reading, "S-LABEL-LOST").cells) == 7


def test_a_line_that_lost_its_label_between_two_free_places_takes_none() -> None:
    table, _, lines = requests()
    unnamed = lines[11][1]
    reading = read(report_with(tabs([*lines[:11], ([], unnamed), *lines[13:]])))["requests"]
    for row in table.rows[11:13]:
        assert all(reading.cells[cell].state is State.ABSENT for cell in row.cells)
    assert "S-NUMBERS-STRAY" in codes(reading)


def test_two_rows_exchanged_go_by_their_labels() -> None:
    _, values, lines = requests()
    lines[4], lines[5] = (lines[4][0], lines[5][1]), (lines[5][0], lines[4][1])
    reading = read(report_with(tabs(lines)))["requests"]
    assert reading.cells["requests.refused.state_secret.total"].value == values["requests.refused.prohibited_by_law.total"]


def test_a_row_with_fewer_numbers_than_columns_is_left_open() -> None:
    _, _, lines = requests()
    del lines[6][1][2]
    reading = read(report_with(tabs(lines)))["requests"]
    (row,) = reading.open_rows
    assert row.row == "requests.refused.security_stability"
    assert [r.raw for r in row.readings] == lines[6][1]
    assert len(row.placements) == 7
    assert not set(row.cells) & set(reading.cells)


def test_a_row_with_more_numbers_than_columns_gives_none() -> None:
    table, _, lines = requests()
    lines[6][1].insert(2, "9")
    reading = read(report_with(tabs(lines)))["requests"]
    cells = table.rows[6].cells
    assert all(reading.cells[c].value is None for c in cells)
    assert set(defect(reading, "S-ROW-LONG").cells) == set(cells)


def test_blank_marked_and_illegible_cells_are_told_apart() -> None:
    table, _, lines = requests()
    lines[2][1][:4] = ["", "/", "20-8-", "—"]
    reading = read(report_with(tabs(lines)))["requests"]
    states = [reading.cells[c].state for c in table.rows[2].cells]
    assert states == [State.BLANK, State.MARKED, State.ILLEGIBLE, State.MARKED, State.PRINTED, State.PRINTED, State.PRINTED]
    assert defect(reading, "S-CELL-ILLEGIBLE").params["raw"] == "20-8-"


def test_a_row_that_the_form_does_not_know_is_kept_apart() -> None:
    _, values, lines = requests()
    lines.insert(5, (["9.省级规定的其他情形"], [str(7000 + i) for i in range(7)]))
    reading = read(report_with(tabs(lines)))["requests"]
    (extra,) = reading.extra_rows
    assert extra.label == "9.省级规定的其他情形"
    assert [reading.cells[c].value for c in extra.cells] == list(range(7000, 7007))
    assert all(reading.cells[c].value == v for c, v in values.items() if c.startswith("requests."))


def test_a_row_printed_twice_counts_once() -> None:
    _, values, lines = requests()
    lines.insert(13, lines[12])
    reading = read(report_with(tabs(lines)))["requests"]
    assert all(reading.cells[c].value == v for c, v in values.items() if c.startswith("requests."))
    assert "S-ROW-DOUBLED" in codes(reading)


def test_a_number_that_goes_on_in_the_next_line() -> None:
    _, _, lines = requests()
    text = report_with(tabs(lines))
    label, number = "行政许可\t", text.split("行政许可\t")[1].split("\n")[0]
    broken = text.replace(f"{label}{number}", f"{label}{number}\n83", 1)
    reading = read(broken)["disclosure"].cells["disclosure.licences.decisions"]
    assert reading.value == int(number + "83")
    assert reading.raw == f"{number}\n83"


def test_versions_are_decided_table_by_table() -> None:
    text = report_with(tabs(requests("2019")[2]), "2021")
    tables = read(text)
    assert tables["requests"].form == "2019"
    assert tables["disclosure"].form == "2021"


def test_a_lost_table_is_said_to_be_lost() -> None:
    reading = read(report_with("本年度未收到申请。"))["requests"]
    assert all(r.state is State.ABSENT for r in reading.cells.values())
    assert codes(reading) == {"S-TABLE-LOST"}


def test_rows_printed_into_one_line_give_no_number_and_name_each_other() -> None:
    text = report_with(tabs(requests()[2]))
    merged = text.replace("行政处罚\t", "行政处罚 行政强制\t", 1).replace("\n行政强制\t", "\n\t", 1)
    reading = read(merged)["disclosure"]
    cells = ("disclosure.penalties.decisions", "disclosure.coercive_measures.decisions")
    assert all(reading.cells[c].value is None for c in cells)
    assert set(defect(reading, "S-ROWS-MERGED").cells) == set(cells)


def test_an_empty_cell_in_front_is_not_taken_for_a_column_where_rows_are_short() -> None:
    _, _, lines = requests()
    del lines[6][1][2]  # one row has lost a cell, so others may have
    lines[23] = (lines[23][0], ["", *lines[23][1][:3], *lines[23][1][4:]])
    reading = read(report_with(tabs(lines)))["requests"]
    assert {row.row for row in reading.open_rows} == {"requests.refused.security_stability", "requests.outcomes_total"}


def test_a_page_number_between_two_rows_is_no_cell() -> None:
    _, values, lines = requests()
    body = tabs(lines).split("\n")
    for at, number in ((9, "8"), (14, "- 9 -"), (18, "第 10 页 共 12 页")):
        body.insert(at, f"\n{number}\n")
    reading = read(report_with("\n".join(body)))["requests"]
    assert all(reading.cells[c].value == v for c, v in values.items() if c.startswith("requests."))


def test_detached_numbers_without_sums_need_every_label_known() -> None:
    labels = [
        "第二十条第（一）项", "信息内容", "本年制发件数", "规章", "行政规范性文件", "其他主动公开文件", "行政许可",
        "行政处罚", "行政强制",
    ]
    text = report_with(tabs(requests()[2]))
    start, end = text.index("第二十条第（一）项"), text.index("三、收到和处理")
    reading = read(text[:start] + "\n".join([*labels, "", *"123456789"]) + "\n\n" + text[end:])["disclosure"]
    assert all(r.value is None for r in reading.cells.values())
    assert codes(reading) == {"S-NUMBERS-DETACHED"}


def test_a_minus_before_a_number_is_only_read_where_it_can_be_one_thing() -> None:
    flat = " ".join(report_with(tabs(requests("2019")[2]), "2019").split())
    before, after = flat.split("行政强制 ", 1)
    place = after.split(" ", 3)
    five = read(f"{before}行政强制 7 - 5 11 {place[3]}")["disclosure"]
    cells = [f"disclosure.coercive_measures.{c}" for c in ("previous_items", "change", "decisions")]
    assert [five.cells[c].value for c in cells] == [7, -5, 11]
    unclear = read(f"{before}行政强制 7 - 5 {place[3]}")["disclosure"]
    assert [unclear.cells[c].value for c in cells] == [7, None, None]


def test_columns_by_the_headers_place_where_zeros_are_left_blank_and_digits_are_wide() -> None:
    table, values, lines = requests()
    text = [" " * 40 + "  ".join(HEADER)]
    starts = [40 + sum(2 * len(h) + 2 for h in HEADER[:i]) for i in range(7)]
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    for labels, cells in lines:
        line = labels[-1][:18]
        width = 2 * len(line)
        for at, start in enumerate(starts):
            if at in (0, 6):
                digits = cells[at].translate(wide)
                line += " " * (start - width) + digits
                width = start + 2 * len(digits)
        text.append(line)
    reading = read(report_with("\n".join(text)))["requests"]
    for row in table.rows:
        found = [reading.cells[c].value for c in row.cells]
        assert found == [values[row.cells[0]], None, None, None, None, None, values[row.cells[6]]], row.key


def test_columns_that_the_header_names_in_another_order_go_by_their_names() -> None:
    _, values, lines = requests()
    order = [1, 0, 2, 4, 3, 5, 6]
    body = tabs([(labels, [cells[i] for i in order]) for labels, cells in lines])
    body = body.replace("\t".join(HEADER), "\t".join(HEADER[i] for i in order))
    reading = read(report_with(body))["requests"]
    assert all(reading.cells[c].value == v for c, v in values.items() if c.startswith("requests."))


def test_columns_of_a_block_in_another_order_go_by_their_names() -> None:
    text = report_with(tabs(requests()[2]))
    start, end = text.index("规章\t"), text.index("第二十条第（五）项")
    rows = [line.split("\t") for line in text[start:end].strip().split("\n")]
    head = "信息内容\t本年制发件数\t本年废止件数\t现行有效件数"
    assert head in text
    swapped = text.replace(head, "信息内容\t现行有效件数\t本年制发件数\t本年废止件数", 1)
    for row in rows:
        swapped = swapped.replace("\t".join(row[:4]), "\t".join([row[0], row[3], row[1], row[2]]), 1)
    assert numbers(read(swapped)["disclosure"]) == numbers(read(text)["disclosure"])


def test_two_rows_that_changed_places_go_by_their_labels() -> None:
    _, values, lines = requests()
    lines[0], lines[1] = lines[1], lines[0]
    reading = read(report_with(tabs(lines)))["requests"]
    assert all(reading.cells[c].value == v for c, v in values.items() if c.startswith("requests."))


def test_groups_of_disputes_in_another_order_give_no_number() -> None:
    text = report_with(tabs(requests()[2]))
    start = text.index("行政复议/" if "行政复议/" in text else "行政复议\t")
    end = text.index("五、")
    five = "结果维持\t结果纠正\t其他结果\t尚未审结\t总计"
    heads = ["行政诉讼" + "\t" * 10 + "行政复议", "未经复议直接起诉" + "\t" * 5 + "复议后起诉", "\t".join([five] * 3)]
    body = "\n".join([*heads, "\t".join("123456789" + "0" * 6)])
    reading = read(text[:start] + body + "\n\n" + text[end:])["disputes"]
    assert all(r.value is None for r in reading.cells.values())
    assert len(defect(reading, "S-HEADER-ORDER").cells) == 15


def disclosure_with(licences: str, html: bool = False) -> TableReading:
    text = report_with(tabs(requests()[2]))
    start, end = text.index("第二十条第（一）项"), text.index("三、收到和处理")
    body = f"信息内容\t本年处理决定数量\n行政许可\t{licences}\n行政处罚\t7\n行政强制\t8\n"
    body += "信息内容\t本年收费金额（单位：元）\n行政事业性收费\t135000\n"
    if html:
        rows = [("行政许可", licences), ("行政处罚", "7"), ("行政强制", "8")]
        body = "<table>" + "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in rows) + "</table>"
    return read(f"{text[:start]}{body}\n{text[end:]}")["disclosure"]


def test_a_footnotes_mark_is_no_digit() -> None:
    assert disclosure_with("1342①").cells["disclosure.licences.decisions"].value is None
    assert disclosure_with("6²").cells["disclosure.licences.decisions"].value is None


def test_tags_inside_a_number_vanish_and_a_broken_one_is_said_to_be_joined() -> None:
    whole = disclosure_with("<p><span>1</span><span>342</span><o:p></o:p></p>", html=True)
    assert whole.cells["disclosure.licences.decisions"].value == 1342
    broken = disclosure_with("<p>1342</p><p>87</p>", html=True)
    assert "disclosure.licences.decisions" in defect(broken, "S-NUMBER-JOINED").cells


def test_an_amount_in_another_unit_is_named() -> None:
    found = defect(disclosure_with("5"), "S-UNIT")
    assert found.cells == ("disclosure.fees.amount",)
    assert found.params["unit"] == "元"


def test_what_a_page_hides_is_no_row() -> None:
    _, values, lines = requests()
    rows = ["".join(f"<td>{c}</td>" for c in [*labels, *cells]) for labels, cells in [(["项目"], HEADER), *lines]]
    rows.insert(4, "<!-- <td>（一）予以公开</td>" + "<td>9</td>" * 7 + " --><script>var a = '<td>3</td>';</script>")
    body = "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"
    reading = read(report_with(body))["requests"]
    assert all(reading.cells[c].value == v for c, v in values.items() if c.startswith("requests."))
    assert codes(reading) == set()


def test_a_count_that_says_it_is_an_amount_is_named() -> None:
    reading = disclosure_with("11万元")
    assert "disclosure.licences.decisions" in [c for d in reading.defects if d.code == "S-UNIT" for c in d.cells]

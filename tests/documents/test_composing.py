"""Paragraphs and tables → one text and the places of its characters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from extractor.documents.composing import Block, Line, Paragraph, Run, Table, TableCell, compose
from extractor.documents.layout import Page

WORDS = st.text("予以公开不办理件123 \n\t", max_size=8)


def line(text: str) -> Line:
    return (Run(text),)


def cell(row: int, column: int, *lines: str, rows: int = 1, columns: int = 1) -> TableCell:
    return TableCell(row, column, tuple(map(line, lines)), rows, columns)


def text_of(*blocks: Block) -> str:
    return compose((), blocks)[0]


def test_merged_cells_leave_every_row_its_columns() -> None:
    table = Table(
        (
            cell(0, 0, "项目", rows=2, columns=2), cell(0, 2, "申请人情况", columns=2),
            cell(1, 2, "自然人"), cell(1, 3, "总计"),
            cell(2, 0, "三、办理结果", rows=2), cell(2, 1, "予以公开"), cell(2, 2, "3"), cell(2, 3, "4"),
            cell(3, 1, "部分公开"), cell(3, 3, "1"),
        )
    )  # fmt: skip
    assert text_of(table).split("\n") == [
        "\t项目\t\t申请人情况",
        "\t\t自然人\t总计",
        "三、办理结果\t予以公开\t3\t4",
        "\t部分公开\t\t1",
        "",
    ]


def test_a_line_break_in_a_cell_breaks_no_row_and_no_number() -> None:
    table = Table((cell(0, 0, "行政", "许可"), cell(0, 1, "12", "34"), cell(0, 2, "22", "（其中修订 16", "件）")))
    assert text_of(table) == "行政许可\t12\u202834\t22（其中修订 16件）\n"


def test_printed_lines_of_a_paragraph_are_one_line_but_digits_stay_apart() -> None:
    paragraph = Paragraph((line("全年主动公开"), line("政府信息 183 "), line("14 条，open"), line("data")))
    assert text_of(paragraph) == "全年主动公开政府信息 183\n14 条，open data\n"
    assert text_of(Paragraph((line("共 18"), line("3 条")))) == "共 18\n3 条\n"


def test_two_cells_that_claim_one_place_are_both_kept() -> None:
    assert text_of(Table((cell(0, 0, "规章"), cell(0, 0, "3")))) == "规章3\n"


@given(st.lists(st.tuples(*[st.integers(0, 4)] * 2, st.integers(1, 3), st.integers(1, 3), WORDS), max_size=10))
def test_a_table_has_as_many_cells_on_each_line(drawn: list[tuple[int, int, int, int, str]]) -> None:
    cells = [cell(row, column, words, rows=rows, columns=columns) for row, column, rows, columns, words in drawn]
    text = text_of(Table(tuple(cells)))
    assert len({row.count("\t") for row in text.split("\n")[:-1]}) <= 1
    assert sorted("".join(text.split()).replace(" ", "")) == sorted("".join("".join(c[4].split()) for c in drawn))


@given(st.lists(st.tuples(WORDS, st.booleans(), st.integers(0, 1)), max_size=12))
def test_pieces_are_the_runs_in_their_order(drawn: list[tuple[str, bool, int]]) -> None:
    runs = [Run(words, page, (0, i, 10, i + 1) if placed else None) for i, (words, placed, page) in enumerate(drawn)]
    blocks: list[Block] = [Paragraph((tuple(runs),)), Table((TableCell(0, 0, (tuple(runs),)),))]
    text, layout = compose((Page(10, 10), Page(10, 10)), blocks)
    assert layout is not None
    ends = [0]
    for piece in layout.pieces:
        assert piece.start >= ends[-1]
        ends.append(piece.end)
        original = runs[int(piece.box[1])]
        assert text[piece.start : piece.end] == " ".join(original.text.split())
        assert piece.page == original.page

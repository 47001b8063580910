"""One dense requests table, with a number of its own in every cell, and the ways a source can lay it out."""

from __future__ import annotations

from collections.abc import Sequence

from extractor.documents import Document, content_id
from extractor.forms import Table, form
from extractor.reading.grid import read_tables
from extractor.reading.html import without_hidden, without_tags
from extractor.reading.sections import find_sections
from extractor.reading.versions import fitted_tables
from extractor.report import Number, State, TableReading
from tests.plain_report import plain_report, plain_values

HEADING = "三、收到和处理政府信息公开申请情况"
HEADER = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
Lines = list[tuple[list[str], list[str]]]


def requests(code: str = "2021") -> tuple[Table, dict[str, int], Lines]:
    """The table, the value of each cell, and its lines: label cells (groups where they begin) and number cells."""
    of = form(code)
    table, values = of.table("requests"), plain_values(of)
    lines: Lines = []
    before: tuple[str, ...] = ()
    for row in table.rows:
        labels = [label for i, label in enumerate(row.path) if row.path[: i + 1] != before[: i + 1]]
        before = row.path
        lines.append((labels, [str(values[cell]) for cell in row.cells]))
    return table, values, lines


def report_with(body: str, code: str = "2021") -> str:
    """A plain report with its requests table replaced."""
    lines = plain_report(code).split("\n")
    start = lines.index(HEADING)
    end = next(i for i, line in enumerate(lines) if line.startswith("四、") and "行政复议" in line)
    return "\n".join([*lines[: start + 1], "", body, "", *lines[end:]])


def read(text: str) -> dict[str, TableReading]:
    document = Document(content_id(text.encode()), "test.txt", text)
    shown = without_hidden(document.view.text)
    plain = without_tags(shown)
    sections, _ = find_sections(document.view.with_text(plain))
    return read_tables(document, plain, fitted_tables(document.view, shown, plain, sections, None))


def numbers(reading: TableReading) -> dict[str, Number | None]:
    return {cell: r.value for cell, r in reading.cells.items()}


def assert_read_exactly(text: str, code: str = "2021") -> None:
    _, values, _ = requests(code)
    reading = read(text)["requests"]
    assert reading.form == code
    assert reading.open_rows == ()
    expected = {cell: value for cell, value in values.items() if cell.startswith("requests.")}
    assert numbers(reading) == expected
    for r in reading.cells.values():
        assert r.state is State.PRINTED and r.span is not None
        assert text[slice(*r.span)] == r.raw


def tabs(lines: Sequence[tuple[list[str], list[str]]]) -> str:
    return "\n".join("\t".join([*labels, *cells]) for labels, cells in [(["项目"], HEADER), *lines])

"""The summary of many files."""

from __future__ import annotations

import csv
import io

from rich.console import Console

from extractor.documents.unreadable import UnreadableError
from extractor.presenting.summary import Entry, failure, print_summary, summary_csv, summary_page

ENTRIES = [
    Entry("a/一.txt", "一", "云溪县水务局", "2023", "2021", 190, 7, 2, 1, 3, 4),
    Entry("b/二.txt", "二", '=HYPERLINK("http://x")', "2022", "2019/2021", 198),
    failure(UnreadableError("E-EMPTY", "c/三.txt"), "zh"),
]


def test_csv_has_every_file_and_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(summary_csv(ENTRIES))))
    assert [row["file"] for row in rows] == ["a/一.txt", "b/二.txt", "c/三.txt"]
    assert rows[0]["printed"] == "190" and rows[0]["errors"] == "3"
    assert rows[1]["issuer"].startswith("'=")
    assert "空的" in rows[2]["failure"]


def test_page_leads_to_each_report_and_names_failures() -> None:
    page = summary_page(ENTRIES, "zh")
    assert '<a href="一.html">' in page and '<a href="二.html">' in page
    assert "三.html" not in page and "文件是空的" in page


def test_of_many_reports_the_terminal_shows_the_worst() -> None:
    many = [Entry(f"{n:03}.txt", f"{n:03}", "云溪县水务局", "2023", "2021", 200, errors=n) for n in range(200)]
    console = Console(file=io.StringIO(), width=120)
    print_summary(console, many, "en")
    out = console.file.getvalue()  # type: ignore[attr-defined]
    assert "199.txt" in out and "150.txt" in out and "149.txt" not in out
    assert "200 file(s): 200 read, 1 of them without errors; 0 not read" in out

"""What stands in a cell."""

from decimal import Decimal

import pytest

from extractor.reading.cells import Kind, content_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0), ("1234", 1234), ("1,234", 1234), ("12,345,678", 12345678), ("+ 54", 54), ("+19", 19), ("-66", -66),
        ("\u221211", -11),
        ("增10", 10), ("增加3", 3), ("减4", -4), ("减少12", -12), ("+(0) -(0)", 0), ("+(3) -( )", 3), ("+( ) -(7)", -7),
        ("12.5", Decimal("12.5")), ("11\n04", 1104), ("O", 0), ("〇", 0), ("1O", 10), ("l2", 12),
    ],
)
def test_numbers(text: str, value: int | Decimal) -> None:
    content = content_of(text)
    assert content.kind is Kind.NUMBER
    assert content.value == value
    assert isinstance(content.value, type(value))


@pytest.mark.parametrize(
    ("text", "value", "unit", "note"),
    [
        ("22(其中修订 16 件)", 22, "", "(其中修订 16 件)"),
        ("55(含自然失效 29 件)", 55, "", "(含自然失效 29 件)"),
        ("251000元", 251000, "元", ""),
        ("24.5万元", Decimal("24.5"), "万元", ""),
        ("3件", 3, "件", ""),
    ],
)
def test_a_number_with_more_in_its_cell(text: str, value: int | Decimal, unit: str, note: str) -> None:
    content = content_of(text)
    assert (content.value, content.unit, content.note) == (value, unit, note)


@pytest.mark.parametrize("text", ["/", "-", "—", "－".replace("－", "-"), "无", "\\"])
def test_marks(text: str) -> None:
    assert content_of(text).kind is Kind.MARK


@pytest.mark.parametrize("text", ["20-8-", "12 3", "1.2.3", "1,23", "+(3) -(2)", "9" * 30, "4?", "0 0"])
def test_what_cannot_be_read_as_one_number_is_illegible(text: str) -> None:
    content = content_of(text)
    assert content.kind is Kind.ILLEGIBLE
    assert content.value is None


@pytest.mark.parametrize("text", ["1.属于国家秘密", "5要求行政机关确认", "(七)", "2.", "自然人", "5(七)总计"])
def test_words_are_no_numbers(text: str) -> None:
    assert content_of(text).kind is Kind.TEXT


def test_letters_taken_for_digits_are_said_to_be() -> None:
    assert content_of("1O").lookalike
    assert not content_of("10").lookalike

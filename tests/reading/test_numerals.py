from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.reading.numerals import chinese_number, one_digit_apart, printed_number


def spell(n: int) -> str:
    """A number below 100 million as a Chinese numeral, written as people write it."""
    digits = "零一二三四五六七八九"
    if n >= 10_000:
        high, low = divmod(n, 10_000)
        gap = "零" if 0 < low < 1000 else ""
        return spell(high) + "万" + gap + (spell(low) if low else "")
    out, zero = "", False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, n = divmod(n, power)
        if digit:
            out += ("零" if zero and out else "") + digits[digit] + unit
            zero = False
        else:
            zero = True
    return out or "零"


@given(st.integers(1, 99_999_999))
def test_every_numeral_that_people_write_is_read(n: int) -> None:
    assert chinese_number(spell(n)) == n


@pytest.mark.parametrize(
    ("text", "value"),
    [("十二", 12), ("一千两百", 1200), ("一千二", 1200), ("三万五", 35_000), ("二〇二一", 2021), ("一亿二千万", 120_000_000)],
)
def test_short_forms(text: str, value: int) -> None:
    assert chinese_number(text) == value


@pytest.mark.parametrize("text", ["", "千百", "一一百", "十千", "三审", "一" * 50, "万" * 30])
def test_what_is_no_numeral_has_no_value(text: str) -> None:
    assert chinese_number(text) is None


@pytest.mark.parametrize(
    ("text", "multiplier", "value"),
    [
        ("1,234", "", 1234), ("1 178", "", 1178), ("1O5", "", 105), ("l8", "", 18),
        ("24.5", "万", 245_000), ("1.2", "亿", 120_000_000),
        ("23.98471", "万", Decimal("239847.1")), ("26.0", "", Decimal("26.0")), ("3", "百", 300),
    ],
)  # fmt: skip
def test_printed_numbers(text: str, multiplier: str, value: int | Decimal) -> None:
    found = printed_number(text, multiplier)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", ["1.5.3", "20-8-", "12,34", "9" * 5000, "", "."])
def test_what_is_no_number_has_no_value(text: str) -> None:
    assert printed_number(text) is None


@given(st.integers(0, 10**9), st.data())
def test_one_wrong_digit_is_recognised(n: int, data: st.DataObject) -> None:
    digits = str(n)
    place = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from([d for d in "123456789" if d != digits[place]]))
    wrong = int(digits[:place] + other + digits[place + 1 :])
    assert one_digit_apart(n, wrong)
    assert one_digit_apart(wrong, n)
    assert not one_digit_apart(n, n)

"""The view: normalised text whose offsets lead back to the text as loaded."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from extractor.documents.view import EVEN, view_of

MIXED = st.text(alphabet=st.sampled_from("报告０９ａ（）…①⑴㎡ﬁ\u200b\ufeffé\u0301한\u1100 \n\t1-，。½"), max_size=60)


def test_characters_taken_as_even_are_even() -> None:
    ranges = [
        ("\x00", "\x9f"), ("\u2010", "\u2016"), ("\u2018", "\u201f"), ("\u3000", "\u3029"), ("\u4e00", "\u9fff"),
        ("\uff01", "\uff5e"),
    ]
    for low, high in ranges:
        assert low in EVEN and high in EVEN
        for code in range(ord(low), ord(high) + 1):
            char = chr(code)
            assert len(unicodedata.normalize("NFKC", char)) == 1 and not unicodedata.combining(char)


def test_a_number_behind_an_expanding_character_keeps_its_place() -> None:
    text = "共…公开１２条\u200b，３件"
    view = view_of(text)
    at = view.text.index("12")
    start, end = view.source_span(at, at + 2)
    assert text[start:end] == "１２"
    at = view.text.index("3件")
    start, end = view.source_span(at, at + 1)
    assert text[start:end] == "３"


def normal(char: str) -> str:
    if char in "\u200b\ufeff":
        return ""
    # a mark such as ① or ² behind a number must not become a digit of it
    found = unicodedata.normalize("NFKC", char)
    return char if found.isdigit() and unicodedata.category(char) == "No" else found


@given(MIXED)
def test_each_piece_of_the_view_is_the_normal_form_of_its_source(text: str) -> None:
    view = view_of(text)
    assert view.text == "".join(map(normal, text))
    for i, char in enumerate(view.text):
        start, end = view.source_span(i, i + 1)
        assert end - start == 1
        assert char in normal(text[start:end])


@given(MIXED)
def test_a_span_goes_to_the_view_and_back(text: str) -> None:
    view = view_of(text)
    for i in range(len(view.text)):
        source = view.source_span(i, i + 1)
        low, high = view.view_span(*source)
        assert low <= i < high

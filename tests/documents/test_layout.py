"""Where characters stand on a page: the algebra of spans and boxes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from extractor.documents.layout import Alternative, Box, Layout, Page, Piece

HEIGHT = 10.0
GAP = 50.0  # between pieces on a line: more than a line's height, so that they stay apart


@st.composite
def layouts(draw: st.DrawFn) -> tuple[Layout, int]:
    """A layout of pieces on lines of their own, and the length of its text."""
    pieces: list[Piece] = []
    at = 0
    for line in range(draw(st.integers(0, 8))):
        at += draw(st.integers(0, 3))
        length = draw(st.integers(1, 6))
        box = (20.0, line * 2 * HEIGHT, 20.0 + 10 * length, line * 2 * HEIGHT + HEIGHT)
        confidence = draw(st.floats(0, 1))
        alternatives = (Alternative("8" * length, confidence / 2),)
        pieces.append(Piece(at, at + length, draw(st.integers(0, 1)), box, confidence, alternatives))
        at += length
    return Layout((Page(600, 800), Page(600, 800, "scan", 200)), tuple(pieces)), at + 2


@given(layouts())
def test_a_piece_stands_in_its_box(drawn: tuple[Layout, int]) -> None:
    layout, _ = drawn
    for piece in layout.pieces:
        assert layout.boxes(piece.start, piece.end) == ((piece.page, piece.box),)
        assert layout.confidence(piece.start, piece.end) == piece.confidence
        assert layout.alternatives(piece.start, piece.end) == piece.alternatives


@given(layouts(), st.data())
def test_what_stands_in_a_part_stands_in_the_whole(drawn: tuple[Layout, int], data: st.DataObject) -> None:
    layout, length = drawn
    start, inner_start, inner_end, end = sorted(data.draw(st.tuples(*[st.integers(0, length)] * 4)))
    whole, part = layout.boxes(start, end), layout.boxes(inner_start, inner_end)
    assert all(any(page == other and within(box, around) for other, around in whole) for page, box in part)
    assert layout.confidence(start, end) <= layout.confidence(inner_start, inner_end)


@given(layouts(), st.data())
def test_a_span_cut_in_two_covers_what_it_covered(drawn: tuple[Layout, int], data: st.DataObject) -> None:
    layout, length = drawn
    start, middle, end = sorted(data.draw(st.tuples(*[st.integers(0, length)] * 3)))

    def area(start: int, end: int) -> float:
        return sum((x1 - x0) * (y1 - y0) for _, (x0, y0, x1, y1) in layout.boxes(start, end))

    assert abs(area(start, middle) + area(middle, end) - area(start, end)) < 1e-6


def test_neighbours_on_a_line_are_one_box_and_columns_are_not() -> None:
    pieces = (
        Piece(0, 4, 0, (10, 10, 50, 20)),
        Piece(4, 6, 0, (51, 10, 61, 20)),
        Piece(7, 9, 0, (61 + GAP, 10, 80 + GAP, 20)),
        Piece(9, 11, 0, (10, 24, 30, 34)),
    )
    layout = Layout((Page(600, 800),), pieces)
    assert layout.boxes(0, 11) == ((0, (10, 10, 61, 20)), (0, (61 + GAP, 10, 80 + GAP, 20)), (0, (10, 24, 30, 34)))
    assert layout.boxes(2, 4) == ((0, (30, 10, 50, 20)),)
    assert layout.boxes(6, 7) == ()
    assert layout.confidence(6, 7) == 1.0


def test_alternatives_are_of_whole_pieces_only() -> None:
    piece = Piece(3, 6, 0, (10, 10, 40, 20), 0.6, (Alternative("189", 0.3),))
    layout = Layout((Page(600, 800, "scan", 200),), (piece,))
    assert layout.alternatives(3, 6) == (("189", 0.3),)
    assert layout.alternatives(3, 5) == layout.alternatives(4, 6) == ()


def within(inner: Box, outer: Box) -> bool:
    slack = 1e-6
    return (
        outer[0] - slack <= inner[0] and outer[1] - slack <= inner[1]
        and inner[2] <= outer[2] + slack and inner[3] <= outer[3] + slack
    )  # fmt: skip

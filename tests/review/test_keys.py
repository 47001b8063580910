"""The keys of the review: no two the same where both work, and the page of the docs says what the code says."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

from extractor.messages import catalogue
from extractor.review.pages.keys import ACTIONS, PROPOSALS, markdown_table

DOCS = Path(__file__).parents[2] / "docs"


def test_no_key_does_two_things_in_one_place() -> None:
    for one, other in combinations(ACTIONS, 2):
        if one.place == other.place or "everywhere" in (one.place, other.place):
            assert one.key != other.key, (one.name, other.name)
    assert not {action.key for action in ACTIONS} & set(PROPOSALS)


def test_the_page_of_the_docs_has_the_table_of_keys() -> None:
    words = {code: message.en for code, message in catalogue().items() if code.startswith("U-KEY-")}
    assert markdown_table(words) in (DOCS / "review.md").read_text("utf-8")

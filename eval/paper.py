"""The model that a report is damaged and rendered in: tables of contents that know which cell they come from.

A content moves, vanishes and changes under damages; what it was on the page is kept apart in `Paper.page`. Layouts write the
contents and note where each one stands; `truth_of_paper` reads both truths of every cell off the result.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from extractor.eval.draw import Drawn
from extractor.eval.style import Style
from extractor.eval.truth import DamageRecord
from extractor.report import Number, Span, State


@dataclass(slots=True)
class Content:
    """What stands at one place of a table. `origin` is the cell it was printed in, `home` the cell whose line it stands in now
    ("" where that is the same). `glue`: this content stands in the same cell of the text as the one before it, behind this
    separator."""

    raw: str
    state: State
    value: Number | None
    origin: str
    home: str = ""
    glue: str = ""
    span: Span | None = None
    damages: list[str] = field(default_factory=list)

    def changed(self, damage: str, raw: str, state: State, value: Number | None) -> None:
        self.raw, self.state, self.value = raw, state, value
        self.damages.append(damage)


@dataclass(slots=True)
class HeadCell:
    """One cell of a header, with how many columns and lines it covers."""

    text: str
    columns: int = 1
    lines: int = 1


@dataclass(slots=True)
class Line:
    """One line of a table.

    row: numbers of one row (of the three groups for disputes), or a label that has lost its numbers (`cells` empty).
    title, header: what the form prints above. break: the page ends here; `labels` are the lines that stand between the pages.
    `labels` of a row are one text per label column, "" where a merged cell goes on. `places` are the contents in print order;
    as many as `cells` unless a damage took or added some.
    """

    kind: Literal["row", "title", "header", "break"]
    labels: list[str]
    row: str = ""
    cells: tuple[str, ...] = ()
    places: list[Content] = field(default_factory=list)
    head: list[HeadCell] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether there are as many fields as cells, so that order alone tells the column."""
        return not self.cells or (len(self.places) == len(self.cells) and not any(p.glue for p in self.places))


@dataclass(slots=True)
class Sheet:
    """One table: its lines in print order, how many label columns it has, and columns of numbers (the widest)."""

    table: str
    form: str
    lines: list[Line]
    label_columns: int
    columns: int
    layout: str
    extra_label: str = ""

    def rows(self) -> list[Line]:
        return [line for line in self.lines if line.kind == "row"]

    def number_rows(self) -> list[Line]:
        return [line for line in self.lines if line.kind == "row" and line.cells]


@dataclass(slots=True)
class Stated:
    """A figure of the narrative, as the page has it and as the text has it."""

    label: str
    raw: str
    value: Number | None
    unit: str
    page_value: Number | None
    span: Span | None = None
    section: str = ""
    space: str = ""
    """Printed between the number and its unit."""
    worded: bool = False
    """Said without a number: nothing of this kind took place."""


@dataclass(slots=True)
class HeaderText:
    """A header field as printed: `raw` stands in the text, `value` is what it says."""

    key: str
    raw: str
    value: str | int
    span: Span | None = None


Piece = str | Stated | HeaderText
Paragraph = list[Piece]


@dataclass(slots=True)
class StatedClaim:
    """Arithmetic that the narrative asserts about its figures."""

    kind: str
    total: Stated | None
    parts: list[Stated]
    share: Stated | None = None
    cells: tuple[str, ...] = ()
    section: str = ""


@dataclass(slots=True)
class Chapter:
    """One of the six sections: heading lines (none where it is lost), paragraphs, and the table that stands in it."""

    key: str
    headings: list[str]
    paragraphs: list[Paragraph]
    table: str = ""


@dataclass(slots=True)
class Paper:
    """A whole report between page and text."""

    drawn: Drawn
    style: Style
    front: list[Paragraph]
    chapters: list[Chapter]
    back: list[Paragraph]
    sheets: dict[str, Sheet]
    page: dict[str, Content]
    claims: list[StatedClaim]
    basis: list[str] = field(default_factory=list)
    damages: list[DamageRecord] = field(default_factory=list)

    def figures(self) -> list[Stated]:
        """All figures in print order."""
        paragraphs = [*self.front, *(p for c in self.chapters for p in c.paragraphs), *self.back]
        return [piece for paragraph in paragraphs for piece in paragraph if isinstance(piece, Stated)]


def copied(content: Content) -> Content:
    """A content of its own, for the record of the page."""
    return replace(content, damages=[])

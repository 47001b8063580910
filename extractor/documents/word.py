"""A Word file (.docx) → its paragraphs and tables, as it prints.

Read are the XML parts that hold text, with lxml: of the file's other parts (images, macros, embedded files) none is opened, and
nothing outside the file is ever fetched. Deleted text and hidden text are not there, inserted text is. Numbers that Word sets
before paragraphs are counted, as headings often have them (ECMA-376 part 1, 17.9). Text boxes stand where they are anchored,
footnotes behind the text.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from extractor.documents.composing import Block, Line, Paragraph, Run, Table, TableCell
from extractor.documents.numbering import Numbering, children, local, value
from extractor.documents.sheet import Sheet
from extractor.documents.unreadable import UnreadableError

_PARTS = ("document", "numbering", "styles", "footnotes")
_MOST = 64_000_000
"""Bytes of one XML part unfolded; a report's has some 500,000."""
_SKIPPED = frozenset(
    ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr", "sdtPr", "sdtEndPr",
     "footnoteReference", "endnoteReference", "annotationRef", "Fallback")
)  # fmt: skip
_MOST_SPAN = 200


def sheets(content: bytes, source: str) -> Iterator[Sheet]:
    """The file as one sheet: Word sets its pages when it opens a file, they are not in it. Raises UnreadableError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: _part(archive, f"word/{name}.xml", source) for name in _PARTS}
    except (zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, KeyError, OSError, RuntimeError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UnreadableError("E-BROKEN", source, kind="DOCX", reason=reason) from None
    body = next((child for child in children(parts["document"]) if local(child) == "body"), None)
    if body is None:
        raise UnreadableError("E-BROKEN", source, kind="DOCX", reason="no body")
    reader = _Reader(Numbering(parts["numbering"], parts["styles"]))
    blocks = [*reader.blocks(body), *_footnotes(reader, parts["footnotes"])]
    yield Sheet(tuple(blocks))


def _part(archive: zipfile.ZipFile, name: str, source: str) -> etree._Element | None:
    """The root of a part; None for one that is not there and need not be."""
    try:
        info = archive.getinfo(name)
    except KeyError:
        if name == "word/document.xml":
            raise
        return None
    if info.file_size > _MOST:
        raise UnreadableError("E-ZIP-BOUNDS", source, reason=f"{name} > {_MOST // 1_000_000} MB")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(archive.read(info), parser)
    if root.getroottree().docinfo.doctype:  # forbidden in Office files (ECMA-376 part 2, 8.1.4), and the way in for entities
        raise UnreadableError("E-BROKEN", source, kind="DOCX", reason=f"{name}: DTD")
    return root


def _footnotes(reader: _Reader, root: etree._Element | None) -> Iterator[Block]:
    for note in children(root):
        if value(note, "type") in (None, "normal"):
            yield from reader.blocks(note)


class _Reader:
    """Walks the XML in its order, which is what the counting of numbered paragraphs goes by."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering

    def blocks(self, parent: etree._Element) -> Iterator[Block]:
        for child in children(parent):
            name = local(child)
            if name == "p":
                yield from self._paragraph(child)
            elif name == "tbl":
                yield from self._table(child)
            elif name not in _SKIPPED:  # content controls and the like hold blocks
                yield from self.blocks(child)

    def _paragraph(self, paragraph: etree._Element) -> Iterator[Block]:
        boxes: list[etree._Element] = []
        parts = [self._numbering.label(paragraph)]
        _collect(paragraph, parts, boxes)
        for words in "".join(parts).split("\n"):
            if words.strip():
                yield Paragraph(((Run(words),),))
        for box in boxes:
            yield from self.blocks(box)

    def _table(self, table: etree._Element) -> Iterator[Block]:
        """The table; of one that is there for the layout (a single cell, or tables in its cells) what its cells hold."""
        rows = [[cell for cell in _below(row, "tc")] for row in _below(table, "tr") if not _is_deleted(row)]
        if sum(map(len, rows)) <= 1 or any(_nested(cell) for row in rows for cell in row):
            for row in rows:
                for cell in row:
                    yield from self.blocks(cell)
            return
        cells: dict[tuple[int, int], TableCell] = {}
        open_: dict[int, tuple[int, int]] = {}  # column → the cell that is merged downwards there
        for y, row in enumerate(_below(table, "tr")):
            if _is_deleted(row):
                continue
            x = _number(_property(row, "trPr", "gridBefore"), 0)
            for cell in _below(row, "tc"):
                width = _number(_property(cell, "tcPr", "gridSpan"), 1)
                merge = _property(cell, "tcPr", "vMerge")
                if merge is not None and value(merge, "val") in (None, "continue") and x in open_:
                    first = cells[open_[x]]
                    cells[open_[x]] = TableCell(
                        first.row, first.column, (*first.lines, *self._lines(cell)), y - first.row + 1, first.column_span
                    )
                else:
                    cells[y, x] = TableCell(y, x, self._lines(cell), 1, width)
                    open_.pop(x, None)
                    if merge is not None:
                        open_[x] = (y, x)
                x += width
        yield Table(tuple(cells.values()))

    def _lines(self, cell: etree._Element) -> tuple[Line, ...]:
        return tuple([line for block in self.blocks(cell) if isinstance(block, Paragraph) for line in block.lines])


def _collect(element: etree._Element, parts: list[str], boxes: list[etree._Element]) -> None:
    """Add the text below an element, and the text boxes anchored in it."""
    for child in children(element):
        name = local(child)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            _collect_run(child, parts, boxes)
        elif name in ("tab", "ptab"):
            parts.append(" ")
        elif name in ("br", "cr"):
            parts.append("\n")
        elif name == "noBreakHyphen":
            parts.append("-")
        elif name == "txbxContent":
            boxes.append(child)
        elif name == "AlternateContent":  # the same thing twice, for old and new programs
            _collect(next(iter(children(child)), child), parts, boxes)
        elif name not in _SKIPPED:
            _collect(child, parts, boxes)


def _collect_run(run: etree._Element, parts: list[str], boxes: list[etree._Element]) -> None:
    if _is_on(_property(run, "rPr", "vanish")):
        return
    raised = _property(run, "rPr", "vertAlign")
    # raised, lowered or struck out: no part of the number beside it
    apart = (raised is not None and value(raised, "val") != "baseline") or _is_on(_property(run, "rPr", "strike"))
    gap = [" "] if apart else []
    parts += gap
    _collect(run, parts, boxes)
    parts += gap


def _below(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """The rows of a table or cells of a row, those in content controls too."""
    for child in children(parent):
        if local(child) == name:
            yield child
        elif local(child) in ("sdt", "sdtContent", "customXml", "ins", "smartTag"):
            yield from _below(child, name)


def _nested(cell: etree._Element) -> bool:
    return any(local(e) == "tbl" and sum(1 for inner in e.iter() if local(inner) == "tc") > 1 for e in cell.iter())


def _is_deleted(row: etree._Element) -> bool:
    return _property(row, "trPr", "del") is not None


def _property(element: etree._Element, group: str, name: str) -> etree._Element | None:
    return next(
        (found for properties in children(element) if local(properties) == group for found in children(properties)
         if local(found) == name), None,
    )  # fmt: skip


def _is_on(element: etree._Element | None) -> bool:
    return element is not None and value(element, "val") not in ("0", "false", "off")


def _number(element: etree._Element | None, default: int) -> int:
    text = value(element, "val") if element is not None else None
    return min(max(int(text), default), _MOST_SPAN) if text and text.isascii() and text.isdigit() else default

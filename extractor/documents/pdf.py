"""A PDF file → its pages: paragraphs and tables where it holds text, a picture where it holds none.

pdfplumber finds characters and ruling lines, PDFium renders the pages that must be read from a picture. Those are: pages
without characters, pages whose characters have no meaning (a font without a table of its characters), and pages that are one
image with a scanner's text laid invisibly over it; such a text comes along, for want of anything better.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import pdfplumber
import pypdfium2

from extractor.documents.composing import Block, Line
from extractor.documents.flow import flowing
from extractor.documents.layout import Page
from extractor.documents.letters import Letter, lines_of
from extractor.documents.page_reader import as_image
from extractor.documents.ruled import ruled_tables
from extractor.documents.sheet import Inset, Picture, Sheet
from extractor.documents.unreadable import UnreadableError

PAGES = 1000
"""The longest reports have some 30; a volume of several hundred can still be read."""
_CHARACTERS = 50_000
"""On one page; in print some 2,000."""
_RULES = 20_000
"""Lines and edges of boxes on one page; a table of 400 cells has some 2,000."""
_PIXELS = 40_000_000
_FINEST, _COARSEST = 300.0, 200.0
"""Dots to the inch at which pages are rendered: as fine as the image in it, within these bounds."""
_ON_SCREEN = 150.0
_FEW = 10
_MEANT = 0.7
"""Share of a page's characters that must have a meaning for it to be a page of text."""
_WHOLE = 0.7
"""Share of the page that an image covers which is the page."""
_INSET = 0.08
"""Share of the page from which on an image is looked at for tables: more than a seal, a mark or a QR code has."""
_INSETS = 3
"""Images of one page that are looked at, the largest."""
_PASSWORD = 4  # FPDF_ERR_PASSWORD
_INVISIBLE = 3  # a text rendering mode


def sheets(content: bytes, source: str) -> Iterator[Sheet]:
    """The pages in their order. Raises UnreadableError."""
    with _opened(content, source) as rendering:
        if len(rendering) > PAGES:
            raise UnreadableError("E-PAGES", source, count=len(rendering), limit=PAGES)
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            if len(pdf.pages) != len(rendering):  # two parsers that see different pages: the file is mended differently
                raise UnreadableError("E-BROKEN", source, kind="PDF", reason=f"{len(pdf.pages)}/{len(rendering)} pages")
            for index, page in enumerate(pdf.pages):
                yield _sheet(page, rendering, index, source)
                page.close()


def pictures(content: bytes, source: str, pages: Sequence[int]) -> Iterator[Picture]:
    """How pages look, as fine as a screen shows them."""
    with _opened(content, source) as rendering:
        for page in pages:
            if 0 <= page < len(rendering):
                yield _rendered(rendering, page, _ON_SCREEN, source)


def _opened(content: bytes, source: str) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", 0) == _PASSWORD or "assword" in str(error):
            raise UnreadableError("E-ENCRYPTED", source) from None
        raise UnreadableError("E-BROKEN", source, kind="PDF", reason=str(error)) from None


def _sheet(page: Any, rendering: pypdfium2.PdfDocument, index: int, source: str) -> Sheet:
    chars = page.chars
    rules = len(page.edges)
    if len(chars) > _CHARACTERS or rules > _RULES:
        raise UnreadableError("E-BROKEN", source, kind="PDF", reason=f"page {index + 1}: {len(chars)} letters, {rules} rules")
    seen = [c for c in chars if not c["text"].isspace()]
    meant = [c for c in seen if _has_meaning(c["text"])]
    images = [_within(i, page) for i in page.images]
    covered = max((w * h for w, h in images), default=0.0) / max(page.width * page.height, 1.0)
    size = Page(float(page.width), float(page.height))
    if len(meant) < _FEW or len(meant) < _MEANT * len(seen):
        if covered > 0.05 or len(page.curves) > 50 or len(seen) >= _FEW:
            return Sheet(picture=_picture(page, rendering, index, source))
        return Sheet(tuple(_blocks(page, index)), size)
    blocks = tuple(_blocks(page, index))
    if covered > _WHOLE and _invisible(rendering[index]):
        return Sheet(blocks, size, _picture(page, rendering, index, source))
    return Sheet(blocks, size, insets=_insets(page, rendering, index, source, seen))


def _insets(page: Any, rendering: pypdfium2.PdfDocument, index: int, source: str, seen: list[Any]) -> tuple[Inset, ...]:
    """The images in which a table may stand. One with text over it is a background."""
    width, height = float(page.width), float(page.height)
    places = {
        (max(float(i["x0"]), 0.0), max(float(i["top"]), 0.0), min(float(i["x1"]), width), min(float(i["bottom"]), height))
        for i in page.images
    }
    large = [
        (x0, y0, x1, y1) for x0, y0, x1, y1 in places
        if min(x1 - x0, y1 - y0) > 0 and (x1 - x0) * (y1 - y0) > _INSET * width * height
        and not any(x0 < c["x0"] < x1 and y0 < c["top"] < y1 for c in seen)
    ]
    if not large or width * height > _PIXELS:
        return ()
    large.sort(key=lambda box: ((box[0] - box[2]) * (box[3] - box[1]), box))
    whole = _picture(page, rendering, index, source)
    scale = whole.dpi / 72
    image = as_image(whole)
    found = []
    for x0, y0, x1, y1 in large[:_INSETS]:
        part = image.crop((round(x0 * scale), round(y0 * scale), round(x1 * scale), round(y1 * scale)))
        found.append(Inset(Picture(part.mode, part.size, part.tobytes(), whole.dpi), x0, y0))
    return tuple(found)


def _has_meaning(text: str) -> bool:
    return not text.startswith("(cid:") and not any(c == "\ufffd" or "\ue000" <= c <= "\uf8ff" for c in text)


def _within(image: dict[str, Any], page: Any) -> tuple[float, float]:
    """Width and height of what the page shows of an image."""
    width = min(image["x1"], page.width) - max(image["x0"], 0)
    height = min(image["bottom"], page.height) - max(image["top"], 0)
    return max(float(width), 0.0), max(float(height), 0.0)


def _invisible(page: pypdfium2.PdfPage) -> bool:
    """Whether the page's first texts are not drawn."""
    modes = []
    for text in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT]):
        modes.append(pypdfium2.raw.FPDFTextObj_GetTextRenderMode(text.raw))
        if len(modes) == _FEW:
            break
    return bool(modes) and all(mode == _INVISIBLE for mode in modes)


def _picture(page: Any, rendering: pypdfium2.PdfDocument, index: int, source: str) -> Picture:
    """The page as fine as the finest image on it."""
    dots = [72 * i["srcsize"][0] / max(float(i["x1"] - i["x0"]), 1.0) for i in page.images if i.get("srcsize")]
    return _rendered(rendering, index, min(max([*dots, _COARSEST]), _FINEST), source)


def _rendered(rendering: pypdfium2.PdfDocument, index: int, dpi: float, source: str) -> Picture:
    page = rendering[index]
    width, height = page.get_size()
    if width < 1 or height < 1 or width * height * (dpi / 72) ** 2 > _PIXELS:
        dpi = 72 * (_PIXELS / max(width * height, 1.0)) ** 0.5
        if dpi < 72 or width < 1 or height < 1:
            raise UnreadableError(
                "E-PIXELS", source, page=index + 1, width=round(width), height=round(height), least=32,
                most=_PIXELS // 10_000, millions=_PIXELS // 1_000_000,
            )  # fmt: skip
    image = page.render(scale=dpi / 72, rev_byteorder=True, prefer_bgrx=False).to_pil().convert("RGB")
    return Picture(image.mode, image.size, image.tobytes(), dpi)


def _blocks(page: Any, index: int) -> list[Block]:
    """Tables and the lines between them, from top to bottom."""
    letters = [
        Letter(c["text"], (float(c["x0"]), float(c["top"]), float(c["x1"]), float(c["bottom"])), float(c["size"]))
        for c in page.dedupe_chars().chars
        if _has_meaning(c["text"])
    ]
    tables, rest = ruled_tables([[cell for cell in found.cells if cell] for found in page.find_tables()], letters, index)
    lines = lines_of(rest, index)
    blocks: list[Block] = []
    above = float("-inf")
    # between two tables lines flow on; over a table they don't
    for top, table in (*tables, (float("inf"), None)):
        blocks += flowing([line for line in lines if above <= _top(line) < top])
        if table is not None:
            blocks.append(table)
        above = top
    return blocks


def _top(line: Line) -> float:
    return min(run.box[1] for run in line if run.box is not None)

"""A file of any kind → documents: text, a web page, Word, PDF, images, and archives (ZIP) of these.

Of a file of text the text is kept as loaded: line ends, spaces and all. Everything else is laid out as
`extractor.documents.composing` describes, with the places of its characters where the file has pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.documents.composing import Block, compose
from extractor.documents.document import Document, content_id
from extractor.documents.kinds import Kind, kind_of
from extractor.documents.layout import Page
from extractor.documents.plain import check_visible, decoded, lost_characters
from extractor.documents.unreadable import UnreadableError

if TYPE_CHECKING:
    from extractor.documents.page_reader import PageReader

LIMIT = 20_000_000
"""Bytes of a text, web page or Word file; the longest reports have some 200,000."""
LIMIT_OF_PAGES = 300_000_000
"""Bytes of a PDF, an image or an archive: a long scan has some tens of millions."""
_BEGINNING = 4096
_OF_PAGES = frozenset({"pdf", "image", "zip", "docx", ""})


def load(path: Path) -> Document:
    """Read a file with one document in it. Raises UnreadableError where there is none to be had, or several."""
    content, source = read_bytes(path)
    return document_from_bytes(content, source)


def load_all(path: Path) -> Iterator[Document | UnreadableError]:
    """Read a file: one document, or those of an archive. An error stands in the place of a document that can't be had."""
    try:
        content, source = read_bytes(path)
        yield from documents_in(content, source)
    except UnreadableError as error:
        yield error


def read_bytes(path: Path) -> tuple[bytes, str]:
    """The file's bytes, and its name as the user gave it. Raises UnreadableError."""
    source = str(path).encode("utf-8", "replace").decode("utf-8")
    try:
        with path.open("rb") as file:
            content = file.read(_BEGINNING)
            limit = _limit(kind_of(content))
            content += file.read(limit + 1 - len(content))
    except FileNotFoundError:
        raise UnreadableError("E-MISSING", source) from None
    except IsADirectoryError:
        raise UnreadableError("E-DIRECTORY", source, example=f"{source.rstrip('/')}/*.txt") from None
    except PermissionError:
        raise UnreadableError("E-PERMISSION", source) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise UnreadableError("E-IO", source, reason=getattr(error, "strerror", None) or error) from None
    return content, source


def document_from_bytes(content: bytes, source: str, threads: int = 0) -> Document:
    """The one document in these bytes. `threads`: for pages that are read by OCR; 0: one for each core. Raises UnreadableError
    where there is none, or where they are an archive of several."""
    kind = kind_of(content)
    if kind.reader == "zip":
        from extractor.documents.zipped import only_member

        return document_from_bytes(*only_member(content, source), threads)
    return _document(kind, content, source, threads)


def documents_in(content: bytes, source: str) -> Iterator[Document | UnreadableError]:
    """All documents in these bytes: one, or those of an archive, each with the source "archive.zip!/member". An error stands
    in the place of a member that can't be read. Raises UnreadableError where the file as a whole can't be."""
    kind = kind_of(content)
    if kind.reader != "zip":
        yield _document(kind, content, source)
        return
    from extractor.documents.zipped import members

    for member in members(content, source):
        if isinstance(member, UnreadableError):
            yield member
            continue
        try:
            yield _document(kind_of(member[0]), *member)
        except UnreadableError as error:
            yield error


def _document(kind: Kind, content: bytes, source: str, threads: int = 0) -> Document:
    if not kind.reader:
        raise UnreadableError("E-KIND", source, kind=kind.name)
    limit = _limit(kind)
    if len(content) > limit:
        raise UnreadableError("E-TOO-LARGE", source, limit=limit // 1_000_000)
    if kind.reader == "text":
        text, encoding, defects = decoded(content, source)
        return Document(content_id(content), source, text, encoding, defects)
    return _laid_out(kind, content, source, threads)


def _limit(kind: Kind) -> int:
    return LIMIT_OF_PAGES if kind.reader in _OF_PAGES else LIMIT


def _laid_out(kind: Kind, content: bytes, source: str, threads: int) -> Document:
    from extractor.documents.confined import sheets

    reader: PageReader | None = None
    pages: list[Page] = []
    blocks: list[Block] = []
    for sheet in sheets(kind.reader, content, source):
        found, page = sheet.blocks, sheet.page
        if sheet.picture is not None:
            from extractor.documents.page_reader import as_image, page_reader

            try:
                reader = reader or page_reader(source, threads)
                page, read = reader(as_image(sheet.picture), len(pages), sheet.picture.dpi)
                found = tuple(read)
            except UnreadableError:
                if not found:  # else a scanner's text was laid over the image
                    raise
        if sheet.insets and page is not None:
            from extractor.documents.insets import with_tables
            from extractor.documents.page_reader import page_reader

            with suppress(UnreadableError):  # no reader is installed: the tables are missing, and findings say so
                reader = reader or page_reader(source, threads)
                page, found = with_tables(sheet.insets, page, len(pages), found, reader)
        if page is not None:
            pages.append(page)
        blocks += found
    text, layout = compose(pages, blocks)
    if len(text) > LIMIT // 3:  # as many characters as the longest file of text can hold
        raise UnreadableError("E-TOO-LARGE", source, limit=LIMIT // 1_000_000)
    check_visible(text, source)
    return Document(content_id(content), source, text, defects=lost_characters(text), media_type=kind.media_type, layout=layout)

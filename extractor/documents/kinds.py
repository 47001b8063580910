"""What kind of file some bytes are: by their content, whatever the file's name says."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """`reader`: who reads it: "text", "zip", or a key of `extractor.documents.confined.READERS`; "" nobody. `name` is for
    people."""

    reader: str
    name: str
    media_type: str


TEXT = Kind("text", "TEXT", "text/plain")
HTML = Kind("html", "HTML", "text/html")
PDF = Kind("pdf", "PDF", "application/pdf")
DOCX = Kind("docx", "DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
ZIP = Kind("zip", "ZIP", "application/zip")

_MAGIC = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind("", "DOC/XLS/WPS", "application/x-ole-storage")),
    (b"{\\rtf", Kind("", "RTF", "application/rtf")),
    (b"\x89PNG\r\n\x1a\n", Kind("image", "PNG", "image/png")),
    (b"\xff\xd8\xff", Kind("image", "JPEG", "image/jpeg")),
    (b"II*\x00", Kind("image", "TIFF", "image/tiff")),
    (b"MM\x00*", Kind("image", "TIFF", "image/tiff")),
    (b"GIF8", Kind("", "GIF", "image/gif")),
    (b"\x1f\x8b", Kind("", "GZIP", "application/gzip")),
    (b"7z\xbc\xaf\x27\x1c", Kind("", "7z", "application/x-7z-compressed")),
    (b"Rar!\x1a\x07", Kind("", "RAR", "application/vnd.rar")),
    (b"SQLite format 3\x00", Kind("", "SQLite", "application/vnd.sqlite3")),
)
_INSIDE = (  # of a ZIP that is another format: a member's name
    ("word/document.xml", DOCX),
    ("xl/workbook.xml", Kind("", "XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
    ("ppt/presentation.xml", Kind("", "PPTX", "application/vnd.openxmlformats-officedocument.presentationml.presentation")),
    ("OFD.xml", Kind("", "OFD", "application/ofd")),
    ("META-INF/container.xml", Kind("", "EPUB", "application/epub+zip")),
    ("content.xml", Kind("", "ODT", "application/vnd.oasis.opendocument.text")),
)
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_BEGINNING = 4096
# A web page says so before its first words; text that only holds tables in HTML, as OCR writes it, is text.
_PAGE = re.compile(rb"(?>\s+|<!--.*?-->|<\?xml[^>]*>)*+<(?:!doctype\s+html|html[\s>]|head[\s>])", re.IGNORECASE | re.DOTALL)
# A page saved with its images as one file (MHTML, RFC 2557) begins as a mail does.
_MAIL = re.compile(rb"(?:[\w-]{1,40}:[^\n]{0,500}\n){0,12}?content-type:\s*multipart/related", re.IGNORECASE)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def kind_of(content: bytes) -> Kind:
    """The kind of a file with this content. What nothing else is known of is text, if it is anything."""
    if content.startswith(_ZIP_STARTS):
        return _zip_kind(content)
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    beginning = content[:_BEGINNING]
    if b"%PDF-" in beginning[:1024] and not beginning.lstrip().startswith(b"<"):
        return PDF  # some servers put a few bytes before it
    for mark in _MARKS:
        beginning = beginning.removeprefix(mark)
    # in UTF-16 every other byte of a tag is nought
    return HTML if _PAGE.match(beginning.replace(b"\0", b"")) or _MAIL.match(beginning) else TEXT


def _zip_kind(content: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = frozenset(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        return ZIP  # its reader says what is wrong with it
    return next((kind for name, kind in _INSIDE if name in names), ZIP)

"""A file of text → a document. The text is kept as loaded: line ends, spaces and all.

Encodings: a byte order mark decides; else UTF-8 where the bytes are UTF-8, all of them or all but a few; else what
charset-normalizer says of the bytes among the encodings that Chinese text comes in. A byte order mark is no part of the text.
"""

from __future__ import annotations

import codecs
import re
from itertools import islice
from pathlib import Path

from extractor.documents.document import Document, content_id
from extractor.documents.unreadable import UnreadableError
from extractor.report import Defect

LIMIT = 20_000_000
"""Bytes; the longest reports have some 200,000."""

_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WITHOUT_BOM = ["gb18030", "utf_16_le", "utf_16_be"]
_KINDS = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP/DOCX/XLSX/OFD"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "DOC/XLS/WPS"),
    (b"{\\rtf", "RTF"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"\x1f\x8b", "GZIP"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"SQLite format 3\x00", "SQLite"),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f]")
_VISIBLE = re.compile("[^\\s\x00\u200b\u200c\u200d\u2060\ufeff]")
_LOST = re.compile("\ufffd+")
_TOLERATED = 0.05
"""Share of lost characters among those outside ASCII up to which an encoding is believed. Text in another encoding loses
half of them or more; OCR and transport lose one in some hundreds."""
_SPANS = 50
"""Places of lost characters named in a defect at most."""


def load(path: Path) -> Document:
    """Read a file. Raises UnreadableError where there is no text to be had."""
    source = str(path).encode("utf-8", "replace").decode("utf-8")
    try:
        with path.open("rb") as file:
            content = file.read(LIMIT + 1)
    except FileNotFoundError:
        raise UnreadableError("E-MISSING", source) from None
    except IsADirectoryError:
        raise UnreadableError("E-DIRECTORY", source, example=f"{source.rstrip('/')}/*.txt") from None
    except PermissionError:
        raise UnreadableError("E-PERMISSION", source) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise UnreadableError("E-IO", source, reason=getattr(error, "strerror", None) or error) from None
    return document_from_bytes(content, source)


def document_from_bytes(content: bytes, source: str) -> Document:
    """The document in these bytes. Raises UnreadableError where they are no text."""
    for magic, kind in _KINDS:
        if content.startswith(magic):
            raise UnreadableError("E-KIND", source, kind=kind)
    if len(content) > LIMIT:
        raise UnreadableError("E-TOO-LARGE", source, limit=LIMIT // 1_000_000)
    if not content:
        raise UnreadableError("E-EMPTY", source)
    text, encoding, pending = _decoded(content, source)
    controls = _CONTROL.findall(text)
    if len(controls) * 100 > len(text):
        first = text.index(controls[0])
        raise UnreadableError("E-BINARY", source, offset=len(text[:first].encode(encoding, "surrogatepass")))
    if _VISIBLE.search(text) is None:
        raise UnreadableError("E-BLANK", source)
    return Document(content_id(content), source, text, encoding, _defects(text, pending))


def _decoded(content: bytes, source: str) -> tuple[str, str, int]:
    """The text, its encoding, and how many bytes at the end are only the beginning of a character."""
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            text, pending = _decode(content[len(bom) :], encoding, "replace")
            return text, encoding, pending
    broken_at = 0
    if content.count(0) * 100 <= len(content):  # more NULs than that: UTF-16, or no text
        try:
            text, pending = _decode(content, "utf-8", "strict")
            return text, "utf-8", pending
        except UnicodeDecodeError as error:
            broken_at = error.start
        text, pending = _decode(content, "utf-8", "replace")
        if _mostly_sound(text):
            return text, "utf-8", pending
    encoding = _detected(content)
    text, pending = _decode(content, encoding, "replace")
    if not _mostly_sound(text):
        raise UnreadableError("E-ENCODING", source, offset=broken_at)
    return text, encoding, pending


def _decode(content: bytes, encoding: str, errors: str) -> tuple[str, int]:
    """The text, and the number of bytes left over at the end, which a longer file might have completed."""
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    text = decoder.decode(content)
    return text, len(decoder.getstate()[0])


def _detected(content: bytes) -> str:
    """The encoding by the library's judgement; GB18030 where it has none, as with a broken byte it hasn't."""
    from charset_normalizer import from_bytes  # slow to import, seldom needed

    for cut in range(4):  # the library wants whole characters; a truncated one has up to three bytes
        best = from_bytes(content[: len(content) - cut], cp_isolation=_WITHOUT_BOM).best()
        if best is not None:
            return best.encoding.replace("_", "-")
    return "gb18030"


def _mostly_sound(text: str) -> bool:
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return text.count("\ufffd") <= _TOLERATED * beyond_ascii


def _defects(text: str, pending: int) -> tuple[Defect, ...]:
    defects: list[Defect] = []
    if pending:
        defects.append(Defect("S-TRUNCATED", spans=((len(text), len(text)),), params={"bytes": pending}))
    lost = text.count("\ufffd")
    if lost:
        spans = tuple(m.span() for m in islice(_LOST.finditer(text), _SPANS))
        defects.append(Defect("S-DECODE", spans=spans, params={"count": lost}))
    return tuple(defects)

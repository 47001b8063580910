"""The text in a file of text, or of a web page: which encoding its bytes are in.

A byte order mark decides; else UTF-8 where the bytes are UTF-8, all of them or all but a few; else the encoding that the file
says it has, if the bytes are that; else what charset-normalizer says of the bytes among the encodings that Chinese text comes
in. A byte order mark is no part of the text. Line ends stay as they are, but where all of them are carriage returns, as old
systems wrote them, these are line feeds: one character for one, so that offsets are the same.
"""

from __future__ import annotations

import codecs
import re
from itertools import islice

from extractor.documents.unreadable import UnreadableError
from extractor.report import Defect

_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WITHOUT_BOM = ["gb18030", "utf_16_le", "utf_16_be"]
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f]")
_VISIBLE = re.compile("[^\\s\x00\u200b\u200c\u200d\u2060\ufeff]")
_LOST = re.compile("\ufffd+")
_TOLERATED = 0.05
"""Share of lost characters among those outside ASCII up to which an encoding is believed. Text in another encoding loses
half of them or more; OCR and transport lose one in some hundreds."""
_SPANS = 50
"""Places of lost characters named in a defect at most."""
# What is declared as GB2312 or GBK is what GB18030 extends; Big5 likewise has its larger set.
_LARGER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "big5": "big5hkscs"}


def decoded(content: bytes, source: str, declared: str = "") -> tuple[str, str, tuple[Defect, ...]]:
    """The text, its encoding, and what was lost in decoding. `declared` is the encoding that the file says it has, if any.
    Raises UnreadableError where the bytes are no text."""
    if not content:
        raise UnreadableError("E-EMPTY", source)
    text, encoding, pending = _decoded(content, source, declared)
    controls = _CONTROL.findall(text)
    if len(controls) * 100 > len(text):
        first = text.index(controls[0])
        raise UnreadableError("E-BINARY", source, offset=len(text[:first].encode(encoding, "surrogatepass")))
    check_visible(text, source)
    if "\n" not in text:
        text = text.replace("\r", "\n")
    return text, encoding, _defects(text, pending)


def check_visible(text: str, source: str) -> None:
    """Raises UnreadableError where the text has no character that is seen."""
    if _VISIBLE.search(text) is None:
        raise UnreadableError("E-BLANK", source)


def _decoded(content: bytes, source: str, declared: str) -> tuple[str, str, int]:
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
    for encoding in filter(None, (_known(declared), _detected(content))):
        text, pending = _decode(content, encoding, "replace")
        if _mostly_sound(text):
            return text, encoding, pending
    raise UnreadableError("E-ENCODING", source, offset=broken_at)


def _known(declared: str) -> str:
    """The codec for a declared name of an encoding that takes two bytes and more for a character: of one with a byte for each
    character nothing would ever show that the declaration is wrong. "" for any other."""
    name = declared.strip().lower()
    name = _LARGER.get(name, name)
    return name if name in ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be") else ""


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
    cut = Defect("S-TRUNCATED", spans=((len(text), len(text)),), params={"bytes": pending})
    return (cut, *lost_characters(text)) if pending else lost_characters(text)


def lost_characters(text: str) -> tuple[Defect, ...]:
    """The defect of a text in which characters were lost in decoding, here or before."""
    lost = text.count("\ufffd")
    if not lost:
        return ()
    spans = tuple(m.span() for m in islice(_LOST.finditer(text), _SPANS))
    return (Defect("S-DECODE", spans=spans, params={"count": lost}),)

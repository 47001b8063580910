"""Reports and verifications as bytes and back: JSON (msgspec), deflated.

What comes back equals what went in, but for sequences inside the parameters of messages, which come back as lists; messages
and a second verification come out the same (tested).
"""

from __future__ import annotations

import zlib
from typing import Any

import msgspec

from extractor.documents.layout import Layout
from extractor.report import Report, TableReading
from extractor.verification.finding import Finding, Verification

_LEVEL = 1  # a tenth larger than level 6 at a third of the time


class Content(msgspec.Struct, frozen=True, array_like=True):
    """What one version holds."""

    report: Report
    verification: Verification


_encode = msgspec.json.Encoder().encode
_content = msgspec.json.Decoder(Content)
_tables = msgspec.json.Decoder(dict[str, TableReading])
_finding = msgspec.json.Decoder(Finding)
_layout = msgspec.json.Decoder(Layout)


def packed(value: Any) -> bytes:
    """The bytes of a Content, Finding, Layout, a mapping of tables."""
    return zlib.compress(_encode(value), _LEVEL)


def content_of(packed: bytes) -> Content:
    return _content.decode(zlib.decompress(packed))


def tables_of(packed: bytes) -> dict[str, TableReading]:
    return _tables.decode(zlib.decompress(packed))


def finding_of(packed: bytes) -> Finding:
    return _finding.decode(zlib.decompress(packed))


def layout_of(packed: bytes) -> Layout:
    return _layout.decode(zlib.decompress(packed))


def packed_text(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8", "surrogatepass"), _LEVEL)


def text_of(packed: bytes) -> str:
    return zlib.decompress(packed).decode("utf-8", "surrogatepass")

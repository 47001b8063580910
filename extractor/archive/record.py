"""Records as bytes and back: what the edits between reports need of a report, in some 400 bytes.

A table's cells are written in the order of its form, without their ids, each place as its distance from the one before.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace

import msgspec

from extractor.forms.form import table
from extractor.report import Span
from extractor.verification.across import Record

_SIZE, _SIGNED = 8, 1 << 63
_LEVEL = 1


class _Cells(msgspec.Struct, frozen=True, array_like=True):
    """One table: values (None: none known), distances of places from the place before, lengths (-1: no place)."""

    table: str
    form: str
    values: list[int | None]
    distances: list[int]
    lengths: list[int]


class _Packed(msgspec.Struct, frozen=True, array_like=True):
    document: str
    source: str
    issuer: str
    year: int
    host: str
    host_span: Span | None
    tables: list[_Cells]
    values: dict[str, int]
    spans: dict[str, Span]


@dataclass(frozen=True, slots=True)
class Groups:
    """What a record is compared with: reports of the same body, of the same county, with the same sentences."""

    issuer: str
    county: str
    host: str
    digests: bytes


_encode = msgspec.json.Encoder().encode
_packed = msgspec.json.Decoder(_Packed)
_groups = msgspec.msgpack.Decoder(Groups)


def packed_record(record: Record) -> bytes:
    """The record without its sentences."""
    values, spans = dict(record.values), dict(record.spans)
    tables = []
    for key, form in record.forms.items():
        cells = [cell for row in table(form, key).rows for cell in row.cells]
        places = [spans.pop(cell, None) for cell in cells]
        distances, lengths, at = [], [], 0
        for place in places:
            distances.append(0 if place is None else place[0] - at)
            lengths.append(-1 if place is None else place[1] - place[0])
            at = at if place is None else place[0]
        tables.append(_Cells(key, form, [values.pop(cell, None) for cell in cells], distances, lengths))
    content = _Packed(
        record.document, record.source, record.issuer, record.year, record.host, record.host_span, tables, values, spans
    )
    return zlib.compress(_encode(content), _LEVEL)


def unpacked_record(packed: bytes, digests: bytes = b"") -> Record:
    """The record, with its sentences where their digests are given."""
    content = _packed.decode(zlib.decompress(packed))
    values, spans = content.values, content.spans
    for one in content.tables:
        cells = [cell for row in table(one.form, one.table).rows for cell in row.cells]
        values.update((cell, value) for cell, value in zip(cells, one.values, strict=True) if value is not None)
        at = 0
        for cell, distance, length in zip(cells, one.distances, one.lengths, strict=True):
            if length >= 0:
                at += distance
                spans[cell] = (at, at + length)
    forms = {one.table: one.form for one in content.tables}
    record = Record(
        content.document, content.source, content.issuer, content.year, forms, values, spans, content.host, content.host_span
    )
    return replace(record, sentences=frozenset(_pieces(digests))) if digests else record


def packed_sentences(record: Record) -> bytes:
    return b"".join(sorted(record.sentences))


def numbers(digests: bytes) -> list[int]:
    """The digests as the numbers they are in the table of sentences: signed, ascending."""
    return [int.from_bytes(piece, "big") - _SIGNED for piece in _pieces(digests)]


def packed_groups(groups: Groups) -> bytes:
    return msgspec.msgpack.encode(groups)


def groups_of(packed: bytes) -> Groups:
    return _groups.decode(packed)


def _pieces(digests: bytes) -> list[bytes]:
    return [digests[at : at + _SIZE] for at in range(0, len(digests), _SIZE)]

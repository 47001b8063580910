"""PDF files for tests, written object by object."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def pdf(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A file of these objects, numbered from 1; the first is the catalogue."""
    out = b"%PDF-1.7\n"
    places: list[int] = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    end = b"trailer <</Root 1 0 R/Size %d%s>>\nstartxref\n%d\n%%%%EOF" % (size, trailer, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + end


def stream(content: bytes, filters: bytes = b"/FlateDecode") -> bytes:
    """A stream whose content is packed already, with the filters that unpack it."""
    return b"<</Length %d/Filter %s>>\nstream\n" % (len(content), filters) + content + b"\nendstream"


def pages(*drawn: bytes, trailer: bytes = b"", box: bytes = b"0 0 595 842") -> bytes:
    """A file with a page of Helvetica for each content."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * i) for i in range(len(drawn)))
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(drawn)), FONT]
    for i, content in enumerate(drawn):
        resources = b"/MediaBox[%s]/Resources<</Font<</F1 3 0 R>>>>" % box
        objects.append(b"<</Type/Page/Parent 2 0 R%s/Contents %d 0 R>>" % (resources, 5 + 2 * i))
        objects.append(stream(zlib.compress(content)))
    return pdf(objects, trailer)


def words(x: float, y: float, text: str, size: float = 10) -> bytes:
    """Text at x, y points from the left and the bottom."""
    return b"BT /F1 %g Tf %g %g Td (%s) Tj ET\n" % (size, x, y, text.encode())


def grid(xs: Sequence[float], ys: Sequence[float]) -> bytes:
    """Ruling lines at these places."""
    across = b"".join(b"%g %g m %g %g l S\n" % (xs[0], y, xs[-1], y) for y in ys)
    return across + b"".join(b"%g %g m %g %g l S\n" % (x, ys[0], x, ys[-1]) for x in xs)

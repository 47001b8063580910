"""What a stand-in that sees answers: the digits of the truth, known by the image that is shown."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any

from extractor.documents import Document
from extractor.documents.crops import crops
from extractor.eval.standin.server import Content
from extractor.eval.truth import Truth
from extractor.pipeline import read_report

Looks = Mapping[str, str]
"""By the hash of an image, what stands in it."""


def looks_of(documents: Iterable[tuple[Document, Truth, bytes]]) -> Looks:
    """What stands in the image of every cell that was read from these scans; each comes with its file's bytes."""
    found: dict[str, str] = {}
    for document, truth, content in documents:
        layout = document.layout
        assert layout is not None
        cells = {cell: r for table in read_report(document).tables.values() for cell, r in table.cells.items()}
        placed = [(cell, layout.boxes(*r.span)[0]) for cell, r in cells.items() if r.span is not None and cell in truth.cells]
        for (cell, _), crop in zip(placed, crops(content, document, [place for _, place in placed]), strict=True):
            number = truth.cells[cell].on_page
            found[_hash(crop)] = "unreadable" if number is None else str(number)
    return found


def seeing(looks: Looks, otherwise: Content, wrong: float = 0.0, seed: int = 0) -> Content:
    """Answers questions that show an image; of an unknown one nothing can be read. `wrong`: the share of images of which
    another number is answered. Questions without an image are answered by `otherwise`."""

    def content(body: dict[str, Any]) -> str:
        shown = images_in(body)
        if not shown:
            return otherwise(body)
        digits = looks.get(_hash(shown[0]), "unreadable")
        rng = Random(f"{seed}/{_hash(shown[0])}")
        if digits.isdigit() and rng.random() < wrong:
            digits = str(int(digits) + rng.choice((1, 3, 10, 100)))
        return json.dumps({"digits": digits})

    return content


def images_in(body: Mapping[str, Any]) -> Sequence[bytes]:
    """The images that a request shows."""
    parts = [part for m in body["messages"] if isinstance(m["content"], list) for part in m["content"]]
    urls = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
    return [base64.b64decode(url.partition(",")[2]) for url in urls]


def _hash(image: bytes) -> str:
    return hashlib.sha256(image).hexdigest()

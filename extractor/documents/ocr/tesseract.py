"""Tesseract as an engine: another opinion, where it is installed (Debian: tesseract-ocr, tesseract-ocr-chi-sim).

All lines of a page go to one process as the pages of one TIFF file; its table of words comes back.
"""

from __future__ import annotations

import csv
import io
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image as images

from extractor.documents.ocr.ink import Grey
from extractor.documents.ocr.recognition import NOTHING, Quad, Recognised, Sign

_SECONDS = 300
_LINE, _WORD = "4", "5"
"""Levels of the table's rows."""


class Tesseract:
    """`languages` as Tesseract names them. Raises FileNotFoundError on use where it is not installed."""

    def __init__(self, languages: str = "chi_sim", threads: int = 1) -> None:
        self._languages = languages
        self._threads = threads

    def read(self, lines: Sequence[Grey], numbers: bool = False) -> list[Recognised]:
        """The text of each line. It has no way to be told that a line is a number."""
        found = [NOTHING] * len(lines)
        if not lines:
            return found
        for row in self._rows(lines, "7"):
            if row["level"] == _WORD and row["text"].strip():
                at = int(row["page_num"]) - 1
                found[at] = _with_word(found[at], row, lines[at].shape[1])
        return found

    def find(self, page: Grey) -> list[Quad]:
        """Boxes of lines of text."""
        boxes = []
        for row in self._rows([page], "3"):
            if row["level"] == _LINE:
                x, y, w, h = (int(row[name]) for name in ("left", "top", "width", "height"))
                boxes.append((x, y, x + w, y + h))
        return boxes

    def _rows(self, pages: Sequence[Grey], mode: str) -> Iterator[dict[str, str]]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "lines.tif"
            first, *rest = [images.fromarray(page) for page in pages]
            first.save(path, save_all=True, append_images=rest, dpi=(300, 300))
            done = subprocess.run(
                ["tesseract", str(path), "stdout", "-l", self._languages, "--psm", mode, "tsv"],
                capture_output=True, check=True, timeout=_SECONDS,
                env={**os.environ, "OMP_THREAD_LIMIT": str(self._threads)},
            )  # fmt: skip
        yield from csv.DictReader(io.StringIO(done.stdout.decode("utf-8")), delimiter="\t", quoting=csv.QUOTE_NONE)


def _with_word(line: Recognised, row: dict[str, str], width: int) -> Recognised:
    """The line with one more word, whose characters all have the word's confidence."""
    text = row["text"].strip()
    sure = min(max(float(row["conf"]) / 100, 0.0), 1.0)
    left, wide = int(row["left"]), int(row["width"])
    middles = [(left + (i + 0.5) * wide / len(text)) / width for i in range(len(text))]
    return Recognised((*line.signs, *(Sign(c, round(sure, 4), at) for c, at in zip(text, middles, strict=True))))

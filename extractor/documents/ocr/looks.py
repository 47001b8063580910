"""Two looks at every number: a digit misread with confidence is the one error that nothing else would find.

The second look sees the same print at another size and with other contrast. What both say is as sure as the surer of them;
where they differ, the surer one is taken, the other one named, and neither believed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import cv2
import numpy as np

from extractor.documents.layout import Alternative
from extractor.documents.ocr.ink import Grey
from extractor.documents.ocr.recognition import Engine, Recognised

MARGINS = (0.3, 0.1)
"""White around a line, as a share of its height: of the first and of the second look."""
DIFFER = 0.5
"""Confidence in a number that two looks read differently, at most."""
_IN_FRONT = re.compile(r"0\d")
"""No number is printed with a nought in front of it."""
_WITH_DIGIT = re.compile(r"\d")


def harder(line: Grey) -> Grey:
    """The line with more contrast, as the second look sees it."""
    soft = cv2.GaussianBlur(line, (0, 0), 1.0)
    sharp = cv2.addWeighted(line, 1.8, soft, -0.8, 0)
    return np.asarray(cv2.convertScaleAbs(sharp, alpha=1.15, beta=-20), np.uint8)


def agreed(first: Recognised, second: Recognised) -> tuple[float, tuple[Alternative, ...]]:
    """Confidence in the first look, and the other readings, after a second look."""
    if first.text == second.text:
        sure = max(first.confidence, second.confidence)
        return sure, _named((*first.alternatives, *second.alternatives), first.text)
    other = Alternative(second.text, round(min(second.confidence, DIFFER), 4))
    return min(first.confidence, DIFFER), _named((other, *first.alternatives), first.text)


def _named(alternatives: Sequence[Alternative], text: str) -> tuple[Alternative, ...]:
    """Each reading once, with its best confidence, likeliest first."""
    best: dict[str, float] = {}
    for other, confidence in alternatives:
        if other != text and confidence > best.get(other, 0.0):
            best[other] = confidence
    return tuple(Alternative(other, best[other]) for other in sorted(best, key=lambda o: -best[o])[:3])


def is_number(recognised: Recognised) -> bool:
    return _WITH_DIGIT.search(recognised.text) is not None


Judged = tuple[Recognised, float, tuple[Alternative, ...]]
"""A line, how sure its reading is, and what else it may be."""


def read_twice(engine: Engine, lines: Sequence[Grey], closer: Sequence[Grey]) -> list[Judged]:
    """The lines as read, each with confidence and alternatives; those with digits after a second look, at `closer`."""
    first = engine.read(lines, numbers=True)
    again = [i for i, line in enumerate(first) if is_number(line)]
    second = dict(zip(again, engine.read([harder(closer[i]) for i in again], numbers=True), strict=True))
    found = []
    for i, line in enumerate(first):
        if i in second and _IN_FRONT.match(line.text):
            found.append((line, min(line.confidence, DIFFER), line.alternatives))
            continue
        if i not in second:
            found.append((line, line.confidence, line.alternatives))
            continue
        other = second[i]
        if other.text != line.text and other.confidence > line.confidence:
            line, other = other, line
        found.append((line, *agreed(line, other)))
    return found

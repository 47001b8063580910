"""PP-OCR's models on onnxruntime, as the wheel of rapidocr brings them: no file is fetched, no network is needed.

rapidocr loads the models, prepares images for detection and makes boxes of its output. Recognition is run here line by line:
in batches of lines of like width (a number of two digits is an image of 64 pixels, not of 320), and decoded with alternatives.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractor.documents.ocr.ink import Grey
from extractor.documents.ocr.recognition import NOTHING, Quad, Recognised, Sign

HEIGHT = 48
"""Pixels: of every line that the model sees."""
_STEP = 32
_BATCH = 16
_WIDEST = 2400
_LONGEST = 12
_WORDS = re.compile("[\u4e01-\u9fff]")  # not 一, which is a dash as well
"""A line with a Chinese character is no number."""

Floats = NDArray[np.float32]


class Paddle:
    """One set of models in memory. `threads`: of onnxruntime; 1 where every core has a process of its own."""

    def __init__(self, threads: int = 1) -> None:
        self._threads = threads

    @cached_property
    def _config(self) -> Any:
        from rapidocr.main import DEFAULT_CFG_PATH
        from rapidocr.utils.parse_parameters import ParseParams

        logging.getLogger("RapidOCR").setLevel(logging.WARNING)
        config = ParseParams.load(DEFAULT_CFG_PATH)
        config.EngineConfig.onnxruntime.intra_op_num_threads = self._threads
        config.EngineConfig.onnxruntime.inter_op_num_threads = 1
        models = files("rapidocr") / "models"
        for part in (config.Det, config.Rec):
            part.engine_cfg = config.EngineConfig.onnxruntime
            part.model_path = str(models / f"{part.ocr_version.value}_{part.task_type.value}_{part.model_type.value}.onnx")
            part.font_path = None
        return config

    @cached_property
    def _recogniser(self) -> Any:
        from rapidocr.ch_ppocr_rec import TextRecognizer

        return TextRecognizer(self._config.Rec)

    @cached_property
    def _characters(self) -> tuple[str, ...]:
        return tuple(self._recogniser.postprocess_op.character)

    @cached_property
    def _detector(self) -> Any:
        from rapidocr.ch_ppocr_det import TextDetector

        return TextDetector(self._config.Det)

    def read(self, lines: Sequence[Grey], numbers: bool = False) -> list[Recognised]:
        """The text of each line; with `numbers`, one without Chinese characters is taken for a number. Lines of like width are
        read together, so that little of an image is padding."""
        prepared = [_prepared(line) for line in lines]
        found = [NOTHING] * len(lines)
        order = sorted(range(len(lines)), key=lambda i: prepared[i].shape[1])
        at = 0
        while at < len(order):
            width = prepared[order[at]].shape[1]
            group = [i for i in order[at : at + _BATCH] if prepared[i].shape[1] == width]
            scores = self._recogniser.session(np.stack([_input(prepared[i]) for i in group]))
            for i, of_line in zip(group, scores, strict=True):
                printed = _scaled(lines[i]) / width
                found[i] = decoded(of_line, self._characters, printed)
                if numbers and len(found[i].text) <= _LONGEST and not _WORDS.search(found[i].text):
                    found[i] = decoded(number_scores(of_line, self._characters), self._characters, printed)
            at += len(group)
        return found

    def find(self, page: Grey) -> list[Quad]:
        """Boxes of lines of text."""
        boxes = self._detector(cv2.cvtColor(page, cv2.COLOR_GRAY2BGR)).boxes
        if boxes is None:
            return []
        low, high = boxes.min(axis=1), boxes.max(axis=1)
        return [(int(a[0]), int(a[1]), int(b[0]) + 1, int(b[1]) + 1) for a, b in zip(low, high, strict=True)]


def _prepared(line: Grey) -> Grey:
    """The line at the model's height, with white up to the next multiple of `_STEP`."""
    scaled = _scaled(line)
    way = cv2.INTER_AREA if line.shape[0] > HEIGHT else cv2.INTER_CUBIC
    image = np.full((HEIGHT, max(-(-scaled // _STEP), 2) * _STEP), 255, np.uint8)
    image[:, :scaled] = cv2.resize(line, (scaled, HEIGHT), interpolation=way)
    return image


def _scaled(line: Grey) -> int:
    """The width of the line at the model's height."""
    height, width = line.shape
    return int(min(max(round(width * HEIGHT / height), 8), _WIDEST))


def _input(line: Grey) -> Floats:
    even = line.astype(np.float32) / 127.5 - 1
    return np.repeat(even[None], 3, axis=0)


_LIKE = {"0": "oO〇○Οο", "1": "lI|i", "-": "一—–−－ー", "/": "丿"}
"""Characters that stand alone like a digit or a sign, and that no cell of numbers holds."""
_OF_NUMBERS = "0123456789.,，．/%()（）+＋-"


@lru_cache(maxsize=4)
def _folding(characters: tuple[str, ...]) -> tuple[list[tuple[int, list[int]]], NDArray[np.bool_]]:
    """For each digit or sign, by index, those that count as it; and which characters stand in numbers."""
    index = {character: i for i, character in enumerate(characters)}
    folds = [(index[to], [index[c] for c in like if c in index]) for to, like in _LIKE.items()]
    of_numbers = np.zeros(len(characters), bool)
    of_numbers[[0, *(index[c] for c in _OF_NUMBERS if c in index)]] = True
    return folds, of_numbers


def number_scores(scores: Floats, characters: tuple[str, ...]) -> Floats:
    """The probabilities if this is a number: O counts as 0, and what stands in no number as nothing."""
    folds, of_numbers = _folding(characters)
    folded = np.where(of_numbers, scores, 0)
    for to, like in folds:
        folded[:, to] += scores[:, like].sum(axis=1)
    return np.asarray(folded, np.float32)


def decoded(scores: Floats, characters: Sequence[str], printed: float = 1.0) -> Recognised:
    """The likeliest text of one line, by the probabilities of shape (places, characters), blank first; of a character that
    goes over several places, the surest place counts. `printed`: the share of the places that is not padding."""
    best = scores.argmax(axis=1)
    signs: list[Sign] = []
    previous = 0
    for at, index in enumerate(best.tolist()):
        top = float(scores[at, index])
        if index and (index != previous or top > signs[-1].confidence):
            if index == previous:
                signs.pop()
            other, other_confidence = _second(scores[at], index, characters)
            middle = (at + 0.5) / (len(best) * printed)
            signs.append(Sign(characters[index], round(min(top, 1.0), 4), min(middle, 1.0), other, round(other_confidence, 4)))
        previous = index
    return Recognised(tuple(signs), round(_overlooked(scores, best), 4))


def _second(scores: Floats, best: int, characters: Sequence[str]) -> tuple[str, float]:
    """The second likeliest at one place ("" for none) and its probability."""
    pair = np.argpartition(scores, -2)[-2:]
    second = int(pair[0] if pair[1] == best else pair[1])
    return characters[second] if second else "", float(scores[second])


def _overlooked(scores: Floats, best: NDArray[np.intp]) -> float:
    """The probability of the likeliest character that was not taken, at a place that is not the edge of one that was."""
    beside = np.concatenate(([0], best, [0]))
    apart = np.flatnonzero((best == 0) & (beside[:-2] == 0) & (beside[2:] == 0))
    return float(scores[apart, 1:].max(initial=0.0)) if len(apart) else 0.0

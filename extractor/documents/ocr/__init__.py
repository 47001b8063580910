"""An image of a page → its paragraphs and tables, with the place of every line and how sure its reading is (extra `scan`)."""

from __future__ import annotations

from extractor.documents.page_reader import PageReader


def page_reader(threads: int = 0) -> PageReader:
    """The default engine's reader. `threads`: for recognition; 0: one for each core. Raises ModuleNotFoundError where the extra
    `scan` is not installed."""
    import cv2
    import onnxruntime  # type: ignore[import-untyped]
    import rapidocr  # noqa: F401  all that is needed, before any page is opened

    from extractor.documents.ocr.paddle import Paddle
    from extractor.documents.ocr.reader import OcrReader

    del onnxruntime
    cv2.setNumThreads(threads or -1)
    return OcrReader(Paddle(threads))

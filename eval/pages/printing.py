"""HTML → PDF by a browser, PDF → page images. One browser prints many reports."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator

import numpy as np
import pypdfium2
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""A page, (height, width, 3), RGB."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)


class NoBrowserError(Exception):
    """No browser of the Chromium family on the path."""


def browser() -> str:
    """The path of the browser. Raises NoBrowserError."""
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    raise NoBrowserError(f"none of {', '.join(BROWSERS)} is installed (Debian: apt-get install chromium fonts-noto-cjk)")


def print_all(pages: Iterable[str]) -> Iterator[bytes]:
    """Each HTML page as a PDF file. Raises NoBrowserError."""
    from playwright.sync_api import sync_playwright

    path = browser()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(_QUIET))
        try:
            sheet = chromium.new_page()
            for html in pages:
                sheet.set_content(html)
                yield sheet.pdf(prefer_css_page_size=True)
        finally:
            chromium.close()


def rasterise(pdf: bytes, dpi: int) -> Iterator[Image]:
    """The pages of a PDF file as images."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            yield np.asarray(page.render(scale=dpi / 72).to_pil().convert("RGB"))
    finally:
        document.close()

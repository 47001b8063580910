"""Images of pages (PNG, JPEG, TIFF with any number of pages) → pictures to be read, one in memory at a time."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from PIL import Image, ImageOps, UnidentifiedImageError

from extractor.documents.sheet import Picture, Sheet
from extractor.documents.unreadable import UnreadableError

PAGES = 1000
PIXELS = 120_000_000
"""Pixels of a page as stored: A3 at 600 dpi has 70 million. Larger pictures than `READ` are made smaller for reading."""
READ = 40_000_000
LEAST = 64
"""Pixels of a side: of fewer, nothing on a page could be read."""
_FORMATS = ("PNG", "JPEG", "TIFF")  # cameras' MPO begin as JPEG and are opened as such
_A4_WIDTH = 8.27
"""Inches. What is not said, or can't be true, of an image's resolution is taken from this."""
_COARSEST, _FINEST = 60.0, 1300.0


def sheets(content: bytes, source: str) -> Iterator[Sheet]:
    """The pages in their order. Raises UnreadableError."""
    with _opened(content, source) as image:
        count = _count(image)
        if count > PAGES:
            raise UnreadableError("E-PAGES", source, count=count, limit=PAGES)
        for index in range(count):
            image.seek(index)
            yield Sheet(picture=_picture(image, index, source))


def pictures(content: bytes, source: str, pages: Sequence[int]) -> Iterator[Picture]:
    """How pages look."""
    with _opened(content, source) as image:
        count = _count(image)
        for page in pages:
            if 0 <= page < count:
                image.seek(page)
                yield _picture(image, page, source)


@contextmanager
def _opened(content: bytes, source: str) -> Iterator[Image.Image]:
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = PIXELS
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        width, height = _stated_size(content)
        raise _out_of_bounds(source, 0, width, height) from None
    except UnidentifiedImageError:
        raise UnreadableError("E-BROKEN", source, kind="PNG/JPEG/TIFF", reason="no image in it") from None


def _count(image: Image.Image) -> int:
    """How many pages; the further images of an MPO are its camera's previews."""
    return 1 if image.format == "MPO" else int(getattr(image, "n_frames", 1))


def _stated_size(content: bytes) -> tuple[int, int]:
    """What the image's header says, whatever it is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        Image.MAX_IMAGE_PIXELS = None
        with suppress(Exception), Image.open(io.BytesIO(content), formats=_FORMATS) as image:  # only to say how large it is
            return image.size
    return 0, 0


def _out_of_bounds(source: str, index: int, width: int, height: int) -> UnreadableError:
    return UnreadableError(
        "E-PIXELS", source, page=index + 1, width=width, height=height, least=LEAST, most=PIXELS // 10_000,
        millions=PIXELS // 1_000_000,
    )  # fmt: skip


def _picture(image: Image.Image, index: int, source: str) -> Picture:
    width, height = image.size
    if min(width, height) < LEAST or width * height > PIXELS:
        raise _out_of_bounds(source, index, width, height)
    dpi = _resolution(image)
    page = ImageOps.exif_transpose(image)
    if page.mode in ("RGBA", "LA", "PA") or "transparency" in page.info:
        page = page.convert("RGBA")
        white = Image.new("RGBA", page.size, "white")
        page = Image.alpha_composite(white, page)  # what is transparent is paper
    if page.mode == "I;16" or page.mode == "I":
        page = page.point(lambda value: value / 256).convert("L")
    page = page.convert("L" if page.mode in ("1", "L") else "RGB")
    if width * height > READ:
        scale = (READ / (width * height)) ** 0.5
        page = page.resize((int(page.width * scale), int(page.height * scale)), Image.Resampling.LANCZOS)
        dpi *= scale
    return Picture(page.mode, page.size, page.tobytes(), dpi)


def _resolution(image: Image.Image) -> float:
    """Dots to the inch: as stated where that can be a page's, else as if the page were A4."""
    stated = image.info.get("dpi")
    if isinstance(stated, tuple) and stated:
        with suppress(TypeError, ValueError, ZeroDivisionError):  # a fraction may be anything
            dpi = float(stated[0])
            if _COARSEST <= dpi <= _FINEST and 3 <= image.width / dpi <= 25:
                return dpi
    return min(max(min(image.size) / _A4_WIDTH, _COARSEST), _FINEST)

"""Images of pages: one picture per page, within bounds, and a clear word where nothing here reads pictures."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from extractor.documents.confined import sheets
from extractor.documents.load import document_from_bytes
from extractor.documents.sheet import Picture
from extractor.documents.unreadable import UnreadableError


def image(width: int, height: int, format: str = "PNG", mode: str = "L", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height), "white").save(out, format, **options)
    return out.getvalue()


def pictures(content: bytes, kind: str = "image") -> list[Picture]:
    found = [sheet.picture for sheet in sheets(kind, content, "scan")]
    assert all(found)
    return [picture for picture in found if picture]


def vast(width: int, height: int) -> bytes:
    """A PNG file of a few bytes that says that it is this large."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packed = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + packed + chunk(b"IEND", b"")


def test_every_page_of_a_tiff_is_a_picture() -> None:
    more = [Image.new("1", (827, 1100)), Image.new("RGB", (1654, 2339))]
    found = pictures(image(1654, 2339, "TIFF", "1", save_all=True, append_images=more, dpi=(200, 200)))
    assert [(p.mode, p.size, round(p.dpi)) for p in found] == [
        ("L", (1654, 2339), 200), ("L", (827, 1100), 200), ("RGB", (1654, 2339), 200),
    ]  # fmt: skip
    assert all(len(p.pixels) == p.size[0] * p.size[1] * len(p.mode) for p in found)


@pytest.mark.parametrize(("stated", "expected"), [((300, 300), 300), ((72, 72), 72), ((1, 1), 100), ((99999, 99999), 100)])
def test_a_resolution_that_no_page_has_is_taken_from_a4(stated: tuple[int, int], expected: int) -> None:
    width = 300 * 827 // 100 if expected == 300 else 827
    (picture,) = pictures(image(width, 1100, dpi=stated))
    assert picture.dpi == pytest.approx(expected, rel=0.01)


def test_what_is_transparent_is_paper() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(out, "PNG")
    (picture,) = pictures(out.getvalue())
    assert set(picture.pixels) == {255}


def test_a_photograph_is_turned_as_its_camera_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    (picture,) = pictures(image(300, 200, "JPEG", exif=exif))
    assert picture.size == (200, 300)


def test_a_scan_in_a_pdf_is_a_picture_as_fine_as_the_scan() -> None:
    (picture,) = pictures(image(1654, 2339, "PDF", resolution=200), "pdf")
    assert picture.dpi == pytest.approx(200, rel=0.01)
    assert (abs(picture.size[0] - 1654), abs(picture.size[1] - 2339)) <= (1, 1)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (image(1, 1), "E-PIXELS"),
        (vast(50_000, 50_000), "E-PIXELS"),
        (vast(20_000, 20_000), "E-PIXELS"),
        (image(200, 200)[:60], "E-BROKEN"),
        (image(200, 200, "TIFF")[:60], "E-BROKEN"),
        (b"\xff\xd8\xff" + b"\0" * 100, "E-BROKEN"),
    ],
)
def test_images_out_of_bounds_say_so(content: bytes, code: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        document_from_bytes(content, "scan.png")
    assert caught.value.code == code
    assert "scan.png" in str(caught.value)
    assert "KeyError" not in str(caught.value)


def test_a_cameras_pair_of_pictures_is_one_page() -> None:
    photograph = image(200, 200, "MPO", save_all=True, append_images=[Image.new("L", (200, 200))])
    assert len(pictures(photograph)) == 1


def test_without_the_scan_extra_the_remedy_is_named(tmp_path: Path) -> None:
    for package in ("cv2", "onnxruntime", "rapidocr"):
        (tmp_path / f"{package}.py").write_text(f"raise ModuleNotFoundError('no {package}', name='{package}')")
    (tmp_path / "scan.png").write_bytes(image(400, 400))
    command = [sys.executable, "-m", "extractor", "extract", "--json", str(tmp_path / "scan.png")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 3
    assert "pip install 'extractor[scan]'" in done.stderr
    assert done.stderr.count("\n") == 1

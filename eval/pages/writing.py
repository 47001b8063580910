"""Generated reports as files of page images, with truth: what `extractor eval run --documents` reads like any other folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from json import dumps
from pathlib import Path

import numpy as np
from PIL import Image as images

from extractor.eval.pages.printed import printed_report
from extractor.eval.pages.printing import Image, print_all, rasterise
from extractor.eval.pages.wears import worn
from extractor.eval.truth import DamageRecord, Truth, truth_json


def write_pages(out: Path, wears: Sequence[str], dpi: int, count: int, seed: int, mix: str = "clean") -> Iterator[str]:
    """Write each report once for each wear, as `WEAR-DPI-SEED-NUMBER.tif` (all its pages) and `….json`; the names, as they
    get done. Raises KeyError for an unknown wear or mix, NoBrowserError, OSError."""
    out.mkdir(parents=True, exist_ok=True)
    drawn = [printed_report(seed, number, mix) for number in range(count)]
    for number, pdf in enumerate(print_all(html for html, _ in drawn)):
        pages = list(rasterise(pdf, dpi))
        for wear in wears:
            name = f"{wear}-{dpi}-{seed}-{number:04d}"
            scanned = [worn(page, wear, f"{seed}/{number}/{index}", dpi) for index, page in enumerate(pages)]
            save_tiff(out / f"{name}.tif", scanned, dpi)
            truth = worn_truth(drawn[number][1], wear)
            (out / f"{name}.json").write_text(dumps(truth_json(truth), ensure_ascii=False, indent=1) + "\n", "utf-8")
            yield name


def worn_truth(truth: Truth, wear: str) -> Truth:
    """The truth of a worn page: its layout is the wear, so that figures come apart by it."""
    damages = () if wear == "clean" else (DamageRecord(wear, 1.0),)
    return replace(truth, layout=wear, damages=damages)


def save_tiff(path: Path, pages: Sequence[Image], dpi: int) -> None:
    """All pages in one file, nothing lost; without colour where there is none."""
    first, *rest = [_plain(page) for page in pages]
    first.save(path, save_all=True, append_images=rest, compression="tiff_adobe_deflate", dpi=(dpi, dpi))


def _plain(page: Image) -> images.Image:
    grey = np.array_equal(page[..., 0], page[..., 1]) and np.array_equal(page[..., 0], page[..., 2])
    return images.fromarray(np.ascontiguousarray(page[..., 0])) if grey else images.fromarray(page)

"""How fast scans are read, by stage, on one thread: `python benchmarks/bench_scan.py [REPORTS] [DPI]`.

Needs the extra `scan` and a browser of the Chromium family (it prints the pages). Not part of `make bench`.
"""

from __future__ import annotations

import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from PIL import Image

from extractor.documents.ocr import page_reader, reader
from extractor.documents.ocr.paddle import Paddle
from extractor.eval.pages.printed import printed_report
from extractor.eval.pages.printing import print_all, rasterise


def timed(spent: dict[str, float], label: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        started = time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            spent[label] += time.process_time() - started

    return call


def main(count: int, dpi: int) -> None:
    pdfs = list(print_all(printed_report(1, number)[0] for number in range(count)))
    spent: dict[str, float] = defaultdict(float)
    for label, name in (
        ("even", "inked"), ("straight", "straight"), ("lines", "rulings"), ("cells", "grids"), ("read tables", "read_twice"),
    ):
        setattr(reader, name, timed(spent, label, getattr(reader, name)))
    find, read = Paddle.find, Paddle.read
    setattr(Paddle, "find", timed(spent, "find text", find))  # noqa: B010  a method, on purpose
    setattr(Paddle, "read", timed(spent, "recognition, all", read))  # noqa: B010
    read_page = page_reader(1)
    pages = 0
    whole = 0.0
    started = time.process_time()
    for pdf in pdfs:
        images = list(rasterise(pdf, dpi))
        spent["render"] += time.process_time() - started
        for image in images:
            before = time.process_time()
            read_page(Image.fromarray(image), 0, dpi)
            whole += time.process_time() - before
            pages += 1
        started = time.process_time()
    print(f"{count} reports, {pages} pages at {dpi} dpi, seconds of one core per page:")
    for label, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        print(f"  {label:20} {seconds / pages:6.3f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {'all':20} {whole / pages:6.3f}")
    print(f"{60 * pages / whole:.0f} pages a minute, {whole / count:.1f} s a report, peak {peak:.0f} MB")


if __name__ == "__main__":
    main(*(int(a) for a in (*sys.argv[1:], *("3", "200")[len(sys.argv) - 1 :])))

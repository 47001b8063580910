"""A reviewer's session, driven by a script in a browser: how many keys a decision takes, and how long the desk takes to go on.

    python benchmarks/bench_session.py [--findings 50] [--reports 40] [--seed 7]

Damaged reports with truth are drawn (`extractor.eval.generate`), read and put into an archive; the script works through the
queue as somebody would who sees the page and makes no mistake: takes the choice that says what the page says where there is
one, says that all was read rightly where it was, and types the numbers from the first wrong cell on otherwise. Every key
counts, digits and the Enter behind them too. Wants Chromium (/usr/bin/chromium).
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import uvicorn
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import Engine, select

from extractor.archive import store
from extractor.archive.connecting import connect
from extractor.archive.entry import entry_of
from extractor.archive.schema import documents
from extractor.documents.load import load
from extractor.eval.generate import generate
from extractor.eval.truth import Truth
from extractor.pipeline import NotAReportError, extract
from extractor.report import State
from extractor.review.app import Serving, create_app
from extractor.review.identity import Alone

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)
_NOW = "() => [JSON.parse(document.getElementById('data').textContent), {...document.getElementById('main').dataset}]"
_ON = "turn => (document.getElementById('main')?.dataset.turn ?? '') !== turn"


def fill(engine: Engine, folder: Path, reports: int, seed: int) -> dict[int, Truth]:
    """Draw reports into an archive; their truths by the archive's numbers."""
    truths: dict[str, Truth] = {}
    with store.writing(engine) as connection, connection.begin():
        configuration = store.configuration(connection, "bench", {})
        run = store.begin_run(connection, configuration, {}, "bench", 0)
        for number in range(reports):
            sample = generate(seed, number=number)
            path = folder / f"{sample.name}.txt"
            path.write_text(sample.text, "utf-8")
            document = load(path)
            try:
                report, verification = extract(document)
            except NotAReportError:
                continue
            entry = entry_of(document, path.stat().st_size, report, verification)
            store.put(connection, entry, run, configuration, str(path), "")
            truths[document.id] = sample.truth
    with engine.connect() as connection:
        return {row.id: truths[row.hash] for row in connection.execute(select(documents.c.id, documents.c.hash))}


@contextmanager
def served(engine: Engine) -> Iterator[str]:
    """The review's server on a free port; the link into it."""
    alone = Alone("bench")
    server = uvicorn.Server(uvicorn.Config(create_app(engine, Serving(alone=alone)), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/enter?key={alone.secret}"
    finally:
        server.should_exit = True
        thread.join()


def on_page(truth: Truth, cell: str) -> str | None:
    """What the page says in a cell; None where no number stands there."""
    known = truth.cells.get(cell)
    if known is None or (known.page_state or known.state) is not State.PRINTED or known.on_page is None:
        return None
    return str(known.on_page)


def keys_for(finding: dict[str, Any], cells: dict[str, Any], truth: Truth, active: str) -> tuple[list[str], str]:
    """The keys that decide a finding rightly, and the kind of way it is."""

    def wrong(cell: str) -> bool:
        known, right = cells[cell], on_page(truth, cell)
        return right is not None and known.get("decided", known.get("value", known.get("deduced"))) != right

    options = finding["options"]
    for at, option in enumerate(options):
        values = option["values"]
        if any(wrong(cell) for cell, _ in values) and all(value == on_page(truth, cell) for cell, value in values):
            return (["Enter"] if at == 0 else [str(at + 1)]), "proposal"
    doubted = list(dict.fromkeys(finding["suspects"])) or finding["cells"]
    bad = [cell for cell in doubted if wrong(cell)]
    if not bad and finding["severity"] == "error":
        bad = [cell for cell in finding["cells"] if wrong(cell)]
    if not bad:
        return (["Enter"] if options[0]["kind"] == "as_printed" else ["p"]), "as read"
    order = list(dict.fromkeys([*(c for o in options for c, _ in o["values"]), *finding["suspects"], *finding["cells"]]))
    steps = (order.index(bad[0]) - (order.index(active) if active in order else 0)) % len(order)
    move = ["l"] * steps if steps <= len(order) // 2 else ["h"] * (len(order) - steps)
    line = order[order.index(bad[0]) :]
    numbers = [on_page(truth, cell) for cell in line[: line.index(bad[-1]) + 1 if bad[-1] in line else 1]]
    known = list(takewhile(lambda number: number is not None, numbers))
    return [*move, "e", *" ".join(map(str, known)), "Enter"], "typed"


def session(page: Page, link: str, truths: dict[int, Truth], findings: int) -> None:
    page.goto(link)
    page.keyboard.press("s")
    page.wait_for_selector("#main [data-options] button")
    keys: list[int] = []
    ways: Counter[str] = Counter()
    waits: list[float] = []
    longest: Counter[str] = Counter()
    while len(keys) < findings and page.locator("body.desk").count():
        data, now = page.evaluate(_NOW)
        finding = next(f for f in data["findings"] if str(f["id"]) == now["finding"])
        pressed, way = keys_for(finding, data["cells"], truths[data["document"]], now["cell"])
        for key in pressed[:-1]:
            page.keyboard.press(key)
        began = time.perf_counter()
        page.keyboard.press(pressed[-1])
        page.wait_for_function(_ON, arg=now["turn"])
        waits.append(time.perf_counter() - began)
        keys.append(len(pressed))
        ways[way] += 1
        longest[finding["code"]] += len(pressed) > 1
    one = sum(n == 1 for n in keys)
    tail = quantiles(waits, n=20)[-1]
    print(f"decisions {len(keys)}: with one key {one} ({one / len(keys):.0%}); keys per decision {sum(keys) / len(keys):.2f}")
    print("ways: " + ", ".join(f"{way} {count}" for way, count in ways.most_common()))
    print("more than one key: " + ", ".join(f"{code} {count}" for code, count in longest.most_common() if count))
    print(f"from the last key to the next finding on screen: median {median(waits) * 1e3:.0f} ms, 95 % {tail * 1e3:.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--findings", type=int, default=50)
    parser.add_argument("--reports", type=int, default=40)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = connect(str(Path(folder) / "bench.db"))
        truths = fill(engine, Path(folder), asked.reports, asked.seed)
        with served(engine) as link, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            session(page, link, truths, asked.findings)
            browser.close()
        engine.dispose()


if __name__ == "__main__":
    main()

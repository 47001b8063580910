"""Reports per second with a model on the other end: `make bench`, or python benchmarks/bench_model.py [--reports N]

A stand-in answers from another process, at once and after half a second, to 64 questions at a time from this one. Beside the
modes of this software, in the same run: a plain instructor call with a pydantic model that has a field for every cell, given
the same documents, with nothing before and nothing behind it; so one line is the model reader without what the rules read
before it and the verifier does behind it. No language model is at work; what is measured is the time of this side.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import multiprocessing
import time
from collections.abc import Awaitable, Callable
from functools import cache
from multiprocessing.connection import Connection
from typing import Any

import httpx2
import instructor
import openai
from pydantic import BaseModel, create_model
from rich import box
from rich.console import Console
from rich.table import Table

from extractor.asking import extract_async
from extractor.documents import Document
from extractor.eval.datasets import GeneratedSet
from extractor.eval.standin.answers import Library
from extractor.eval.standin.server import StandIn, from_library
from extractor.eval.truth import Truth
from extractor.forms import form
from extractor.llm.client import AsyncClient
from extractor.llm.limits import Limits, Pacer
from extractor.llm.profiles import profiles
from extractor.llm.settings import Settings
from extractor.pipeline import read_report
from extractor.reading.modes import Mode, finish, plan

CONCURRENCY = 64
SEED = 21
_PLAIN = "请从报告中提取各表各格的数字，格中无数则为 null。"


@cache
def plain_model(code: str) -> type[BaseModel]:
    """A field for every cell of the form's tables, as one writes it down: table, row, column."""
    tables: dict[str, Any] = {}
    for table in form(code).tables:
        rows: dict[str, Any] = {}
        for row in table.rows:
            columns: dict[str, Any] = {key: (float | None, None) for key in row.columns}
            name = row.key.replace(".", "_")
            rows[name] = (create_model(f"{table.key}_{name}", **columns), ...)
        tables[table.key] = (create_model(table.key, **rows), ...)
    return create_model("PlainReport", **tables)


def plain_answer(truth: Truth) -> str:
    """What a perfect model answers to the plain question."""
    code = next(iter(truth.tables.values()))
    whole = {
        table.key: {
            row.key.replace(".", "_"): {
                column: None if (true := truth.cells.get(cell)) is None or true.value is None else float(true.value)
                for column, cell in zip(row.columns, row.cells, strict=True)
            }
            for row in table.rows
        }
        for table in form(code).tables
    }
    return json.dumps(whole)


def serve(count: int, latency: float, ready: Connection) -> None:
    """The stand-in's process: answers are made before the clock runs."""
    dataset = GeneratedSet("default", count, SEED)
    documents = [dataset.load(name) for name in dataset.names()]
    known = from_library(Library(documents))
    plain = {document.text: plain_answer(truth) for document, truth in documents}
    made: dict[str, str] = {}

    def content(body: dict[str, Any]) -> str:
        shown = body["messages"][-1]["content"]
        if shown not in made:
            made[shown] = plain[shown] if shown in plain else known(body)
        return made[shown]

    async def run() -> None:
        standin = StandIn(content, latency=latency)
        async with standin.serving() as server:
            ready.send(standin.base_url)
            await server.serve_forever()

    asyncio.run(run())


async def timed(documents: list[Document], read: Callable[[Document], Awaitable[object]]) -> tuple[float, float]:
    """Reports per second of wall time, and per second of this process's CPU, over a second pass (the first fills caches)."""
    places = asyncio.Semaphore(CONCURRENCY)

    async def one(document: Document) -> None:
        async with places:
            await read(Document(document.id, document.source, document.text))  # a new one: its view is not there yet

    wall = cpu = 0.0
    for _ in range(2):
        gc.collect()
        gc.freeze()  # what is there for good needs no looking at again: for all that is measured alike
        wall, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*[one(document) for document in documents])
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return len(documents) / wall, len(documents) / cpu


async def measure(base_url: str, documents: list[Document], codes: list[str]) -> dict[str, tuple[float, float]]:
    settings = Settings(base_url, "none", "stand-in", profiles()["openai"])
    client = AsyncClient(settings, pacer=Pacer(Limits(concurrency=CONCURRENCY)))
    sdk = openai.AsyncOpenAI(
        base_url=base_url, api_key="none", max_retries=0, timeout=180.0,
        http_client=openai.DefaultAsyncHttpxClient(limits=httpx2.Limits(max_connections=CONCURRENCY)),
    )
    plain = instructor.from_openai(sdk, mode=instructor.Mode.JSON_SCHEMA)
    code_of = {document.id: code for document, code in zip(documents, codes, strict=True)}

    async def plainly(document: Document) -> object:
        messages: Any = [{"role": "system", "content": _PLAIN}, {"role": "user", "content": document.text}]
        model = plain_model(code_of[document.id])
        return await plain.chat.completions.create(model="stand-in", messages=messages, response_model=model, strict=False)

    def ours(mode: Mode) -> Callable[[Document], Awaitable[object]]:
        return lambda document: extract_async(document, mode, [client])

    bases = {document.id: read_report(document) for document in documents}

    async def alone(document: Document) -> object:
        planned = plan(document, bases[document.id], None, "model")
        return finish(planned, [await client.ask(planned.question)] if planned.question else [])

    modes: tuple[Mode, ...] = ("grid", "cascade", "model", "challenge")
    found = {"plain instructor call": await timed(documents, plainly)}
    found["model, asking and looking up alone"] = await timed(documents, alone)
    for mode in modes:
        found[f"{mode}, from text to findings"] = await timed(documents, ours(mode))
    await client.close()
    await sdk.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=192, help="generated reports (default %(default)s)")
    count = parser.parse_args().reports
    logging.getLogger("instructor").addHandler(logging.NullHandler())
    dataset = GeneratedSet("default", count, SEED)
    loaded = [dataset.load(name) for name in dataset.names()]
    documents, codes = [document for document, _ in loaded], [next(iter(truth.tables.values())) for _, truth in loaded]
    results = {}
    for latency in (0.0, 0.5):
        here, there = multiprocessing.get_context("spawn").Pipe()
        process = multiprocessing.get_context("spawn").Process(target=serve, args=(count, latency, there), daemon=True)
        process.start()
        results[latency] = asyncio.run(measure(here.recv(), documents, codes))
        process.terminate()
        process.join()
    _print(results, count)


def _print(results: dict[float, dict[str, tuple[float, float]]], count: int) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("", "0 ms: per second", "per CPU second", "of plain", "500 ms: per second", "per CPU second", "of plain"):
        table.add_column(title, justify="right" if title else "left", no_wrap=not title)
    plain = {latency: found["plain instructor call"][1] for latency, found in results.items()}
    for name in results[0.0]:
        cells = []
        for latency, found in results.items():
            wall, cpu = found[name]
            cells += [f"{wall:.0f}", f"{cpu:.0f}", f"{cpu / plain[latency]:.1f}×"]
        table.add_row(name, *cells)
    console = Console(highlight=False, width=150)
    console.print(f"{count} generated reports, {CONCURRENCY} at a time, one process; the stand-in in another, no model at work")
    console.print(table)


if __name__ == "__main__":
    main()

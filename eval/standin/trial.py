"""python -m extractor.eval.standin.trial: the four modes against a stand-in that errs, side by side.

For each rate of wrong values per cell: what the stand-in sent wrong, what of it was taken with no finding naming the cell, what
a person has to look at, tokens and calls. It shows what the software makes of an answer that is wrong in known ways; how often
a real model is wrong it does not show.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table

from extractor.asking import extract_async
from extractor.documents import Document
from extractor.eval.curves import effort
from extractor.eval.datasets import DataSet, FolderSet, GeneratedSet
from extractor.eval.judge import SILENT
from extractor.eval.score import score
from extractor.eval.standin.answers import Library
from extractor.eval.standin.errors import HARDEST, KINDS, ErrorModel
from extractor.eval.standin.server import Content, StandIn, from_library
from extractor.eval.truth import Truth
from extractor.llm.client import AsyncClient
from extractor.llm.profiles import profiles
from extractor.llm.settings import Settings
from extractor.output import to_json_object
from extractor.reading.model.answer import Row
from extractor.reading.model.codes import runs
from extractor.reading.modes import MODES, Mode

Read = Sequence[tuple[Document, Truth]]


class Marked:
    """The content of a stand-in's answers, and how many of their values are not those of a right answer."""

    def __init__(self, library: Library, errors: ErrorModel) -> None:
        self.right, self.given = from_library(library), from_library(library, errors)
        self.values = self.wrong = 0

    def __call__(self, body: dict[str, Any]) -> str:
        given = self.given(body)
        right, wrong = _values(self.right(body)), _values(given)
        self.values += len(right)
        self.wrong += sum(right.get(key) != wrong.get(key) for key in right.keys() | wrong.keys())
        return given


def _values(content: str) -> dict[tuple[str, int], tuple[str | None, int | None]]:
    """Value and line by row and column; columns of rows of zeros count as one."""
    answer = json.loads(content)
    found: dict[tuple[str, int], tuple[str | None, int | None]] = {}
    for row in (row for entry in answer["rows"] for row in Row.of(entry)):
        found.update({(row.code, column): (value, row.line) for column, value in enumerate(row.values)})
    for code, line in runs(answer["zero"]):
        columns = {"r": 7, "p": 5}.get(code[0], 1)
        found.update({(code, column): ("0", line) for column in range(columns)})
    return found


async def trial(documents: Read, library: Library, mode: Mode, errors: ErrorModel) -> dict[str, Any]:
    """One mode with one error model."""
    content = Marked(library, errors)
    answering: Content = content
    standin = StandIn(answering)
    async with standin.serving():
        client = AsyncClient(Settings(standin.base_url, "none", "stand-in", profiles()["openai"]))
        read = await asyncio.gather(*[extract_async(document, mode, [client]) for document, _ in documents])
        await client.close()
    outcomes: Counter[str] = Counter()
    lines: list[dict[str, Any]] = []
    tokens: Counter[str] = Counter()
    for (document, truth), (report, verification) in zip(documents, read, strict=True):
        line = score(truth, to_json_object(document, report, verification), document.text)
        lines.append(line)
        for key, n in line["cells"].items():
            outcomes[key.split("|")[3]] += n
        for asked in report.models:
            tokens.update({"in": asked.tokens_in, "out": asked.tokens_out})
    looked = effort(lines)
    count = len(documents)
    return {
        "calls": len(standin.requests) / count, "in": tokens["in"] / count, "out": tokens["out"] / count,
        "sent": content.wrong, "values": content.values, "silent": sum(outcomes[k] for k in SILENT),
        "missed": outcomes["missed"], "cells": sum(outcomes.values()), "named": looked["named"] / looked["fields"],
        "looks": looked["targets_all"],
    }


@click.command()
@click.option("--documents", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Default: generated reports.")
@click.option("--truth", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--mix", default="default", show_default=True)
@click.option("--count", default=200, show_default=True)
@click.option("--seed", default=31, show_default=True)
@click.option("--errors", default="0,0.001,0.01,0.05", show_default=True, help="Rates of wrong values per cell.")
@click.option("--hardest", is_flag=True, help="Errors made of numbers that stand on the page, at the lines named.")
def main(
    documents: Path | None, truth: Path | None, mix: str, count: int, seed: int, errors: str, hardest: bool
) -> None:
    """The four modes against a stand-in with these rates of wrong values."""
    dataset: DataSet = FolderSet(documents, truth or documents) if documents else GeneratedSet(mix, count, seed)
    read = [dataset.load(name) for name in dataset.names()]
    library = Library(read)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    titles = ("rate", "mode", "calls", "tokens in", "out", "values sent wrong", "silent", "missed", "cells", "fields named")
    for title in (*titles, "looks for 99 %", "99.9 %"):
        table.add_column(title, justify="left" if title == "mode" else "right")
    for rate in map(float, errors.split(",")):
        for mode in MODES:
            if mode == "grid" and rate != float(errors.split(",")[0]):
                continue
            r = asyncio.run(trial(read, library, mode, ErrorModel(rate, seed, HARDEST if hardest else KINDS)))
            looks = [str(r["looks"][target]) for target in ("99.00%", "99.90%")]
            table.add_row(
                f"{rate:.1%}", mode, f"{r['calls']:.2f}", f"{r['in']:.0f}", f"{r['out']:.0f}", f"{r['sent']} / {r['values']}",
                str(r["silent"]), str(r["missed"]), str(r["cells"]), f"{r['named']:.1%}", *looks,
            )
    console = Console(width=150, highlight=False)
    console.print(f"{len(read)} reports; a stand-in answers, no model is at work; tokens are estimates")
    console.print(table)


if __name__ == "__main__":
    main()

"""python -m extractor.eval.standin.sizes: tokens of a right answer beside those of JSON with a field for every cell.

Estimates, made alike for all (`tokens`): no tokenizer is at hand. No model is at work.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from extractor.eval.datasets import DataSet, FolderSet, GeneratedSet
from extractor.eval.standin.answers import Known, Library, as_json, right_answer
from extractor.eval.standin.tokens import estimated_tokens
from extractor.eval.truth import Truth
from extractor.forms import form
from extractor.reading.model.question import Wanted, question

TABLES = ("rows", "zero", "blank", "absent")


def _whole(truth: Truth, known: Known | None) -> dict[str, Any]:
    """Every cell of the form's tables by table, row and column: its value, or with `known` its state, value and line."""
    def cell(id_: str) -> Any:
        true = truth.cells.get(id_)
        value = None if true is None or true.value is None else int(true.value)
        if known is None:
            return value
        place = known.places.get(id_)
        start = known.lines.document.view.view_span(*place)[0] if place else -1
        line = next((n for n, numbered in known.lines.numbered.items() if numbered.start <= start < numbered.end), None)
        return {"state": "absent" if true is None else true.state.value, "value": value, "line": line}

    rows = {key: form(code).table(key).rows for key, code in truth.tables.items()}
    return {
        key: {row.key: {c: cell(id_) for c, id_ in zip(row.columns, row.cells, strict=True)} for row in own}
        for key, own in rows.items()
    }


def sizes(known: Known) -> dict[str, int]:
    """Tokens of one report: of the right answer, its tables and its narrative apart, of both kinds of whole JSON, of question
    and document."""
    answer = as_json(right_answer(known, ["d", "r", "p", "n"]))
    asked = question(known.lines, known.report, Wanted(known.truth.tables, True))

    def tokens(value: Mapping[str, Any]) -> int:
        return estimated_tokens(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    return {
        "answer": tokens(answer),
        "tables": tokens({key: answer[key] for key in TABLES}),
        "narrative": tokens({key: answer[key] for key in answer if key not in TABLES}),
        "values": tokens(_whole(known.truth, None)),
        "whole": tokens(_whole(known.truth, known)),
        "fixed": estimated_tokens(asked.fixed) if asked else 0,
        "question": estimated_tokens(asked.document) if asked else 0,
        "document": estimated_tokens(known.lines.document.text),
    }


@click.command()
@click.option("--documents", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Default: generated reports.")
@click.option("--truth", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--mix", default="default", show_default=True)
@click.option("--count", default=60, show_default=True)
@click.option("--seed", default=31, show_default=True)
def main(documents: Path | None, truth: Path | None, mix: str, count: int, seed: int) -> None:
    """Means over the reports, and the answer's share of JSON with state, value and line of every cell."""
    dataset: DataSet = FolderSet(documents, truth or documents) if documents else GeneratedSet(mix, count, seed)
    library = Library(dataset.load(name) for name in dataset.names())
    found = [sizes(known) for known in library.known()]
    for key in found[0]:
        click.echo(f"{key:10} {sum(size[key] for size in found) / len(found):8.0f}")
    shares = sorted(size["answer"] / size["whole"] for size in found)
    click.echo(f"answer / whole: {shares[0]:.1%} … {shares[-1]:.1%}, mean {sum(shares) / len(shares):.1%}")


if __name__ == "__main__":
    main()

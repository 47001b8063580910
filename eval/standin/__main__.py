"""python -m extractor.eval.standin: serve a stand-in for reports whose truth is known, until stopped."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from extractor.eval.datasets import DataSet, FolderSet, GeneratedSet
from extractor.eval.standin.answers import Library
from extractor.eval.standin.errors import ErrorModel
from extractor.eval.standin.faults import Faults
from extractor.eval.standin.server import StandIn, from_library


@click.command()
@click.option("--documents", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Default: generated reports.")
@click.option("--truth", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Default: the same folder.")
@click.option("--mix", default="default", show_default=True)
@click.option("--count", default=20, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--errors", default=0.0, show_default=True, help="Wrong values per cell.")
@click.option("--latency", default=0.0, show_default=True, help="Seconds before each response.")
@click.option("--faults", default="", help="What befalls the first requests, e.g. 429:1,500,drop.")
@click.option("--port", default=0, show_default=True, help="0: any free one.")
def main(documents: Path | None, truth: Path | None, mix: str, count: int, seed: int, errors: float, latency: float,
         faults: str, port: int) -> None:
    """Answer questions of the model reader from truth, on loopback. No model is at work here."""
    dataset: DataSet = FolderSet(documents, truth or documents) if documents else GeneratedSet(mix, count, seed)
    library = Library(dataset.load(name) for name in dataset.names())
    script = faults.split(",") if faults else []
    standin = StandIn(from_library(library, ErrorModel(errors, seed)), Faults(script), latency)

    async def serve() -> None:
        async with standin.serving(port) as server:
            click.echo(f"EXTRACTOR_BASE_URL={standin.base_url} EXTRACTOR_MODEL=stand-in EXTRACTOR_API_KEY=none")
            await server.serve_forever()

    asyncio.run(serve())


if __name__ == "__main__":
    main()

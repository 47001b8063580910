"""Data sets: where documents and their truths come from. Generated sets are drawn again wherever they are needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from json import dumps
from pathlib import Path
from typing import Any

from extractor.documents import Document
from extractor.documents.document import content_id
from extractor.documents.load import load
from extractor.eval.generate import generate
from extractor.eval.truth import Truth, read_truth, truth_json


@dataclass(frozen=True, slots=True)
class GeneratedSet:
    """`count` reports drawn with `seed` and the mix of this name; `layout` fixes the layout of tables."""

    mix: str
    count: int
    seed: int
    layout: str = ""

    def names(self) -> list[str]:
        return [f"{self.mix}-{self.seed}-{n:06d}" for n in range(self.count)]

    def load(self, name: str) -> tuple[Document, Truth]:
        sample = generate(self.seed, self.mix, int(name.rpartition("-")[2]), self.layout)
        return Document(content_id(sample.text.encode()), name + ".txt", sample.text), sample.truth

    def settings(self) -> dict[str, Any]:
        return {"kind": "generated", **asdict(self)}


@dataclass(frozen=True, slots=True)
class FolderSet:
    """A truth file for each document, in two folders (or one): a truth belongs to the document of the same stem."""

    documents: Path
    truths: Path

    def names(self) -> list[str]:
        """The stems that have both. Raises OSError where a folder can't be read."""
        stems = {p.stem for p in self.documents.iterdir() if p.suffix != ".json" and p.is_file()}
        return sorted(p.stem for p in self.truths.glob("*.json") if p.stem in stems)

    def load(self, name: str) -> tuple[Document, Truth]:
        path = next(p for p in sorted(self.documents.iterdir()) if p.stem == name and p.suffix != ".json")
        return load(path), read_truth(self.truths / f"{name}.json")

    def settings(self) -> dict[str, Any]:
        return {"kind": "folder", "documents": self.documents.name, "truths": self.truths.name, "count": len(self.names())}


DataSet = GeneratedSet | FolderSet


def written(dataset: GeneratedSet, folder: Path) -> None:
    """Write a generated set as files: `NAME.txt` and `NAME.json`. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in dataset.names():
        document, truth = dataset.load(name)
        (folder / f"{name}.txt").write_text(document.text, "utf-8", newline="")
        (folder / f"{name}.json").write_text(dumps(truth_json(truth), ensure_ascii=False, indent=1) + "\n", "utf-8")


def from_settings(settings: Mapping[str, Any]) -> GeneratedSet:
    """The generated set that a run's settings describe. Raises ValueError for a set read from folders."""
    if settings.get("kind") != "generated":
        raise ValueError("only generated data sets can be drawn again")
    return GeneratedSet(settings["mix"], settings["count"], settings["seed"], settings.get("layout", ""))

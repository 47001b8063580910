"""JSON Lines: the contract's object of each report, with the decided layer in its cells, and the findings between reports."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from extractor.export.items import Item
from extractor.output import dumps, finding_object, to_json_object


def write_lines(path: Path, items: Iterable[Item]) -> None:
    """One line per report."""
    with path.open("wb") as file:
        for item in items:
            file.write(dumps(_object(item)) + b"\n")


def _object(item: Item) -> dict[str, object]:
    content = item.current.content
    out = to_json_object(item.current.document, content.report, content.verification, item.decided)
    out["between_reports"] = [finding_object(listed.finding) for listed in reversed(item.findings) if listed.number < 0]
    return out

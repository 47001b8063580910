"""The figures of runs as Markdown tables, for the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from extractor.eval.metrics import METRICS


def _rate(value: float | None) -> str:
    if value is None:
        return "—"
    if value == 0:
        return "0"
    return f"{value * 1e6:.1f} ppm" if abs(value) < 5e-4 else f"{value:.2%}"


def figures(summaries: Mapping[str, Mapping[str, Any]]) -> str:
    """One line per metric, one column per run."""
    rows = ["| | " + " | ".join(summaries) + " |", "|---|" + "---|" * len(summaries)]
    for metric in METRICS:
        cells = []
        for summary in summaries.values():
            entry = summary["metrics"][metric.key]
            interval = f" ({_rate(entry['low'])} – {_rate(entry['high'])})" if entry["value"] is not None else ""
            cells.append(_rate(entry["value"]) + interval)
        rows.append(f"| {metric.title} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def silent_by_damage(summary: Mapping[str, Any]) -> str:
    """Silent errors of a run by the damage of the cell."""
    rows = ["| damage of the cell | reports | cells | silent, text | or info | silent, page | or info | wrong, flagged |",
            "|---|--:|--:|--:|--:|--:|--:|--:|"]
    keys = ("text_silent", "text_quiet", "page_silent", "page_quiet", "flagged")
    for name, group in summary["by_damage"].items():
        counts = " | ".join(f"{group.get(key, 0):,}" for key in keys)
        rows.append(f"| {name} | {group['documents']:,} | {group['cells']:,} | {counts} |")
    return "\n".join(rows)

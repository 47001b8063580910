"""The figures of a run: each is a ratio of two counts per document, so that documents can be drawn again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from extractor.eval.intervals import Floats, bounds, point, ratios
from extractor.eval.judge import GOOD, QUIET, SILENT

Line = Mapping[str, Any]
Cell = tuple[str, str, str, str, str, int, str]
"""Table, state in the text, damage, outcome against the text, outcome against the page, count, and the loudest finding that
names it ("silent": none does; empty in lines of runs that did not keep it)."""


def cells_of(line: Line) -> list[Cell]:
    out = []
    for key, count in line["cells"].items():
        table, state, damage, by_text, by_page, *flag = key.split("|")
        out.append((table, state, damage, by_text, by_page, count, flag[0] if flag else ""))
    return out


Count = Callable[[Line], tuple[float, float]]


def _cells(wanted: Callable[[Cell], bool], of: Callable[[Cell], bool] = lambda c: True) -> Count:
    def count(line: Line) -> tuple[float, float]:
        inside = [c for c in cells_of(line) if of(c)]
        return sum(c[5] for c in inside if wanted(c)), sum(c[5] for c in inside)

    return count


def _counts(group: str, good: Sequence[str], every: Sequence[str], where: Callable[[str], bool] = lambda k: True) -> Count:
    """Of the counts of this group whose key passes, those whose last part is good among those whose last part is in `every`."""
    def count(line: Line) -> tuple[float, float]:
        tally: Counter[str] = Counter()
        for key, n in line[group].items():
            if where(key):
                tally[key.rpartition("|")[2]] += n
        return sum(tally[k] for k in good), sum(tally[k] for k in every)

    return count


def _unnamed(cell: Cell) -> bool:
    """A wrong or a missing number that no finding of any severity names."""
    return cell[4] not in GOOD and cell[6] == "silent"


def _checked(cell: Cell) -> bool:
    return cell[0] != "disclosure"


@dataclass(frozen=True, slots=True)
class Metric:
    """`count` gives numerator and denominator of one document. `gated`: a supported change for the worse stops the gate,
    if it is larger than `margin`, which is what may be traded for something else without asking."""

    key: str
    title: str
    better: Literal["low", "high"]
    count: Count
    gated: bool = True
    margin: float = 0.0


METRICS: tuple[Metric, ...] = (
    Metric("text_silent", "silent errors against the text, share of cells", "low", _cells(lambda c: c[3] in SILENT)),
    Metric("text_quiet", "the same, findings of severity info not counted as flags", "low", _cells(lambda c: c[3] in QUIET)),
    Metric("page_silent", "silent errors against the page, requests and disputes", "low",
           _cells(lambda c: c[4] in SILENT, _checked)),
    Metric("page_quiet", "the same, findings of severity info not counted", "low", _cells(lambda c: c[4] in QUIET, _checked)),
    Metric("page_silent_disclosure", "silent errors against the page, disclosure", "low",
           _cells(lambda c: c[4] in SILENT, lambda c: not _checked(c))),
    Metric("text_right", "cells right against the text", "high", _cells(lambda c: c[3] in GOOD), margin=0.0005),
    Metric("text_read", "printed cells whose number was read or recovered", "high",
           _cells(lambda c: c[3] in ("right", "recovered"), lambda c: c[1] == "printed"), margin=0.001),
    Metric("page_right", "cells right against the page", "high", _cells(lambda c: c[4] in GOOD), margin=0.001),
    Metric("page_right_or_named", "cells right against the page, or named by some finding", "high",
           _cells(lambda c: not _unnamed(c)), gated=False),
    Metric("flagged_wrong", "wrong numbers that a finding names, share of cells", "low",
           _cells(lambda c: c[3] in ("wrong_flagged", "spurious_flagged")), gated=False),
    Metric("fields_to_look_at", "fields that errors and warnings name, share of cells", "low",
           lambda line: (sum(n for key, (n, _) in line["effort"].items() if key[0] in "01"), sum(line["cells"].values())),
           margin=0.005),
    Metric("deduced_false", "deduced values and intervals that are false, where the text has no wrong number", "low",
           _counts("deduced", ("false",), ("true", "false"), lambda k: "|faithful|" in k)),
    Metric("deduced_false_all", "deduced values and intervals that are false, all documents", "low",
           _counts("deduced", ("false",), ("true", "false")), gated=False),
    Metric("header_right", "header fields right", "high",
           _counts("header", ("right",), ("right", "wrong", "missed", "spurious"))),
    Metric("figures_precision", "figures of the narrative, precision", "high",
           _counts("figures", ("right",), ("right", "wrong", "spurious")), margin=0.001),
    Metric("figures_recall", "figures of the narrative, recall", "high",
           _counts("figures", ("right",), ("right", "wrong", "missed")), margin=0.001),
    Metric("claims_precision", "claims, precision", "high", _counts("claims", ("found",), ("found", "verdict", "spurious")),
           margin=0.001),
    Metric("claims_recall", "claims, recall with the right verdict", "high",
           _counts("claims", ("found",), ("found", "verdict", "missed")), margin=0.001),
    Metric("findings_precision", "findings of severity error that are justified", "high",
           _counts("findings", ("justified",), ("justified", "unjustified"), lambda k: "|error|" in k)),
    Metric("false_alarms", "unjustified findings of severity error per undamaged document", "low",
           lambda line: (sum(n for k, n in line["findings"].items() if k.endswith("|error|unjustified")), 1) if line["clean"]
           else (0, 0)),
    Metric("damages_found", "damages with a trace that some finding names", "high",
           _counts("damages", ("found", "info"), ("found", "info", "missed"))),
    Metric("located_first", "the only wrong cell, in requests: it is the first suspect", "high",
           lambda line: (line["localisation"].get("requests|1|first", 0), line["localisation"].get("requests|1|wrong", 0))),
    Metric("forms_right", "tables whose form is right", "high", lambda line: (line["forms_right"], line["tables"])),
    Metric("failed", "documents on which the reader failed", "low", lambda line: (bool(line["failure"]), 1)),
)


def arrays(lines: Sequence[Line], metrics: Sequence[Metric] = METRICS) -> tuple[Floats, Floats]:
    """Numerators and denominators, each of shape (documents, metrics)."""
    pairs = np.array([[metric.count(line) for metric in metrics] for line in lines], dtype=np.float64)
    pairs = pairs.reshape(len(lines), len(metrics), 2)
    return pairs[:, :, 0], pairs[:, :, 1]


def table_of(
    names: Sequence[str], numerators: Floats, denominators: Floats, seed: int, level: float = 0.95
) -> dict[str, dict[str, float | None]]:
    """Value, interval and counts of each column."""
    values = point(numerators, denominators)
    low, high = bounds(ratios(numerators, denominators, seed), level)

    def plain(number: float) -> float | None:
        return None if np.isnan(number) else float(f"{number:.6g}")

    return {
        name: {"value": plain(values[j]), "low": plain(low[j]), "high": plain(high[j]),
               "count": float(numerators[:, j].sum()), "of": float(denominators[:, j].sum())}
        for j, name in enumerate(names)
    }


def metrics(lines: Sequence[Line], seed: int = 1) -> dict[str, dict[str, float | None]]:
    """Every metric of a run with its 95 % interval."""
    return table_of([m.key for m in METRICS], *arrays(lines), seed) if lines else {}


OUTCOMES: Mapping[str, Callable[[Cell], bool]] = {
    "right": lambda c: c[3] in GOOD,
    "missed": lambda c: c[3] == "missed",
    "flagged": lambda c: c[3] in ("wrong_flagged", "spurious_flagged", "wrong_info", "spurious_info"),
    "text_silent": lambda c: c[3] in SILENT,
    "text_quiet": lambda c: c[3] in QUIET,
    "page_silent": lambda c: c[4] in SILENT,
    "page_quiet": lambda c: c[4] in QUIET,
    "page_missed": lambda c: c[4] == "missed",
    "page_unnamed": _unnamed,
}


def breakdown(lines: Sequence[Line], groups: Callable[[Line, Cell], Iterable[str]], seed: int = 1) -> dict[str, Any]:
    """Outcomes by group: cells, count of each outcome, intervals of both silent rates. A cell may be in several groups."""
    tallies: list[dict[str, Counter[str]]] = []
    for line in lines:
        tally: dict[str, Counter[str]] = {}
        for cell in cells_of(line):
            for group in groups(line, cell):
                counter = tally.setdefault(group, Counter())
                counter["cells"] += cell[5]
                for outcome, test in OUTCOMES.items():
                    if test(cell):
                        counter[outcome] += cell[5]
        tallies.append(tally)
    names = sorted({group for tally in tallies for group in tally})
    if not names:
        return {}
    out: dict[str, Any] = {name: Counter() for name in names}
    for tally in tallies:
        for name, counter in tally.items():
            out[name].update(counter)
            out[name]["documents"] += 1
    columns = [(name, outcome) for name in names for outcome in ("text_silent", "page_silent")]
    numerators = np.array([[t[n][o] if n in t else 0 for n, o in columns] for t in tallies], dtype=np.float64)
    denominators = np.array([[t[n]["cells"] if n in t else 0 for n, _ in columns] for t in tallies], dtype=np.float64)
    low, high = bounds(ratios(numerators, denominators, seed, 400), 0.95)
    for j, (name, outcome) in enumerate(columns):
        out[name][f"{outcome}_interval"] = [None if np.isnan(x) else float(f"{x:.4g}") for x in (low[j], high[j])]
    return {name: dict(counts) for name, counts in out.items()}


def by_table(line: Line, cell: Cell) -> Iterable[str]:
    return (cell[0],)


def by_state(line: Line, cell: Cell) -> Iterable[str]:
    return (cell[1],)


def by_layout(line: Line, cell: Cell) -> Iterable[str]:
    return (line["layout"] or "(as found)",)


def by_damage(line: Line, cell: Cell) -> Iterable[str]:
    """The damages of the cell; cells that none names go by whether something else was damaged."""
    return cell[2].split("+") if cell[2] else ("(undamaged)",) if line["clean"] else ("(untouched)",)

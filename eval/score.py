"""Scores one document: output against truth, as counts that can be added up over documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from extractor.eval.judge import (
    GOOD,
    WRONG,
    Flag,
    deduction_holds,
    final_number,
    judge_page,
    judge_text,
    named_cells,
)
from extractor.eval.score_findings import score_damages, score_findings, score_localisation
from extractor.eval.score_narrative import score_claims, score_figures, score_header
from extractor.eval.truth import CellTruth, Truth, same

EXAMPLES = 12
"""Wrong cells of a document that are kept word for word."""

NOTHING: Mapping[str, Any] = {"state": "absent"}


def score(truth: Truth, output: Mapping[str, Any], text: str) -> dict[str, Any]:
    """The score of one document, plain and ready for JSON.

    cells: counts by "table|state|damage|against the text|against the page|loudest finding that names it".
    confidence: by "confidence|named" counts [readings, right by the text, right by the page].
    effort: by "severity|place in the document's order" counts [fields looked at, of them not right]; unnamed: the fields that
    no finding names, by confidence ("none" where no number was read), as the same counts.
    """
    findings = output.get("findings", ())
    named = named_cells(findings)
    got_cells = output.get("cells", {})
    cells: Counter[str] = Counter()
    deduced: Counter[str] = Counter()
    confidence: dict[str, list[int]] = {}
    examples: list[dict[str, Any]] = []
    misread: set[str] = set()
    not_right: set[str] = set()
    elsewhere = _elsewhere(truth)
    unnamed: dict[str, list[int]] = {}
    faithful = not any(d.wrong for d in truth.damages) and not any(
        c.value != c.true_number for c in truth.cells.values() if c.value is not None
    )
    for cell, true in truth.cells.items():
        got = got_cells.get(cell, NOTHING)
        flag: Flag = named.get(cell, "silent")
        by_text, by_page = judge_text(true, got, flag), judge_page(true, got, flag)
        table = cell.partition(".")[0]
        damage = "+".join(true.damages) if true.damages else elsewhere[table]
        cells[f"{table}|{true.state}|{damage}|{by_text}|{by_page}|{flag}"] += 1
        if got.get("value") is not None:
            tally = confidence.setdefault(f"{got.get('confidence', 1.0):.3f}|{flag}", [0, 0, 0])
            tally[0] += 1
            tally[1] += by_text in GOOD
            tally[2] += by_page in GOOD
        if by_text not in GOOD:
            misread.add(cell)
        wanted = true.on_page
        if not same(final_number(got), wanted) and not (wanted is None and by_page in GOOD):
            not_right.add(cell)
        if flag == "silent":
            rest = unnamed.setdefault(f"{got.get('confidence', 1.0):.3f}" if got.get("value") is not None else "none", [0, 0])
            rest[0] += 1
            rest[1] += cell in not_right
        holds = deduction_holds(true, got)
        if holds is not None:
            kind = "value" if got.get("deduced") is not None else "interval"
            deduced[f"{kind}|{'faithful' if faithful else 'unfaithful'}|{'true' if holds else 'false'}"] += 1
        if (by_text in WRONG or by_page in WRONG or holds is False) and len(examples) < EXAMPLES:
            examples.append(_example(cell, true, got, by_text, by_page, findings, text))
    return {
        "cells": dict(cells),
        "unknown_cells": sum(1 for c in got_cells if c not in truth.cells and ".extra." not in c),
        "extras": _extras(truth, got_cells),
        "tables": len(truth.tables),
        "forms_right": sum(output.get("tables", {}).get(t) == form for t, form in truth.tables.items()),
        "deduced": dict(deduced),
        "confidence": confidence,
        "effort": _effort(findings, truth, not_right),
        "unnamed": unnamed,
        "header": dict(score_header(truth, output)),
        "figures": dict(score_figures(truth, output)),
        "claims": dict(score_claims(truth, output)),
        "findings": dict(score_findings(truth, output, misread)),
        "damages": dict(score_damages(truth, output)),
        "localisation": dict(score_localisation(truth, output)),
        "examples": examples,
    }


def _elsewhere(truth: Truth) -> dict[str, str]:
    """For cells that no damage names: whether something was damaged in their table, or elsewhere in the document."""
    hit = {d.table for d in truth.damages}
    return {table: "(in table)" if table in hit else "(in document)" if hit else "" for table in truth.tables}


def _extras(truth: Truth, got_cells: Mapping[str, Any]) -> list[int]:
    """Rows that the form does not know: [rows, of them found with their numbers]."""
    found = [c.get("value") for k, c in got_cells.items() if ".extra." in k]
    return [len(truth.extras), sum(all(any(same(v, f) for f in found) for v in e.values) for e in truth.extras)]


def _effort(findings: Any, truth: Truth, not_right: set[str]) -> dict[str, list[int]]:
    """The fields that findings send a reviewer to, each once, with the gravest severity that names it and its place in the
    order of presentation: 1 less the finding's priority; the cells of a failed edit that are no suspects 1 further back."""
    places: dict[str, float] = {}
    ranks: dict[str, int] = {}
    for finding in findings:
        rank, place = ("error", "warning", "info").index(finding["severity"]), round(1 - finding.get("priority", 0.0), 3)
        suspects = {s["cell"] for s in finding.get("suspects", ())}
        for cell in (*suspects, *finding.get("cells", ())):
            if cell in truth.cells:
                own = place if not suspects or cell in suspects else place + 1
                places[cell] = min(own, places.get(cell, own))
                ranks[cell] = min(rank, ranks.get(cell, rank))
    tallies: dict[str, list[int]] = {}
    for cell, place in places.items():
        tally = tallies.setdefault(f"{ranks[cell]}|{place:.3f}", [0, 0])
        tally[0] += 1
        tally[1] += cell in not_right
    return dict(sorted(tallies.items()))


def _example(cell: str, true: CellTruth, got: Mapping[str, Any], by_text: str, by_page: str, findings: Any,
             text: str) -> dict[str, Any]:
    """What a person needs to see to understand a wrong cell."""
    def around(span: Any) -> str:
        if not span:
            return ""
        start, end = span
        return f"{text[max(0, start - 60):start]}⟦{text[start:end]}⟧{text[end:end + 40]}"

    def plain(number: Any) -> Any:
        return number if number is None or isinstance(number, int) else str(number)

    return {
        "cell": cell, "text": by_text, "page": by_page, "damages": list(true.damages), "open": true.open,
        "true": [str(true.state), plain(true.value)], "on_page": plain(true.on_page),
        "read": [got.get("state", "absent"), plain(got.get("value")), got.get("raw", "")],
        "deduced": [plain(got.get("deduced")), got.get("interval")],
        "codes": sorted({f["code"] for f in findings if cell in f.get("cells", ())
                         or any(s["cell"] == cell for s in f.get("suspects", ()))}),
        "true_place": around(true.span), "read_place": around(got.get("span")),
    }

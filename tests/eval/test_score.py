"""Scores of outputs whose faults are known."""

from collections.abc import Mapping
from typing import Any

import pytest

from extractor.eval.generate import Sample, generate
from extractor.eval.judge import deduction_holds, judge_page, judge_text
from extractor.eval.metrics import metrics
from extractor.eval.score import score
from extractor.eval.truth import CellTruth, Truth
from extractor.report import State

PRINTED = CellTruth(State.PRINTED, 12, (5, 7), page_state=State.PRINTED, page_value=12, meant=12)
MISREAD_BY_OCR = CellTruth(State.PRINTED, 17, (5, 7), page_state=State.PRINTED, page_value=12, meant=12)
BLANK_ZERO = CellTruth(State.BLANK, None, page_state=State.BLANK, meant=0)
LOST = CellTruth(State.ABSENT, None, page_state=State.PRINTED, page_value=12, meant=12)
OPEN = CellTruth(State.ABSENT, None, open=True, page_state=State.PRINTED, page_value=12, meant=12)


@pytest.mark.parametrize(("truth", "got", "flag", "text", "page"), [
    (PRINTED, {"state": "printed", "value": 12}, "silent", "right", "right"),
    (PRINTED, {"state": "printed", "value": 13}, "silent", "wrong_silent", "wrong_silent"),
    (PRINTED, {"state": "printed", "value": 13}, "flagged", "wrong_flagged", "wrong_flagged"),
    (PRINTED, {"state": "printed", "value": 13}, "info", "wrong_info", "wrong_info"),
    (PRINTED, {"state": "absent", "value": None, "deduced": 12}, "silent", "recovered", "recovered"),
    (PRINTED, {"state": "absent", "value": None, "deduced": 11}, "silent", "missed", "missed"),
    (MISREAD_BY_OCR, {"state": "printed", "value": 17}, "silent", "right", "wrong_silent"),
    (MISREAD_BY_OCR, {"state": "printed", "value": 12}, "silent", "wrong_silent", "right"),
    (BLANK_ZERO, {"state": "blank", "value": None}, "silent", "right", "right"),
    (BLANK_ZERO, {"state": "absent", "value": None}, "silent", "state", "right"),
    (BLANK_ZERO, {"state": "printed", "value": 0}, "silent", "spurious_silent", "state"),
    (BLANK_ZERO, {"state": "printed", "value": 4}, "silent", "spurious_silent", "spurious_silent"),
    (LOST, {"state": "absent", "value": None}, "silent", "right", "missed"),
    (LOST, {"state": "printed", "value": 12}, "silent", "spurious_silent", "right"),
    (OPEN, {"state": "printed", "value": 12}, "silent", "state", "right"),
    (OPEN, {"state": "blank", "value": None}, "silent", "right", "missed"),
    (OPEN, {"state": "printed", "value": 3}, "silent", "spurious_silent", "wrong_silent"),
])
def test_outcomes_of_a_cell(truth: CellTruth, got: Mapping[str, Any], flag: Any, text: str, page: str) -> None:
    assert (judge_text(truth, got, flag), judge_page(truth, got, flag)) == (text, page)


@pytest.mark.parametrize(("truth", "got", "holds"), [
    (LOST, {"deduced": 12}, True), (LOST, {"deduced": 0}, False), (LOST, {"interval": (0, 12)}, True),
    (LOST, {"interval": (13, None)}, False), (LOST, {}, None), (BLANK_ZERO, {"deduced": 0}, True),
    (CellTruth(State.ABSENT, interval=(0, 10)), {"deduced": 10}, False),
    (CellTruth(State.ABSENT, interval=(0, 10)), {"interval": (0, 10)}, True),
    (CellTruth(State.ABSENT, interval=(0, 10)), {"interval": (0, 9)}, False),
])
def test_deductions(truth: CellTruth, got: Mapping[str, Any], holds: bool | None) -> None:
    assert deduction_holds(truth, got) is holds


def perfect(sample: Sample) -> dict[str, Any]:
    """An output that says exactly what the text says."""
    truth = sample.truth
    return {
        "tables": dict(truth.tables),
        "cells": {
            k: {"state": str(c.state), "value": c.value, "span": c.span, "confidence": 1.0} for k, c in truth.cells.items()
        },
        "header": {k: {"value": f.value} for k, f in truth.header.items()} | {"basis": [{"value": b} for b in truth.basis]},
        "figures": [{"value": f.value, "unit": f.unit, "span": f.span} for f in truth.figures],
        "claims": [
            {"kind": c.kind, "total": c.total, "parts": list(c.parts), "share": c.share, "holds": c.holds, "cells": c.cells}
            for c in truth.claims
        ],
        "findings": [],
    }


def tally(line: Mapping[str, Any], place: int) -> dict[str, int]:
    counts: dict[str, int] = {}
    for key, n in line["cells"].items():
        outcome = key.split("|")[place]
        counts[outcome] = counts.get(outcome, 0) + n
    return counts


@pytest.mark.parametrize("number", range(8))
def test_an_output_that_says_what_the_text_says_is_right_everywhere(number: int) -> None:
    sample = generate(21, "clean", number, "tabs")
    line = score(sample.truth, perfect(sample), sample.text)
    assert set(tally(line, 3)) == set(tally(line, 4)) == {"right"}
    assert line["forms_right"] == line["tables"] == 3
    assert set(line["figures"]) <= {"right", "spurious"}
    assert line["figures"].get("spurious", 0) == 0
    assert all(k.endswith("|found") for k in line["claims"])
    assert all(k.endswith("|right") for k in line["header"])
    assert line["examples"] == []


def with_wrong_total(truth: Truth) -> tuple[str, int]:
    cell = "requests.received.total"
    return cell, int(truth.cells[cell].value or 0) + 5


def test_one_wrong_number_is_silent_until_a_finding_names_it() -> None:
    sample = generate(22, "dense", 0, "tabs")
    output = perfect(sample)
    cell, wrong = with_wrong_total(sample.truth)
    output["cells"][cell]["value"] = wrong
    line = score(sample.truth, output, sample.text)
    assert tally(line, 3) == {"right": len(sample.truth.cells) - 1, "wrong_silent": 1}
    assert [e["cell"] for e in line["examples"]] == [cell]
    assert line["unnamed"]["1.000"][1] == 1

    output["findings"] = [{"code": "X", "severity": "info", "cells": [cell], "spans": [], "suspects": []}]
    assert tally(score(sample.truth, output, sample.text), 3)["wrong_info"] == 1
    output["findings"] = [{"code": "X", "severity": "error", "cells": [], "spans": [], "priority": 0.25,
                           "suspects": [{"cell": cell, "weight": 1.0, "proposal": wrong - 5}]}]
    line = score(sample.truth, output, sample.text)
    assert tally(line, 3)["wrong_flagged"] == 1
    assert line["effort"] == {"0|0.750": [1, 1]}
    assert line["findings"] == {"X|error|justified": 1}


def test_a_lost_number_counts_as_named_where_any_finding_names_it() -> None:
    sample = generate(22, "dense", 0, "tabs")
    output = perfect(sample)
    cell = "requests.received.total"
    output["cells"][cell] = {"state": "absent", "value": None}

    def share() -> float | None:
        line = {**score(sample.truth, output, sample.text), "clean": True, "failure": ""}
        return metrics([line])["page_right_or_named"]["value"]

    assert share() == pytest.approx(1 - 1 / len(sample.truth.cells), abs=1e-6)
    output["findings"] = [{"code": "X", "severity": "info", "cells": [cell], "spans": [], "suspects": []}]
    assert share() == 1


def test_a_finding_on_an_undamaged_report_is_a_false_alarm() -> None:
    sample = generate(23, "dense", 1, "tabs")
    output = perfect(sample)
    output["findings"] = [{"code": "X", "severity": "error", "cells": ["requests.received.total"], "spans": [], "suspects": []}]
    assert score(sample.truth, output, sample.text)["findings"] == {"X|error|unjustified": 1}


def test_where_findings_look_for_a_misread_digit() -> None:
    sample = next(
        s for s in (generate(24, "only-digit_confused", n, "tabs") for n in range(60))
        if len(s.truth.damages) == 1 and s.truth.damages[0].loud
    )
    (cell,) = sample.truth.damages[0].cells
    meant = sample.truth.cells[cell].meant
    output = perfect(sample)
    key = f"{cell.partition('.')[0]}|1"
    assert score(sample.truth, output, sample.text)["localisation"][f"{key}|wrong"] == 1
    assert score(sample.truth, output, sample.text)["damages"] == {"digit_confused|missed": 1}
    output["findings"] = [{"code": "R", "severity": "error", "cells": [], "spans": [],
                           "suspects": [{"cell": cell, "weight": 0.9, "proposal": meant}]}]
    line = score(sample.truth, output, sample.text)
    assert {line["localisation"][f"{key}|{k}"] for k in ("wrong", "named", "suspect", "first", "alone", "mended")} == {1}
    assert line["damages"] == {"digit_confused|found": 1}
    output["findings"][0]["suspects"].insert(0, {"cell": "requests.granted.total", "weight": 1.0, "proposal": 0})
    line = score(sample.truth, output, sample.text)
    assert (line["localisation"][f"{key}|suspect"], line["localisation"][f"{key}|first"]) == (1, 0)


def test_figures_and_claims_that_are_not_there_count_against_precision() -> None:
    sample = generate(25, "clean", 0, "tabs")
    output = perfect(sample)
    output["figures"].append({"value": 2019, "unit": "号", "span": (0, 1)})
    output["claims"].append({"kind": "sum", "total": 9, "parts": [1, 8], "holds": True})
    missing = output["figures"].pop(0)
    line = score(sample.truth, output, sample.text)
    assert line["figures"]["spurious"] == 1
    assert line["figures"]["missed"] == 1
    assert line["claims"]["sum|spurious"] == 1
    assert missing["value"] is not None

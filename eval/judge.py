"""Judges what was read in one cell, against the text and against the page.

Outcomes, for both:

right      the number that stands there, or the right kind of nothing
recovered  not read as printed, but the deduced value is the right number
state      no wrong number, but the wrong state (blank for absent, or the right number called printed where it is not)
left_open  no number given where the text has lost which number belongs to which column: the reader is right to say nothing
missed     no number given where one stands
wrong_*    another number than the one that stands there
spurious_* a number where none stands

`*` is `flagged` where a finding of severity error or warning names the cell, `info` where only findings of severity info do,
and `silent` where none does. A finding names the cells in `cells` and in `suspects`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from extractor.eval.truth import CellTruth, same
from extractor.report import Number, State

Flag = Literal["flagged", "info", "silent"]

SILENT = ("wrong_silent", "spurious_silent")
QUIET = ("wrong_silent", "spurious_silent", "wrong_info", "spurious_info")
"""Silent by the stricter reading: findings of severity info don't count as flags."""
WRONG = (*QUIET, "wrong_flagged", "spurious_flagged")
GOOD = ("right", "recovered", "state", "left_open")


def named_cells(findings: Iterable[Mapping[str, Any]]) -> dict[str, Flag]:
    """Each cell that findings name, with the loudest of them."""
    named: dict[str, Flag] = {}
    for finding in findings:
        flag: Flag = "info" if finding.get("severity") == "info" else "flagged"
        for cell in (*finding.get("cells", ()), *(s["cell"] for s in finding.get("suspects", ()))):
            if flag == "flagged" or cell not in named:
                named[cell] = flag
    return named


def judge_text(truth: CellTruth, got: Mapping[str, Any], flag: Flag) -> str:
    """The outcome against the text."""
    value = got.get("value")
    if value is not None:
        if truth.state is State.PRINTED:
            return "right" if same(value, truth.value) or (truth.open and same(value, truth.on_page)) else f"wrong_{flag}"
        if truth.open and same(value, truth.on_page):
            return "state"
        return "state" if same(value, truth.deduced) else f"spurious_{flag}"
    if truth.state is State.PRINTED:
        if same(got.get("deduced"), truth.value):
            return "recovered"
        return "left_open" if truth.open else "missed"
    if got.get("state", "absent") == truth.state:
        return "right"
    return "right" if truth.open and {got.get("state", "absent"), str(truth.state)} <= {"absent", "blank"} else "state"


def judge_page(truth: CellTruth, got: Mapping[str, Any], flag: Flag) -> str:
    """The outcome against the page: what the digitization team wants to know."""
    value = got.get("value")
    on_page = truth.on_page
    if value is not None:
        if same(value, on_page):
            return "right"
        if on_page is not None:
            return f"wrong_{flag}"
        return "state" if same(value, truth.meant) or same(value, truth.deduced) else f"spurious_{flag}"
    if on_page is None:
        return "right"
    return "recovered" if same(got.get("deduced"), on_page) else "missed"


def final_number(got: Mapping[str, Any]) -> Number | None:
    """The number that the data set ends up with: as published, else deduced."""
    value: Number | None = got.get("value")
    return value if value is not None else got.get("deduced")


def deduction_holds(truth: CellTruth, got: Mapping[str, Any]) -> bool | None:
    """Whether the deduced value or interval is true; None where nothing was deduced or the true number isn't known."""
    deduced, interval = got.get("deduced"), got.get("interval")
    if deduced is None and interval is None:
        return None
    true = truth.meant
    if true is None:
        true = truth.deduced if truth.deduced is not None else truth.on_page
    if true is not None:
        if deduced is not None:
            return same(deduced, true)
        return interval is None or _within(true, interval)
    if truth.interval is not None:
        low, high = truth.interval
        if deduced is not None:
            return low == high and same(deduced, low)
        return list(interval or ()) == [low, high]
    return None


def _within(value: Number, interval: Any) -> bool:
    low, high = interval
    return (low is None or low <= value) and (high is None or value <= high)

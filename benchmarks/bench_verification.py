"""How fast the verifier is, and how well it locates: python benchmarks/bench_verification.py [--reports N]

Reports are made at random (valid tables of the form of 2021; half of the cells nought), then damaged. The first table gives
rates on one core; the second, for each kind of damage, the share of reports in which it is found (a finding of severity error
names every wrong cell), located (every wrong cell is a suspect with its true value as the proposal), located uniquely (and
no other cell is), in which a deduced value or bound is wrong, and the median time of one verification in milliseconds.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from statistics import median

import numpy as np

from extractor.forms.form import form
from extractor.report import Header, Reading, Report, State, TableReading
from extractor.verification.edits import check_batch, form_system
from extractor.verification.finding import Verification
from extractor.verification.verify import verify

FORM = form("2021")
REQUESTS = FORM.table("requests")
ROWS = [r.key for r in REQUESTS.rows]
COLUMNS = [c.key for c in REQUESTS.columns]
PARTS = COLUMNS[:-1]
OUTCOMES = [row for row in ROWS if row not in ("received", "carried_in", "outcomes_total", "carried_out")]

Cells = dict[str, int]
Damaged = dict[str, int | None]
"""None: the source has lost the cell."""


def valid_cells(rng: random.Random) -> Cells:
    """Every cell of requests and disputes, all identities satisfied."""
    cells: Cells = {}

    def count(top: int) -> int:
        return rng.randint(1, top) if rng.random() < 0.5 else 0

    for c in PARTS:
        for r in [*OUTCOMES, "carried_out"]:
            cells[f"requests.{r}.{c}"] = count(40)
        handled = sum(cells[f"requests.{r}.{c}"] for r in OUTCOMES)
        everything = handled + cells[f"requests.carried_out.{c}"]
        cells[f"requests.outcomes_total.{c}"] = handled
        cells[f"requests.carried_in.{c}"] = rng.randint(0, everything)
        cells[f"requests.received.{c}"] = everything - cells[f"requests.carried_in.{c}"]
    for r in ROWS:
        cells[f"requests.{r}.total"] = sum(cells[f"requests.{r}.{c}"] for c in PARTS)
    for row in FORM.table("disputes").rows:
        parts = [count(9) for _ in range(4)]
        cells |= zip(row.cells, [*parts, sum(parts)], strict=True)
    return cells


def as_reading(value: int | None) -> Reading:
    if value is None:
        return Reading(State.ABSENT)
    return Reading(State.PRINTED, str(value), value, (0, len(str(value))))


def as_report(cells: Damaged) -> Report:
    tables: dict[str, TableReading] = {}
    for key in ("requests", "disputes"):
        of = FORM.table(key)
        readings = {cell: as_reading(cells[cell]) for row in of.rows for cell in row.cells}
        tables[key] = TableReading(key, FORM.code, readings, score=1.0)
    return Report("sha256:0", "made at random", 4000, FORM.code, tables, Header(), ())


def misread(rng: random.Random, value: int) -> int:
    """Another number: one digit changed, lost or added."""
    while True:
        digits = list(str(value))
        at = rng.randrange(len(digits))
        kind = rng.random()
        if kind < 0.6:
            digits[at] = rng.choice("0123456789")
        elif kind < 0.8 and len(digits) > 1:
            del digits[at]
        else:
            digits.insert(at, rng.choice("0123456789"))
        if int("".join(digits)) != value:
            return int("".join(digits))


def wrong_cells(number: int, table: str = "requests.") -> Callable[[random.Random, Damaged], None]:
    def damage(rng: random.Random, cells: Damaged) -> None:
        for cell in rng.sample([c for c, v in cells.items() if c.startswith(table) and v is not None], number):
            cells[cell] = misread(rng, cells[cell] or 0)
    return damage


def row_of(rng: random.Random) -> list[str]:
    row = rng.choice(ROWS)
    return [f"requests.{row}.{c}" for c in COLUMNS]


def shifted_row(rng: random.Random, cells: Damaged) -> None:
    """A row whose numbers all stand one column to the left or to the right, a nought where nothing is left."""
    row = row_of(rng)
    while not any(cells[cell] for cell in row):
        row = row_of(rng)
    old = [cells[cell] for cell in row]
    cells |= zip(row, [0, *old[:-1]] if rng.random() < 0.5 else [*old[1:], 0], strict=True)


def lost_row(rng: random.Random, cells: Damaged) -> None:
    cells |= dict.fromkeys(row_of(rng), None)


def lost_row_and_wrong_cell(rng: random.Random, cells: Damaged) -> None:
    lost_row(rng, cells)
    wrong_cells(1)(rng, cells)


def page_break(rng: random.Random, cells: Damaged) -> None:
    """Two to six rows beneath each other are lost."""
    first = rng.randrange(len(ROWS) - 6)
    for row in ROWS[first : first + rng.randint(2, 6)]:
        cells |= {f"requests.{row}.{c}": None for c in COLUMNS}


DAMAGES: dict[str, Callable[[random.Random, Damaged], None]] = {
    "nothing": lambda rng, cells: None,
    "1 wrong cell, requests": wrong_cells(1),
    "2 wrong cells, requests": wrong_cells(2),
    "3 wrong cells, requests": wrong_cells(3),
    "5 wrong cells, requests": wrong_cells(5),
    "1 wrong cell, disputes": wrong_cells(1, "disputes."),
    "row shifted by a column": shifted_row,
    "row lost": lost_row,
    "2 to 6 rows lost": page_break,
    "row lost, 1 wrong cell": lost_row_and_wrong_cell,
}


def right(found: Verification, truth: Cells) -> bool:
    """No deduced value and no bound is wrong."""
    return all(truth[c] == v for c, v in found.deduced.items()) and all(
        (low is None or low <= truth[c]) and (high is None or truth[c] <= high) for c, (low, high) in found.intervals.items()
    )


def locating(reports: int) -> None:
    print(f"\n{'damage':<26}{'found':>8}{'located':>9}{'uniquely':>10}{'restored':>10}{'wrong':>7}{'median ms':>11}")
    for name, damage in DAMAGES.items():
        found = located = uniquely = errors = lost = restored = 0
        times: list[float] = []
        for seed in range(reports):
            rng = random.Random(f"{name} {seed}")
            truth = valid_cells(rng)
            cells: Damaged = dict(truth)
            damage(rng, cells)
            report = as_report(cells)
            start = time.perf_counter()
            result = verify(report)
            times.append(time.perf_counter() - start)
            wrong = {(c, truth[c]) for c, v in cells.items() if v is not None and v != truth[c]}
            named = {c for f in result.findings if f.severity == "error" for c in f.cells}
            proposals = {(s.cell, s.proposal) for f in result.findings for s in f.suspects}
            found += {c for c, _ in wrong} <= named
            located += wrong <= proposals
            uniquely += wrong == proposals
            errors += not right(result, truth)
            lost += sum(v is None for v in cells.values())
            restored += sum(cells[c] is None and truth[c] == v for c, v in result.deduced.items())
        shares = [f"{100 * n / reports:.2f}" for n in (found, located, uniquely)]
        back = f"{100 * restored / lost:.1f}" if lost else "-"
        print(f"{name:<26}{shares[0]:>8}{shares[1]:>9}{shares[2]:>10}{back:>10}{errors:>7}{1e3 * median(times):>11.3f}")


def rate(work: Callable[[], object], per_call: int) -> float:
    """Reports per second: the best of five rounds of at least 0.2 seconds."""
    best = 0.0
    for _ in range(5):
        calls, start = 0, time.perf_counter()
        while (passed := time.perf_counter() - start) < 0.2:
            work()
            calls += 1
        best = max(best, calls * per_call / passed)
    return best


def rates() -> None:
    system = form_system(FORM.code)
    clean = [valid_cells(random.Random(seed)) for seed in range(200)]
    values = np.array([[cells.get(cell, 0) for cell in system.cells] for cells in clean] * 100)
    known = np.random.default_rng(0).random(values.shape) > 0.02
    reports = [as_report(dict(cells)) for cells in clean]
    measured = {
        "batch of arrays, all cells known": rate(lambda: check_batch(system, values), len(values)),
        "batch of arrays, 2 % of cells missing": rate(lambda: check_batch(system, values, known), len(values)),
        "verify, clean reports": rate(lambda: [verify(r) for r in reports], len(reports)),
    }
    for name, per_second in measured.items():
        print(f"{name:<40}{per_second:>12,.0f} reports/s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=1000, help="reports made for each kind of damage")
    options = parser.parse_args()
    rates()
    locating(options.reports)


if __name__ == "__main__":
    main()

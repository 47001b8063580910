"""Draws what a body has to report: who it is, which forms it fills in, and the numbers in every cell.

The numbers satisfy all identities of the forms. Most bodies have zeros nearly everywhere, some a handful of requests, a few
thousands; in dense drawings every cell has a number of its own, so that a slip of a row or a column can't go unseen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import TypeVar

from extractor.eval.words import AREAS, BODIES, PLACE_FIRST, PLACE_SECOND, STREETS
from extractor.forms import Table, form
from extractor.report import Number

T = TypeVar("T")

PERSONS = ("natural_person", "enterprise", "research_institution", "nonprofit", "legal_service", "other_organisation")
PERSON_WEIGHTS = (82, 11, 1, 1, 3, 2)
OUTCOME_WEIGHTS = {
    "granted": 40, "partly_granted": 8, "unavailable.not_held": 22, "unavailable.needs_creation": 4,
    "not_processed.petition": 4, "refused.internal_affairs": 2, "refused.third_party": 2,
    "refused.administrative_query": 2, "not_processed.duplicate": 3,
    "other.no_correction": 3, "other.other": 2, "other": 4,
}


@dataclass(frozen=True, slots=True)
class Issuer:
    """An invented body: `name` as it signs, `area` it lies in, contact data."""

    name: str
    short: str
    area: str
    address: str
    postcode: str
    phone: str
    email: str
    website: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is reported: the number of every cell (as meant), and a row that the form does not know, where there is one."""

    issuer: Issuer
    year: int
    forms: Mapping[str, str]
    values: Mapping[str, Number]
    signed: tuple[int, int, int]
    extra: tuple[str, tuple[int, ...]] | None = None


def weighted(rng: Random, weights: Mapping[T, float]) -> T:
    """One key, with the chance that its weight gives it."""
    at = rng.random() * sum(weights.values())
    for key, weight in weights.items():
        at -= weight
        if at < 0:
            return key
    return list(weights)[-1]


def spread(rng: Random, total: int, weights: Sequence[float]) -> list[int]:
    """`total` things fallen into as many boxes as there are weights."""
    whole = sum(weights)
    counts = [0] * len(weights)
    left = total
    if total > 60:
        for i, weight in enumerate(weights):
            counts[i] = int(total * weight / whole)
        left = total - sum(counts)
    for i in rng.choices(range(len(weights)), weights, k=left):
        counts[i] += 1
    return counts


def draw_issuer(rng: Random) -> Issuer:
    first, second = rng.choice(PLACE_FIRST), rng.choice(PLACE_SECOND)
    area = first[0] + second[0] + rng.choice(AREAS)
    pinyin = first[1:] + second[1:]
    body = rng.choice(BODIES)
    street, number = rng.choice(STREETS), rng.randint(1, 399)
    address = f"{area}{street}{number}号" + (f"{rng.randint(1, 9)}楼{rng.randint(101, 999)}室" if rng.random() < 0.4 else "")
    host = f"{pinyin}.yangli.gov.cn"
    return Issuer(
        area + body, body, area, address, f"{rng.choice(('069', '139', '859'))}{rng.randint(0, 999):03d}",
        f"{rng.choice(('0329', '0389', '0609'))}-{rng.randint(5550000, 5559999)}",
        f"{rng.choice(('zwgk', 'xxgk', 'bgs'))}@{host}", ("https://" if rng.random() < 0.3 else "http://") + "www." + host,
    )


def draw_forms(rng: Random, year: int) -> dict[str, str]:
    """The form of each table. Some bodies kept the old form for two years, and some mix the two."""
    code = "2019" if year <= 2020 else "2021"
    forms = dict.fromkeys(("disclosure", "requests", "disputes"), code)
    luck = rng.random()
    if year in (2021, 2022) and luck < 0.15:
        forms = dict.fromkeys(forms, "2019")
    elif year >= 2021 and luck > 0.95:
        forms["requests"] = "2019"
    return forms


def draw_requests(rng: Random, table: Table, size: int) -> dict[str, int]:
    """The table of requests for a body with about `size` requests."""
    outcomes = [r.key for r in table.rows if r.key not in ("received", "carried_in", "outcomes_total", "carried_out")]
    weights = [OUTCOME_WEIGHTS.get(k, 1) * rng.uniform(0.2, 1.8) for k in outcomes]
    handled = spread(rng, size, [w * rng.uniform(0.3, 1.7) for w in PERSON_WEIGHTS])
    columns: dict[str, dict[str, int]] = {}
    for person, count in zip(PERSONS, handled, strict=True):
        column = dict(zip(outcomes, spread(rng, count, weights), strict=True)) if count else dict.fromkeys(outcomes, 0)
        waiting = spread(rng, count, (0.93, 0.07))[1] if count else 0
        before = min(count, rng.randint(0, 1 + count // 20)) if count and rng.random() < 0.4 else 0
        column.update(outcomes_total=count, carried_out=waiting, carried_in=before, received=count + waiting - before)
        columns[person] = column
    return _with_totals(table, columns)


def draw_dense_requests(rng: Random, table: Table) -> dict[str, int]:
    """The table of requests with a number of its own, not zero, in every cell."""
    outcomes = [r.key for r in table.rows if r.key not in ("received", "carried_in", "outcomes_total", "carried_out")]
    while True:
        numbers = rng.sample(range(11, 990), (len(outcomes) + 2) * len(PERSONS))
        columns = {}
        for i, person in enumerate(PERSONS):
            own = numbers[i * (len(outcomes) + 2):(i + 1) * (len(outcomes) + 2)]
            column = dict(zip(outcomes, own, strict=False))
            handled = sum(column.values())
            column.update(outcomes_total=handled, carried_out=own[-1], carried_in=own[-2], received=handled + own[-1] - own[-2])
            columns[person] = column
        cells = _with_totals(table, columns)
        if len(set(cells.values())) == len(cells):
            return cells


def _with_totals(table: Table, columns: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    cells = {}
    for row in table.rows:
        for person in PERSONS:
            cells[f"requests.{row.key}.{person}"] = columns[person][row.key]
        cells[f"requests.{row.key}.total"] = sum(columns[p][row.key] for p in PERSONS)
    return cells


def draw_disputes(rng: Random, table: Table, size: int, dense: bool) -> dict[str, int]:
    cells: dict[str, int] = {}
    while True:
        own = rng.sample(range(2, 99), 12)
        for i, row in enumerate(table.rows):
            many = 0 if rng.random() < 0.5 else min(rng.randint(0, 2 + size // 40), 300)
            parts = own[4 * i:4 * i + 4] if dense else spread(rng, many, (60, 8, 22, 10)) if many else [0] * 4
            for column, count in zip(("upheld", "corrected", "other", "pending"), parts, strict=True):
                cells[f"disputes.{row.key}.{column}"] = count
            cells[f"disputes.{row.key}.total"] = sum(parts)
        if not dense or len(set(cells.values())) == len(cells):
            return cells


def _count(rng: Random, busy: float, most: float) -> int:
    """A number of acts: zero for most bodies, else anything up to e**most."""
    return int(2.718 ** rng.uniform(0, most)) if rng.random() < busy else 0


def draw_disclosure(rng: Random, table: Table, size: int, dense: bool) -> dict[str, Number]:
    busy = 1.0 if dense else 0.15 + min(0.6, size / 100)
    most = 6.0 if dense else 3.5 + min(7.0, size / 60)
    cells: dict[str, Number] = {}
    for row in table.rows:
        for column in row.columns:
            quiet = row.key == "regulations" and not dense
            count = 0 if quiet and rng.random() < 0.97 else _count(rng, busy, most if column == "decisions" else most / 2)
            if column in ("in_force", "total_published"):
                count += sum(int(cells[f"disclosure.{row.key}.{c}"]) for c in row.columns[:1])
            if column == "change":
                count = count if rng.random() < 0.6 else -count
            cells[f"disclosure.{row.key}.{column}"] = count
            if column == "amount" and (count or dense):
                cents = rng.choice((0, 0, 5, 10, 25, 37, 80))
                cells[f"disclosure.{row.key}.{column}"] = count if cents == 0 else Decimal(count * 100 + cents) / 100
    if dense:
        taken: set[Number] = set()
        for cell, value in cells.items():
            while value in taken or value == 0:
                value = value + rng.randint(1, 9)
            taken.add(value)
            cells[cell] = value
    return cells


def draw(rng: Random, dense: bool = False) -> Drawn:
    """One body's numbers for one year."""
    year = rng.choice((2019, 2020, 2021, 2021, 2022, 2023, 2024, 2025))
    forms = draw_forms(rng, year)
    size = weighted(rng, {0: 45, 5: 25, 60: 18, 600: 9, 9000: 3})
    size = 0 if size == 0 else rng.randint(max(1, size // 5), size * 2)
    requests = form(forms["requests"]).table("requests")
    values: dict[str, Number] = {}
    values.update(draw_disclosure(rng, form(forms["disclosure"]).table("disclosure"), size, dense))
    values.update(draw_dense_requests(rng, requests) if dense else draw_requests(rng, requests, size))
    values.update(draw_disputes(rng, form(forms["disputes"]).table("disputes"), size, dense))
    extra = None
    if rng.random() < 0.03:
        extra = ("其他主动公开文件", tuple(rng.randint(101, 190) + i for i in range(3)))
    month = weighted(rng, {1: 75, 2: 10, 3: 13, 4: 2})
    return Drawn(draw_issuer(rng), year, forms, values, (year + 1, month, rng.randint(4, 28)), extra)

"""Narratives that are not a report's own: copied from another body's report, or made of sentences that a great many have.

A sentence is known by its digest. One that stands in more than `MOST_HOLDERS` reports is nobody's own: it came with a template,
says nothing about who copied from whom, and is not counted as copied. That bounds what a report is compared with, however many
reports there are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractor.verification.across import Record

MOST_HOLDERS = 100
_COPIED = 0.6  # share of the sentences
_FEWEST = 6  # sentences that a report must have for this to say anything
LEAST_SHARED = ceil(_COPIED * _FEWEST)
"""Sentences that two reports share at least where one is copied from the other."""


def is_copied(shared: int, own: int) -> bool:
    """Whether a report with `own` sentences that are not boilerplate is copied from one that has `shared` of them."""
    return own >= _FEWEST and shared >= _COPIED * own


def is_boilerplate(common: int, total: int) -> bool:
    """Whether a report of which `common` sentences of `total` stand in a great many reports is mostly a template."""
    return total >= _FEWEST and common >= _COPIED * total


def copies(records: Sequence[Record]) -> Iterator[tuple[Record, Record | None, int, int]]:
    """Reports that are not their own, the report of another body on the same year or an earlier one that each is copied from
    (None: boilerplate), how many sentences, and of how many. `records` come by issuer, year and document."""
    holders: dict[bytes, list[int]] = defaultdict(list)
    for index, record in enumerate(records):
        for sentence in record.sentences:
            holders[sentence].append(index)
    for record in records:
        own = [s for s in record.sentences if len(holders[s]) <= MOST_HOLDERS]
        common = len(record.sentences) - len(own)
        if is_boilerplate(common, len(record.sentences)):
            yield record, None, common, len(record.sentences)
        shared: Counter[int] = Counter()
        for sentence in own:
            shared.update(holders[sentence])
        older = [(-count, other) for other, count in shared.items() if is_older(records[other], record)]
        if older and is_copied(-min(older)[0], len(own)):
            count, other = min(older)
            yield record, records[other], -count, len(own)


def is_older(other: Record, record: Record) -> bool:
    """Whether a report may have been copied from the other one."""
    return other.issuer != record.issuer and (other.year, other.issuer) < (record.year, record.issuer)

"""Names of hosts that differ by one letter from a name that more bodies use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from rapidfuzz.distance import OSA

_LONGEST = 253
"""Characters of a host's name (RFC 1035, section 2.3.4); what is longer is none."""


def neighbours(hosts: Mapping[str, int]) -> dict[str, list[str]]:
    """For each host those one letter away: one more, one less, another one, or two exchanged. Two such names have a letter
    that can be struck from one or both so that they are the same, so only names that meet there are compared."""
    meeting: dict[str, list[str]] = defaultdict(list)
    for host in sorted(hosts):
        if len(host) <= _LONGEST:
            for shorter in {host, *(host[:at] + host[at + 1 :] for at in range(len(host)))}:
                meeting[shorter].append(host)
    found: dict[str, set[str]] = defaultdict(set)
    for together in meeting.values():
        for one, other in _pairs(together):
            if OSA.distance(one, other, score_cutoff=1) == 1:
                found[one].add(other)
                found[other].add(one)
    return {host: sorted(others) for host, others in found.items()}


def usual_hosts(bodies: Mapping[str, int]) -> dict[str, tuple[str, int]]:
    """For hosts that a neighbour is more usual than: that neighbour, and how many bodies name it. `bodies`: how many bodies
    of a county name each host."""
    usual = {}
    for host, others in neighbours(bodies).items():
        count, most = max((bodies[other], other) for other in others)
        if count > bodies[host]:
            usual[host] = (most, count)
    return usual


def _pairs(hosts: list[str]) -> Iterator[tuple[str, str]]:
    for at, one in enumerate(hosts):
        for other in hosts[at + 1 :]:
            yield one, other

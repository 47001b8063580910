"""What a finding is about and what it says, as a short key that outlives the version it was found in.

    R-ROW-TOTAL:1f0c3a9be2d47780.93b2c1d0a4e5f667

Before the point stands what it is about: its code and cells (its places in the text where it names no cell). Behind it what it
says: the numbers expected and found, and those of its message. Two readings of one document have the same finding where the
first half is the same, and it says the same where all of it is. Suspects and priority are no part of the key: they are advice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b

from extractor.output import dumps
from extractor.verification.finding import Finding


def keys_of(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The key of each finding of one document, in their order. No two are about the same: where several findings of one code
    name the same cells, they are numbered."""
    seen: Counter[str] = Counter()
    keys = []
    for finding in findings:
        about = _digest([finding.code, finding.cells or finding.spans])
        seen[about] += 1
        if seen[about] > 1:
            about = _digest([about, seen[about]])
        says = _digest([finding.expected, finding.found, sorted((name, _plain(v)) for name, v in finding.params.items())])
        keys.append(f"{finding.code}:{about}.{says}")
    return tuple(keys)


def about(key: str) -> str:
    """The half of a key that names what the finding is about."""
    return key.partition(".")[0]


def _plain(value: object) -> object:
    """The same from the verifier as out of the archive, which has lists and strings for tuples and decimals."""
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else str(value)


def _digest(value: object) -> str:
    return blake2b(dumps(value), digest_size=8).hexdigest()

"""Intervals by bootstrap: documents are drawn again with replacement, never cells, since errors of one document go together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

DRAWS = 1000
CHUNK = 50


def weights(documents: int, seed: int, draws: int = DRAWS) -> Iterator[Floats]:
    """How often each document comes up in each draw, in chunks of shape (up to CHUNK, documents)."""
    rng = np.random.default_rng(seed)
    for start in range(0, draws, CHUNK):
        size = min(CHUNK, draws - start)
        picks = rng.integers(0, documents, size=(size, documents))
        counts = np.empty((size, documents))
        for i in range(size):
            counts[i] = np.bincount(picks[i], minlength=documents)
        yield counts


def ratios(numerators: Floats, denominators: Floats, seed: int, draws: int = DRAWS) -> Floats:
    """Ratios of sums in each draw, (draws, metrics), from arrays of (documents, metrics). NaN where nothing counts."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.vstack([(w @ numerators) / (w @ denominators) for w in weights(len(numerators), seed, draws)])


def bounds(samples: Floats, level: float) -> tuple[Floats, Floats]:
    """The percentile interval of each column; NaN where a column has no number."""
    out = np.full((2, samples.shape[1]), np.nan)
    for j in range(samples.shape[1]):
        column = samples[:, j]
        column = column[~np.isnan(column)]
        if len(column):
            out[:, j] = np.quantile(column, [(1 - level) / 2, (1 + level) / 2])
    return out[0], out[1]


def point(numerators: Floats, denominators: Floats) -> Floats:
    """Ratios of sums over all documents."""
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Floats = numerators.sum(axis=0) / denominators.sum(axis=0)
        return result


def bound_of_none(trials: float) -> float:
    """What the rate may still be, at 95 %, where none of so many independent trials failed (rule of three, exact)."""
    return float(1 - 0.05 ** (1 / trials)) if trials else 1.0

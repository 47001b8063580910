"""Readers made worse on purpose, for the tests of runs and of the gate."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from extractor.documents import Document
from extractor.eval.readers import read_grid


def some_digits_changed(document: Document) -> Mapping[str, Any]:
    """The grid reader with one number in eighty off by one, and nobody told."""
    output = dict(read_grid(document))
    cells = {}
    for cell, reading in output["cells"].items():
        changed = dict(reading)
        chance = sha256(f"{document.id}{cell}".encode()).digest()[0]
        if isinstance(changed["value"], int) and chance < 4:
            changed["value"] += 1
        cells[cell] = changed
    return {**output, "cells": cells}


def no_findings(document: Document) -> Mapping[str, Any]:
    """The grid reader without what the verifier says."""
    return {**read_grid(document), "findings": []}


def paid_for(document: Document) -> Mapping[str, Any]:
    """The grid reader as if it had cost something."""
    return {**read_grid(document), "usage": {"cost": 0.5, "tokens_in": 100}}


def fails_at_times(document: Document) -> Mapping[str, Any]:
    """The grid reader, but every third document is too much for it."""
    if int(document.source[:-4].rpartition("-")[2]) % 3 == 0:
        raise RuntimeError("too much")
    return read_grid(document)

"""Header, figures and claims of the five real reports against the truth read by hand. They are not part of the repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from extractor.documents import Document
from extractor.pipeline import extract
from extractor.report import Claim, Report
from extractor.verification.finding import Verification

SHARED = Path(__file__).parents[3] / "shared"
SEEDS = sorted((SHARED / "seeds").glob("*.txt"))

pytestmark = [
    pytest.mark.seeds,
    pytest.mark.skipif(not SEEDS, reason="the five real reports are not here"),
    pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem[:3]),
]


def read(path: Path) -> tuple[str, dict[str, Any], Report, Verification]:
    text = path.read_text("utf-8")
    truth = json.loads((SHARED / "truth" / f"{path.stem}.json").read_text("utf-8"))
    return text, truth, *extract(Document(path.stem, path.name, text))


def made(report: Report, kind: str) -> list[Claim]:
    return [c for c in report.claims if c.kind == kind]


def test_every_field_of_the_header(path: Path) -> None:
    _, truth, report, _ = read(path)
    fields = ("issuer", "year", "postcode", "phone", "email", "website", "address")
    found = {key: field.value for key in fields if (field := getattr(report.header, key)) is not None}
    assert found == {key: truth[key] for key in fields if key in truth}
    signed = report.header.signed_on
    assert (signed.value if signed else None) == truth.get("signed")


def test_every_figure(path: Path) -> None:
    text, truth, report, _ = read(path)
    assert all(text[slice(*f.span)] == f.raw for f in report.figures)
    left = [(f.value, f.unit) for f in report.figures]
    for _, value, unit in truth["figures"]:
        stated = (value, unit.partition("以上")[0])
        # a count without a unit in print: the truth names the thing counted
        left.remove(stated if stated in left else (value, ""))


def test_every_sum_and_share(path: Path) -> None:
    _, truth, report, verification = read(path)
    figures = report.figures
    holds = dict(zip(report.claims, verification.holds, strict=True))
    sums = [[figures[c.total or 0].value, [figures[p].value for p in c.parts]] for c in made(report, "sum")]
    assert sums == truth.get("sums", [])
    assert all(holds[c] for c in made(report, "sum"))
    shares = [
        [figures[c.parts[0]].value, figures[c.total or 0].value, figures[c.share or 0].value, holds[c]]
        for c in made(report, "share")
    ]
    assert shares == truth.get("percentages", [])


def test_findings_on_the_narrative_are_those_of_the_anomalies(path: Path) -> None:
    found = sorted(f.code for f in read(path)[3].findings if f.code.startswith("N-"))
    assert found == (["N-ILLEGIBLE", *["N-SHARE"] * 5, "N-TABLE-ONLY-IF"] if path.stem.startswith("003") else [])

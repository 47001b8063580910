"""The sample reports that the project ships are what their sources say."""

from pathlib import Path

import pytest

from extractor.eval.samples import build_all
from extractor.eval.truth import read_truth

SAMPLES = Path(__file__).parents[2] / "samples"
NAMES = sorted(p.stem for p in (SAMPLES / "sources").glob("*.toml"))


def test_sources_give_the_samples_byte_for_byte(tmp_path: Path) -> None:
    assert build_all(SAMPLES / "sources", tmp_path) == NAMES
    for name in NAMES:
        for suffix in (".txt", ".json"):
            assert (tmp_path / (name + suffix)).read_bytes() == (SAMPLES / (name + suffix)).read_bytes(), name


@pytest.mark.parametrize("name", NAMES)
def test_truths_of_samples_point_into_their_texts(name: str) -> None:
    text = (SAMPLES / f"{name}.txt").read_text("utf-8")
    truth = read_truth(SAMPLES / f"{name}.json")
    assert truth.figures
    for key in ("issuer", "phone", "email"):
        if key in truth.header:
            span = truth.header[key].span
            assert span is not None
            assert text[slice(*span)] == truth.header[key].value

"""Truth files: what is written is read back; the hand-made format is understood."""

import json

import pytest

from extractor.eval.generate import generate
from extractor.eval.truth import parse_truth, truth_json
from extractor.report import State


@pytest.mark.parametrize("mix", ["clean", "default"])
def test_what_is_written_is_read_back(mix: str) -> None:
    for number in range(20):
        truth = generate(2, mix, number).truth
        assert parse_truth(json.loads(json.dumps(truth_json(truth)))) == truth


def test_a_truth_read_by_hand() -> None:
    truth = parse_truth({
        "form": "2021", "year": 2021, "issuer": "珂渚县统计局", "signed": "2022-01-27",
        "cells": {
            "requests.received.total": {"state": "printed", "value": 11},
            "requests.granted.total": {"state": "absent", "interval": [0, 10]},
            "requests.carried_in.total": {"state": "blank", "deduced": 0},
        },
        "figures": [["发布信息", 183, "条"]], "sums": [[183, [14, 169]]], "percentages": [[41, 178, 26, False]],
    })
    assert truth.tables["requests"] == "2021"
    assert truth.header["issuer"].value == "珂渚县统计局"
    assert truth.header["signed_on"].value == "2022-01-27"
    assert truth.cells["requests.received.total"].on_page == 11
    assert truth.cells["requests.granted.total"].state is State.ABSENT
    assert truth.cells["requests.granted.total"].interval == (0, 10)
    assert truth.cells["requests.carried_in.total"].true_number == 0
    assert [c.kind for c in truth.claims] == ["sum", "share"]
    assert truth.claims[1].holds is False
    assert not truth.complete_narrative


def test_a_file_that_is_no_truth_says_so() -> None:
    with pytest.raises(KeyError):
        parse_truth({"form": "2021"})
    with pytest.raises(ValueError, match="torn"):
        parse_truth({"form": "2021", "cells": {"requests.received.total": {"state": "torn"}}})

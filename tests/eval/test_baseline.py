"""The gate of CI: the grid reader and the verifier as they are, held against the baseline that was committed."""

from pathlib import Path

from extractor.eval.gate import judge, measure, read_baseline

BASELINE = Path(__file__).parents[2] / "eval" / "baselines" / "grid.json"


def test_nothing_got_worse_beyond_chance() -> None:
    baseline = read_baseline(BASELINE)
    judgement = judge(baseline, measure(baseline.reader, baseline.datasets, 2))
    assert judgement.paired
    assert not judgement.broken, "a silent error on an undamaged report"
    assert not judgement.failed
    worse = [f"{d.metric.title}: {d.before:.6g} → {d.after:.6g} ({d.low:+.3g} to {d.high:+.3g})" for d in judgement.worse]
    assert not worse, "; ".join(worse) + " (meant? then: extractor eval gate --baseline eval/baselines/grid.json --write)"

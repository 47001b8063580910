"""The eval harness: reports with truth, metrics with intervals, runs, comparison, and a gate.

Lies in `eval/` at the top of the repository and is imported as `extractor.eval`.
"""

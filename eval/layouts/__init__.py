"""Layouts: a paper set as text in one of the ways in which such reports are met."""

from extractor.eval.layouts.page import render

__all__ = ["render"]

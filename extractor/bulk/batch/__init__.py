"""Batch files: questions that a provider answers within a day, for less. Their answers come into the archive's table of
answers, where a run finds them."""

"""Many documents: sources in a stream, work in workers, everything else in one process that drives (`docs/scale.md`)."""

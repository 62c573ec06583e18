"""Figures against the limit of the same run; never asserted. Run with `python3 -m tests benchmarks`."""

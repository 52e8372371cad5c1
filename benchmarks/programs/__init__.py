"""Recorded programs beside other tools and gradients written by hand: ``python -m benchmarks programs``."""

"""Stepping: a step of a loop recorded once and run over and over, and cotangents taken back through it."""

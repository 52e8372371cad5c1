"""Sparse derivatives: patterns, colorings, and evaluations whose cost goes with the number of nonzeros."""

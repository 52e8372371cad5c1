"""Sparse Jacobians and Hessians beside other tools and derivatives written by hand: ``python -m benchmarks sparse``."""

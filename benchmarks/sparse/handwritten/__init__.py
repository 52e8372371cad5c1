"""Derivatives written by hand for Numba, entry by entry, into the data of compressed rows.

``make(x, *constants)`` gives ``(indptr, indices, fill)``, and ``fill(x, *constants, data)`` writes the nonzeros.
"""

from benchmarks.sparse.handwritten.grids import bratu, brusselator
from benchmarks.sparse.handwritten.rosenbrock import rosenbrock

__all__ = ["DERIVATIVES"]

DERIVATIVES = {
    "bratu": bratu,
    "brusselator": brusselator,
    "brusselator_loop": brusselator,
    "rosenbrock": rosenbrock,
    "rosenbrock_loop": rosenbrock,
}

"""Numba kernels for the CPU, compiled once per installation (``cache=True``)."""

from __future__ import annotations

import numba

__all__ = ["adjoint_sweep", "adjoint_sweep_pairs"]


@numba.njit("void(int32[:,::1], float64[:,::1], float64[::1], int64, int64)", cache=True, nogil=True)
def adjoint_sweep_pairs(children, weights, adjoints, low, high):
    """See :func:`adpy.kernels.adjoint_sweep_pairs`."""
    for record in range(high - 1, low - 1, -1):
        bar = adjoints[record]
        if bar != 0.0:
            for slot in range(2):
                child = children[record, slot]
                if child != 0:
                    adjoints[child] += weights[record, slot] * bar


@numba.njit("void(int64[::1], int64[::1], float64[::1], float64[:,::1])", cache=True, nogil=True)
def adjoint_sweep(indptr, children, weights, adjoints):
    """See :func:`adpy.kernels.adjoint_sweep`."""
    seeds = adjoints.shape[1]
    for row in range(indptr.shape[0] - 2, -1, -1):
        for entry in range(indptr[row], indptr[row + 1]):
            child = children[entry]
            weight = weights[entry]
            for seed in range(seeds):
                bar = adjoints[row, seed]
                if bar != 0.0:
                    adjoints[child, seed] += weight * bar

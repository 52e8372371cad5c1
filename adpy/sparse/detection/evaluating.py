"""Values of the scalar operations of a stream."""

from __future__ import annotations

import numba
import numpy as np

from adpy.kernels.elementwise import value

__all__ = ["evaluate"]


@numba.njit(cache=True, error_model="numpy", nogil=True)
def evaluate(ops, firsts, seconds, thirds, select, values, start, stop):
    """Fill in ``values`` from ``start`` to ``stop``; what is no operation (opcode 0) has its value already.

    Parameters
    ----------
    ops, firsts, seconds, thirds : ndarray of int32
        The operations, ``select`` is the opcode of choices.
    values : ndarray of float64
    """
    for i in range(start, stop):
        op = ops[i]
        if op == 0:
            continue
        a = values[firsts[i]]
        b = values[np.maximum(seconds[i], 0)]
        if op == select:
            values[i] = b if a != 0.0 else values[thirds[i]]
        else:
            values[i] = value(op, a, b)

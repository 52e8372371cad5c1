"""Hessian of the chained Rosenbrock function: three diagonals."""

import numba
import numpy as np

__all__ = ["rosenbrock"]


def rosenbrock(x):
    n = len(x)
    count = np.full(n, 3)
    count[[0, -1]] = 2
    indptr = np.concatenate([[0], np.cumsum(count)]).astype(np.int32)
    columns = np.arange(n)[:, None] + np.array([-1, 0, 1])
    return indptr, columns[(columns >= 0) & (columns < n)].astype(np.int32), fill


@numba.njit
def fill(x, data):
    n = len(x)
    k = 0
    for i in range(n):
        if i > 0:
            data[k] = -400.0 * x[i - 1]
            k += 1
        diagonal = 0.0
        if i > 0:
            diagonal += 200.0
        if i < n - 1:
            diagonal += 1200.0 * x[i] * x[i] - 400.0 * x[i + 1] + 2.0
        data[k] = diagonal
        k += 1
        if i < n - 1:
            data[k] = -400.0 * x[i]
            k += 1

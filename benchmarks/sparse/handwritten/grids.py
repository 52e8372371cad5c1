"""Jacobians of the problems on grids."""

import numba
import numpy as np

__all__ = ["bratu", "brusselator"]


def brusselator(y, alpha, forcing):
    """Six entries a row: the point, its neighbours, the other concentration there."""
    n = len(forcing)
    i, j = np.divmod(np.arange(n * n), n)
    up, down = (i - 1) % n * n + j, (i + 1) % n * n + j
    left, right = i * n + (j - 1) % n, i * n + (j + 1) % n
    here = i * n + j
    first = np.stack([up, left, here, right, down, here + n * n], axis=1)
    second = np.stack([here, *(n * n + k for k in (up, left, here, right, down))], axis=1)
    indptr = np.arange(0, 12 * n * n + 1, 6, dtype=np.int32)
    return indptr, np.concatenate([first, second]).ravel().astype(np.int32), fill_brusselator


@numba.njit
def fill_brusselator(y, alpha, forcing, data):
    size = forcing.size
    for k in range(size):
        u, v = y[k], y[size + k]
        a, b = 6 * k, 6 * (size + k)
        data[a] = data[a + 1] = data[a + 3] = data[a + 4] = alpha
        data[a + 2] = 2.0 * u * v - 4.4 - 4.0 * alpha
        data[a + 5] = u * u
        data[b] = 3.4 - 2.0 * u * v
        data[b + 1] = data[b + 2] = data[b + 4] = data[b + 5] = alpha
        data[b + 3] = -u * u - 4.0 * alpha


def bratu(x, strength):
    """Five entries a row, fewer at the boundary."""
    n = round(len(x) ** 0.5)
    i, j = np.divmod(np.arange(n * n), n)
    inside = np.stack([i > 0, j > 0, i >= 0, j < n - 1, i < n - 1], axis=1)
    columns = np.arange(n * n)[:, None] + np.array([-n, -1, 0, 1, n])
    indptr = np.concatenate([[0], np.cumsum(inside.sum(axis=1))]).astype(np.int32)
    return indptr, columns[inside].astype(np.int32), fill_bratu


@numba.njit
def fill_bratu(x, strength, data):
    n = round(len(x) ** 0.5)
    scale = strength / (n + 1) ** 2
    k = 0
    for i in range(n):
        for j in range(n):
            if i > 0:
                data[k] = -1.0
                k += 1
            if j > 0:
                data[k] = -1.0
                k += 1
            data[k] = 4.0 - scale * np.exp(x[i * n + j])
            k += 1
            if j < n - 1:
                data[k] = -1.0
                k += 1
            if i < n - 1:
                data[k] = -1.0
                k += 1

"""Numba kernels on compressed rows: transposing, finding mirrored entries."""

from __future__ import annotations

import numba
import numpy as np

__all__ = ["mirror", "transpose"]


@numba.njit(cache=True, error_model="numpy", nogil=True)
def transpose(indptr, indices, columns):
    """Compressed columns: their ``indptr``, the rows, and the positions in compressed rows."""
    starts = np.zeros(columns + 1, np.int32)
    for k in range(indices.shape[0]):
        starts[indices[k] + 1] += 1
    for j in range(columns):
        starts[j + 1] += starts[j]
    at = starts[:-1].copy()
    rows = np.empty(indices.shape[0], np.int32)
    positions = np.empty(indices.shape[0], np.int32)
    for i in range(indptr.shape[0] - 1):
        for k in range(indptr[i], indptr[i + 1]):
            j = indices[k]
            rows[at[j]] = i
            positions[at[j]] = k
            at[j] += 1
    return starts, rows, positions


@numba.njit(cache=True, error_model="numpy", nogil=True)
def mirror(indptr, indices):
    """Position of ``(j, i)`` for every entry ``(i, j)``, and an entry that has none, or -1, -1.

    Rows are sorted, and the entries left of the diagonal in row ``j`` are met in the order of their columns.
    """
    n = indptr.shape[0] - 1
    at = indptr[:-1].copy()
    found = np.empty(indices.shape[0], np.int32)
    for i in range(n):
        if at[i] < indptr[i + 1] and indices[at[i]] < i:
            return found, i, indices[at[i]]
        for k in range(at[i], indptr[i + 1]):
            j = indices[k]
            if at[j] == indptr[j + 1] or indices[at[j]] > i:
                return found, i, j
            if indices[at[j]] < i:
                return found, j, indices[at[j]]
            found[k] = at[j]
            found[at[j]] = k
            if j != i:
                at[j] += 1
    return found, -1, -1

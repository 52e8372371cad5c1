"""Products of a matrix in compressed rows with what stands in a flat memory, in every column of it."""

from __future__ import annotations

import numba
import numpy as np

__all__ = ["multiply"]

U = np.uint64


@numba.njit(cache=True, error_model="numpy", nogil=True)
def multiply(indptr, indices, data, memory, x, x_row, x_column, y, y_row, y_column, columns, add):
    """``y = matrix @ x``, or added to ``y``.

    Parameters
    ----------
    indptr, indices, data : ndarray
        The matrix.
    memory : ndarray of float64, shape (addresses, directions)
    x, x_row, x_column, y, y_row, y_column : int
        First address of either, and the strides along its axes.
    columns : int
        How many columns ``x`` and ``y`` have, beside those of the memory.
    add : bool
    """
    width = memory.shape[1]
    flat = memory.reshape(-1)
    for i in range(indptr.size - 1):
        for j in range(columns):
            out = (y + i * y_row + j * y_column) * width
            if width == 1:
                total = flat[out] if add else 0.0
                for p in range(indptr[i], indptr[i + 1]):
                    total += data[p] * flat[x + indices[p] * x_row + j * x_column]
                flat[out] = total
                continue
            if not add:
                for k in range(width):
                    flat[out + k] = 0.0
            for p in range(indptr[i], indptr[i + 1]):
                weight, start = data[p], (x + indices[p] * x_row + j * x_column) * width
                for k in range(width):
                    flat[U(out + k)] += weight * flat[U(start + k)]

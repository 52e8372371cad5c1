"""Products with many directions at once, which often are unit vectors still.

A tangent seeded with unit vectors, and what was computed from it entry by entry, has at most one number in each column.
A matrix times that is a choice of the matrix's columns.
"""

from __future__ import annotations

from typing import Any

from adpy.plain import np

__all__ = ["times_columns"]

ndarray = np.ndarray
_SMALL = 1 << 12
"""Entries of a tangent up to which a product costs no more than looking for zeros."""


def times_columns(matrix: Any, columns: Any, arena: Any = None) -> Any:
    """``matrix @ columns`` for ``columns`` of shape (n, directions); the result in memory of ``arena``."""
    if (
        type(matrix) is ndarray
        and type(columns) is ndarray
        and matrix.ndim == columns.ndim == 2
        and columns.size >= _SMALL
        and matrix.shape[0] >= 8
    ):
        found = _selection(columns)
        if found is not None:
            rows, weights = found
            chosen = matrix[:, rows] if type(rows) is slice else np.take(matrix, rows, 1)
            return np.multiply(chosen, weights, _out(arena, matrix, columns))
        return np.matmul(matrix, columns, _out(arena, matrix, columns))
    return matrix @ columns


def _out(arena: Any, matrix: ndarray, columns: ndarray) -> ndarray | None:
    """Memory for a product."""
    if arena is None or matrix.dtype != np.float64 or columns.dtype != np.float64:
        return None
    return arena.empty((matrix.shape[0], columns.shape[1]))


def _selection(columns: ndarray) -> tuple[slice | ndarray, ndarray] | None:
    """Row and value of the one number in each column that is not zero; None if a column has several."""
    count = columns.shape[1]
    used = columns != 0
    total = np.count_nonzero(used)
    if total > count or not columns.flags.c_contiguous:
        return None
    if total == count:
        start = int(np.argmax(used[:, 0]))
        diagonal = columns.reshape(-1)[start * count :: count + 1][:count]
        if np.count_nonzero(diagonal) == count:
            return slice(start, start + count), diagonal
    places = np.flatnonzero(used)
    rows = np.zeros(count, np.int64)
    found = places % count
    rows[found] = places // count
    if total > 1 and np.bincount(found, minlength=count).max() > 1:
        return None
    return rows, columns[rows, np.arange(count)]

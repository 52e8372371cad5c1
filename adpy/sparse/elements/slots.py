"""Slots: where in the data of compressed rows the entries of a matrix are."""

from __future__ import annotations

import numba
import numpy as np

from adpy.sparse.pattern import Pattern

__all__ = ["pattern_of", "slots_of"]

_options = {"cache": True, "error_model": "numpy", "nogil": True}


@numba.njit(**_options)
def _sorted_rows(m, rows, columns):
    """Entries by row, ascending in each and each once."""
    starts = np.zeros(m + 1, np.int64)
    for k in range(len(rows)):
        starts[rows[k] + 1] += 1
    for i in range(m):
        starts[i + 1] += starts[i]
    found, fill = np.empty(len(rows), np.int32), starts[:-1].copy()
    for k in range(len(rows)):
        found[fill[rows[k]]] = columns[k]
        fill[rows[k]] += 1
    indptr, count = np.zeros(m + 1, np.int32), 0
    for i in range(m):
        low, high = starts[i], starts[i + 1]
        if high - low > 24:
            found[low:high].sort()
        else:
            for k in range(low + 1, high):
                x, j = found[k], k
                while j > low and found[j - 1] > x:
                    found[j] = found[j - 1]
                    j -= 1
                found[j] = x
        begin = count
        for k in range(low, high):
            if count == begin or found[count - 1] != found[k]:
                found[count] = found[k]
                count += 1
        indptr[i + 1] = count
    return indptr, found[:count].copy()


def pattern_of(shape: tuple[int, int], rows: np.ndarray, columns: np.ndarray) -> Pattern:
    """The pattern with these entries, int32, in any order, each any number of times."""
    return Pattern(shape, *_sorted_rows(shape[0], rows, columns))


@numba.njit(**_options)
def slots_of(indptr, indices, rows, columns):
    """Number of each entry in a pattern, int32; -1 where it is not there."""
    found = np.empty(len(rows), np.int32)
    for k in range(len(rows)):
        low, high, column = indptr[rows[k]], indptr[rows[k] + 1], columns[k]
        end = high
        while low < high:
            middle = (low + high) // 2
            if indices[middle] < column:
                low = middle + 1
            else:
                high = middle
        found[k] = low if low < end and indices[low] == column else -1
    return found

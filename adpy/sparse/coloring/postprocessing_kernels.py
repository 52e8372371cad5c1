"""Numba kernels that say which colors are needed, and between which an entry leaves the choice."""

from __future__ import annotations

import numba
import numpy as np

from adpy.sparse.coloring.recovery_kernels import single, trees

__all__ = ["needed_acyclic", "needed_sides", "needed_star"]


@numba.njit(cache=True, error_model="numpy", nogil=True)
def needed_sides(indptr, indices, rows, columns, other, members, positions, row_count, column_count):
    """Of a bidirectional coloring; the colors of columns are numbered after those of rows."""
    needed = np.zeros(row_count + column_count, np.bool_)
    pairs = np.empty((indices.shape[0], 2), np.int32)
    count = 0
    by_column = single(indptr, indices, columns)
    by_row = single(other, members, rows)
    for j in range(columns.shape[0]):
        for at in range(other[j], other[j + 1]):
            row, column = rows[members[at]], row_count + columns[j]
            if not by_row[at]:
                needed[column] = True
            elif not by_column[positions[at]]:
                needed[row] = True
            else:
                pairs[count, 0] = row
                pairs[count, 1] = column
                count += 1
    return needed, pairs[:count]


@numba.njit(cache=True, error_model="numpy", nogil=True)
def needed_star(indptr, indices, mirrors, colors, column_count):
    """Of a star coloring."""
    needed = np.zeros(column_count, np.bool_)
    pairs = np.empty((indices.shape[0], 2), np.int32)
    count = 0
    alone = single(indptr, indices, colors)
    for i in range(colors.shape[0]):
        for k in range(indptr[i], indptr[i + 1]):
            j = indices[k]
            if j == i:
                needed[colors[i]] = True
            elif j > i:
                if not alone[mirrors[k]]:
                    needed[colors[j]] = True
                elif not alone[k]:
                    needed[colors[i]] = True
                else:
                    pairs[count, 0] = colors[i]
                    pairs[count, 1] = colors[j]
                    count += 1
    return needed, pairs[:count]


@numba.njit(cache=True, error_model="numpy", nogil=True)
def needed_acyclic(indptr, indices, mirrors, colors, column_count):
    """Of an acyclic coloring: a tree needs both its colors, a star that of its hub."""
    needed = np.zeros(column_count, np.bool_)
    rows = np.empty(indices.shape[0], np.int32)
    for i in range(colors.shape[0]):
        for k in range(indptr[i], indptr[i + 1]):
            rows[k] = i
            j = indices[k]
            if j == i:
                needed[colors[i]] = True
            elif colors[j] < 0:
                needed[colors[i]] = True
    edges, starts = trees(indptr, indices, mirrors, colors)
    pairs = np.empty((starts.shape[0], 2), np.int32)
    count = 0
    for t in range(starts.shape[0] - 1):
        one, other = rows[edges[starts[t]]], indices[edges[starts[t]]]
        one_is_hub = other_is_hub = True
        for at in range(starts[t] + 1, starts[t + 1]):
            i, j = rows[edges[at]], indices[edges[at]]
            one_is_hub = one_is_hub and one in (i, j)
            other_is_hub = other_is_hub and other in (i, j)
        if one_is_hub and other_is_hub:
            pairs[count, 0] = colors[one]
            pairs[count, 1] = colors[other]
            count += 1
        if not one_is_hub:
            needed[colors[other]] = True
        if not other_is_hub:
            needed[colors[one]] = True
    return needed, pairs[:count]

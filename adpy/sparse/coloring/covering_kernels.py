"""Numba kernel that splits the nonzeros of a matrix between rows and columns for a bidirectional coloring."""

from __future__ import annotations

import numba
import numpy as np

from adpy.sparse.coloring.ordering_kernels import put, take

__all__ = ["cover"]


@numba.njit(cache=True, error_model="numpy", nogil=True)
def cover(indptr, neighbors, rows, forward, reverse):
    """Peel off dense rows and columns, and leave the rest to the side where that costs least.

    The densest row or column is taken out time and again.  What is left costs as many sweeps as its longest row has
    entries (columns are colored then) or its longest column (rows are), what was taken out at most one each.

    Parameters
    ----------
    indptr, neighbors
        The bipartite graph: vertices below ``rows`` are rows.
    rows : int
    forward, reverse : float
        Cost of a color of columns, and of rows.

    Returns
    -------
    neutral : ndarray of bool
        Vertices that need no color: each entry has a row or a column that is not neutral.
    cost : float
        An estimate.
    """
    n = indptr.shape[0] - 1
    keys = np.empty(n, np.int32)
    tops = np.zeros(2, np.int64)
    for v in range(n):
        keys[v] = indptr[v + 1] - indptr[v]
        side = 0 if v < rows else 1
        tops[side] = max(tops[side], keys[v])
    # Lists of rows and of columns by the number of their entries, those of columns behind those of rows.
    first = np.zeros(2, np.int64)
    first[1] = tops[0] + 1
    heads = np.full(tops[0] + tops[1] + 2, -1, np.int32)
    before = np.empty(n, np.int32)
    after = np.empty(n, np.int32)
    for v in range(n - 1, -1, -1):
        if v >= rows:
            keys[v] += first[1]
        put(np.int32(v), keys[v], heads, before, after)
    taken = np.zeros(n, np.bool_)
    peeled = np.empty(n, np.int32)
    count = 0
    spent = 0.0
    best = np.inf
    best_count = 0
    rest_by_columns = True
    while True:
        for side in range(2):
            while tops[side] > 0 and heads[first[side] + tops[side]] < 0:
                tops[side] -= 1
        rest = min(forward * tops[0], reverse * tops[1])
        if spent + rest < best:
            best = spent + rest
            best_count = count
            rest_by_columns = forward * tops[0] <= reverse * tops[1]
        side = 0 if tops[0] >= tops[1] else 1
        spent += reverse if side == 0 else forward
        if rest == 0 or spent >= best:
            break
        v = heads[first[side] + tops[side]]
        take(v, keys[v], heads, before, after)
        taken[v] = True
        peeled[count] = v
        count += 1
        for k in range(indptr[v], indptr[v + 1]):
            w = neighbors[k]
            if not taken[w]:
                take(w, keys[w], heads, before, after)
                keys[w] -= 1
                put(w, keys[w], heads, before, after)
    neutral = np.empty(n, np.bool_)
    for v in range(n):
        neutral[v] = rest_by_columns == (v < rows)
    for at in range(best_count):
        neutral[peeled[at]] = False
    return neutral, best

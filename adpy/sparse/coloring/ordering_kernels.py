"""Numba kernels that put vertices in order by degrees, static or changing, with bucket queues in linear time.

A graph is given as :class:`adpy.sparse.coloring.graphs.Graph` has it; without groups, ``group_indptr`` is empty.
Groups of more than ``limit`` members do not count: each of its members would have all others as neighbours, which tells
them hardly apart and costs time that goes with the square of their number.
"""

from __future__ import annotations

import numba
import numpy as np

__all__ = [
    "DYNAMIC_LARGEST_FIRST",
    "INCIDENCE_DEGREE",
    "SMALLEST_LAST",
    "by_degree",
    "degrees",
    "dynamic",
    "put",
    "take",
]

SMALLEST_LAST, INCIDENCE_DEGREE, DYNAMIC_LARGEST_FIRST = 0, 1, 2


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _neighbors(v, indptr, indices, group_indptr, members, limit, seen, found):
    """Write the neighbours of a vertex, each once, into ``found``, and return how many there are."""
    count = 0
    seen[v] = v
    grouped = group_indptr.shape[0] > 0
    for k in range(indptr[v], indptr[v + 1]):
        w = indices[k]
        if not grouped:
            if w != v:
                found[count] = w
                count += 1
        elif group_indptr[w + 1] - group_indptr[w] <= limit:
            for at in range(group_indptr[w], group_indptr[w + 1]):
                x = members[at]
                if seen[x] != v:
                    seen[x] = v
                    found[count] = x
                    count += 1
    return count


@numba.njit(cache=True, error_model="numpy", nogil=True)
def degrees(indptr, indices, group_indptr, members, limit):
    """Number of neighbours of each vertex."""
    n = indptr.shape[0] - 1
    seen = np.full(n, -1, np.int32)
    found = np.empty(n, np.int32)
    counts = np.empty(n, np.int32)
    for v in range(n):
        counts[v] = _neighbors(np.int32(v), indptr, indices, group_indptr, members, limit, seen, found)
    return counts


@numba.njit(cache=True, error_model="numpy", nogil=True)
def by_degree(counts):
    """Vertices by falling degree; equal ones as they are numbered."""
    n = counts.shape[0]
    top = 0
    for v in range(n):
        top = max(top, counts[v])
    starts = np.zeros(top + 2, np.int64)
    for v in range(n):
        starts[top - counts[v] + 1] += 1
    for d in range(top + 1):
        starts[d + 1] += starts[d]
    order = np.empty(n, np.int32)
    for v in range(n):
        d = top - counts[v]
        order[starts[d]] = v
        starts[d] += 1
    return order


@numba.njit(cache=True, error_model="numpy", nogil=True)
def put(v, key, heads, before, after):
    """Put a vertex in front of the list of its key."""
    head = heads[key]
    after[v] = head
    before[v] = -1
    if head >= 0:
        before[head] = v
    heads[key] = v


@numba.njit(cache=True, error_model="numpy", nogil=True)
def take(v, key, heads, before, after):
    """Take a vertex out of the list of its key."""
    if before[v] >= 0:
        after[before[v]] = after[v]
    else:
        heads[key] = after[v]
    if after[v] >= 0:
        before[after[v]] = before[v]


@numba.njit(cache=True, error_model="numpy", nogil=True)
def dynamic(mode, counts, indptr, indices, group_indptr, members, limit):
    """Order where the key of a vertex changes as its neighbours are ordered.

    Vertices of one key wait in a doubly linked list, the one that came last in front.
    """
    n = counts.shape[0]
    top = 0
    for v in range(n):
        top = max(top, counts[v])
    heads = np.full(top + 2, -1, np.int32)
    before = np.empty(n, np.int32)
    after = np.empty(n, np.int32)
    keys = np.zeros(n, np.int32) if mode == INCIDENCE_DEGREE else counts.copy()
    at_first = by_degree(counts)
    for place in range(n - 1, -1, -1):
        v = at_first[place] if mode == INCIDENCE_DEGREE else np.int32(place)
        put(v, keys[v], heads, before, after)
    seen = np.full(n, -1, np.int32)
    found = np.empty(n, np.int32)
    order = np.empty(n, np.int32)
    step = np.int32(1) if mode == INCIDENCE_DEGREE else np.int32(-1)
    key = 0 if mode != DYNAMIC_LARGEST_FIRST else top
    for place in range(n):
        if mode == SMALLEST_LAST:
            while heads[key] < 0:
                key += 1
        else:
            while heads[key] < 0:
                key -= 1
        v = heads[key]
        take(v, keys[v], heads, before, after)
        keys[v] = -1
        order[n - 1 - place if mode == SMALLEST_LAST else place] = v
        count = _neighbors(v, indptr, indices, group_indptr, members, limit, seen, found)
        for k in range(count):
            w = found[k]
            if keys[w] >= 0:
                take(w, keys[w], heads, before, after)
                keys[w] += step
                put(w, keys[w], heads, before, after)
        if mode == SMALLEST_LAST:
            key = max(key - 1, 0)
        elif mode == INCIDENCE_DEGREE:
            key = min(key + 1, top)
    return order

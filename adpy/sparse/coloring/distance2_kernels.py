"""Numba kernel of greedy partial distance-2 coloring.

The vertices of a large group (a long row) have all different colors.  A bit for each color says whether the group has
it, and going over its members for each of them, which takes quadratic time, is not needed.
"""

from __future__ import annotations

import numba
import numpy as np

__all__ = ["partial_distance2"]

LARGE = 256


@numba.njit(cache=True, error_model="numpy", nogil=True)
def partial_distance2(indptr, indices, group_indptr, members, order):
    """Colors of the vertices, different within each group, -1 for those in no group; and the number of colors."""
    n = indptr.shape[0] - 1
    colors = np.full(n, -1, np.int32)
    forbidden = np.full(n + 1, -1, np.int32)
    groups = group_indptr.shape[0] - 1
    number = np.full(groups, -1, np.int32)
    large = 0
    for g in range(groups):
        if group_indptr[g + 1] - group_indptr[g] > LARGE:
            number[g] = large
            large += 1
    words = 8
    used = np.zeros(large * words, np.uint64)
    first_free = np.zeros(large, np.int32)
    of_vertex = np.empty(max(large, 1), np.int32)
    one = np.uint64(1)
    count = 0
    for place in range(n):
        v = order[place]
        if indptr[v] == indptr[v + 1]:
            continue
        found = 0
        color = 0
        for k in range(indptr[v], indptr[v + 1]):
            g = indices[k]
            if number[g] >= 0:
                of_vertex[found] = number[g]
                found += 1
                color = max(color, first_free[number[g]])
                continue
            for at in range(group_indptr[g], group_indptr[g + 1]):
                c = colors[members[at]]
                if c >= 0:
                    forbidden[c] = v
        while True:
            taken = forbidden[color] == v
            at = 0
            while not taken and at < found:
                taken = (used[of_vertex[at] * words + (color >> 6)] >> np.uint64(color & 63)) & one != 0
                at += 1
            if not taken:
                break
            color += 1
        colors[v] = color
        count = max(count, color + 1)
        if large > 0 and (count >> 6) + 1 >= words:
            wider = np.zeros(2 * large * words, np.uint64)
            for k in range(large * words):
                wider[k + (k // words) * words] = used[k]
            used = wider
            words *= 2
        for at in range(found):
            start = of_vertex[at] * words
            used[start + (color >> 6)] |= one << np.uint64(color & 63)
            c = first_free[of_vertex[at]]
            while (used[start + (c >> 6)] >> np.uint64(c & 63)) & one != 0:
                c += 1
            first_free[of_vertex[at]] = c
    return colors, count

"""Numba kernels that find, from colors alone, where each nonzero can be read, and the one that substitutes.

Each returns, last, the position of an entry that the colors do not determine, or -1.
"""

from __future__ import annotations

import numba
import numpy as np

from adpy.sparse.coloring.graph_kernels import transpose
from adpy.sparse.coloring.sets import find, unite

__all__ = ["acyclic", "sides", "single", "star", "substitute", "trees"]


@numba.njit(cache=True, error_model="numpy", nogil=True)
def single(indptr, indices, colors):
    """Is an entry the only one of its row in the columns of its color?"""
    alone = np.zeros(indices.shape[0], np.bool_)
    count = np.zeros(colors.shape[0], np.int32)
    for i in range(indptr.shape[0] - 1):
        for k in range(indptr[i], indptr[i + 1]):
            if colors[indices[k]] >= 0:
                count[colors[indices[k]]] += 1
        for k in range(indptr[i], indptr[i + 1]):
            c = colors[indices[k]]
            alone[k] = c >= 0 and count[c] == 1
        for k in range(indptr[i], indptr[i + 1]):
            if colors[indices[k]] >= 0:
                count[colors[indices[k]]] = 0
    return alone


@numba.njit(cache=True, error_model="numpy", nogil=True)
def sides(indptr, indices, rows, columns):
    """Read entries from the compressed columns, or where that does not do from the compressed rows."""
    lines = np.empty(indices.shape[0], np.int32)
    colors = np.empty(indices.shape[0], np.int32)
    by_row = np.zeros(indices.shape[0], np.bool_)
    by_column = single(indptr, indices, columns)
    enough = True
    for i in range(indptr.shape[0] - 1):
        for k in range(indptr[i], indptr[i + 1]):
            lines[k] = i
            colors[k] = columns[indices[k]]
            enough = enough and by_column[k]
    if enough:
        return lines, colors, by_row, -1
    other, members, positions = transpose(indptr, indices, columns.shape[0])
    alone = single(other, members, rows)
    for j in range(columns.shape[0]):
        for at in range(other[j], other[j + 1]):
            k = positions[at]
            if by_column[k]:
                continue
            if not alone[at]:
                return lines, colors, by_row, k
            by_row[k] = True
            lines[k] = j
            colors[k] = rows[members[at]]
    return lines, colors, by_row, -1


@numba.njit(cache=True, error_model="numpy", nogil=True)
def star(indptr, indices, mirrors, column_colors):
    """Read an entry and its mirrored one from the same place."""
    lines = np.empty(indices.shape[0], np.int32)
    colors = np.empty(indices.shape[0], np.int32)
    alone = single(indptr, indices, column_colors)
    for i in range(indptr.shape[0] - 1):
        for k in range(indptr[i], indptr[i + 1]):
            j = indices[k]
            if j < i:
                continue
            if alone[k]:
                line, color = i, column_colors[j]
            elif alone[mirrors[k]]:
                line, color = j, column_colors[i]
            else:
                return lines, colors, k
            lines[k] = lines[mirrors[k]] = line
            colors[k] = colors[mirrors[k]] = color
    return lines, colors, -1


@numba.njit(cache=True, error_model="numpy", nogil=True)
def trees(indptr, indices, mirrors, colors):
    """Edges between colored vertices, those of one two-colored tree together, and where each tree starts.

    An edge goes by the smaller position of its two entries.
    """
    parents = np.arange(indices.shape[0]).astype(np.int32)
    first = np.full(colors.shape[0], -1, np.int32)
    edges = 0
    for i in range(colors.shape[0]):
        if colors[i] < 0:
            continue
        for k in range(indptr[i], indptr[i + 1]):
            j = indices[k]
            if j == i or colors[j] < 0:
                continue
            edges += i < j
            edge = min(k, mirrors[k])
            if first[colors[j]] >= indptr[i] and first[colors[j]] < k:
                known = first[colors[j]]
                unite(parents, edge, min(known, mirrors[known]))
            else:
                first[colors[j]] = k
    tree_of = np.full(indices.shape[0], -1, np.int32)
    starts = np.zeros(edges + 1, np.int32)
    trees = 0
    for turn in range(2):
        if turn == 1:
            for t in range(trees):
                starts[t + 1] += starts[t]
            at = starts[:trees].copy()
            sorted_edges = np.empty(edges, np.int32)
        for i in range(colors.shape[0]):
            for k in range(indptr[i], indptr[i + 1]):
                j = indices[k]
                if j <= i or colors[i] < 0 or colors[j] < 0:
                    continue
                root = find(parents, k)
                if turn == 0:
                    if tree_of[root] < 0:
                        tree_of[root] = trees
                        trees += 1
                    starts[tree_of[root] + 1] += 1
                else:
                    sorted_edges[at[tree_of[root]]] = k
                    at[tree_of[root]] += 1
    return sorted_edges, starts[: trees + 1]


@numba.njit(cache=True, error_model="numpy", nogil=True)
def acyclic(indptr, indices, mirrors, column_colors):
    """The edges in an order in which each is known when it is needed.

    A vertex of a tree keeps its degree and the exclusive or of its edges, which for a leaf is its only edge.  Leaves
    wait in a queue, so that a star is taken apart towards its hub.
    """
    n = column_colors.shape[0]
    total = 0
    rows = np.empty(indices.shape[0], np.int32)
    for i in range(n):
        for k in range(indptr[i], indptr[i + 1]):
            rows[k] = i
            total += indices[k] >= i
    lines = np.empty(total, np.int32)
    colors = np.empty(total, np.int32)
    mirror_lines = np.empty(total, np.int32)
    mirror_colors = np.full(total, -1, np.int32)
    positions = np.empty(total, np.int32)
    opposite = np.empty(total, np.int32)
    alone = single(indptr, indices, column_colors)
    done = 0
    lost = -1
    for k in range(indices.shape[0]):
        i, j = rows[k], indices[k]
        ends = (column_colors[i] >= 0) + (column_colors[j] >= 0)
        if i == j or ends < 2:
            if j < i:
                continue
            at = k if column_colors[j] >= 0 else mirrors[k]
            if not alone[at]:
                lost = k
            lines[done] = rows[at]
            colors[done] = column_colors[indices[at]]
            mirror_lines[done] = indices[at]
            positions[done] = at
            opposite[done] = mirrors[at]
            done += 1
        elif column_colors[i] == column_colors[j]:
            lost = k
    if lost >= 0:
        return lines, colors, mirror_lines, mirror_colors, positions, opposite, 0, lost

    edges, starts = trees(indptr, indices, mirrors, column_colors)
    degree = np.zeros(n, np.int32)
    last = np.zeros(n, np.int32)
    level = np.zeros(n, np.int32)
    queue = np.empty(edges.shape[0] + 2, np.int32)
    depth = 0
    for t in range(starts.shape[0] - 1):
        for at in range(starts[t], starts[t + 1]):
            for k in (edges[at], mirrors[edges[at]]):
                degree[rows[k]] += 1
                last[rows[k]] ^= edges[at]
                level[rows[k]] = 0
        tail = 0
        for at in range(starts[t], starts[t + 1]):
            for k in (edges[at], mirrors[edges[at]]):
                if degree[rows[k]] == 1:
                    queue[tail] = rows[k]
                    tail += 1
        head = 0
        before = done
        while head < tail:
            v = queue[head]
            head += 1
            if degree[v] == 0:
                continue
            k = last[v]
            if rows[k] != v:
                k = mirrors[k]
            u = indices[k]
            lines[done], colors[done] = v, column_colors[u]
            mirror_lines[done], mirror_colors[done] = u, column_colors[v]
            positions[done], opposite[done] = k, mirrors[k]
            done += 1
            depth = max(depth, level[v])
            level[u] = max(level[u], level[v] + 1)
            degree[v] = 0
            last[v] = 0
            degree[u] -= 1
            last[u] ^= min(k, mirrors[k])
            if degree[u] == 1:
                queue[tail] = u
                tail += 1
        if done - before < starts[t + 1] - starts[t]:
            return lines, colors, mirror_lines, mirror_colors, positions, opposite, 0, edges[starts[t]]
    return lines, colors, mirror_lines, mirror_colors, positions, opposite, depth, -1


@numba.njit(cache=True, error_model="numpy", nogil=True)
def substitute(left, lines, colors, mirror_lines, mirror_colors, positions, mirrors, data):
    """Carry out a :class:`~adpy.sparse.coloring.recovery.Substitution` on ``left``, which is used up."""
    for e in range(lines.shape[0]):
        value = left[lines[e], colors[e]]
        data[positions[e]] = value
        data[mirrors[e]] = value
        if mirror_colors[e] >= 0:
            left[mirror_lines[e], mirror_colors[e]] -= value

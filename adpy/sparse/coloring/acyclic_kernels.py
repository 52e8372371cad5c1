"""Numba kernel of greedy acyclic coloring.

Vertices of two colors induce trees, kept as disjoint sets of edges.  All edges from a vertex to one color are in one
tree, so each vertex has a slot for every color among its neighbours, with one edge that stands for all of them.
"""

from __future__ import annotations

import numba
import numpy as np

from adpy.sparse.coloring.sets import find, unite

__all__ = ["acyclic"]


@numba.njit(cache=True, error_model="numpy", nogil=True)
def acyclic(indptr, neighbors, edges, order):
    """Colors of the vertices; ``edges`` has a number for both entries of each edge, and -1 where there is none."""
    n = indptr.shape[0] - 1
    colors = np.full(n, -1, np.int32)
    forbidden = np.full(n + 1, -1, np.int32)
    first_neighbor = np.full(n + 1, -1, np.int32)
    first_edge = np.empty(n + 1, np.int32)
    slot_color = np.empty(neighbors.shape[0], np.int32)
    slot_edge = np.empty(neighbors.shape[0], np.int32)
    slots = np.zeros(n, np.int32)
    trees = np.arange(neighbors.shape[0]).astype(np.int32)
    visitor = np.full(neighbors.shape[0], -1, np.int32)
    came_by = np.empty(neighbors.shape[0], np.int32)
    for place in range(n):
        v = order[place]
        for k in range(indptr[v], indptr[v + 1]):
            if edges[k] >= 0 and colors[neighbors[k]] >= 0:
                forbidden[colors[neighbors[k]]] = v
        for k in range(indptr[v], indptr[v + 1]):
            w = neighbors[k]
            if edges[k] < 0 or colors[w] < 0:
                continue
            for s in range(indptr[w], indptr[w] + slots[w]):
                if forbidden[slot_color[s]] == v:
                    continue
                tree = find(trees, slot_edge[s])
                if visitor[tree] != v:
                    visitor[tree] = v
                    came_by[tree] = w
                elif came_by[tree] != w:
                    forbidden[slot_color[s]] = v
        color = 0
        while forbidden[color] == v:
            color += 1
        colors[v] = color
        for k in range(indptr[v], indptr[v + 1]):
            w = neighbors[k]
            edge = edges[k]
            if edge < 0 or colors[w] < 0:
                continue
            c = colors[w]
            if first_neighbor[c] != v:
                first_neighbor[c] = v
                first_edge[c] = edge
                slot_color[indptr[v] + slots[v]] = c
                slot_edge[indptr[v] + slots[v]] = edge
                slots[v] += 1
            else:
                unite(trees, edge, first_edge[c])
            known = False
            for s in range(indptr[w], indptr[w] + slots[w]):
                if slot_color[s] == color:
                    unite(trees, edge, slot_edge[s])
                    known = True
                    break
            if not known:
                slot_color[indptr[w] + slots[w]] = color
                slot_edge[indptr[w] + slots[w]] = edge
                slots[w] += 1
    return colors

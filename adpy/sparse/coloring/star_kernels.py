"""Numba kernels of greedy star coloring, of symmetric matrices and, as bicoloring, of any.

Vertices of two colors induce stars, each an edge set with a hub.  Only what decides is kept: each vertex has a slot
for every color among its neighbours, with one edge to that color.  If there are several such edges, the vertex is the
hub of their star; so one edge stands for all, and a hub of many leaves is looked at in a few steps.
"""

from __future__ import annotations

import numba
import numpy as np

__all__ = ["star"]


@numba.njit(cache=True, error_model="numpy", nogil=True)
def star(indptr, neighbors, edges, order, sides, neutral, limit):
    """Colors of the vertices, -1 for those that are to be neutral, and whether ``limit`` colors a side were enough.

    With two sides, the vertices below ``sides`` have the even and the others the odd numbers as colors, and edges run
    only between the sides; else ``sides`` is 0.

    An edge goes by a number that both its entries have in ``edges``, -1 where an entry is not an edge.
    """
    n = indptr.shape[0] - 1
    stride = 1 if sides == 0 else 2
    colors = np.full(n, -1, np.int32)
    forbidden = np.full(stride * (n + 1), -1, np.int32)
    first_neighbor = np.full(stride * (n + 1), -1, np.int32)
    first_place = np.empty(stride * (n + 1), np.int32)
    treated = np.full(n, -1, np.int32)
    slot_color = np.empty(neighbors.shape[0], np.int32)
    slot_edge = np.empty(neighbors.shape[0], np.int32)
    slots = np.zeros(n, np.int32)
    count = 0
    for e in range(edges.shape[0]):
        count = max(count, edges[e] + 1)
    star_of = np.full(count, -1, np.int32)
    hubs = np.full(count, -1, np.int32)
    for place in range(n):
        v = order[place]
        if neutral[v]:
            continue
        for k in range(indptr[v], indptr[v + 1]):
            w = neighbors[k]
            c = colors[w]
            if edges[k] < 0 or (c < 0 and not neutral[w]):
                continue
            if c < 0:
                for s in range(indptr[w], indptr[w] + slots[w]):
                    forbidden[slot_color[s]] = v
                continue
            forbidden[c] = v
            if first_neighbor[c] != v:
                first_neighbor[c] = v
                first_place[c] = k
                for s in range(indptr[w], indptr[w] + slots[w]):
                    hub = hubs[star_of[slot_edge[s]]]
                    if hub >= 0 and hub != w:
                        forbidden[slot_color[s]] = v
            else:
                _forbid(v, neighbors[first_place[c]], indptr, slots, slot_color, treated, forbidden)
                _forbid(v, w, indptr, slots, slot_color, treated, forbidden)
        color = 0 if v < sides or sides == 0 else 1
        while forbidden[color] == v:
            color += stride
        if color >= stride * limit:
            return colors, False
        colors[v] = color
        _extend(v, color, indptr, neighbors, edges, colors, neutral, first_neighbor, first_place, slots, slot_color,
                slot_edge, star_of, hubs)  # fmt: skip
    return colors, True


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _forbid(v, w, indptr, slots, slot_color, treated, forbidden):
    """No color of a neighbour of ``w`` is for ``v``."""
    if treated[w] != v:
        treated[w] = v
        for s in range(indptr[w], indptr[w] + slots[w]):
            forbidden[slot_color[s]] = v


@numba.njit(cache=True, error_model="numpy", nogil=True)
def _extend(
    v, color, indptr, neighbors, edges, colors, neutral, first_neighbor, first_place, slots, slot_color, slot_edge,
    star_of, hubs,
):  # fmt: skip
    """Put the edges from a vertex that has just been colored into stars."""
    for k in range(indptr[v], indptr[v + 1]):
        w = neighbors[k]
        edge = edges[k]
        if edge < 0 or (colors[w] < 0 and not neutral[w]):
            continue
        known = -1
        for s in range(indptr[w], indptr[w] + slots[w]):
            if slot_color[s] == color:
                known = slot_edge[s]
                break
        if known < 0:
            slot_color[indptr[w] + slots[w]] = color
            slot_edge[indptr[w] + slots[w]] = edge
            slots[w] += 1
        if neutral[w]:
            star_of[edge] = edge
            hubs[edge] = v
            continue
        first = first_place[colors[w]]
        if known >= 0:
            star_of[edge] = star_of[known]
            hubs[star_of[edge]] = w
        elif neighbors[first] != w:
            star_of[edge] = star_of[edges[first]]
            hubs[star_of[edge]] = v
        else:
            star_of[edge] = edge
        if neighbors[first] == w:
            slot_color[indptr[v] + slots[v]] = colors[w]
            slot_edge[indptr[v] + slots[v]] = edge
            slots[v] += 1

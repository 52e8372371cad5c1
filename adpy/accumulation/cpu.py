"""Numba kernels of vertex elimination, compiled once per installation (``cache=True``).

Edges stand in growing arrays.  The edges into and out of a vertex are singly linked lists; an edge dies with either of
its vertices and is skipped from then on, so nothing is ever unlinked, and every list is walked once.  A hash table
finds the edge between two vertices.
"""

from __future__ import annotations

import numba
import numpy as np

__all__ = ["eliminate", "paths", "reach"]


@numba.njit(cache=True, nogil=True)
def reach(indptr, children, inputs, outputs):
    """Which vertices lie on a path from one of ``inputs`` to one of ``outputs``."""
    n = indptr.shape[0] - 1
    varied = np.zeros(n, np.bool_)
    useful = np.zeros(n, np.bool_)
    varied[inputs] = True
    useful[outputs] = True
    for row in range(n):
        for entry in range(indptr[row], indptr[row + 1]):
            if varied[children[entry]]:
                varied[row] = True
                break
    for row in range(n - 1, -1, -1):
        if useful[row]:
            for entry in range(indptr[row], indptr[row + 1]):
                useful[children[entry]] = True
    return varied & useful


@numba.njit(cache=True, nogil=True)
def paths(indptr, children, inputs, outputs):
    """For every vertex: how many inputs reach it, times how many outputs it reaches."""
    n = indptr.shape[0] - 1
    below = np.zeros((n, (inputs.shape[0] + 63) // 64), np.uint64)
    above = np.zeros((n, (outputs.shape[0] + 63) // 64), np.uint64)
    for i in range(inputs.shape[0]):
        below[inputs[i], i // 64] |= np.uint64(1) << np.uint64(i % 64)
    for i in range(outputs.shape[0]):
        above[outputs[i], i // 64] |= np.uint64(1) << np.uint64(i % 64)
    for row in range(n):
        for entry in range(indptr[row], indptr[row + 1]):
            below[row] |= below[children[entry]]
    for row in range(n - 1, -1, -1):
        for entry in range(indptr[row], indptr[row + 1]):
            above[children[entry]] |= above[row]
    products = np.empty(n, np.int64)
    for row in range(n):
        products[row] = _bits(below[row]) * _bits(above[row])
    return products


@numba.njit(cache=True, nogil=True)
def _bits(words):
    count = 0
    for i in range(words.shape[0]):
        word = words[i]
        while word != np.uint64(0):
            word &= word - np.uint64(1)
            count += 1
    return count


# ---- a heap of vertices by (key, tie), with their places in it, so that a key can change


@numba.njit(cache=True, nogil=True)
def _before(a, b, key, tie):
    return key[a] < key[b] or (key[a] == key[b] and tie[a] < tie[b])


@numba.njit(cache=True, nogil=True)
def _rise(heap, place, at, key, tie):
    vertex = heap[at]
    while at > 0:
        parent = (at - 1) // 2
        if not _before(vertex, heap[parent], key, tie):
            break
        heap[at] = heap[parent]
        place[heap[at]] = at
        at = parent
    heap[at] = vertex
    place[vertex] = at


@numba.njit(cache=True, nogil=True)
def _sink(heap, place, at, size, key, tie):
    vertex = heap[at]
    while 2 * at + 1 < size:
        child = 2 * at + 1
        if child + 1 < size and _before(heap[child + 1], heap[child], key, tie):
            child += 1
        if not _before(heap[child], vertex, key, tie):
            break
        heap[at] = heap[child]
        place[heap[at]] = at
        at = child
    heap[at] = vertex
    place[vertex] = at


# ---- edges


@numba.njit(cache=True, nogil=True)
def _slot(slots, head, tail, k, i):
    """Slot of the edge from ``i`` to ``k`` in the hash table, or the free one where it belongs."""
    mask = np.uint64(slots.shape[0] - 1)
    mixed = (np.uint64(k) * np.uint64(0x9E3779B97F4A7C15)) ^ (np.uint64(i) * np.uint64(0xC2B2AE3D27D4EB4F))
    at = (mixed ^ (mixed >> np.uint64(29))) & mask
    while slots[at] >= 0 and (head[slots[at]] != k or tail[slots[at]] != i):
        at = (at + np.uint64(1)) & mask
    return at


@numba.njit(cache=True, nogil=True)
def _grown(array, filled):
    larger = np.empty(2 * array.shape[0], array.dtype)
    larger[:filled] = array[:filled]
    return larger


@numba.njit(cache=True, nogil=True)
def _table(size, head, tail, edges, alive):
    """A hash table of the edges between vertices that are still there."""
    slots = np.full(size, -1, np.int64)
    for edge in range(edges):
        if alive[head[edge]] and alive[tail[edge]]:
            slots[_slot(slots, head, tail, head[edge], tail[edge])] = edge
    return slots


@numba.njit(cache=True, nogil=True)
def eliminate(indptr, children, weights, removable, by_degree, offset, tie, limit):
    """See :func:`adpy.accumulation.elimination.accumulate`.

    ``removable`` says which vertices go.  The next one is that of the smallest key, which is the Markowitz degree (if
    ``by_degree``) plus ``offset``; equal keys go by ``tie``.  Returns tails, heads and weights of the edges that are
    left, the numbers of multiplications and of additions, and the order; it stops when the first is above ``limit``.
    """
    n = indptr.shape[0] - 1
    edges = children.shape[0]
    size = 16
    while size < 2 * edges:
        size *= 2
    tail = np.empty(size // 2, np.int64)
    head = np.empty(size // 2, np.int64)
    weight = np.empty(size // 2)
    next_in = np.empty(size // 2, np.int64)
    next_out = np.empty(size // 2, np.int64)
    first_in = np.full(n, -1, np.int64)
    first_out = np.full(n, -1, np.int64)
    children_of = np.zeros(n, np.int64)
    parents_of = np.zeros(n, np.int64)
    alive = np.ones(n, np.bool_)
    for row in range(n):
        for edge in range(indptr[row], indptr[row + 1]):
            child = children[edge]
            tail[edge], head[edge], weight[edge] = child, row, weights[edge]
            next_in[edge], first_in[row] = first_in[row], edge
            next_out[edge], first_out[child] = first_out[child], edge
            children_of[row] += 1
            parents_of[child] += 1
    slots = _table(2 * size, head, tail, edges, alive)

    key = offset.copy()
    heap = np.empty(n, np.int64)
    place = np.full(n, -1, np.int64)
    waiting = 0
    for vertex in range(n):
        if removable[vertex]:
            if by_degree:
                key[vertex] += children_of[vertex] * parents_of[vertex]
            heap[waiting] = vertex
            place[vertex] = waiting
            waiting += 1
    for at in range(waiting // 2 - 1, -1, -1):
        _sink(heap, place, at, waiting, key, tie)

    order = np.empty(waiting, np.int64)
    above = np.empty(n, np.int64)
    below = np.empty(n, np.int64)
    multiplications = additions = 0
    for step in range(order.shape[0]):
        j = heap[0]
        order[step] = j
        waiting -= 1
        if waiting:
            heap[0] = heap[waiting]
            _sink(heap, place, 0, waiting, key, tie)
        place[j] = -1

        ups = downs = 0
        edge = first_out[j]
        while edge >= 0:
            if alive[head[edge]]:
                above[ups] = edge
                ups += 1
            edge = next_out[edge]
        edge = first_in[j]
        while edge >= 0:
            if alive[tail[edge]]:
                below[downs] = edge
                downs += 1
            edge = next_in[edge]
        alive[j] = False
        multiplications += ups * downs
        if multiplications > limit:
            break
        for up in range(ups):
            k, left = head[above[up]], weight[above[up]]
            for down in range(downs):
                i, right = tail[below[down]], weight[below[down]]
                product = left * right if left != 0.0 and right != 0.0 else 0.0
                at = _slot(slots, head, tail, k, i)
                if slots[at] >= 0:
                    weight[slots[at]] += product
                    additions += 1
                    continue
                if edges == tail.shape[0]:
                    tail, head, weight = _grown(tail, edges), _grown(head, edges), _grown(weight, edges)
                    next_in, next_out = _grown(next_in, edges), _grown(next_out, edges)
                    slots = _table(2 * slots.shape[0], head, tail, edges, alive)
                    at = _slot(slots, head, tail, k, i)
                slots[at] = edges
                tail[edges], head[edges], weight[edges] = i, k, product
                next_in[edges], first_in[k] = first_in[k], edges
                next_out[edges], first_out[i] = first_out[i], edges
                children_of[k] += 1
                parents_of[i] += 1
                edges += 1
        for up in range(ups):
            children_of[head[above[up]]] -= 1
        for down in range(downs):
            parents_of[tail[below[down]]] -= 1
        if by_degree:
            for number in range(ups + downs):
                vertex = head[above[number]] if number < ups else tail[below[number - ups]]
                if place[vertex] >= 0:
                    key[vertex] = offset[vertex] + children_of[vertex] * parents_of[vertex]
                    _rise(heap, place, place[vertex], key, tie)
                    _sink(heap, place, place[vertex], waiting, key, tie)

    left = 0
    for edge in range(edges):
        if alive[tail[edge]] and alive[head[edge]]:
            tail[left], head[left], weight[left] = tail[edge], head[edge], weight[edge]
            left += 1
    return tail[:left].copy(), head[:left].copy(), weight[:left].copy(), multiplications, additions, order

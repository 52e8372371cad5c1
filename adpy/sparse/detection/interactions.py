"""Nonlinear interactions: pairs of columns that some operation is nonlinear in, swept forward over operations."""

from __future__ import annotations

import numba
import numpy as np

from adpy.sparse.detection.sets import ascending, collect, named, new_state, release, unite

__all__ = ["interactions", "mirrored"]

_options = {"cache": True, "error_model": "numpy", "nogil": True}


@numba.njit(**_options)
def distinct(pairs, count, columns):
    """Sort pairs by row, then column, and remove repeated ones, in place; return how many are left.

    Parameters
    ----------
    pairs : ndarray of int32, shape (2, …)
        Rows and columns of the first ``count`` pairs.
    """
    starts = np.zeros(columns + 1, np.int64)
    for k in range(count):
        starts[pairs[0, k] + 1] += 1
    for r in range(columns):
        starts[r + 1] += starts[r]
    places = starts[:-1].copy()
    sorted_ = np.empty(count, np.int32)
    for k in range(count):
        r = pairs[0, k]
        sorted_[places[r]] = pairs[1, k]
        places[r] += 1
    seen = np.full(columns, -1, np.int32)
    kept = 0
    for r in range(columns):
        first = kept
        for k in range(starts[r], starts[r + 1]):
            c = sorted_[k]
            if seen[c] != r:
                seen[c] = r
                pairs[0, kept], pairs[1, kept] = r, c
                kept += 1
        ascending(pairs[1], first, kept)
    return kept


@numba.njit(**_options)
def _reserved(pairs, count, needed, columns, limit):
    """Pairs with room for more, repeated ones removed where room is short, and how many there are."""
    if count + needed > pairs.shape[1]:
        count = distinct(pairs, count, columns)
        if 2 * (count + needed) > pairs.shape[1]:
            if count + needed > limit:
                raise MemoryError("pairs of columns")
            grown = np.empty((2, 2 * (count + needed)), np.int32)
            for k in range(count):
                grown[0, k], grown[1, k] = pairs[0, k], pairs[1, k]
            pairs = grown
    return pairs, count


@numba.njit(**_options)
def _entries(i, firsts, seconds, renamed, state, single, memory):
    """The columns of a number: ``(array, start, length, set)``, the set being -1 for one column alone, or none."""
    if seconds[i] <= -2:
        single[0] = -2 - seconds[i]
        return single, np.int64(0), np.int64(1), np.int64(-1)
    if firsts[i] > -2:
        return single, np.int64(0), np.int64(0), np.int64(-1)
    j = np.int64(-2 - firsts[i])
    if j < len(renamed):
        j = renamed[j]
    return memory, state[0][j], np.int64(state[1][j]), j


@numba.njit(**_options)
def interactions(
    firsts, seconds, thirds, links, curves, pointers, members, heads, bent, uses, set_uses, columns, limit
):
    """Pairs of columns that interact.

    Parameters
    ----------
    firsts, seconds, thirds, links, pointers, members, heads, bent, uses, set_uses : ndarray
        What :func:`~adpy.sparse.detection.marking.count_needs` leaves; overwritten.
    curves : ndarray of uint8
        What it returns.
    columns : int
        How many columns there are.
    limit : int
        Entries of all sets together, and pairs, at most; beyond, a ``MemoryError`` is raised.

    Returns
    -------
    ndarray of int32, shape (2, pairs)
        Rows, ascending, and columns, ascending in each row and none larger than the row.
    """
    n, blocks, several = len(links), len(heads), 0
    for i in range(n):
        several += links[i] != 0 and uses[i] > 1
    state = new_state(2 * blocks + several, columns, blocks, limit)
    cliques = np.zeros(len(state[0]), np.bool_)
    renamed = np.full(blocks, -1, np.int64)
    memory, found = np.empty(1024, np.int32), np.empty(1024, np.int32)
    sets, stack = np.empty(1024, np.int32), np.empty(1024, np.int32)
    single, other = np.empty(1, np.int32), np.empty(1, np.int32)
    pairs, count = np.empty((2, 1024), np.int32), np.int64(0)
    for i in range(n):
        top, reads, block, bits, own = 0, np.int32(1), -1, curves[i], np.int64(-1)
        first, second = firsts[i], seconds[i]
        if links[i]:
            if uses[i] > 1:
                stack[0], top, reads = i, 1, uses[i]
        elif firsts[i] <= -2 and seconds[i] > -2:
            block = -2 - firsts[i]
            if i == heads[block] and set_uses[block]:
                top, stack = named(stack, pointers[block], pointers[block + 1], members)
                reads = set_uses[block]
        if top:
            stack, found, sets, p, q = collect(firsts, seconds, thirds, links, renamed, stack, top, found, sets)
            if block < 0:
                links[i] = 0
            if p == 1 and q == 0 and block < 0:
                seconds[i] = -2 - found[0]
            elif p or q:
                memory, found, own = unite(state, memory, found, p, sets, q, reads)
                if block >= 0:
                    renamed[block] = own
                    bits = np.uint8(bent[block])
                else:
                    firsts[i], seconds[i] = -2 - own, -1
        if not bits:
            continue
        x, y = single, other
        xs, ys, nx, ny, a, b = np.int64(0), np.int64(0), np.int64(0), np.int64(0), np.int64(-1), np.int64(-1)
        if block >= 0:
            x, xs, nx, a = memory, state[0][own], np.int64(state[1][own]), own
        elif bits & 3:
            x, xs, nx, a = _entries(first, firsts, seconds, renamed, state, single, memory)
        if bits & 6:
            y, ys, ny, b = _entries(second, firsts, seconds, renamed, state, other, memory)
        for bit in (1, 2, 4):
            if not bits & bit:
                continue
            u, us, nu, v, vs, nv = x, xs, nx, y, ys, ny
            if bit == 1:
                v, vs, nv = x, xs, nx
            elif bit == 4:
                u, us, nu = y, ys, ny
            clique = bit != 2 or (a >= 0 and a == b)
            if clique:
                number = a if bit == 1 else b
                if number >= 0:
                    if cliques[number]:
                        continue
                    cliques[number] = True
            pairs, count = _reserved(pairs, count, nu * nv, columns, limit)
            for p in range(nu):
                for q in range(p + 1 if clique else nv):
                    c, d = u[us + p], v[vs + q]
                    pairs[0, count], pairs[1, count] = max(c, d), min(c, d)
                    count += 1
        if block >= 0:
            release(state, own, 1)
            continue
        if a >= 0:
            release(state, a, 2)
        if b >= 0:
            release(state, b, 2)
    count = distinct(pairs, count, columns)
    return pairs[:, :count]


@numba.njit(**_options)
def mirrored(pairs, columns):
    """The pairs, as :func:`interactions` gives them, and their mirror images, in compressed rows."""
    lower, indptr = np.zeros(columns, np.int64), np.zeros(columns + 1, np.int64)
    for k in range(pairs.shape[1]):
        r, c = pairs[0, k], pairs[1, k]
        lower[r] += 1
        indptr[r + 1] += 1
        if r != c:
            indptr[c + 1] += 1
    for r in range(columns):
        indptr[r + 1] += indptr[r]
    indices = np.empty(indptr[columns], np.int32)
    left, right = indptr[:-1].copy(), indptr[:-1] + lower
    for k in range(pairs.shape[1]):
        r, c = pairs[0, k], pairs[1, k]
        indices[left[r]] = c
        left[r] += 1
        if r != c:
            indices[right[c]] = r
            right[c] += 1
    return indptr, indices

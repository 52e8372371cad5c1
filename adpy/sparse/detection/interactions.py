"""Nonlinear interactions: pairs of columns that some operation is nonlinear in, swept forward over marked operations."""

from __future__ import annotations

import numba
import numpy as np

from adpy.sparse.detection.sets import collect, new_state, release, unite

__all__ = ["interactions"]

_options = {"cache": True, "error_model": "numpy", "nogil": True}


@numba.njit(**_options)
def _set_of(i, firsts, seconds, renamed):
    """The set of a number: ``(set, -1)``, ``(-1, column)``, or ``(-1, -1)`` for none."""
    if seconds[i] <= -2:
        return -1, -2 - seconds[i]
    if firsts[i] > -2:
        return -1, -1
    j = -2 - firsts[i]
    return (renamed[j] if j < len(renamed) else j), -1


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
        if kept - first > 16:
            pairs[1, first:kept].sort()
        else:
            for k in range(first + 1, kept):
                c, q = pairs[1, k], k
                while q > first and pairs[1, q - 1] > c:
                    pairs[1, q] = pairs[1, q - 1]
                    q -= 1
                pairs[1, q] = c
    return kept


@numba.njit(**_options)
def _emit(pairs, count, state, memory, a, b, columns, limit):
    """Add the pairs of two sets, each given as by :func:`_set_of`, the larger column first."""
    starts, lengths = state[0], state[1]
    na, nb = lengths[a[0]] if a[0] >= 0 else 1, lengths[b[0]] if b[0] >= 0 else 1
    needed = np.int64(na) * nb
    if count + needed > pairs.shape[1]:
        count = distinct(pairs, count, columns)
        if 2 * (count + needed) > pairs.shape[1]:
            if count + needed > limit:
                raise MemoryError("pairs of columns")
            grown = np.empty((2, 2 * (count + needed)), np.int32)
            grown[:, :count] = pairs[:, :count]
            pairs = grown
    same = a[0] >= 0 and a[0] == b[0]
    for p in range(na):
        i = memory[starts[a[0]] + p] if a[0] >= 0 else a[1]
        for q in range(p + 1 if same else nb):
            j = memory[starts[b[0]] + q] if b[0] >= 0 else b[1]
            pairs[0, count], pairs[1, count] = max(i, j), min(i, j)
            count += 1
    return pairs, count


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
    blocks, several = len(heads), 0
    for i in range(len(links)):
        several += links[i] != 0 and uses[i] > 1
    state = new_state(2 * blocks + several, columns, blocks, limit)
    cliques = np.zeros(len(state[0]), np.bool_)
    renamed = np.full(blocks, -1, np.int64)
    memory, found = np.empty(1024, np.int32), np.empty(1024, np.int32)
    sets, stack = np.empty(1024, np.int32), np.empty(1024, np.int32)
    pairs, count = np.empty((2, 1024), np.int32), 0
    for i in range(len(links)):
        if curves[i]:
            a, b = (np.int64(-1), np.int64(-1)), (np.int64(-1), np.int64(-1))
            if curves[i] & 3:
                a = _set_of(firsts[i], firsts, seconds, renamed)
            if curves[i] & 6:
                b = _set_of(seconds[i], firsts, seconds, renamed)
            product = curves[i] & 2 != 0
            if product and a[0] == b[0] and a[0] >= 0:
                product = False
                if not cliques[a[0]]:
                    cliques[a[0]] = True
                    pairs, count = _emit(pairs, count, state, memory, a, a, columns, limit)
            for k in range(2):
                s = a if k == 0 else b
                if curves[i] & (1 if k == 0 else 4) and (s[0] < 0 or not cliques[s[0]]):
                    if s[0] >= 0:
                        cliques[s[0]] = True
                    pairs, count = _emit(pairs, count, state, memory, s, s, columns, limit)
            if product:
                pairs, count = _emit(pairs, count, state, memory, a, b, columns, limit)
            if a[0] >= 0:
                release(state, a[0], 2)
            if b[0] >= 0:
                release(state, b[0], 2)
        if links[i] and uses[i] > 1:
            stack[0] = i
            stack, found, sets, p, q = collect(firsts, seconds, thirds, links, renamed, stack, 1, found, sets)
            memory, found, number = unite(state, memory, found, p, sets, q, uses[i])
            firsts[i], links[i] = -2 - number, 0
            seconds[i] = -1
        elif links[i] == 0 and firsts[i] <= -2 and seconds[i] > -2:
            j = -2 - firsts[i]
            if i == heads[j] and set_uses[j]:
                top = 0
                while len(stack) < 3 + pointers[j + 1] - pointers[j]:
                    stack = np.concatenate((stack, stack))
                for k in range(pointers[j], pointers[j + 1]):
                    if members[k] >= 0:
                        stack[top] = members[k]
                        top += 1
                stack, found, sets, p, q = collect(firsts, seconds, thirds, links, renamed, stack, top, found, sets)
                if p or q:
                    memory, found, number = unite(state, memory, found, p, sets, q, set_uses[j])
                    renamed[j] = number
                    if bent[j] and not cliques[number]:
                        cliques[number] = True
                        s = (number, np.int64(-1))
                        pairs, count = _emit(pairs, count, state, memory, s, s, columns, limit)
                    release(state, number, 1)
    count = distinct(pairs, count, columns)
    return pairs[:, :count].copy()

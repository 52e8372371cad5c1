"""Rows of a Jacobian's pattern by sets of columns, swept forward over marked operations."""

from __future__ import annotations

import numba
import numpy as np

from adpy.sparse.detection.sets import collect, named, new_state, unite

__all__ = ["row_sets"]

_options = {"cache": True, "error_model": "numpy", "nogil": True}


@numba.njit(**_options)
def row_sets(firsts, seconds, thirds, links, pointers, members, heads, uses, set_uses, columns, outputs, limit):
    """Columns that each output depends on.

    Numbers that are read once are part of the tree of what reads them; the others have a set of their own.  So sums of
    many terms cost as much as they have terms.

    Parameters
    ----------
    firsts, seconds, thirds, links, pointers, members, heads, uses, set_uses : ndarray
        What :func:`~adpy.sparse.detection.marking.count_uses` leaves; overwritten.
    columns : int
        How many columns there are.
    outputs : ndarray of int32
        Numbers of the rows.
    limit : int
        Entries of all sets together, at most; beyond, a ``MemoryError`` is raised.

    Returns
    -------
    indptr : ndarray of int64
    indices : ndarray of int32
    """
    n, blocks, several = len(links), len(heads), 0
    for i in range(n):
        several += links[i] != 0 and uses[i] > 1
    state = new_state(2 * blocks + several + len(outputs), columns, blocks, limit)
    starts, lengths = state[0], state[1]
    renamed, rows = np.full(blocks, -1, np.int64), np.full(len(outputs), -1, np.int64)
    memory, found = np.empty(1024, np.int32), np.empty(1024, np.int32)
    sets, stack = np.empty(1024, np.int32), np.empty(1024, np.int32)
    indptr = np.zeros(len(outputs) + 1, np.int64)
    for i in range(n + len(outputs)):
        top, reads, block = 0, np.int32(1), -1
        if i >= n:
            stack[0], top = outputs[i - n], 1
            indptr[i - n + 1] = indptr[i - n]
        elif links[i]:
            if uses[i] > 1:
                stack[0], top, reads = i, 1, uses[i]
        elif firsts[i] <= -2:
            block = -2 - firsts[i]
            if i == heads[block] and set_uses[block]:
                top, stack = named(stack, pointers[block], pointers[block + 1], members)
                reads = set_uses[block]
        if not top:
            continue
        stack, found, sets, p, q = collect(firsts, seconds, thirds, links, renamed, stack, top, found, sets)
        if i < n and block < 0:
            links[i] = 0
            if p == 1 and q == 0:
                seconds[i] = -2 - found[0]
                continue
        if p == 0 and q == 0:
            continue
        memory, found, number = unite(state, memory, found, p, sets, q, reads)
        if i >= n:
            rows[i - n] = number
            indptr[i - n + 1] += lengths[number]
        elif block >= 0:
            renamed[block] = number
        else:
            firsts[i], seconds[i] = -2 - number, -1
    indices = np.empty(indptr[-1], np.int32)
    for r in range(len(outputs)):
        if rows[r] >= 0:
            start = starts[rows[r]]
            for q in range(indptr[r + 1] - indptr[r]):
                indices[indptr[r] + q] = memory[start + q]
    return indptr, indices

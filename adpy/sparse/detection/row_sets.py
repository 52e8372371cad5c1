"""Rows of a Jacobian's pattern by sets of columns, swept forward over marked operations."""

from __future__ import annotations

import numba
import numpy as np

from adpy.sparse.detection.sets import collect, new_state, unite

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
    blocks = len(heads)
    several = 0
    for i in range(len(links)):
        several += links[i] != 0 and uses[i] > 1
    state = new_state(2 * blocks + several + len(outputs), columns, blocks, limit)
    starts, lengths = state[0], state[1]
    renamed = np.full(blocks, -1, np.int64)
    memory, found = np.empty(1024, np.int32), np.empty(1024, np.int32)
    sets, stack = np.empty(1024, np.int32), np.empty(1024, np.int32)
    for i in range(len(links)):
        if links[i] and uses[i] > 1:
            stack[0] = i
            stack, found, sets, p, q = collect(firsts, seconds, thirds, links, renamed, stack, 1, found, sets)
            memory, found, number = unite(state, memory, found, p, sets, q, uses[i])
            firsts[i], links[i] = -2 - number, 0
            seconds[i] = -1
        elif links[i] == 0 and firsts[i] <= -2:
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
                    memory, found, renamed[j] = unite(state, memory, found, p, sets, q, set_uses[j])
    rows = np.full(len(outputs), -1, np.int64)
    indptr = np.zeros(len(outputs) + 1, np.int64)
    for r in range(len(outputs)):
        stack[0] = outputs[r]
        stack, found, sets, p, q = collect(firsts, seconds, thirds, links, renamed, stack, 1, found, sets)
        indptr[r + 1] = indptr[r]
        if p or q:
            memory, found, rows[r] = unite(state, memory, found, p, sets, q, 1)
            indptr[r + 1] += lengths[rows[r]]
    indices = np.empty(indptr[-1], np.int32)
    for r in range(len(outputs)):
        if rows[r] >= 0:
            start = starts[rows[r]]
            for q in range(indptr[r + 1] - indptr[r]):
                indices[indptr[r] + q] = memory[start + q]
    return indptr, indices

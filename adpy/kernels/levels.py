"""Orders of scalar operations: their levels, what needs them, depth first.

Operations of one level do not depend on each other.
"""

from __future__ import annotations

import numba
import numpy as np

from adpy.kernels.opcodes import HOLE

__all__ = ["depth_first", "feeding", "leveled"]

_options = {"cache": True, "error_model": "numpy", "nogil": True}


@numba.njit(**_options)
def leveled(ops, firsts, seconds, low, high, levels):
    """Levels of the operations ``low … high - 1``: one more than the highest of their operands there.

    Parameters
    ----------
    ops, firsts, seconds : ndarray of int32
        Second operands are 0 where there is none; addresses below zero are entries of arrays.
    levels : ndarray of int64
        Filled in; 0 for what is no operation.
    """
    for i in range(low, high):
        if ops[i] == HOLE:
            levels[i] = 0
            continue
        level = 0
        if firsts[i] >= low:
            level = levels[firsts[i]]
        if seconds[i] >= low:
            level = max(level, levels[seconds[i]])
        levels[i] = level + 1


@numba.njit(**_options)
def feeding(ops, firsts, seconds, low, high, marks):
    """Mark the operations that marked ones are computed from."""
    for i in range(high - 1, low - 1, -1):
        if marks[i] and ops[i] != HOLE:
            if firsts[i] >= low:
                marks[firsts[i]] = True
            if seconds[i] >= low:
                marks[seconds[i]] = True


@numba.njit(**_options)
def depth_first(ops, firsts, seconds, roots, order):
    """Order in which few results wait: each operation right behind its operands, the longer way to them first.

    Parameters
    ----------
    ops : ndarray of int32
    firsts, seconds : ndarray of int64
        Numbers of the operands; -1 for none.
    roots : ndarray of int64
        Numbers of the results.
    order : ndarray of int64
        Filled in: what is no operation, then what the results need, then the rest.
    """
    n = len(ops)
    levels, done, stack = np.zeros(n, np.int64), np.zeros(n, np.bool_), np.empty(n + 1, np.int64)
    count = 0
    for i in range(n):
        if ops[i] == HOLE:
            done[i] = True
            order[count] = i
            count += 1
            continue
        levels[i] = 1 + max(levels[firsts[i]] if firsts[i] >= 0 else 0, levels[seconds[i]] if seconds[i] >= 0 else 0)
    for root in roots:
        stack[0] = root
        top = 0
        while top >= 0:
            i = stack[top]
            a, b = firsts[i], seconds[i]
            if b >= 0 and (a < 0 or levels[b] > levels[a]):
                a, b = b, a
            if done[i]:
                top -= 1
            elif a >= 0 and not done[a]:
                top += 1
                stack[top] = a
            elif b >= 0 and not done[b]:
                top += 1
                stack[top] = b
            else:
                done[i] = True
                order[count] = i
                count += 1
                top -= 1
    for i in range(n):
        if not done[i]:
            order[count] = i
            count += 1

"""Levels of scalar operations: how far each is from what was there before, and which others need it.

Operations of one level do not depend on each other.
"""

from __future__ import annotations

import numba

from adpy.kernels.opcodes import HOLE

__all__ = ["feeding", "leveled"]

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

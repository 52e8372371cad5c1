"""Scalar operations of a recording simplified: linear scans over opcodes and operands.

Operands below zero are entries of arrays.  ``same`` says for each address which one holds the same value.

References
----------
.. [1] A. V. Aho, M. S. Lam, R. Sethi, J. D. Ullman, *Compilers: Principles, Techniques, and Tools*, 2nd ed., 2006,
   section 8.5 (value numbering, dead code).
"""

from __future__ import annotations

import numba
import numpy as np

from adpy.kernels.opcodes import ADDITION, COPY, DIVIDE, HOLE, MULTIPLY, POWER, SUBTRACT

__all__ = ["build", "fold", "levels", "live", "merge"]

_options = {"cache": True, "error_model": "numpy", "nogil": True}


@numba.njit(**_options)
def rename(ops, firsts, seconds, binary, same, i):
    """Let operation ``i`` read what stands for its operands."""
    if firsts[i] >= 0:
        firsts[i] = same[firsts[i]]
    if not binary[ops[i]]:
        seconds[i] = 0
    elif seconds[i] >= 0:
        seconds[i] = same[seconds[i]]


@numba.njit(**_options)
def fold(ops, firsts, seconds, values, fixed, binary, same):
    """Fold operations on constants, and those that give back an operand to the last bit; return how many.

    Parameters
    ----------
    ops, firsts, seconds : ndarray of int32
        Opcodes and operands; what is folded becomes ``HOLE``.
    values : ndarray of float64
        Values in the recording.
    fixed : ndarray of bool
        Which addresses hold constants; updated.
    binary : ndarray of bool
        Which opcodes have two operands.
    same : ndarray of int32
        Updated.
    """
    count = 0
    for i in range(len(ops)):
        op = ops[i]
        if op == HOLE:
            continue
        rename(ops, firsts, seconds, binary, same, i)
        a, b = firsts[i], seconds[i]
        constant_a = a >= 0 and fixed[a]
        constant_b = binary[op] and b >= 0 and fixed[b]
        if constant_a and (constant_b or not binary[op]):
            fixed[i] = True
        elif op == COPY and a >= 0:
            same[i] = a
        elif constant_b and a >= 0 and gives_first(op, values[b]):
            same[i] = a
        elif constant_a and b >= 0 and gives_second(op, values[a]):
            same[i] = b
        else:
            continue
        ops[i] = HOLE
        count += 1
    return count


@numba.njit(**_options)
def gives_first(op, x):
    """Is the result of an operation its first operand, if the second is ``x``?"""
    if op == MULTIPLY or op == DIVIDE or op == POWER:
        return x == 1.0
    if op == SUBTRACT:
        return x == 0.0 and np.copysign(1.0, x) > 0.0
    return op == ADDITION and x == 0.0 and np.copysign(1.0, x) < 0.0


@numba.njit(**_options)
def gives_second(op, x):
    """Is the result of an operation its second operand, if the first is ``x``?"""
    if op == MULTIPLY:
        return x == 1.0
    return op == ADDITION and x == 0.0 and np.copysign(1.0, x) < 0.0


@numba.njit(**_options)
def merge(ops, firsts, seconds, binary, same):
    """Find operations that were there before, by hashing; they become ``HOLE``; return how many.

    Parameters
    ----------
    ops, firsts, seconds, binary, same
        As in :func:`fold`.
    """
    n = len(ops)
    size = 16
    while size < 2 * n:
        size *= 2
    slots = np.full(size, -1, np.int32)
    count = 0
    for i in range(n):
        op = ops[i]
        if op == HOLE:
            continue
        rename(ops, firsts, seconds, binary, same, i)
        a, b = firsts[i], seconds[i]
        if a > b and (op == ADDITION or op == MULTIPLY):
            a, b = b, a
        mixed = np.uint64(np.int64(a)) * np.uint64(11400714819323198485)
        mixed ^= np.uint64(np.int64(b)) * np.uint64(14029467366897019727)
        mixed ^= np.uint64(op) * np.uint64(1609587929392839161)
        slot = np.int64(mixed >> np.uint64(24)) & (size - 1)
        while slots[slot] >= 0:
            j = slots[slot]
            if ops[j] == op:
                if firsts[j] == a and seconds[j] == b:
                    break
                if firsts[j] == b and seconds[j] == a and (op == ADDITION or op == MULTIPLY):
                    break
            slot = (slot + 1) & (size - 1)
        if slots[slot] >= 0:
            same[i] = slots[slot]
            ops[i] = HOLE
            count += 1
        else:
            slots[slot] = i
    return count


@numba.njit(**_options)
def live(ops, firsts, seconds, binary, marked, homes, owners, reached, start, stop):
    """Mark all that the marked among ``start … stop - 1`` depend on.

    Parameters
    ----------
    ops, firsts, seconds, binary
        As in :func:`fold`.
    marked : ndarray of bool
        Updated.
    homes : ndarray of int64
        First addresses (below zero) of the entries of arrays, ascending.
    owners : ndarray of int64
        Which array each belongs to; -1 for one that is always there.
    reached : ndarray of bool
        Which arrays are read; updated.
    start, stop : int
    """
    for i in range(stop - 1, start - 1, -1):
        if not marked[i] or ops[i] == HOLE:
            continue
        for k in range(2 if binary[ops[i]] else 1):
            x = firsts[i] if k == 0 else seconds[i]
            if x >= 0:
                marked[x] = True
            else:
                owner = owners[np.searchsorted(homes, x, side="right") - 1]
                if owner >= 0:
                    reached[owner] = True


@numba.njit(**_options)
def levels(ops, firsts, seconds, binary, found, start, stop):
    """Longest chain that ends at each of the operations ``start … stop - 1``; return the longest of these.

    Parameters
    ----------
    ops, firsts, seconds, binary
        As in :func:`fold`.
    found : ndarray of int64
        For every address; updated.
    """
    deepest = np.int64(0)
    for i in range(start, stop):
        if ops[i] != HOLE:
            level = found[firsts[i]]
            if binary[ops[i]]:
                level = max(level, found[seconds[i]])
            found[i] = level + 1
            deepest = max(deepest, level + 1)
    return deepest


def build() -> None:
    """Compile everything, or load it from Numba's cache."""
    ops, flags, numbers = np.zeros(1, np.int32), np.zeros(1, bool), np.zeros(1, np.int64)
    fold(ops, ops, ops, np.zeros(1), flags, flags, ops)
    merge(ops, ops, ops, flags, ops)
    live(ops, ops, ops, flags, flags, numbers, numbers, flags, 0, 0)
    levels(ops, ops, ops, flags, numbers, 0, 0)

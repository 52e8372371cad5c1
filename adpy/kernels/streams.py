"""Streams made ready for sweeps in lanes: simplified, with a row of memory for every value and cotangent.

A stream is a sequence of scalar operations, every value computed once; rows are used again as soon as nobody needs
what is in them.
"""

from __future__ import annotations

import numba
import numpy as np

from adpy.kernels.elementwise import value
from adpy.kernels.opcodes import ADDITION, COPY, HOLE, SUBTRACT

__all__ = ["FIRST_SET", "GUARD", "SECOND_SET", "allocate_bars", "allocate_values", "depend", "live", "simplify"]

GUARD = -1
FIRST_SET, SECOND_SET = 1, 2

_options = {"cache": True, "error_model": "numpy", "nogil": True}


@numba.njit(**_options)
def simplify(ops, firsts, seconds, values, fixed, same):
    """Fold constants and find operations that were there before; ``same`` becomes the number that stands for each.

    Parameters
    ----------
    ops : ndarray of int32
    firsts, seconds : ndarray of int64
        Numbers of the operands, smaller than that of the result; -1 for none.
    values : ndarray of float64
        Values of constants; those of folded operations are filled in.
    fixed : ndarray of bool
        Which numbers are constants.
    same : ndarray of int64
    """
    n = len(ops)
    size = 16
    while size < 2 * n:
        size *= 2
    slots = np.full(size, -1, np.int64)
    bits = values.view(np.int64)
    for i in range(n):
        same[i] = i
        op = ops[i]
        a, b = firsts[i], seconds[i]
        if op != HOLE:
            a = same[a]
            b = same[b] if b >= 0 else b
            firsts[i], seconds[i] = a, b
            if fixed[a] and (b < 0 or fixed[b]):
                values[i] = value(op, values[a], values[max(a, b) if b < 0 else b])
                fixed[i] = True
                ops[i] = op = HOLE
        if op == HOLE:
            if not fixed[i]:
                continue
            a, b = bits[i], np.int64(-2)
        slot = np.int64(
            (
                np.uint64(a) * np.uint64(11400714819323198485)
                ^ np.uint64(b) * np.uint64(14029467366897019727)
                ^ np.uint64(op) * np.uint64(1609587929392839161)
            )
            >> np.uint64(20)
        ) & (size - 1)
        while slots[slot] >= 0:
            j = slots[slot]
            if ops[j] == op:
                if op == HOLE:
                    if bits[j] == bits[i]:
                        break
                elif firsts[j] == a and seconds[j] == b:
                    break
            slot = (slot + 1) & (size - 1)
        if slots[slot] >= 0:
            same[i] = slots[slot]
        else:
            slots[slot] = i


@numba.njit(**_options)
def live(ops, firsts, seconds, marked):
    """Mark all that the marked values depend on."""
    for i in range(len(ops) - 1, -1, -1):
        if marked[i] and ops[i] != HOLE:
            marked[firsts[i]] = True
            if seconds[i] >= 0:
                marked[seconds[i]] = True


@numba.njit(**_options)
def depend(ops, firsts, seconds, active, start, stop):
    """Mark all among ``start … stop - 1`` that depend on marked values."""
    for i in range(start, stop):
        if ops[i] != HOLE and (active[firsts[i]] or (seconds[i] >= 0 and active[seconds[i]])):
            active[i] = True


@numba.njit(**_options)
def allocate_values(ops, firsts, seconds, marked, kept, guards, rows, top, table, begins):
    """Rows of the values, and the instructions; return the number of rows and of instructions.

    Parameters
    ----------
    ops, firsts, seconds
        As in :func:`simplify`.
    marked : ndarray of bool
        What is computed.
    kept : ndarray of bool
        Values whose row is theirs alone.
    guards : ndarray of int64
        Which outcome each number is compared with, -1 for none.
    rows : ndarray of int64
        Row of each value, -1 where there is none yet; updated in place.
    top : int
        First row that is free.
    table : ndarray of int64, shape (2 * n, 4)
        Filled with opcode, row of the result (or number of the outcome), rows of the operands.
    begins : ndarray of int64, shape (n + 1,)
        Filled with the number of the first instruction that comes after each number's operands.
    """
    n = len(ops)
    last = np.full(n, -1, np.int64)
    for i in range(n):
        if marked[i] and ops[i] != HOLE:
            last[firsts[i]] = i
            if seconds[i] >= 0:
                last[seconds[i]] = i
    free = np.empty(n + 1, np.int64)
    count = done = 0
    for i in range(n):
        begins[i] = done
        if not marked[i] or ops[i] == HOLE:
            continue
        if count and not kept[i]:
            count -= 1
            rows[i] = free[count]
        else:
            rows[i] = top
            top += 1
        a, b = firsts[i], seconds[i]
        table[done, 0], table[done, 1] = ops[i], rows[i]
        table[done, 2], table[done, 3] = rows[a], rows[b] if b >= 0 else rows[a]
        done += 1
        if guards[i] >= 0:
            table[done, 0], table[done, 1], table[done, 2], table[done, 3] = GUARD, guards[i], rows[i], rows[i]
            done += 1
        if last[a] == i and not kept[a]:
            free[count] = rows[a]
            count += 1
        if b >= 0 and b != a and last[b] == i and not kept[b]:
            free[count] = rows[b]
            count += 1
        if last[i] < 0 and not kept[i]:
            free[count] = rows[i]
            count += 1
    begins[n] = done
    for i in range(n):
        if marked[i] and ops[i] == HOLE and guards[i] >= 0:
            table[done, 0], table[done, 1], table[done, 2], table[done, 3] = GUARD, guards[i], rows[i], rows[i]
            done += 1
    return top, done


@numba.njit(**_options)
def allocate_bars(ops, firsts, seconds, active, pinned, rows, bars, top, table, owners):
    """Rows of the cotangents, and the instructions of the way back; return the number of rows and of instructions.

    Parameters
    ----------
    ops, firsts, seconds
        As in :func:`simplify`.
    active : ndarray of bool
        Values that depend on what is differentiated.
    pinned : ndarray of bool
        Values whose cotangent has a row of its own, zero at first.
    rows : ndarray of int64
        Rows of the values.
    bars : ndarray of int64
        Row of each cotangent, those of the pinned filled in; updated in place.
    top : int
        First row that is free.
    table : ndarray of int64, shape (n, 8)
        Filled with opcode, rows of the operands and the result, rows of the cotangents of the result and of the
        operands (-1 for none), and whether those are set instead of added to.
    owners : ndarray of int64
        Filled with the number that each instruction belongs to.
    """
    n = len(ops)
    free = np.empty(n + 1, np.int64)
    count = done = 0
    for i in range(n - 1, -1, -1):
        if ops[i] == HOLE or not active[i] or bars[i] < 0:
            continue
        op, a, b, bar = ops[i], firsts[i], seconds[i], bars[i]
        into_a, into_b, flags = np.int64(-1), np.int64(-1), 0
        handed = False
        first_active, second_active = active[a], b >= 0 and active[b]
        moves_a = op == ADDITION or op == SUBTRACT or op == COPY
        if first_active and moves_a and bars[a] < 0 and not pinned[i]:
            bars[a] = bar
            handed = True
            first_active = False
        if second_active and op == ADDITION and not handed and bars[b] < 0 and not pinned[i]:
            bars[b] = bar
            handed = True
            second_active = False
        if first_active:
            if bars[a] < 0:
                if count:
                    count -= 1
                    bars[a] = free[count]
                else:
                    bars[a] = top
                    top += 1
                flags |= FIRST_SET
            into_a = bars[a]
        if second_active:
            if bars[b] < 0:
                if count:
                    count -= 1
                    bars[b] = free[count]
                else:
                    bars[b] = top
                    top += 1
                flags |= SECOND_SET
            into_b = bars[b]
        if into_a >= 0 or into_b >= 0:
            table[done, 0], table[done, 1], table[done, 2] = op, rows[a], rows[b] if b >= 0 else rows[a]
            table[done, 3], table[done, 4], table[done, 5] = rows[i], bar, into_a
            table[done, 6], table[done, 7] = into_b, flags
            owners[done] = i
            done += 1
        if not handed and not pinned[i]:
            free[count] = bar
            count += 1
    return top, done

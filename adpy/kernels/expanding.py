"""Scalar operations of a code given their numbers in a stream."""

from __future__ import annotations

import numba

__all__ = ["number"]


@numba.njit(cache=True, error_model="numpy", nogil=True)
def number(ops, firsts, seconds, binary, numbers, low, high, count, to_ops, to_firsts, to_seconds):
    """Number the operations at the addresses ``low … high - 1``; return the next number, or -1 for a lacking operand.

    Parameters
    ----------
    ops, firsts, seconds : ndarray of int32
        Operations of the code, copies (opcode 1) and holes (opcode 0) included.
    binary : ndarray of bool
        Which opcodes have two operands.
    numbers : ndarray of int32
        Number that each address holds; updated in place.
    count : int
        First number.
    to_ops, to_firsts, to_seconds : ndarray of int32
        Filled in from ``count`` on.
    """
    for i in range(low, high):
        op = ops[i]
        if op == 0:
            continue
        first = numbers[firsts[i]]
        if first < 0:
            return -1
        if op == 1:
            numbers[i] = first
            continue
        second = -1
        if binary[op]:
            second = numbers[seconds[i]]
            if second < 0:
                return -1
        to_ops[count], to_firsts[count], to_seconds[count] = op, first, second
        numbers[i] = count
        count += 1
    return count

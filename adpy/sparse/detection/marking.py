"""Marks on the operations of a stream: what carries a derivative to where it is needed, and how often it is read.

A number without operation is a leaf; ``seconds`` of a leaf is ``-2 - column`` where it is differentiated, ``firsts`` is
``-2 - set`` where what it depends on is a set: that of a block's operands, or one found before.
"""

from __future__ import annotations

import numba
import numpy as np

__all__ = ["activate", "count_needs", "count_uses"]

_options = {"cache": True, "error_model": "numpy", "nogil": True}


@numba.njit(**_options)
def activate(ops, firsts, seconds, thirds, depends, refused, links, pointers, members):
    """Fill ``links``: bits of the operands through which an operation depends on what is differentiated.

    Parameters
    ----------
    ops, firsts, seconds, thirds : ndarray of int32
        Operations and leaves.
    depends : ndarray of uint8, shape (256,)
        Bits of the operands that an opcode depends on.
    refused : ndarray of uint8
        Bits of the operands that operations do not depend on here; empty for none.
    links : ndarray of uint8, shape (n,)
    pointers, members : ndarray
        Operands of blocks in compressed rows; inactive ones become -1.
    """
    n = len(ops)
    active, sets = np.zeros(n, np.bool_), np.zeros(len(pointers) - 1, np.int8)
    for i in range(n):
        op = ops[i]
        if op == 0:
            links[i] = 0
            if seconds[i] <= -2:
                active[i] = True
            elif firsts[i] <= -2:
                j = -2 - firsts[i]
                if sets[j] == 0:
                    sets[j] = 1
                    for k in range(pointers[j], pointers[j + 1]):
                        if active[members[k]]:
                            sets[j] = 2
                        else:
                            members[k] = -1
                active[i] = sets[j] == 2
            continue
        bits = depends[op]
        if len(refused):
            bits &= ~refused[i]
        found = 0
        if bits & 1 and active[firsts[i]]:
            found |= 1
        if bits & 2 and active[seconds[i]]:
            found |= 2
        if bits & 4 and active[thirds[i]]:
            found |= 4
        links[i] = found
        active[i] = found != 0


@numba.njit(**_options)
def count_uses(firsts, seconds, thirds, links, pointers, members, heads, uses, set_uses):
    """Count how often each number is read by what results need; operations that nobody reads lose their links.

    Parameters
    ----------
    heads : ndarray of int32
        The lowest number that each block made.
    uses, set_uses : ndarray of int32
        Filled in, for numbers and blocks; those of results are there already.
    """
    for i in range(len(links) - 1, -1, -1):
        bits = links[i]
        if bits == 0:
            if firsts[i] <= -2:
                j = -2 - firsts[i]
                set_uses[j] += uses[i]
                if i == heads[j] and set_uses[j]:
                    for k in range(pointers[j], pointers[j + 1]):
                        if members[k] >= 0:
                            uses[members[k]] += 1
        elif uses[i] == 0:
            links[i] = 0
        else:
            if bits & 1:
                uses[firsts[i]] += 1
            if bits & 2:
                uses[seconds[i]] += 1
            if bits & 4:
                uses[thirds[i]] += 1


@numba.njit(**_options)
def count_needs(ops, firsts, seconds, thirds, links, curves, pointers, members, heads, bent, uses, set_uses):
    """For second derivatives, count how often the set of each number is read.

    Parameters
    ----------
    curves : ndarray of uint8, shape (256,)
        Bits of the pairs of operands in which an opcode is not linear.
    bent : ndarray of bool
        Which blocks are not linear.
    uses, set_uses : ndarray of int32
        As :func:`count_uses` filled them in; overwritten.  A number that a nonlinear operation reads counts twice, so
        that it has a set of its own.  Operations whose set nobody reads lose their links.

    Returns
    -------
    ndarray of uint8
        Bits of the pairs of operands of each operation that interact.
    """
    n = len(links)
    found = np.zeros(n, np.uint8)
    live_sets = set_uses > 0
    uses[:] = 0
    set_uses[:] = 0
    for i in range(n - 1, -1, -1):
        bits = links[i]
        if bits == 0:
            if firsts[i] <= -2:
                j = -2 - firsts[i]
                set_uses[j] += uses[i]
                if i == heads[j] and ((bent[j] and live_sets[j]) or set_uses[j]):
                    set_uses[j] += 1  # its own
                    for k in range(pointers[j], pointers[j + 1]):
                        if members[k] >= 0:
                            uses[members[k]] += 1
            continue
        pairs = curves[ops[i]]
        if not bits & 1:
            pairs &= ~np.uint8(3)
        if not bits & 2:
            pairs &= ~np.uint8(6)
        found[i] = pairs
        if pairs & 3:
            uses[firsts[i]] += 2
        if pairs & 6:
            uses[seconds[i]] += 2
        if uses[i] == 0:
            links[i] = 0
            continue
        if bits & 1:
            uses[firsts[i]] += 1
        if bits & 2:
            uses[seconds[i]] += 1
        if bits & 4:
            uses[thirds[i]] += 1
    return found

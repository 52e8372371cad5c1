"""Linear forms: results written as sums of elements, by walking down additions as far as they go."""

from __future__ import annotations

import numba
import numpy as np

from adpy.kernels.elementwise import value
from adpy.kernels.opcodes import ADDITION, COPY, DIVIDE, HOLE, MULTIPLY, NEGATIVE, SUBTRACT
from adpy.program.expansion import SELECT

__all__ = ["ACTIVE", "CONSTANT", "PASSIVE", "activity", "expand", "tops"]

CONSTANT, PASSIVE, ACTIVE = 0, 1, 2
"""Kinds of numbers: the same at all inputs; without derivative; with one."""

_options = {"cache": True, "error_model": "numpy", "nogil": True}


@numba.njit(**_options)
def activity(ops, firsts, seconds, thirds, flat, values, kinds):
    """Kinds of all numbers, given those of what is no operation; operations on constants become constants.

    Parameters
    ----------
    ops, firsts, seconds, thirds : ndarray of int32, shape (n,)
        Opcodes and numbers of the operands; -1 for none.  Opcodes are updated in place.
    flat : ndarray of bool
        Opcodes whose derivative is zero.
    values : ndarray of float64, shape (n,)
        Values of constants; updated in place.
    kinds : ndarray of uint8, shape (n,)
        Updated in place.
    """
    for i in range(len(ops)):
        if ops[i] == HOLE:
            continue
        kind = kinds[firsts[i]]
        if seconds[i] >= 0:
            kind = max(kind, kinds[seconds[i]])
        if thirds[i] >= 0:
            kind = max(kind, kinds[thirds[i]])
        kinds[i] = PASSIVE if kind == ACTIVE and flat[ops[i]] else kind
        if kind == CONSTANT:
            a, b, c = firsts[i], seconds[i], thirds[i]
            if ops[i] == SELECT:
                values[i] = values[b] if values[a] != 0.0 else values[c]
            else:
                values[i] = value(ops[i], values[a], values[b] if b >= 0 else values[a])
            ops[i] = HOLE


@numba.njit(**_options)
def _linear(op, first, second):
    """Is an active result linear in what is active of its operands, of these kinds?"""
    if op == ADDITION or op == SUBTRACT or op == NEGATIVE or op == COPY:
        return True
    if op == MULTIPLY:
        return first != ACTIVE or second != ACTIVE
    return op == DIVIDE and second == CONSTANT


@numba.njit(**_options)
def tops(ops, firsts, seconds, kinds, roots, uses):
    """How often each number is used by the results through linear operations alone.

    Parameters
    ----------
    ops, firsts, seconds, kinds
        As in :func:`activity`.
    roots : ndarray of int32
        Numbers of the results.
    uses : ndarray of int32, shape (n,)
        Zeros; filled in.
    """
    for root in roots:
        uses[root] += 1
    for i in range(len(ops) - 1, -1, -1):
        if uses[i] == 0 or ops[i] == HOLE or kinds[i] != ACTIVE:
            continue
        a, b = firsts[i], seconds[i]
        if _linear(ops[i], kinds[a], kinds[b] if b >= 0 else CONSTANT):
            if kinds[a] == ACTIVE:
                uses[a] += 1
            if b >= 0 and kinds[b] == ACTIVE:
                uses[b] += 1


@numba.njit(**_options)
def _grown(array, length):
    """The array with room for ``length`` entries at least."""
    if length <= len(array):
        return array
    found = np.empty(max(length, 2 * len(array)), array.dtype)
    found[: len(array)] = array
    return found


@numba.njit(**_options)
def _added(entries, count, begin, place, atom, factor, coefficient):
    """Add to a form that begins at ``begin``; returns the entries and their number."""
    atoms, factors, coefficients = entries
    if factor < 0:
        if place[atom] >= begin:
            coefficients[place[atom]] += coefficient
            return entries, count
        place[atom] = count
    atoms, factors = _grown(atoms, count + 1), _grown(factors, count + 1)
    coefficients = _grown(coefficients, count + 1)
    atoms[count], factors[count], coefficients[count] = atom, factor, coefficient
    return (atoms, factors, coefficients), count + 1


@numba.njit(**_options)
def _opens(op, a, b, kinds, factor):
    """Is an operation gone through, with this factor so far?  Two factors are not multiplied."""
    if op == HOLE or not _linear(op, kinds[a], kinds[b] if b >= 0 else CONSTANT):
        return False
    return op != MULTIPLY or factor < 0 or kinds[a] == CONSTANT or kinds[b] == CONSTANT


@numba.njit(**_options)
def _put(stack, depth, z, scale, factor):
    """Put a number on the stack."""
    numbers, scales, factors = stack
    numbers, scales, factors = _grown(numbers, depth + 1), _grown(scales, depth + 1), _grown(factors, depth + 1)
    numbers[depth], scales[depth], factors[depth] = z, scale, factor
    return (numbers, scales, factors), depth + 1


@numba.njit(**_options)
def _split(stream, values, kinds, stack, depth, z, scale, factor):
    """Put the active operands of a linear operation on the stack."""
    ops, firsts, seconds = stream
    op, a, b = ops[z], firsts[z], seconds[z]
    if op == MULTIPLY:
        x, other = (a, b) if kinds[a] == ACTIVE else (b, a)
        if kinds[other] != CONSTANT:
            factor = other
        elif values[other] == 0.0:
            return stack, depth
        else:
            scale *= values[other]
        return _put(stack, depth, x, scale, factor)
    if b >= 0 and op != DIVIDE and kinds[b] == ACTIVE:
        stack, depth = _put(stack, depth, b, -scale if op == SUBTRACT else scale, factor)
    if op == NEGATIVE:
        scale = -scale
    elif op == DIVIDE:
        scale /= values[b]
    return _put(stack, depth, a, scale, factor) if kinds[a] == ACTIVE else (stack, depth)


@numba.njit(**_options)
def _form(root, again, stream, values, kinds, uses, begins, form_of, stack, place, entries, count):
    """Expand one number; ``again`` says that its own form is wanted though several results use it."""
    ops, firsts, seconds = stream
    begin = count
    stack, depth = _put(stack, 0, root, 1.0, np.int32(-1))
    while depth:
        depth -= 1
        z, scale, factor = stack[0][depth], stack[1][depth], stack[2][depth]
        if kinds[z] != ACTIVE:
            continue
        opens = _opens(ops[z], firsts[z], seconds[z], kinds, factor)
        if opens and (uses[z] <= 1 or (again and z == root)):
            stack, depth = _split(stream, values, kinds, stack, depth, z, scale, factor)
            continue
        low, high = np.int64(0), np.int64(0)
        if opens and form_of[z] >= 0:
            low, high = begins[form_of[z]], begins[form_of[z] + 1]
            if factor >= 0:
                for k in range(low, high):
                    if entries[1][k] >= 0:
                        opens = False
        if not opens or form_of[z] < 0:
            entries, count = _added(entries, count, begin, place, z, factor, scale)
            continue
        for k in range(low, high):
            both = entries[1][k] if entries[1][k] >= 0 else factor
            entries, count = _added(entries, count, begin, place, entries[0][k], both, scale * entries[2][k])
    return stack, entries, count


@numba.njit(**_options)
def expand(ops, firsts, seconds, values, kinds, uses, roots, limit):
    """Linear forms of the results.

    An entry of a form is ``coefficient * factor * atom``; an atom is an input or the result of an operation that is not
    linear, a factor a passive number or none.  What several results use is expanded once.

    Parameters
    ----------
    ops, firsts, seconds, kinds, uses, roots
        As in :func:`tops`.
    values : ndarray of float64, shape (n,)
        Values of constants.
    limit : int
        Entries at most.

    Returns
    -------
    starts : ndarray of int64, shape (len(roots) + 1,)
        Form ``r`` has the entries ``starts[r]`` to ``starts[r + 1]``; of length 0 if there are more than ``limit``.
    atoms, factors : ndarray of int32
        Numbers; -1 for no factor.
    coefficients : ndarray of float64
    """
    n, stream = len(ops), (ops, firsts, seconds)
    form_of, place = np.full(n, -1, np.int32), np.full(n, -1, np.int64)
    begins = np.zeros(np.count_nonzero(uses > 1) + 1, np.int64)
    stack = np.empty(64, np.int32), np.empty(64), np.empty(64, np.int32)
    entries = np.empty(1024, np.int32), np.empty(1024, np.int32), np.empty(1024)
    starts = np.empty(len(roots) + 1, np.int64)
    count, forms = 0, 0
    for z in range(n):
        if uses[z] > 1 and kinds[z] == ACTIVE and _opens(ops[z], firsts[z], seconds[z], kinds, -1):
            stack, entries, count = _form(
                z, True, stream, values, kinds, uses, begins, form_of, stack, place, entries, count
            )
            form_of[z] = forms
            forms += 1
            begins[forms] = count
            if count > limit:
                return starts[:0], entries[0][:0], entries[1][:0], entries[2][:0]
    kept = count
    for r in range(len(roots)):
        starts[r] = count - kept
        stack, entries, count = _form(
            roots[r], False, stream, values, kinds, uses, begins, form_of, stack, place, entries, count
        )
        if count - kept > limit:
            return starts[:0], entries[0][:0], entries[1][:0], entries[2][:0]
    starts[len(roots)] = count - kept
    atoms, factors, coefficients = entries
    return starts, atoms[kept:count].copy(), factors[kept:count].copy(), coefficients[kept:count].copy()

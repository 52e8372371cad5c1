"""Interpreters of programs: values, tangents, cotangents and their tangents, instruction by instruction.

A program is a table of instructions over one flat memory.  The first ``len(ops)`` addresses are scalars, the rest
arrays; addresses from ``active`` on (the number of rows of the tangents or cotangents) hold constants.

====================  ==============================================================================================
``RUN``               scalar operations ``low … high - 1``: opcode, first and second operand of each
``FILL``              zeros
``GATHER``            a contiguous result from the addresses in ``places``
``SCATTER``           entries at addresses in ``places`` overwritten with those at others
``SAVE``, ``SAVE_AT`` a copy of entries that the next instruction overwrites; the way back restores them
any opcode            elementwise on up to three axes, each operand with a stride an axis; ``SET`` a fresh result,
                      ``ADD`` to it (reductions, increments), or ``OVERWRITE`` older entries
====================  ==============================================================================================

Going back, an instruction hands the cotangent of its result to its operands, and clears it where it overwrote.
"""

from __future__ import annotations

import numba
import numpy as np

from adpy.kernels.elementwise import second, second_tile, value, value_tile, weights, weights_tile
from adpy.kernels.tiles import (
    CONSTANT,
    fetch,
    pull,
    pull_second,
    pull_seconds,
    pulls,
    push,
    pushes,
    store,
    times,
)

__all__ = ["adjoint", "replay", "second_order", "tangent"]

RUN, FILL, GATHER, SCATTER, SAVE, SAVE_AT = -1, -2, -3, -4, -5, -6
SET, ADD, OVERWRITE = 0, 1, 2
HOLE = 0
COPY = 1
TILE = 256

_options = {"cache": True, "error_model": "numpy", "nogil": True}


@numba.njit(**_options)
def evaluate(table, places, ops, firsts, seconds, memory, pc, left, right, result):
    """Values of one instruction; the last three arrays are scratch."""
    op, mode, n0, n1, n2 = table[pc, 0], table[pc, 1], table[pc, 2], table[pc, 3], table[pc, 4]
    o, a, b = table[pc, 5], table[pc, 9], table[pc, 13]
    if op == RUN:
        for i in range(n0, n1):
            if ops[i] != HOLE:
                memory[i] = value(ops[i], memory[firsts[i]], memory[seconds[i]])
        return
    if op == GATHER or op == SAVE_AT:
        for i in range(n2):
            memory[o + i] = memory[places[a + i]]
        return
    if op == SCATTER:
        for i in range(n2):
            memory[places[b + i]] = memory[places[a + i]]
        return
    so, sa, sb = table[pc, 8], table[pc, 12], table[pc, 16]
    for i0 in range(n0):
        for i1 in range(n1):
            oi = o + i0 * table[pc, 6] + i1 * table[pc, 7]
            ai = a + i0 * table[pc, 10] + i1 * table[pc, 11]
            if op == FILL:
                for i in range(n2):
                    memory[oi + i * so] = 0.0
                continue
            if (op == COPY or op == SAVE) and mode != ADD:
                for i in range(n2):
                    memory[oi + i * so] = memory[ai + i * sa]
                continue
            bi = b + i0 * table[pc, 14] + i1 * table[pc, 15]
            for first in range(0, n2, TILE):
                n = min(TILE, n2 - first)
                x = fetch(memory, ai + first * sa, sa, n, left)
                w = fetch(memory, bi + first * sb, sb, n, right)
                if so == 1 and mode != ADD:
                    value_tile(op, x, w, memory[oi + first : oi + first + n], n)
                else:
                    value_tile(op, x, w, result, n)
                    store(memory, oi + first * so, so, result, n, mode == ADD)


@numba.njit(**_options)
def replay(table, places, ops, firsts, seconds, memory, start, stop):
    """Values of the instructions ``start … stop - 1``.

    Parameters
    ----------
    table : ndarray of int64, shape (instructions, 17)
    places : ndarray of int64
        Addresses of gathers and scatters.
    ops, firsts, seconds : ndarray of int32
        Scalar operations; the address of a result is its position.
    memory : ndarray of float64
        Updated in place.
    """
    left, right, result = np.empty(TILE), np.empty(TILE), np.empty(TILE)
    for pc in range(start, stop):
        evaluate(table, places, ops, firsts, seconds, memory, pc, left, right, result)


@numba.njit(**_options)
def tangent(table, places, ops, firsts, seconds, memory, dots, start, stop):
    """Tangents of the instructions ``start … stop - 1``, with the values in ``memory`` replayed on the way.

    Parameters
    ----------
    table, places, ops, firsts, seconds, memory
        As in :func:`replay`.
    dots : ndarray of float64, shape (active, directions)
        Updated in place.
    """
    left, right, result = np.empty(TILE), np.empty(TILE), np.empty(TILE)
    u, v = np.empty(TILE), np.empty(TILE)
    active, width = dots.shape
    flat = dots.reshape(-1)
    for pc in range(start, stop):
        op, mode, n0, n1, n2 = table[pc, 0], table[pc, 1], table[pc, 2], table[pc, 3], table[pc, 4]
        o, a, b = table[pc, 5], table[pc, 9], table[pc, 13]
        evaluate(table, places, ops, firsts, seconds, memory, pc, left, right, result)
        if op == RUN:
            for i in range(n0, n1):
                if ops[i] == HOLE:
                    continue
                first, last = firsts[i], seconds[i]
                wa, wb = weights(ops[i], memory[first], memory[last], memory[i])
                if width == 1:
                    flat[i] = times(wa, flat[first]) + times(wb, flat[last])
                else:
                    for k in range(width):
                        dots[i, k] = times(wa, dots[first, k]) + times(wb, dots[last, k])
            continue
        if op == GATHER or op == SAVE_AT:
            for i in range(n2):
                place = places[a + i]
                for k in range(width):
                    dots[o + i, k] = dots[place, k] if place < active else 0.0
            continue
        if op == SCATTER:
            for i in range(n2):
                place = places[a + i]
                for k in range(width):
                    dots[places[b + i], k] = dots[place, k] if place < active else 0.0
            continue
        so, sa, sb = table[pc, 8], table[pc, 12], table[pc, 16]
        da, db = (sa if a < active else CONSTANT), (sb if b < active else CONSTANT)
        for i0 in range(n0):
            for i1 in range(n1):
                oi = o + i0 * table[pc, 6] + i1 * table[pc, 7]
                ai = a + i0 * table[pc, 10] + i1 * table[pc, 11]
                bi = b + i0 * table[pc, 14] + i1 * table[pc, 15]
                if op == FILL or ((op == COPY or op == SAVE) and mode != ADD):
                    if op == FILL or a >= active:
                        for i in range(n2):
                            for k in range(width):
                                dots[oi + i * so, k] = 0.0
                    elif width == 1:
                        for i in range(n2):
                            flat[oi + i * so] = flat[ai + i * sa]
                    else:
                        for i in range(n2):
                            for k in range(width):
                                dots[oi + i * so, k] = dots[ai + i * sa, k]
                    continue
                for first in range(0, n2, TILE):
                    n = min(TILE, n2 - first)
                    at, bt, ot = ai + first * sa, bi + first * sb, oi + first * so
                    x = fetch(memory, at, sa, n, left)
                    w = fetch(memory, bt, sb, n, right)
                    y = fetch(memory, ot, so, n, result)
                    weights_tile(op, x, w, y, u, v, n)
                    if width == 1:
                        push(flat, ot, so, at, da, u, bt, db, v, n, mode == ADD, left)
                    else:
                        pushes(dots, ot, so, at, da, u, bt, db, v, n, mode == ADD)


@numba.njit(**_options)
def restore(table, places, memory, pc):
    """Undo what overwrote the entries that instruction ``pc`` saved."""
    op, n2, o, a = table[pc, 0], table[pc, 4], table[pc, 5], table[pc, 9]
    if op == SAVE_AT:
        for i in range(n2):
            memory[places[a + i]] = memory[o + i]
        return
    so, sa = table[pc, 8], table[pc, 12]
    for i0 in range(table[pc, 2]):
        for i1 in range(table[pc, 3]):
            oi = o + i0 * table[pc, 6] + i1 * table[pc, 7]
            ai = a + i0 * table[pc, 10] + i1 * table[pc, 11]
            for i in range(n2):
                memory[ai + i * sa] = memory[oi + i * so]


@numba.njit(**_options)
def clear(table, bars, pc):
    """Zero the cotangents of the entries that instruction ``pc`` overwrote."""
    o, so = table[pc, 5], table[pc, 8]
    for i0 in range(table[pc, 2]):
        for i1 in range(table[pc, 3]):
            oi = o + i0 * table[pc, 6] + i1 * table[pc, 7]
            for i in range(table[pc, 4]):
                for k in range(bars.shape[1]):
                    bars[oi + i * so, k] = 0.0


@numba.njit(**_options)
def pull_places(table, places, bars, pc):
    """Cotangents through a gather or scatter."""
    op, n2, o, a, b = table[pc, 0], table[pc, 4], table[pc, 5], table[pc, 9], table[pc, 13]
    active, width = bars.shape
    for i in range(n2 - 1, -1, -1):
        place = places[a + i]
        source = o + i if op == GATHER else places[b + i]
        if place < active:
            for k in range(width):
                bars[place, k] += bars[source, k]
        if op == SCATTER:
            for k in range(width):
                bars[source, k] = 0.0


@numba.njit(**_options)
def adjoint(table, places, ops, firsts, seconds, memory, bars, start, stop):
    """Cotangents of the operands of the instructions ``stop - 1 … start``.

    Parameters
    ----------
    table, places, ops, firsts, seconds, memory
        As in :func:`replay`; the values are those after instruction ``stop - 1``, on return those before ``start``.
    bars : ndarray of float64, shape (active, seeds)
        Updated in place.
    """
    left, right, result = np.empty(TILE), np.empty(TILE), np.empty(TILE)
    u, v = np.empty(TILE), np.empty(TILE)
    active, width = bars.shape
    flat = bars.reshape(-1)
    for pc in range(stop - 1, start - 1, -1):
        op, mode, n0, n1, n2 = table[pc, 0], table[pc, 1], table[pc, 2], table[pc, 3], table[pc, 4]
        o, a, b = table[pc, 5], table[pc, 9], table[pc, 13]
        if op == RUN:
            for i in range(n1 - 1, n0 - 1, -1):
                if ops[i] == HOLE:
                    continue
                first, last = firsts[i], seconds[i]
                if width == 1:
                    bar = flat[i]
                    if bar != 0.0:
                        wa, wb = weights(ops[i], memory[first], memory[last], memory[i])
                        flat[first] += wa * bar
                        flat[last] += wb * bar
                    continue
                wa, wb = weights(ops[i], memory[first], memory[last], memory[i])
                for k in range(width):
                    bar = bars[i, k]
                    bars[first, k] += times(wa, bar)
                    bars[last, k] += times(wb, bar)
            continue
        if op == SAVE or op == SAVE_AT:
            restore(table, places, memory, pc)
            continue
        if op == GATHER or op == SCATTER:
            pull_places(table, places, bars, pc)
            continue
        so, sa, sb = table[pc, 8], table[pc, 12], table[pc, 16]
        for i0 in range(n0 if op != FILL else 0):
            for i1 in range(n1):
                oi = o + i0 * table[pc, 6] + i1 * table[pc, 7]
                ai = a + i0 * table[pc, 10] + i1 * table[pc, 11]
                bi = b + i0 * table[pc, 14] + i1 * table[pc, 15]
                for first in range(0, n2, TILE):
                    n = min(TILE, n2 - first)
                    at, bt, ot = ai + first * sa, bi + first * sb, oi + first * so
                    x = fetch(memory, at, sa, n, left)
                    w = fetch(memory, bt, sb, n, right)
                    y = fetch(memory, ot, so, n, result)
                    weights_tile(op, x, w, y, u, v, n)
                    if width == 1:
                        if a < active:
                            pull(flat, ot, so, at, sa, u, n)
                        if b < active:
                            pull(flat, ot, so, bt, sb, v, n)
                    else:
                        if a < active:
                            pulls(bars, ot, so, at, sa, u, n)
                        if b < active:
                            pulls(bars, ot, so, bt, sb, v, n)
        if mode == OVERWRITE:
            clear(table, bars, pc)


@numba.njit(**_options)
def second_order(table, places, ops, firsts, seconds, memory, dots, bars, bar_dots, start, stop):
    """Cotangents and their tangents for the operands of the instructions ``stop - 1 … start``.

    Parameters
    ----------
    table, places, ops, firsts, seconds, memory
        As in :func:`adjoint`.
    dots : ndarray of float64, shape (active, directions)
        Tangents after instruction ``stop - 1``, on return those before ``start``.
    bars : ndarray of float64, shape (active, 1)
        Updated in place; the same for all directions.
    bar_dots : ndarray of float64, shape (active, directions)
        Updated in place.
    """
    left, right, result = np.empty(TILE), np.empty(TILE), np.empty(TILE)
    u, v, p, q, r = np.empty(TILE), np.empty(TILE), np.empty(TILE), np.empty(TILE), np.empty(TILE)
    active, width = dots.shape
    bar_of = bars.reshape(-1)
    dot_of, turn_of = dots.reshape(-1), bar_dots.reshape(-1)
    for pc in range(stop - 1, start - 1, -1):
        op, mode, n0, n1, n2 = table[pc, 0], table[pc, 1], table[pc, 2], table[pc, 3], table[pc, 4]
        o, a, b = table[pc, 5], table[pc, 9], table[pc, 13]
        if op == RUN:
            for i in range(n1 - 1, n0 - 1, -1):
                if ops[i] == HOLE:
                    continue
                first, last = firsts[i], seconds[i]
                bar = bar_of[i]
                wa, wb, haa, hab, hbb = second(ops[i], memory[first], memory[last], memory[i])
                if width == 1:
                    turn = turn_of[i]
                    if bar == 0.0 and turn == 0.0:
                        continue
                    xa, xb = dot_of[first], dot_of[last]
                    bar_of[first] += times(wa, bar)
                    bar_of[last] += times(wb, bar)
                    turn_of[first] += times(wa, turn) + times(times(haa, xa) + times(hab, xb), bar)
                    turn_of[last] += times(wb, turn) + times(times(hab, xa) + times(hbb, xb), bar)
                    continue
                bar_of[first] += times(wa, bar)
                bar_of[last] += times(wb, bar)
                haa, hab, hbb = times(haa, bar), times(hab, bar), times(hbb, bar)
                for k in range(width):
                    turn = bar_dots[i, k]
                    xa, xb = dots[first, k], dots[last, k]
                    bar_dots[first, k] += times(wa, turn) + times(haa, xa) + times(hab, xb)
                    bar_dots[last, k] += times(wb, turn) + times(hab, xa) + times(hbb, xb)
            continue
        if op == SAVE or op == SAVE_AT:
            restore(table, places, memory, pc)
            restore_tangents(table, places, dots, pc)
            continue
        if op == GATHER or op == SCATTER:
            pull_places(table, places, bars, pc)
            pull_places(table, places, bar_dots, pc)
            continue
        so, sa, sb = table[pc, 8], table[pc, 12], table[pc, 16]
        da, db = (sa if a < active else CONSTANT), (sb if b < active else CONSTANT)
        for i0 in range(n0 if op != FILL else 0):
            for i1 in range(n1):
                oi = o + i0 * table[pc, 6] + i1 * table[pc, 7]
                ai = a + i0 * table[pc, 10] + i1 * table[pc, 11]
                bi = b + i0 * table[pc, 14] + i1 * table[pc, 15]
                for first in range(0, n2, TILE):
                    n = min(TILE, n2 - first)
                    at, bt, ot = ai + first * sa, bi + first * sb, oi + first * so
                    x = fetch(memory, at, sa, n, left)
                    w = fetch(memory, bt, sb, n, right)
                    y = fetch(memory, ot, so, n, result)
                    second_tile(op, x, w, y, u, v, p, q, r, n)
                    if width == 1:
                        if a < active:
                            pull_second(bar_of, dot_of, turn_of, ot, so, at, sa, u, p, bt, db, q, n)
                        if b < active:
                            pull_second(bar_of, dot_of, turn_of, ot, so, bt, sb, v, r, at, da, q, n)
                    else:
                        if a < active:
                            pull_seconds(bar_of, dots, bar_dots, ot, so, at, sa, u, p, bt, db, q, n)
                        if b < active:
                            pull_seconds(bar_of, dots, bar_dots, ot, so, bt, sb, v, r, at, da, q, n)
        if mode == OVERWRITE:
            clear(table, bars, pc)
            clear(table, bar_dots, pc)


@numba.njit(**_options)
def restore_tangents(table, places, dots, pc):
    """As :func:`restore`, for tangents."""
    op, n2, o, a = table[pc, 0], table[pc, 4], table[pc, 5], table[pc, 9]
    width = dots.shape[1]
    if op == SAVE_AT:
        for i in range(n2):
            for k in range(width):
                dots[places[a + i], k] = dots[o + i, k]
        return
    so, sa = table[pc, 8], table[pc, 12]
    for i0 in range(table[pc, 2]):
        for i1 in range(table[pc, 3]):
            oi = o + i0 * table[pc, 6] + i1 * table[pc, 7]
            ai = a + i0 * table[pc, 10] + i1 * table[pc, 11]
            for i in range(n2):
                for k in range(width):
                    dots[ai + i * sa, k] = dots[oi + i * so, k]

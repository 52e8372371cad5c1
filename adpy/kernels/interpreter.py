"""Interpreters of programs: values, tangents, cotangents and their tangents, instruction by instruction.

A program is a table of rows over one flat memory.  The first ``len(ops)`` addresses are scalars, the rest arrays;
addresses from ``active`` on (the number of rows of tangents) hold constants.  ``heads`` are the rows at which
instructions begin:

====================  ==============================================================================================
``RUN``               scalar operations ``low … high - 1``: opcode, first and second operand of each; see
                      :mod:`adpy.kernels.scalars`
``FILL``              zeros
``GATHER``            a contiguous result from the addresses in ``places``
``SCATTER``           entries at addresses in ``places`` overwritten with those at others
``SAVE``, ``SAVE_AT`` a copy of entries that the next instruction overwrites; the way back restores them
``GROUP``             the following rows, elementwise operations over the same three axes, tile by tile.  Each operand
                      has a stride an axis; ``SET`` makes a fresh result, ``ADD`` adds to it (reductions, increments),
                      ``OVERWRITE`` replaces older entries
====================  ==============================================================================================

Results of a group that nothing else reads are local: they have the memory of one tile, and the way back computes them
again.  Cotangents have a memory of their own, where arrays that live at different times share addresses: the last
columns of a row say how far from the value of each operand its cotangent is.  Going back, an instruction hands the
cotangent of its result to its operands and clears it, unless it added to the result.
"""

from __future__ import annotations

import numba
import numpy as np

from adpy.kernels.elementwise import second_tile, value_tile, weights_tile
from adpy.kernels.opcodes import ADDITION, COPY, MULTIPLY, SQUARE, SUBTRACT
from adpy.kernels.scalars import (
    adjoint_stretch,
    adjoint_stretches,
    replay_stretch,
    second_stretch,
    second_stretches,
    tangent_stretch,
)
from adpy.kernels.table import ADD, BARS, FILL, GATHER, GROUP, PASSIVE, RUN, SAVE, SAVE_AT, SCATTER
from adpy.kernels.tiles import (
    CONSTANT,
    U,
    copy,
    decrease,
    fetch,
    increase,
    pull,
    pull_both,
    pull_product,
    pull_scaled,
    pull_second,
    pull_seconds,
    pull_times,
    pulls,
    push,
    push_scaled,
    push_sum,
    push_times,
    pushes,
    store,
    zero,
)

__all__ = ["adjoint", "replay", "second_order", "tangent"]


_options = {"cache": True, "error_model": "numpy", "nogil": True}


# ------------------------------------------------------------------------------------------------ one row, one tile


@numba.njit(**_options)
def place_of(table, pc, k, i0, i1, first):
    """Address of the first entry of operand ``k`` (0: result) in a tile."""
    c = 5 + 4 * k
    found = table[pc, c] + i0 * table[pc, c + 1] + i1 * table[pc, c + 2]
    if table[pc, 17] >> k & 1 == 0:
        found += first * table[pc, c + 3]
    return found


@numba.njit(**_options)
def bar_of(table, pc, k, i0, i1, first):
    """As :func:`place_of`, for the cotangent."""
    return place_of(table, pc, k, i0, i1, first) + table[pc, BARS + k]


@numba.njit(**_options)
def operands(table, pc, i0, i1, first, n, memory, base, tile):
    """Tiles of the first and second operand of a row."""
    x = fetch(memory, place_of(table, pc, 1, i0, i1, first), table[pc, 12], n, base)
    if table[pc, 13] < 0:
        return x, x
    return x, fetch(memory, place_of(table, pc, 2, i0, i1, first), table[pc, 16], n, base + tile)


@numba.njit(**_options)
def value_row(table, pc, i0, i1, first, n, memory, base, tile):
    """Values of one tile of a row."""
    op, add, so = table[pc, 0], table[pc, 1] == ADD, table[pc, 8]
    o = place_of(table, pc, 0, i0, i1, first)
    x, w = operands(table, pc, i0, i1, first, n, memory, base, tile)
    if op == COPY:
        store(memory, o, so, x, n, add)
    elif so == 1 and not add:
        value_tile(op, memory, x, w, U(o), n)
    else:
        result = U(base + 2 * tile)
        value_tile(op, memory, x, w, result, n)
        store(memory, o, so, result, n, add)


@numba.njit(**_options)
def weights_row(table, pc, i0, i1, first, n, memory, base, tile):
    """Tiles of the partials of one tile of a row."""
    op = table[pc, 0]
    x, w = operands(table, pc, i0, i1, first, n, memory, base, tile)
    if op == MULTIPLY:
        return w, x
    u, v = U(base + 3 * tile), U(base + 4 * tile)
    y = fetch(memory, place_of(table, pc, 0, i0, i1, first), table[pc, 8], n, base + 2 * tile)
    weights_tile(op, memory, x, w, y, u, v, n)
    return u, v


@numba.njit(**_options)
def even_weights(table, pc, i0, i1, first, memory, sa, sb):
    """Are the partials of a row the same for all entries of a tile?  And these partials.

    ``sa`` and ``sb`` are strides of the operands, :data:`CONSTANT` for those without derivatives.
    """
    op = table[pc, 0]
    if COPY <= op <= SUBTRACT:
        return True, 1.0, -1.0 if op == SUBTRACT else 1.0
    if op == MULTIPLY and sb == CONSTANT and table[pc, 16] == 0 and table[pc, 17] & 4 == 0:
        return True, memory[place_of(table, pc, 2, i0, i1, first)], 0.0
    if op == MULTIPLY and sa == CONSTANT and table[pc, 12] == 0 and table[pc, 17] & 2 == 0:
        return True, 0.0, memory[place_of(table, pc, 1, i0, i1, first)]
    return False, 0.0, 0.0


@numba.njit(**_options)
def together(so, sa, sb):
    """Do result and operands stand in memory as one piece, so that all columns are one loop?"""
    return so == 1 and (sa == 1 or sa == CONSTANT) and (sb == 1 or sb == CONSTANT)


@numba.njit(**_options)
def tangent_row(table, pc, i0, i1, first, n, memory, dots, base, tile):
    """Tangents of one tile of a row."""
    width = dots.shape[1]
    o, so, add = place_of(table, pc, 0, i0, i1, first), table[pc, 8], table[pc, 1] == ADD
    a, b = place_of(table, pc, 1, i0, i1, first), place_of(table, pc, 2, i0, i1, first)
    sa = table[pc, 12] if table[pc, BARS + 1] != PASSIVE else CONSTANT
    sb = table[pc, 16] if table[pc, BARS + 2] != PASSIVE else CONSTANT
    op, flat = table[pc, 0], dots.reshape(-1)
    if width > 1:
        even, p, q = even_weights(table, pc, i0, i1, first, memory, sa, sb)
        if even and together(so, sa, sb) and not add:
            count, result = n * U(width), U(o * width)
            if sa == CONSTANT and sb == CONSTANT:
                zero(flat, result, count)
            elif sb == CONSTANT:
                push_times(flat, p, U(a * width), count, result)
            elif sa == CONSTANT:
                push_times(flat, q, U(b * width), count, result)
            else:
                push_sum(flat, U(a * width), U(b * width), q, count, result)
            return
        u, v = weights_row(table, pc, i0, i1, first, n, memory, base, tile)
        pushes(memory, u, v, dots, o, so, a, sa, b, sb, n, add)
        return
    nothing = U(base + 3 * tile)
    left = nothing if sa == CONSTANT else fetch(flat, a, sa, n, base)
    right = nothing if sb == CONSTANT else fetch(flat, b, sb, n, base + tile)
    if op == COPY:
        store(flat, o, so, left, n, add)
        return
    direct = so == 1 and not add
    result = U(o) if direct else U(base + 2 * tile)
    if op == ADDITION or op == SUBTRACT:
        push_sum(flat, left, right, 1.0 if op == ADDITION else -1.0, n, result)
    elif op == SQUARE:
        x, _ = operands(table, pc, i0, i1, first, n, memory, base, tile)
        push_scaled(memory, x, 2.0, flat, left, n, result)
    else:
        u, v = weights_row(table, pc, i0, i1, first, n, memory, base, tile)
        if sb == CONSTANT:
            push_scaled(memory, u, 1.0, flat, left, n, result)
        elif sa == CONSTANT:
            push_scaled(memory, v, 1.0, flat, right, n, result)
        else:
            push(memory, u, v, flat, left, right, n, result)
    if not direct:
        store(flat, o, so, result, n, add)


@numba.njit(**_options)
def pull_even(bars, p, q, o, a, sa, b, sb, n):
    """Cotangents of operands with the same partial everywhere, in every column."""
    width = bars.shape[1]
    flat, count = bars.reshape(-1), n * U(width)
    if sa != CONSTANT:
        pull_times(flat, p, U(o * width), U(a * width), count)
    if sb != CONSTANT:
        pull_times(flat, q, U(o * width), U(b * width), count)


@numba.njit(**_options)
def adjoint_row(table, pc, i0, i1, first, n, memory, bars, base, tile):
    """Cotangents of the operands in one tile of a row."""
    width = bars.shape[1]
    op, o, so = table[pc, 0], bar_of(table, pc, 0, i0, i1, first), table[pc, 8]
    a, sa = bar_of(table, pc, 1, i0, i1, first), table[pc, 12]
    b, sb = bar_of(table, pc, 2, i0, i1, first), table[pc, 16]
    first_active, second_active = table[pc, BARS + 1] != PASSIVE, table[pc, BARS + 2] != PASSIVE
    if width > 1:
        left, right = sa if first_active else CONSTANT, sb if second_active else CONSTANT
        even, p, q = even_weights(table, pc, i0, i1, first, memory, left, right)
        if even and together(so, left, right):
            pull_even(bars, p, q, o, a, left, b, right, n)
            return
        u, v = weights_row(table, pc, i0, i1, first, n, memory, base, tile)
        if first_active:
            pulls(memory, u, bars, o, so, a, sa, n)
        if second_active:
            pulls(memory, v, bars, o, so, b, sb, n)
        return
    flat, result = bars.reshape(-1), U(base + tile)
    bar = fetch(flat, o, so, n, base)
    if COPY <= op <= SUBTRACT:
        if first_active:
            increase(flat, a, sa, bar, n)
        if second_active and op == SUBTRACT:
            decrease(flat, b, sb, bar, n)
        elif second_active:
            increase(flat, b, sb, bar, n)
        return
    u, v = weights_row(table, pc, i0, i1, first, n, memory, base, tile)
    if first_active:
        pull(memory, u, flat, bar, a, sa, n, result)
    if second_active:
        pull(memory, v, flat, bar, b, sb, n, result)


@numba.njit(**_options)
def second_row(table, pc, i0, i1, first, n, memory, dots, bars, turns, base, tile):
    """Cotangents of the operands and their tangents in one tile of a row, for one direction."""
    op, o, so = table[pc, 0], bar_of(table, pc, 0, i0, i1, first), table[pc, 8]
    a, sa = bar_of(table, pc, 1, i0, i1, first), table[pc, 12]
    b, sb = bar_of(table, pc, 2, i0, i1, first), table[pc, 16]
    first_active, second_active = table[pc, BARS + 1] != PASSIVE, table[pc, BARS + 2] != PASSIVE
    if not first_active and not second_active:
        return
    bar, turn, result = fetch(bars, o, so, n, base), fetch(turns, o, so, n, base), U(base + tile)
    if COPY <= op <= SUBTRACT:
        if first_active:
            increase(bars, a, sa, bar, n)
            increase(turns, a, sa, turn, n)
        if second_active and op == SUBTRACT:
            decrease(bars, b, sb, bar, n)
            decrease(turns, b, sb, turn, n)
        elif second_active:
            increase(bars, b, sb, bar, n)
            increase(turns, b, sb, turn, n)
        return
    nothing = U(base + 3 * tile)
    left = fetch(dots, place_of(table, pc, 1, i0, i1, first), sa, n, base) if first_active else nothing
    right = fetch(dots, place_of(table, pc, 2, i0, i1, first), sb, n, base + tile) if second_active else nothing
    if op == MULTIPLY:
        x, w = operands(table, pc, i0, i1, first, n, memory, base, tile)
        if not second_active:
            pull_both(memory, w, bars, bar, turns, turn, a, sa, n, result)
            return
        if not first_active:
            pull_both(memory, x, bars, bar, turns, turn, b, sb, n, result)
            return
        if first_active:
            pull(memory, w, bars, bar, a, sa, n, result)
            pull_product(memory, w, 1.0, dots, right, bars, bar, turns, turn, a, sa, n, result)
        if second_active:
            pull(memory, x, bars, bar, b, sb, n, result)
            pull_product(memory, x, 1.0, dots, left, bars, bar, turns, turn, b, sb, n, result)
        return
    if op == SQUARE:
        x, _ = operands(table, pc, i0, i1, first, n, memory, base, tile)
        pull_scaled(memory, x, 2.0, bars, bar, a, sa, n, result)
        pull_product(memory, x, 2.0, dots, left, bars, bar, turns, turn, a, sa, n, result)
        return
    u, v, p, q, r = second_partials(table, pc, i0, i1, first, n, memory, base, tile)
    if first_active:
        pull(memory, u, bars, bar, a, sa, n, result)
        pull_second(memory, u, p, q, dots, left, right, bars, bar, turns, turn, a, sa, n, result)
    if second_active:
        pull(memory, v, bars, bar, b, sb, n, result)
        pull_second(memory, v, r, q, dots, right, left, bars, bar, turns, turn, b, sb, n, result)


@numba.njit(**_options)
def second_partials(table, pc, i0, i1, first, n, memory, base, tile):
    """Tiles of the partials and second partials of one tile of a row."""
    x, w = operands(table, pc, i0, i1, first, n, memory, base, tile)
    y = fetch(memory, place_of(table, pc, 0, i0, i1, first), table[pc, 8], n, base + 2 * tile)
    u, v, p = U(base + 3 * tile), U(base + 4 * tile), U(base + 5 * tile)
    q, r = U(base + 6 * tile), U(base + 7 * tile)
    second_tile(table[pc, 0], memory, x, w, y, u, v, p, q, r, n)
    return u, v, p, q, r


@numba.njit(**_options)
def second_rows(table, pc, i0, i1, first, n, memory, dots, bars, bar_dots, base, tile):
    """As :func:`second_row`, for many directions."""
    o, so = bar_of(table, pc, 0, i0, i1, first), table[pc, 8]
    a, sa = place_of(table, pc, 1, i0, i1, first), table[pc, 12]
    b, sb = place_of(table, pc, 2, i0, i1, first), table[pc, 16]
    first_active, second_active = table[pc, BARS + 1] != PASSIVE, table[pc, BARS + 2] != PASSIVE
    left, right = sa if first_active else CONSTANT, sb if second_active else CONSTANT
    even, p, q = even_weights(table, pc, i0, i1, first, memory, left, right)
    if even and together(so, left, right):
        c = bar_of(table, pc, 1, i0, i1, first) if first_active else 0
        d = bar_of(table, pc, 2, i0, i1, first) if second_active else 0
        pull_even(bars.reshape(-1, 1), p, q, o, c, left, d, right, n)
        pull_even(bar_dots, p, q, o, c, left, d, right, n)
        return
    u, v, p, q, r = second_partials(table, pc, i0, i1, first, n, memory, base, tile)
    if first_active:
        other = sb if second_active else CONSTANT
        pull_seconds(memory, u, p, q, bars, dots, bar_dots, o, so, a, sa, table[pc, BARS + 1], b, other, n)
    if second_active:
        other = sa if first_active else CONSTANT
        pull_seconds(memory, v, r, q, bars, dots, bar_dots, o, so, b, sb, table[pc, BARS + 2], a, other, n)


# ------------------------------------------------------------------------------------------------ entries by address


@numba.njit(**_options)
def move(table, places, memory, pc):
    """Fill, copy, gather or scatter the entries of an instruction, in every column of a memory.

    What comes from beyond the end of the memory (constants have no tangent) is zero.
    """
    op, n2, o, a, b = table[pc, 0], table[pc, 4], table[pc, 5], table[pc, 9], table[pc, 13]
    size, width = memory.shape
    if op == GATHER or op == SAVE_AT or op == SCATTER:
        for i in range(n2):
            place = places[a + i]
            into = places[b + i] if op == SCATTER else o + i
            for k in range(width):
                memory[into, k] = memory[place, k] if place < size else 0.0
        return
    so, sa, flat = table[pc, 8], table[pc, 12], memory.reshape(-1)
    for i0 in range(table[pc, 2]):
        for i1 in range(table[pc, 3]):
            oi = o + i0 * table[pc, 6] + i1 * table[pc, 7]
            ai = a + i0 * table[pc, 10] + i1 * table[pc, 11]
            if op == FILL and so == 1:
                zero(flat, U(oi * width), U(n2 * width))
            elif op == FILL:
                for i in range(n2):
                    for k in range(width):
                        memory[oi + i * so, k] = 0.0
            elif so == 1 and sa == 1:
                copy(flat, U(ai * width), U(oi * width), U(n2 * width))
            else:
                for i in range(n2):
                    for k in range(width):
                        memory[oi + i * so, k] = memory[ai + i * sa, k]


@numba.njit(**_options)
def restore(table, places, memory, pc):
    """Undo what overwrote the entries that an instruction saved, in every column of a memory."""
    op, n2, o, a = table[pc, 0], table[pc, 4], table[pc, 5], table[pc, 9]
    width = memory.shape[1]
    if op == SAVE_AT:
        for i in range(n2):
            for k in range(width):
                memory[places[a + i], k] = memory[o + i, k]
        return
    so, sa, flat = table[pc, 8], table[pc, 12], memory.reshape(-1)
    for i0 in range(table[pc, 2]):
        for i1 in range(table[pc, 3]):
            oi = o + i0 * table[pc, 6] + i1 * table[pc, 7]
            ai = a + i0 * table[pc, 10] + i1 * table[pc, 11]
            if so == 1 and sa == 1:
                copy(flat, U(oi * width), U(ai * width), U(n2 * width))
                continue
            for i in range(n2):
                for k in range(width):
                    memory[ai + i * sa, k] = memory[oi + i * so, k]


@numba.njit(**_options)
def pull_places(table, places, bars, pc):
    """Cotangents through a gather or scatter."""
    op, n2, o, half = table[pc, 0], table[pc, 4], table[pc, 5] + table[pc, BARS], places.size // 2
    a, b = table[pc, 9] + half, table[pc, 13] + half
    size, width = bars.shape
    for i in range(n2 - 1, -1, -1):
        place = places[a + i]
        source = o + i if op == GATHER else places[b + i]
        for k in range(width):
            bar = bars[source, k]
            bars[source, k] = 0.0
            if place < size:
                bars[place, k] += bar


@numba.njit(**_options)
def pull_moved(table, places, memory, bars, pc):
    """The way back through an instruction that only moves entries."""
    op = table[pc, 0]
    if op == SAVE or op == SAVE_AT:
        restore(table, places, memory.reshape(-1, 1), pc)
    elif op == GATHER or op == SCATTER:
        pull_places(table, places, bars, pc)
    elif op == FILL:
        for i0 in range(table[pc, 2]):
            for i1 in range(table[pc, 3]):
                clear(table, bars, pc, i0, i1, 0, U(table[pc, 4]))


@numba.njit(**_options)
def clear(table, bars, pc, i0, i1, first, n):
    """Zero the cotangents of the result of a row in a tile."""
    o, so, width = bar_of(table, pc, 0, i0, i1, first), table[pc, 8], bars.shape[1]
    if so == 1:
        zero(bars.reshape(-1), U(o * width), n * U(width))
        return
    for i in range(n):
        for k in range(width):
            bars[o + np.int64(i) * so, k] = 0.0


# ------------------------------------------------------------------------------------------------ programs


@numba.njit(**_options)
def replay(table, heads, places, ops, firsts, seconds, memory, base, tile, start, stop):
    """Values of the instructions ``start … stop - 1``.

    Parameters
    ----------
    table : ndarray of int64, shape (rows, 21)
    heads : ndarray of int64
        First row of each instruction.
    places : ndarray of int64
        Addresses of gathers and scatters, then those of their cotangents.
    ops, firsts, seconds : ndarray of int32
        Scalar operations; the address of a result is its position.
    memory : ndarray of float64
        Updated in place.
    base, tile : int
        Where :data:`SCRATCH` tiles of scratch begin, in every memory, and how long they are.
    """
    step = tile
    for head in range(start, stop):
        pc = heads[head]
        op, n0, n1, n2 = table[pc, 0], table[pc, 2], table[pc, 3], table[pc, 4]
        if op == RUN:
            replay_stretch(ops, firsts, seconds, memory, U(n0), U(n1))
        elif op == GROUP:
            for i0 in range(n0):
                for i1 in range(n1):
                    for first in range(0, n2, step):
                        n = U(min(step, n2 - first))
                        for row in range(pc + 1, pc + 1 + table[pc, 1]):
                            value_row(table, row, i0, i1, first, n, memory, base, tile)
        else:
            move(table, places, memory.reshape(-1, 1), pc)


@numba.njit(**_options)
def step_for(tile, width):
    """Entries at a time for many directions."""
    return max(min(8, tile), tile // width)


@numba.njit(**_options)
def tangent(table, heads, places, ops, firsts, seconds, memory, dots, base, tile, start, stop):
    """Values and tangents of the instructions ``start … stop - 1``.

    Parameters
    ----------
    table, heads, places, ops, firsts, seconds, memory
        As in :func:`replay`.
    dots : ndarray of float64, shape (active, directions)
        Updated in place.
    """
    width = dots.shape[1]
    flat = dots.reshape(-1)
    step = step_for(tile, width)
    if tile and width == 1:
        zero(flat, U(base + 3 * tile), U(tile))
    for head in range(start, stop):
        pc = heads[head]
        op, n0, n1, n2 = table[pc, 0], table[pc, 2], table[pc, 3], table[pc, 4]
        if op == RUN:
            tangent_stretch(ops, firsts, seconds, memory, dots, U(n0), U(n1))
        elif op == GROUP:
            for i0 in range(n0):
                for i1 in range(n1):
                    for first in range(0, n2, step):
                        n = U(min(step, n2 - first))
                        for row in range(pc + 1, pc + 1 + table[pc, 1]):
                            value_row(table, row, i0, i1, first, n, memory, base, tile)
                            tangent_row(table, row, i0, i1, first, n, memory, dots, base, tile)
        else:
            move(table, places, memory.reshape(-1, 1), pc)
            move(table, places, dots, pc)


@numba.njit(**_options)
def adjoint(table, heads, places, ops, firsts, seconds, memory, bars, base, tile, start, stop):
    """Cotangents of the operands of the instructions ``stop - 1 … start``.

    Parameters
    ----------
    table, heads, places, ops, firsts, seconds, memory
        As in :func:`replay`; the values are those after instruction ``stop - 1``, on return those before ``start``.
    bars : ndarray of float64, shape (rows, seeds)
        Updated in place.
    """
    width = bars.shape[1]
    flat = bars.reshape(-1)
    step = step_for(tile, width)
    for head in range(stop - 1, start - 1, -1):
        pc = heads[head]
        op, n0, n1, n2 = table[pc, 0], table[pc, 2], table[pc, 3], table[pc, 4]
        if op == RUN:
            if width == 1:
                adjoint_stretch(ops, firsts, seconds, memory, flat, U(n0), U(n1))
            else:
                adjoint_stretches(ops, firsts, seconds, memory, bars, U(n0), U(n1))
        elif op == GROUP:
            last = pc + table[pc, 1]
            for i0 in range(n0):
                for i1 in range(n1):
                    for first in range(0, n2, step):
                        n = U(min(step, n2 - first))
                        if table[pc, 5]:
                            for row in range(pc + 1, last + 1):
                                if table[row, 17] & 1:
                                    value_row(table, row, i0, i1, first, n, memory, base, tile)
                                    clear(table, bars, row, i0, i1, first, n)
                        for row in range(last, pc, -1):
                            adjoint_row(table, row, i0, i1, first, n, memory, bars, base, tile)
                            if table[row, 1] != ADD and table[row, 17] & 1 == 0:
                                clear(table, bars, row, i0, i1, first, n)
        else:
            pull_moved(table, places, memory, bars, pc)


@numba.njit(**_options)
def second_order(table, heads, places, ops, firsts, seconds, memory, dots, bars, bar_dots, base, tile, start, stop):
    """Cotangents and their tangents for the operands of the instructions ``stop - 1 … start``.

    Parameters
    ----------
    table, heads, places, ops, firsts, seconds, memory
        As in :func:`adjoint`.
    dots : ndarray of float64, shape (active, directions)
        Tangents after instruction ``stop - 1``, on return those before ``start``.
    bars : ndarray of float64, shape (rows, 1)
        Updated in place; the same for all directions.
    bar_dots : ndarray of float64, shape (rows, directions)
        Updated in place.
    """
    width = dots.shape[1]
    bar_of, dot_of, turn_of = bars.reshape(-1), dots.reshape(-1), bar_dots.reshape(-1)
    step = step_for(tile, width)
    if tile and width == 1:
        zero(dot_of, U(base + 3 * tile), U(tile))
    for head in range(stop - 1, start - 1, -1):
        pc = heads[head]
        op, n0, n1, n2 = table[pc, 0], table[pc, 2], table[pc, 3], table[pc, 4]
        if op == RUN:
            if width == 1:
                second_stretch(ops, firsts, seconds, memory, dot_of, bar_of, turn_of, U(n0), U(n1))
            else:
                second_stretches(ops, firsts, seconds, memory, dots, bar_of, bar_dots, U(n0), U(n1))
        elif op == GROUP:
            last = pc + table[pc, 1]
            for i0 in range(n0):
                for i1 in range(n1):
                    for first in range(0, n2, step):
                        n = U(min(step, n2 - first))
                        if table[pc, 5]:
                            for row in range(pc + 1, last + 1):
                                if table[row, 17] & 1:
                                    value_row(table, row, i0, i1, first, n, memory, base, tile)
                                    tangent_row(table, row, i0, i1, first, n, memory, dots, base, tile)
                                    clear(table, bars, row, i0, i1, first, n)
                                    clear(table, bar_dots, row, i0, i1, first, n)
                        for row in range(last, pc, -1):
                            if width == 1:
                                second_row(table, row, i0, i1, first, n, memory, dot_of, bar_of, turn_of, base, tile)
                            else:
                                second_rows(table, row, i0, i1, first, n, memory, dots, bar_of, bar_dots, base, tile)
                            if table[row, 1] != ADD and table[row, 17] & 1 == 0:
                                clear(table, bars, row, i0, i1, first, n)
                                clear(table, bar_dots, row, i0, i1, first, n)
        else:
            pull_moved(table, places, memory, bars, pc)
            if op == SAVE or op == SAVE_AT:
                restore(table, places, dots, pc)
            else:
                pull_moved(table, places, memory, bar_dots, pc)

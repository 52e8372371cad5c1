"""Lanes: straight-line scalar programs run at many points side by side, one row of a memory for every value.

Each instruction runs along its rows, one entry a lane.  The tables of instructions come from
:mod:`adpy.kernels.streams`.
"""

from __future__ import annotations

import numba

from adpy.kernels.elementwise import value_tile, weights_tile
from adpy.kernels.opcodes import ADDITION, COPY, EXP, MULTIPLY, NEGATIVE, SQUARE, SUBTRACT
from adpy.kernels.streams import FIRST_SET, GUARD, SECOND_SET
from adpy.kernels.tiles import U

__all__ = ["adjoint", "replay", "sweep"]


_options = {"cache": True, "error_model": "numpy", "nogil": True}


@numba.njit(**_options)
def replay(table, memory, stride, n, outcomes, same, start, stop):
    """Values of ``n`` lanes by the instructions ``start … stop - 1``.

    Parameters
    ----------
    table : ndarray of int64, shape (instructions, 4)
        Opcode and rows of result and operands; a guard compares a row with an outcome.
    memory : ndarray of float64
        Rows of ``stride`` lanes; updated in place.
    stride, n : int
    outcomes : ndarray of float64
        What the guards expect.
    same : ndarray of bool
        False is entered for lanes where a guard finds something else.
    start, stop : int
    """
    step, lanes = U(stride), U(n)
    for i in range(start, stop):
        op, y, a, b = table[i, 0], U(table[i, 1]) * step, U(table[i, 2]) * step, U(table[i, 3]) * step
        if op == GUARD:
            outcome = outcomes[table[i, 1]]
            for k in range(lanes):
                x = memory[a + k]
                if not (x == outcome or (x != x and outcome != outcome)):
                    same[k] = False
        else:
            value_tile(op, memory, a, b, y, lanes)


@numba.njit(**_options)
def set_or_add(memory, source, bar, fresh, n):
    """The cotangent of an operand is that of the result."""
    if fresh:
        for k in range(n):
            memory[bar + k] = memory[source + k]
    else:
        for k in range(n):
            memory[bar + k] += memory[source + k]


@numba.njit(**_options)
def set_or_subtract(memory, source, bar, fresh, n):
    """The cotangent of an operand is minus that of the result."""
    if fresh:
        for k in range(n):
            memory[bar + k] = -memory[source + k]
    else:
        for k in range(n):
            memory[bar + k] -= memory[source + k]


@numba.njit(**_options)
def pull(memory, weight, source, bar, fresh, factor, n):
    """``bar += factor * weight * source``, exactly zero where ``source`` is."""
    if fresh:
        for k in range(n):
            y_bar = memory[source + k]
            memory[bar + k] = 0.0 if y_bar == 0.0 else factor * memory[weight + k] * y_bar
    else:
        for k in range(n):
            y_bar = memory[source + k]
            memory[bar + k] += 0.0 if y_bar == 0.0 else factor * memory[weight + k] * y_bar


@numba.njit(**_options)
def adjoint(table, memory, stride, n, scratch, start, stop):
    """Cotangents of ``n`` lanes by the instructions ``start … stop - 1`` of the way back.

    Parameters
    ----------
    table : ndarray of int64, shape (instructions, 8)
        See :func:`adpy.kernels.streams.allocate_bars`.
    memory : ndarray of float64
        Rows of ``stride`` lanes; updated in place.
    stride, n : int
    scratch : int
        The first of two rows for partials.
    start, stop : int
    """
    step, lanes = U(stride), U(n)
    u, v = U(scratch) * step, U(scratch + 1) * step
    for i in range(start, stop):
        op, flags = table[i, 0], table[i, 7]
        a, b, y = U(table[i, 1]) * step, U(table[i, 2]) * step, U(table[i, 3]) * step
        source, into_a, into_b = U(table[i, 4]) * step, U(table[i, 5]) * step, U(table[i, 6]) * step
        first, second = table[i, 5] >= 0, table[i, 6] >= 0
        set_a, set_b = flags & FIRST_SET != 0, flags & SECOND_SET != 0
        if op == MULTIPLY:
            if first:
                pull(memory, b, source, into_a, set_a, 1.0, lanes)
            if second:
                pull(memory, a, source, into_b, set_b, 1.0, lanes)
        elif op == ADDITION or op == SUBTRACT or op == COPY:
            if first:
                set_or_add(memory, source, into_a, set_a, lanes)
            if second and op == SUBTRACT:
                set_or_subtract(memory, source, into_b, set_b, lanes)
            elif second:
                set_or_add(memory, source, into_b, set_b, lanes)
        elif op == NEGATIVE:
            set_or_subtract(memory, source, into_a, set_a, lanes)
        elif op == SQUARE:
            pull(memory, a, source, into_a, set_a, 2.0, lanes)
        elif op == EXP:
            pull(memory, y, source, into_a, set_a, 1.0, lanes)
        else:
            weights_tile(op, memory, a, b, y, u, v, lanes)
            if first:
                pull(memory, u, source, into_a, set_a, 1.0, lanes)
            if second:
                pull(memory, v, source, into_b, set_b, 1.0, lanes)


@numba.njit(**_options)
def load(memory, stride, rows, x, first, n):
    """Entries of ``n`` lanes, a row of ``x`` each, into rows of memory."""
    for e in range(len(rows)):
        start = rows[e] * stride
        for k in range(n):
            memory[start + k] = x[first + k, e]


@numba.njit(**_options)
def store(memory, stride, rows, y, first, n):
    """Rows of memory to ``n`` lanes, a row of ``y`` each."""
    for k in range(n):
        for e in range(len(rows)):
            y[first + k, e] = memory[rows[e] * stride + k]


@numba.njit(**_options)
def sweep(table, back, memory, stride, scratch, outcomes, x, x_rows, y, y_rows, bars, bar_rows, pinned, seeds, same):
    """Values and cotangents of many lanes, block by block.

    Parameters
    ----------
    table, back, memory, stride, scratch, outcomes, same
        As in :func:`replay` and :func:`adjoint`.
    x, y, bars : ndarray of float64, shape (lanes, entries)
        Inputs; results and cotangents are filled in.
    x_rows, y_rows, bar_rows : ndarray of int64
        Rows of memory of the entries; no cotangents are computed if there are none.
    pinned : tuple of int
        First and last row of cotangents that begin at zero.
    seeds : ndarray of int64
        Rows of cotangents that begin at one, or at their number of occurrences.
    """
    for first in range(0, len(x), stride):
        n = min(stride, len(x) - first)
        load(memory, stride, x_rows, x, first, n)
        agree = same[first : first + n]
        replay(table, memory, stride, n, outcomes, agree, 0, len(table))
        store(memory, stride, y_rows, y, first, n)
        if len(bar_rows) and agree.any():
            memory[pinned[0] * stride : pinned[1] * stride] = 0.0
            for row in seeds:
                for k in range(n):
                    memory[row * stride + k] += 1.0
            adjoint(back, memory, stride, n, scratch, 0, len(back))
            store(memory, stride, bar_rows, bars, first, n)

"""Scalar operations of programs, one after the other: what the interpreters do in a ``RUN``.

Sums and products are computed without branches: which operation follows which is hard to predict, and a wrong guess
costs more than the arithmetic.  Addresses are unsigned, so that none is taken for one from the end.
"""

from __future__ import annotations

import numba
import numpy as np

from adpy.kernels.elementwise import second, value, weights
from adpy.kernels.opcodes import ADDITION, COPY, DIVIDE, HOLE, MULTIPLY, SQUARE
from adpy.kernels.tiles import U, times

__all__ = [
    "adjoint_stretch",
    "adjoint_stretches",
    "replay_stretch",
    "second_stretch",
    "second_stretches",
    "tangent_stretch",
]

_options = {"cache": True, "error_model": "numpy", "nogil": True}
V = np.uint32


@numba.njit(**_options)
def quick_weights(op, a, b, y):
    """As :func:`weights`, the frequent opcodes first."""
    if op >= ADDITION and op <= MULTIPLY:
        product = op == MULTIPLY
        return b if product else 1.0, a if product else (1.0 if op == ADDITION else -1.0)
    if op == COPY:
        return 1.0, 0.0
    if op == SQUARE:
        return a + a, 0.0
    if op == DIVIDE:
        return 1.0 / b, -y / b
    return weights(op, a, b, y)


@numba.njit(**_options)
def replay_stretch(ops, firsts, seconds, memory, low, high):
    """Values of operations one after the other."""
    for i in range(low, high):
        op = ops[i]
        a, b = memory[U(V(firsts[i]))], memory[U(V(seconds[i]))]
        if op >= ADDITION and op <= MULTIPLY:
            total = a + (b if op == ADDITION else -b)
            memory[i] = a * b if op == MULTIPLY else total
        elif op == COPY:
            memory[i] = a
        elif op == SQUARE:
            memory[i] = a * a
        elif op == DIVIDE:
            memory[i] = a / b
        elif op != HOLE:
            memory[i] = value(op, a, b)


@numba.njit(**_options)
def tangent_stretch(ops, firsts, seconds, memory, dots, low, high):
    """Values and tangents of operations."""
    replay_stretch(ops, firsts, seconds, memory, low, high)
    width = dots.shape[1]
    flat = dots.reshape(-1)
    for i in range(low, high):
        op = ops[i]
        if op == HOLE:
            continue
        a, b = U(V(firsts[i])), U(V(seconds[i]))
        u, v = quick_weights(op, memory[a], memory[b], memory[i])
        if width == 1:
            flat[i] = times(u, flat[a]) + times(v, flat[b])
        else:
            for k in range(width):
                dots[i, k] = times(u, dots[a, k]) + times(v, dots[b, k])


@numba.njit(**_options)
def adjoint_stretch(ops, firsts, seconds, memory, bars, low, high):
    """Cotangents of operands, from the last operation to the first."""
    for back in range(U(1), high - low + U(1)):
        i = high - back
        op, bar = ops[i], bars[i]
        if op == HOLE or bar == 0.0:
            continue
        a, b = U(V(firsts[i])), U(V(seconds[i]))
        u, v = quick_weights(op, memory[a], memory[b], memory[i])
        bars[a] += u * bar
        bars[b] += v * bar


@numba.njit(**_options)
def adjoint_stretches(ops, firsts, seconds, memory, bars, low, high):
    """As :func:`adjoint_stretch`, for many seeds."""
    width = bars.shape[1]
    for back in range(U(1), high - low + U(1)):
        i = high - back
        op = ops[i]
        if op == HOLE:
            continue
        a, b = U(V(firsts[i])), U(V(seconds[i]))
        u, v = quick_weights(op, memory[a], memory[b], memory[i])
        for k in range(width):
            bar = bars[i, k]
            bars[a, k] += times(u, bar)
            bars[b, k] += times(v, bar)


@numba.njit(**_options)
def second_stretch(ops, firsts, seconds, memory, dots, bars, turns, low, high):
    """Cotangents of operands and their tangents, for one direction."""
    for back in range(U(1), high - low + U(1)):
        i = high - back
        op, bar, turn = ops[i], bars[i], turns[i]
        if op == HOLE or (bar == 0.0 and turn == 0.0):
            continue
        a, b = U(V(firsts[i])), U(V(seconds[i]))
        if op <= MULTIPLY:
            u, v = quick_weights(op, memory[a], memory[b], memory[i])
            cross = bar if op == MULTIPLY else 0.0
            x, w = dots[a], dots[b]
            bars[a] += times(u, bar)
            bars[b] += times(v, bar)
            turns[a] += times(u, turn) + times(w, cross)
            turns[b] += times(v, turn) + times(x, cross)
            continue
        u, v, p, q, r = second(op, memory[a], memory[b], memory[i])
        x, w = dots[a], dots[b]
        bars[a] += times(u, bar)
        bars[b] += times(v, bar)
        turns[a] += times(u, turn) + times(times(p, x) + times(q, w), bar)
        turns[b] += times(v, turn) + times(times(q, x) + times(r, w), bar)


@numba.njit(**_options)
def second_stretches(ops, firsts, seconds, memory, dots, bars, bar_dots, low, high):
    """As :func:`second_stretch`, for many directions; the cotangents are the same for all."""
    width = dots.shape[1]
    for back in range(U(1), high - low + U(1)):
        i = high - back
        op, bar = ops[i], bars[i]
        if op == HOLE:
            continue
        a, b = U(V(firsts[i])), U(V(seconds[i]))
        u, v, p, q, r = second(op, memory[a], memory[b], memory[i])
        bars[a] += times(u, bar)
        bars[b] += times(v, bar)
        p, q, r = times(p, bar), times(q, bar), times(r, bar)
        for k in range(width):
            turn, x, w = bar_dots[i, k], dots[a, k], dots[b, k]
            bar_dots[a, k] += times(u, turn) + times(p, x) + times(q, w)
            bar_dots[b, k] += times(v, turn) + times(q, x) + times(r, w)

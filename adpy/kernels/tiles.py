"""Tangents and cotangents of one tile of an elementwise instruction; no function is known here, only partials.

Operands are given as first address and stride.  ``u`` and ``v`` are partials, ``p``, ``q`` and ``r`` second partials,
entry by entry.  Zero tangents and cotangents contribute exactly zero, whatever their partial.

For one direction everything is brought into contiguous tiles first, in loops over which the compiler sees that it can
vectorise.  Memory for many directions (names ending in ``s``) has one column a direction, and the loops run along it.
"""

from __future__ import annotations

import numba

__all__ = [
    "CONSTANT",
    "decrease",
    "fetch",
    "increase",
    "pull",
    "pull_second",
    "pull_seconds",
    "pulls",
    "push",
    "pushes",
    "store",
    "times",
]

CONSTANT = -1 << 40
"""Stride that marks an operand without derivatives."""

_options = {"cache": True, "error_model": "numpy", "nogil": True}


@numba.njit(**_options)
def times(weight, dot):
    """``weight * dot``, zero where ``dot`` is zero."""
    return 0.0 if dot == 0.0 else weight * dot


@numba.njit(**_options)
def fetch(memory, a, stride, n, scratch):
    """The operand as a contiguous array: where it is, or copied to ``scratch``."""
    if stride == 1:
        return memory[a : a + n]
    if stride == 0:
        x = memory[a]
        for i in range(n):
            scratch[i] = x
    else:
        for i in range(n):
            scratch[i] = memory[a + i * stride]
    return scratch[:n]


@numba.njit(cache=True, error_model="numpy", nogil=True, fastmath={"reassoc", "nsz"})
def total(x, n):
    """Sum of a tile, in the order that vectorises."""
    result = 0.0
    for i in range(n):
        result += x[i]
    return result


@numba.njit(**_options)
def increase(memory, a, stride, y, n):
    """Add a tile to where it belongs."""
    if stride == 1:
        into = memory[a : a + n]
        for i in range(n):
            into[i] += y[i]
    elif stride == 0:
        memory[a] += total(y, n)
    else:
        for i in range(n):
            memory[a + i * stride] += y[i]


@numba.njit(**_options)
def decrease(memory, a, stride, y, n, scratch):
    """Subtract a tile from where it belongs."""
    for i in range(n):
        scratch[i] = -y[i]
    increase(memory, a, stride, scratch, n)


@numba.njit(**_options)
def store(memory, o, stride, y, n, add):
    """Write (or add) the result of a tile."""
    if add:
        increase(memory, o, stride, y, n)
    elif stride == 1:
        into = memory[o : o + n]
        for i in range(n):
            into[i] = y[i]
    else:
        for i in range(n):
            memory[o + i * stride] = y[i]


@numba.njit(**_options)
def push(dots, o, so, a, sa, u, b, sb, v, n, add, left, right, result):
    """Tangent of a result: ``u * a_dot + v * b_dot``."""
    if sa == CONSTANT:
        dot = fetch(dots, b, sb, n, right)
        for i in range(n):
            result[i] = times(v[i], dot[i])
    elif sb == CONSTANT:
        dot = fetch(dots, a, sa, n, left)
        for i in range(n):
            result[i] = times(u[i], dot[i])
    else:
        first, second = fetch(dots, a, sa, n, left), fetch(dots, b, sb, n, right)
        for i in range(n):
            result[i] = times(u[i], first[i]) + times(v[i], second[i])
    store(dots, o, so, result, n, add)


@numba.njit(**_options)
def pushes(dots, o, so, a, sa, u, b, sb, v, n, add):
    """As :func:`push`, for many directions."""
    width = dots.shape[1]
    for i in range(n):
        out = dots[o + i * so]
        if not add:
            for k in range(width):
                out[k] = 0.0
        if sa != CONSTANT:
            weight = u[i]
            dot = dots[a + i * sa]
            for k in range(width):
                out[k] += times(weight, dot[k])
        if sb != CONSTANT:
            weight = v[i]
            dot = dots[b + i * sb]
            for k in range(width):
                out[k] += times(weight, dot[k])


@numba.njit(**_options)
def pull(bars, bar, a, sa, u, n, result):
    """Cotangent of an operand: ``a_bar += u * y_bar``, with the tile ``bar`` of the result's."""
    for i in range(n):
        result[i] = times(u[i], bar[i])
    increase(bars, a, sa, result, n)


@numba.njit(**_options)
def pulls(bars, o, so, a, sa, u, n):
    """As :func:`pull`, for many seeds."""
    width = bars.shape[1]
    for i in range(n):
        weight = u[i]
        bar = bars[o + i * so]
        into = bars[a + i * sa]
        for k in range(width):
            into[k] += times(weight, bar[k])


@numba.njit(**_options)
def pull_second(bar_dots, bar, turn, a, sa, u, p, dot, q, other, n, result):
    """Tangent of an operand's cotangent: ``u * y_bar_dot + y_bar * (p * a_dot + q * b_dot)``.

    ``bar``, ``turn`` (the tangent of ``bar``), ``dot`` and ``other`` are tiles.
    """
    for i in range(n):
        change = times(p[i], dot[i]) + times(q[i], other[i])
        result[i] = times(u[i], turn[i]) + times(change, bar[i])
    increase(bar_dots, a, sa, result, n)


@numba.njit(**_options)
def pull_seconds(bars, dots, bar_dots, o, so, a, sa, u, p, b, sb, q, n):
    """As :func:`pull_second`, for many directions; the cotangents are the same for all."""
    width = dots.shape[1]
    for i in range(n):
        bar = bars[o + i * so]
        bars[a + i * sa] += times(u[i], bar)
        weight, own, cross = u[i], p[i], q[i]
        into = bar_dots[a + i * sa]
        bar_dot = bar_dots[o + i * so]
        for k in range(width):
            into[k] += times(weight, bar_dot[k])
        if bar == 0.0:
            continue
        if own != 0.0:
            dot = dots[a + i * sa]
            for k in range(width):
                into[k] += times(own * bar, dot[k])
        if cross != 0.0 and sb != CONSTANT:
            dot = dots[b + i * sb]
            for k in range(width):
                into[k] += times(cross * bar, dot[k])

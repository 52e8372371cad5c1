"""Tangents and cotangents of one tile of an elementwise instruction; no function is known here, only partials.

Operands are given as first address and stride.  ``u`` and ``v`` are partials, ``p``, ``q`` and ``r`` second partials,
entry by entry.  Zero tangents and cotangents contribute exactly zero, whatever their partial.

Memory of tangents and cotangents is flat for one direction, or has one column a direction (names ending in ``s``).
"""

from __future__ import annotations

import numba

__all__ = ["fetch", "pull", "pull_second", "pull_seconds", "pulls", "push", "pushes", "store"]

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
def store(memory, o, stride, y, n, add):
    """Write (or add) the result of a tile."""
    if add:
        if stride == 0:
            memory[o] += total(y, n)
        else:
            for i in range(n):
                memory[o + i * stride] += y[i]
    else:
        for i in range(n):
            memory[o + i * stride] = y[i]


@numba.njit(**_options)
def push(dots, o, so, a, sa, u, b, sb, v, n, add, scratch):
    """Tangent of a result: ``u * a_dot + v * b_dot``; an operand of negative stride ``-1 << 40`` is constant."""
    for i in range(n):
        scratch[i] = 0.0
    if sa != CONSTANT:
        if sa == 1:
            for i in range(n):
                scratch[i] = times(u[i], dots[a + i])
        else:
            for i in range(n):
                scratch[i] = times(u[i], dots[a + i * sa])
    if sb != CONSTANT:
        if sb == 1:
            for i in range(n):
                scratch[i] += times(v[i], dots[b + i])
        else:
            for i in range(n):
                scratch[i] += times(v[i], dots[b + i * sb])
    store(dots, o, so, scratch, n, add)


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
def pull(bars, o, so, a, sa, u, n):
    """Cotangent of an operand: ``a_bar += u * y_bar``."""
    if sa == 1 and so == 1:
        for i in range(n):
            bars[a + i] += times(u[i], bars[o + i])
    elif sa == 0:
        result = 0.0
        for i in range(n):
            result += times(u[i], bars[o + i * so])
        bars[a] += result
    else:
        for i in range(n):
            bars[a + i * sa] += times(u[i], bars[o + i * so])


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
def pull_second(bars, dots, bar_dots, o, so, a, sa, u, p, b, sb, q, n):
    """Cotangent of an operand and its tangent: ``u * y_bar_dot + y_bar * (p * a_dot + q * b_dot)``."""
    if so == 1 and sa == 1 and (sb == 1 or sb == CONSTANT):
        if sb == 1:
            for i in range(n):
                bar = bars[o + i]
                turn = times(p[i], dots[a + i]) + times(q[i], dots[b + i])
                bars[a + i] += times(u[i], bar)
                bar_dots[a + i] += times(u[i], bar_dots[o + i]) + times(turn, bar)
        else:
            for i in range(n):
                bar = bars[o + i]
                bars[a + i] += times(u[i], bar)
                bar_dots[a + i] += times(u[i], bar_dots[o + i]) + times(times(p[i], dots[a + i]), bar)
        return
    for i in range(n):
        bar = bars[o + i * so]
        turn = times(p[i], dots[a + i * sa])
        if sb != CONSTANT:
            turn += times(q[i], dots[b + i * sb])
        bars[a + i * sa] += times(u[i], bar)
        bar_dots[a + i * sa] += times(u[i], bar_dots[o + i * so]) + times(turn, bar)


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

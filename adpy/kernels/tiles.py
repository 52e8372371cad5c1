"""Tangents and cotangents of one tile of an elementwise instruction; no function is known here, only partials.

A tile is a contiguous stretch of a flat memory, given by its first address.  Addresses and lengths of tiles are
unsigned: indices that cannot be negative are what lets the compiler vectorise.  :func:`fetch` and :func:`store` go
between tiles and operands with a stride.  ``u`` and ``v`` are partials, ``p``, ``q`` and ``r`` second partials.  Zero
tangents and cotangents contribute exactly zero, whatever their partial.

Memory for many directions (names ending in ``s``) has one column a direction, and the loops run along it.
"""

from __future__ import annotations

import numba
import numpy as np

__all__ = [
    "CONSTANT",
    "U",
    "copy",
    "decrease",
    "fetch",
    "increase",
    "pull",
    "pull_both",
    "pull_scaled",
    "pull_product",
    "pull_second",
    "pull_seconds",
    "pull_times",
    "pulls",
    "push",
    "push_scaled",
    "push_sum",
    "push_times",
    "pushes",
    "store",
    "times",
    "zero",
]

CONSTANT = -1 << 40
"""Stride that marks an operand without derivatives."""

U = np.uint64

_options = {"cache": True, "error_model": "numpy", "nogil": True}


@numba.njit(**_options)
def times(weight, dot):
    """``weight * dot``, zero where ``dot`` is zero."""
    return 0.0 if dot == 0.0 else weight * dot


@numba.njit(**_options)
def fetch(memory, a, stride, n, scratch):
    """The tile of an operand: where it is, or copied to ``scratch``."""
    if stride == 1:
        return U(a)
    tile = U(scratch)
    if stride == 0:
        x = memory[a]
        for i in range(n):
            memory[tile + i] = x
    else:
        for i in range(n):
            memory[tile + i] = memory[a]
            a += stride
    return tile


@numba.njit(cache=True, error_model="numpy", nogil=True, fastmath={"reassoc", "nsz"})
def total(memory, tile, n):
    """Sum of a tile, in the order that vectorises."""
    result = 0.0
    for i in range(n):
        result += memory[tile + i]
    return result


@numba.njit(**_options)
def increase(memory, a, stride, tile, n):
    """Add a tile to an operand."""
    if stride == 1:
        start = U(a)
        for i in range(n):
            memory[start + i] += memory[tile + i]
    elif stride == 0:
        memory[a] += total(memory, tile, n)
    else:
        for i in range(n):
            memory[a] += memory[tile + i]
            a += stride


@numba.njit(**_options)
def decrease(memory, a, stride, tile, n):
    """Subtract a tile from an operand."""
    if stride == 1:
        start = U(a)
        for i in range(n):
            memory[start + i] -= memory[tile + i]
    elif stride == 0:
        memory[a] -= total(memory, tile, n)
    else:
        for i in range(n):
            memory[a] -= memory[tile + i]
            a += stride


@numba.njit(**_options)
def store(memory, o, stride, tile, n, add):
    """Write (or add) a tile to a result."""
    if add:
        increase(memory, o, stride, tile, n)
    elif stride == 1:
        start = U(o)
        for i in range(n):
            memory[start + i] = memory[tile + i]
    else:
        for i in range(n):
            memory[o] = memory[tile + i]
            o += stride


@numba.njit(**_options)
def zero(memory, start, n):
    """Fill a tile with zeros."""
    for i in range(n):
        memory[start + i] = 0.0


@numba.njit(**_options)
def copy(memory, source, into, n):
    """Copy a tile."""
    for i in range(n):
        memory[into + i] = memory[source + i]


@numba.njit(**_options)
def push(memory, u, v, dots, first, second, n, result):
    """Tangent of a result: ``u * a_dot + v * b_dot``."""
    for i in range(n):
        dots[result + i] = times(memory[u + i], dots[first + i]) + times(memory[v + i], dots[second + i])


@numba.njit(**_options)
def push_scaled(memory, u, factor, dots, dot, n, result):
    """Tangent of a result that depends on one operand: ``u * a_dot``, times a number."""
    for i in range(n):
        dots[result + i] = times(factor * memory[u + i], dots[dot + i])


@numba.njit(**_options)
def push_sum(dots, first, second, sign, n, result):
    """Tangent of a sum or difference."""
    for i in range(n):
        dots[result + i] = dots[first + i] + sign * dots[second + i]


@numba.njit(**_options)
def push_times(dots, weight, dot, n, result):
    """Tangent of a result that depends on one operand with the same partial everywhere."""
    for i in range(n):
        dots[result + i] = times(weight, dots[dot + i])


@numba.njit(**_options)
def pull_times(bars, weight, bar, a, n):
    """As :func:`pull`, with the same partial everywhere."""
    for i in range(n):
        bars[a + i] += times(weight, bars[bar + i])


@numba.njit(**_options)
def pushes(memory, u, v, dots, o, so, a, sa, b, sb, n, add):
    """As :func:`push`, for many directions and operands with strides."""
    width = dots.shape[1]
    for i in range(n):
        out = o + np.int64(i) * so
        if sa != CONSTANT:
            weight, place = memory[u + i], a + np.int64(i) * sa
            if add:
                for k in range(width):
                    dots[out, k] += times(weight, dots[place, k])
            else:
                for k in range(width):
                    dots[out, k] = times(weight, dots[place, k])
        elif not add:
            for k in range(width):
                dots[out, k] = 0.0
        if sb != CONSTANT:
            weight, place = memory[v + i], b + np.int64(i) * sb
            for k in range(width):
                dots[out, k] += times(weight, dots[place, k])


@numba.njit(**_options)
def pull(memory, u, bars, bar, a, sa, n, result):
    """Cotangent of an operand: ``a_bar += u * y_bar``."""
    if sa == 1:
        start = U(a)
        for i in range(n):
            bars[start + i] += times(memory[u + i], bars[bar + i])
        return
    for i in range(n):
        bars[result + i] = times(memory[u + i], bars[bar + i])
    increase(bars, a, sa, result, n)


@numba.njit(**_options)
def pulls(memory, u, bars, o, so, a, sa, n):
    """As :func:`pull`, for many seeds and a result with a stride."""
    width = bars.shape[1]
    for i in range(n):
        weight, source, place = memory[u + i], o + np.int64(i) * so, a + np.int64(i) * sa
        for k in range(width):
            bars[place, k] += times(weight, bars[source, k])


@numba.njit(**_options)
def pull_scaled(memory, u, factor, bars, bar, a, sa, n, result):
    """As :func:`pull`, times a number."""
    if sa == 1:
        start = U(a)
        for i in range(n):
            bars[start + i] += times(factor * memory[u + i], bars[bar + i])
        return
    for i in range(n):
        bars[result + i] = times(factor * memory[u + i], bars[bar + i])
    increase(bars, a, sa, result, n)


@numba.njit(**_options)
def pull_both(memory, u, bars, bar, turns, turn, a, sa, n, result):
    """Cotangent of a factor beside a constant, and its tangent."""
    if sa == 1:
        start = U(a)
        for i in range(n):
            weight = memory[u + i]
            bars[start + i] += times(weight, bars[bar + i])
            turns[start + i] += times(weight, turns[turn + i])
        return
    pull(memory, u, bars, bar, a, sa, n, result)
    pull(memory, u, turns, turn, a, sa, n, result)


@numba.njit(**_options)
def pull_second(memory, u, p, q, dots, dot, other, bars, bar, turns, turn, a, sa, n, result):
    """Tangent of an operand's cotangent: ``u * y_bar_dot + y_bar * (p * a_dot + q * b_dot)``."""
    if sa == 1:
        start = U(a)
        for i in range(n):
            change = times(memory[p + i], dots[dot + i]) + times(memory[q + i], dots[other + i])
            turns[start + i] += times(memory[u + i], turns[turn + i]) + times(change, bars[bar + i])
        return
    for i in range(n):
        change = times(memory[p + i], dots[dot + i]) + times(memory[q + i], dots[other + i])
        turns[result + i] = times(memory[u + i], turns[turn + i]) + times(change, bars[bar + i])
    increase(turns, a, sa, result, n)


@numba.njit(**_options)
def pull_product(memory, w, factor, dots, dot, bars, bar, turns, turn, a, sa, n, result):
    """Tangent of the cotangent of a factor: ``w * y_bar_dot + w_dot * y_bar``, times a number."""
    if sa == 1:
        start = U(a)
        for i in range(n):
            weight, change = factor * memory[w + i], factor * dots[dot + i]
            turns[start + i] += times(weight, turns[turn + i]) + times(change, bars[bar + i])
        return
    for i in range(n):
        weight, change = factor * memory[w + i], factor * dots[dot + i]
        turns[result + i] = times(weight, turns[turn + i]) + times(change, bars[bar + i])
    increase(turns, a, sa, result, n)


@numba.njit(**_options)
def pull_seconds(memory, u, p, q, bars, dots, bar_dots, o, so, a, sa, shift, b, sb, n):
    """As :func:`pull` and :func:`pull_second`, for many directions; the cotangents are the same for all.

    ``a`` and ``b`` are addresses of tangents, ``shift`` leads from ``a`` to the cotangent.
    """
    width = dots.shape[1]
    for i in range(n):
        out, dot, other = o + np.int64(i) * so, a + np.int64(i) * sa, b + np.int64(i) * sb
        bar, weight, place = bars[out], memory[u + i], dot + shift
        bars[place] += times(weight, bar)
        own, cross = times(memory[p + i], bar), times(memory[q + i], bar)
        if own != 0.0:
            for k in range(width):
                bar_dots[place, k] += times(weight, bar_dots[out, k]) + times(own, dots[dot, k])
        else:
            for k in range(width):
                bar_dots[place, k] += times(weight, bar_dots[out, k])
        if cross != 0.0 and sb != CONSTANT:
            for k in range(width):
                bar_dots[place, k] += times(cross, dots[other, k])

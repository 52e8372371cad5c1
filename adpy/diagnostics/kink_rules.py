"""Kink rules: how far each operation is from where it bends or jumps.

``trace.observe(kind, function, distance, size, moves)`` takes the signed distance, the size of the numbers that it is a
difference of, and which entries depend on the arguments.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy.linalg

from adpy.plain import np
from adpy.rules._shapes import given, merge, split_last, tuple_of_axes

__all__ = ["DECIDING", "NAMING", "of_block", "of_row"]

linalg = numpy.linalg


def _moves(names: list) -> Any:
    moves = np.zeros((), bool)
    for name in names:
        moves = moves | (name != 0)
    return moves


def _parting(a: Any, b: Any) -> Any:
    """May entries of these names be unequal?"""
    return (a != b) | (a < 0)


# ---- elementwise rows


def of_row(trace: Any, row: Any, values: Any, names: list, y: Any) -> None:
    """Observe one elementwise row."""
    moves = _moves(names)
    if not np.any(moves):
        return
    rule = _ELEMENTWISE.get(row.function)
    if rule is not None:
        rule(trace, row.name, values, names, y)
    elif len(values) == 1:
        for kink in row.kinks:
            trace.observe("bend", row.name, values[0] - kink, abs(kink), moves)
    else:
        for kink in row.kinks:
            far = [np.abs(x - k) for x, k in zip(values, kink, strict=False)]
            distance = np.max(np.broadcast_arrays(*far), axis=0)
            trace.observe("bend", row.name, distance, max(abs(k) for k in kink), moves)


def _at_zero(kind: str) -> Callable:
    def rule(trace, name, values, names, y):
        x = values[0]
        trace.observe(kind, name, np.abs(x) if np.iscomplexobj(x) else x, 0.0, names[0] != 0)

    return rule


def _between(trace, name, values, names, y):
    a, b = values
    trace.observe("bend", name, a - b, np.maximum(np.abs(a), np.abs(b)), _parting(*names))


def _clip(trace, name, values, names, y):
    x, low, high = values
    for bound, which in ((low, 1), (high, 2)):
        size = np.maximum(np.abs(x), np.abs(bound))
        trace.observe("bend", name, x - bound, size, _parting(names[0], names[which]))


def _length(trace, name, values, names, y):
    trace.observe("bend", name, y, 0.0, _moves(names))


def _sign_of_second(trace, name, values, names, y):
    trace.observe("jump", name, values[1], 0.0, names[1] != 0)
    trace.observe("bend", name, values[0], 0.0, names[0] != 0)


def _angle(trace, name, values, names, y):
    a, b = values
    moves = _moves(names)
    trace.observe("jump", f"{name} at the origin", np.hypot(a, b), 0.0, moves)
    trace.observe("jump", name, a, 0.0, moves & (b < 0))


def _at_integers(trace, name, values, names, y):
    x = values[0]
    trace.observe("jump", name, x - np.rint(x), np.abs(x), names[0] != 0)


def _at_integers_but_zero(trace, name, values, names, y):
    x = values[0]
    trace.observe("jump", name, x - np.rint(x), np.abs(x), (names[0] != 0) & (np.rint(x) != 0))


def _at_halves(trace, name, values, names, y):
    x = values[0]
    trace.observe("jump", name, x - np.floor(x) - 0.5, np.abs(x), names[0] != 0)


def _rounded(trace, name, values, names, y):
    """Half a unit of the last decimal, whichever it is, away from the result."""
    x = values[0]
    off = np.abs(x - y)
    half = 5.0 * 10.0 ** np.rint(np.log10(np.where(off > 0, off, 1.0) / 5.0))
    trace.observe("jump", name, off - half, np.abs(x) * (off > 0), (names[0] != 0) & (off > 0))


def _at_multiples(trace, name, values, names, y):
    a, b = values
    rest = np.remainder(a, b)
    distance = np.where(np.abs(rest) < np.abs(rest - b), rest, rest - b)
    trace.observe("jump", name, distance, np.abs(a), _moves(names))


def _steep_at(*points: float) -> Callable:
    def rule(trace, name, values, names, y):
        for point in points:
            trace.observe("infinite slope", name, values[0] - point, abs(point), names[0] != 0)

    return rule


def _power(trace, name, values, names, y):
    x, p = values
    trace.observe("infinite slope", name, x, 0.0, (names[0] != 0) & (p > 0) & (p < 1))


_ELEMENTWISE: dict[Callable, Callable] = {
    **dict.fromkeys((np.absolute, np.fabs), _at_zero("bend")),
    **dict.fromkeys((np.sign, np.heaviside), _at_zero("jump")),
    **dict.fromkeys((np.maximum, np.minimum, np.fmax, np.fmin), _between),
    np._core.umath.clip: _clip,
    np.hypot: _length,
    np.copysign: _sign_of_second,
    np.arctan2: _angle,
    **dict.fromkeys((np.floor, np.ceil), _at_integers),
    np.trunc: _at_integers_but_zero,
    np.rint: _at_halves,
    **dict.fromkeys((np.round, np.around), _rounded),
    **dict.fromkeys((np.remainder, np.fmod, np.floor_divide), _at_multiples),
    **dict.fromkeys((np.sqrt, np.cbrt), _steep_at(0.0)),
    **dict.fromkeys((np.arcsin, np.arccos), _steep_at(-1.0, 1.0)),
    np.arccosh: _steep_at(1.0),
    **dict.fromkeys((np.power, np.float_power), _power),
}


def _of_chosen(values, names, y):
    return np.where(values[0] == y, names[0], np.where(values[1] == y, names[1], -1.0))


def _of_positive(values, names, y):
    return -1.0 if np.iscomplexobj(values[0]) else np.where(values[0] > 0, names[0], -1.0)


def _of_clipped(values, names, y):
    return np.where(values[0] == y, names[0], np.where(values[1] == y, names[1], names[2]))


NAMING: dict[Callable, Callable] = {
    **dict.fromkeys((np.maximum, np.minimum, np.fmax, np.fmin), _of_chosen),
    **dict.fromkeys((np.absolute, np.fabs), _of_positive),
    np._core.umath.clip: _of_clipped,
}
"""Rows whose result is one of their operands, and its name; below zero where it is not."""


# ---- block rows


def of_block(trace: Any, row: Any, operands: tuple, values: tuple, static: dict, y: Any) -> Any:
    """Observe one block row; returns the names of the result if these are known."""
    rule = _BLOCKS.get(row.function)
    return None if rule is None else rule(trace, row.name, trace.names(operands[0]), values, static, y)


def _extremum(trace, name, names, values, static, y):
    return _top(trace, "bend", name, np.asarray(values[0]), names, static.get("axis"), y)


def _top(trace, kind, name, x, names, axis, y):
    """How far every entry is from the extremum along ``axis``; returns the name of the extremum."""
    rows, labels = merge(x, axis), merge(np.asarray(names), axis)
    best = np.reshape(y, (*np.shape(rows)[:-1], 1))
    first = np.argmax(rows == best, -1)[..., None]
    label = np.take_along_axis(labels, first, -1)
    parting = _parting(labels, label) & (np.arange(np.shape(rows)[-1]) != first)
    restored = [split_last(part, np.shape(x), axis) for part in (rows - best, np.abs(rows), parting)]
    trace.observe(kind, name, *restored)
    return label[..., 0]


def _neighbours(trace, kind, name, x, names, axis, chosen=None):
    """How far the entries are from their neighbours in sorted order; ``chosen`` picks among the pairs."""
    order = np.argsort(x, axis=axis, kind="stable")
    ordered, labels = np.take_along_axis(x, order, axis), np.take_along_axis(names, order, axis)
    gap = np.moveaxis(np.diff(ordered, axis=axis), axis, -1)
    labels = np.moveaxis(labels, axis, -1)
    parting = _parting(labels[..., 1:], labels[..., :-1])
    if chosen is not None:
        parting = parting & chosen
    size = np.abs(np.moveaxis(ordered, axis, -1)[..., 1:])
    # Shown by the index of the larger of the two.
    place = np.moveaxis(order, axis, -1)[..., 1:]
    full = [np.full(np.moveaxis(x, axis, -1).shape, fill) for fill in (np.inf, 0.0, False)]
    for target, part in zip(full, (gap, size, parting), strict=True):
        np.put_along_axis(target, place, part, -1)
    trace.observe(kind, name, *[np.moveaxis(part, -1, axis) for part in full])


def _order_statistic(trace, name, names, values, static, y):
    rows, labels = merge(np.asarray(values[0]), static.get("axis")), merge(np.asarray(names), static.get("axis"))
    n = np.shape(rows)[-1]
    q = np.ravel(values[1]) / (100.0 if "percentile" in name else 1.0) if len(values) > 1 else np.array([0.5])
    lower, upper = np.floor(q * (n - 1)).astype(int), np.ceil(q * (n - 1)).astype(int)
    chosen = np.zeros(max(n - 1, 0), bool)
    for j, k in zip(lower, upper, strict=True):
        chosen[max(j - 1, 0) : j] = True
        chosen[k : k + 1] = True
        if k != j and len(values) > 1:
            chosen[j] = True
    _neighbours(trace, "bend", name, rows, labels, -1, chosen)


def _norm(trace, name, names, values, static, y):
    x, ord = np.asarray(values[0]), static.get("ord")
    axes = tuple_of_axes(static.get("axis"), np.ndim(x))
    vector = "matrix" not in name and len(axes) == 1
    if vector and given(ord) and ord != 2:
        trace.observe("bend", name, np.abs(x), 0.0, names != 0)
        if ord in (np.inf, -np.inf):
            _top(trace, "bend", name, np.abs(x), names, static.get("axis"), y)
    else:
        trace.observe("bend", name, np.asarray(y), 0.0, np.any(names))


def _spread(trace, name, names, values, static, y):
    trace.observe("bend", name, np.asarray(y), np.max(np.abs(values[0]), initial=0.0), np.any(names))


def _interp(trace, name, names, values, static, y):
    if np.any(names):
        _nearest(trace, "bend", name, np.asarray(values[0]), np.asarray(values[1]), names != 0)


def _nearest(trace, kind, name, x, nodes, moves):
    """How far the entries are from the nearest node."""
    away = np.asarray(x)[..., None] - np.ravel(nodes)
    if away.shape[-1]:
        closest = np.argmin(np.abs(away), -1)[..., None]
        trace.observe(kind, name, np.take_along_axis(away, closest, -1)[..., 0], np.abs(x), moves)


def _spectrum(position: int) -> Callable:
    def rule(trace, name, names, values, static, y):
        numbers = np.sort(np.abs(y[position]) if isinstance(y, tuple) and position else _first(y), -1)
        gap = np.diff(numbers, axis=-1)
        trace.observe("tie", f"{name} (repeated)", gap, np.abs(numbers[..., 1:]), np.any(names))

    return rule


def _first(y):
    return np.real(y[0] if isinstance(y, tuple) else y)


_BLOCKS: dict[Callable, Callable] = {
    **dict.fromkeys((np.max, np.amax, np.min, np.amin), _extremum),
    **dict.fromkeys((np.median, np.quantile, np.percentile), _order_statistic),
    **dict.fromkeys((np.nanmedian, np.nanquantile, np.nanpercentile), _order_statistic),
    **dict.fromkeys((linalg.norm, linalg.vector_norm, linalg.matrix_norm), _norm),
    np.std: _spread,
    np.interp: _interp,
    **dict.fromkeys((linalg.eigvalsh, linalg.eigh), _spectrum(0)),
    **dict.fromkeys((linalg.svd, linalg.svdvals), _spectrum(1)),
}


# ---- decisions


def _comparison(symbol: str) -> Callable:
    def rule(trace, a, b):
        x, w = trace.plain(a), trace.plain(b)
        if a is not b:
            size = np.maximum(np.abs(x), np.abs(w))
            gap = np.abs(x - w) if np.iscomplexobj(x) or np.iscomplexobj(w) else np.subtract(x, w)
            trace.observe("decision", symbol, gap, size, _parting(trace.names(a), trace.names(b)))

    return rule


def _truth(name: str) -> Callable:
    def rule(trace, *args, **kwargs):
        for x in args:
            names = trace.names(x)
            if np.any(names):
                value = trace.plain(x)
                trace.observe("decision", name, np.abs(value) if np.iscomplexobj(value) else value, 0.0, names != 0)

    return rule


def _extreme(function: Callable) -> Callable:
    name = f"numpy.{function.__name__}"
    best = np.max if "max" in function.__name__ else np.min

    def rule(trace, a, axis=None, *args, **kwargs):
        x = np.asarray(trace.plain(a))
        _top(trace, "tie", name, x, trace.names(a), axis, best(x, axis=axis, keepdims=True))

    return rule


def _sorting(name: str, place: int) -> Callable:
    def rule(trace, a, *args, **kwargs):
        axis = args[place] if len(args) > place else kwargs.get("axis", -1)
        x, names = np.asarray(trace.plain(a)), trace.names(a)
        if axis is None:
            x, names, axis = np.ravel(x), np.ravel(names), -1
        if np.ndim(x):
            _neighbours(trace, "tie", name, x, names, axis)

    return rule


def _searching(name: str, swap: bool) -> Callable:
    def rule(trace, a, v, *args, **kwargs):
        a, v = (v, a) if swap else (a, v)
        moves = (trace.names(v) != 0) | np.any(trace.names(a))
        _nearest(trace, "decision", name, trace.plain(v), trace.plain(a), moves)

    return rule


def _isclose(trace, a, b, rtol=1e-5, atol=1e-8, **kwargs):
    x, w = trace.plain(a), trace.plain(b)
    gap = np.abs(x - w) - atol - rtol * np.abs(w)
    trace.observe("decision", "numpy.isclose", gap, np.abs(w), (trace.names(a) != 0) | (trace.names(b) != 0))


def _close_numbers(trace, a, b, *, rel_tol=1e-9, abs_tol=0.0):
    x, w = trace.plain(a), trace.plain(b)
    gap = abs(x - w) - max(rel_tol * max(abs(x), abs(w)), abs_tol)
    trace.observe("decision", "math.isclose", gap, abs(w), (trace.names(a) != 0) | (trace.names(b) != 0))


def _rounding(rule: Callable, name: str) -> Callable:
    def observe(trace, x):
        rule(trace, name, (trace.plain(x),), [trace.names(x)], None)

    return observe


DECIDING: dict[Callable, Callable] = {
    np.less: _comparison("<"),
    np.less_equal: _comparison("<="),
    np.greater: _comparison(">"),
    np.greater_equal: _comparison(">="),
    np.equal: _comparison("=="),
    np.not_equal: _comparison("!="),
    np.array_equal: _comparison("numpy.array_equal"),
    **{f: _truth(f"numpy.{f.__name__}") for f in (np.logical_and, np.logical_or, np.logical_xor, np.logical_not)},
    **{f: _truth(f"numpy.{f.__name__}") for f in (np.all, np.any, np.count_nonzero, np.nonzero, np.flatnonzero)},
    np.argwhere: _truth("numpy.argwhere"),
    np.signbit: _truth("numpy.signbit"),
    **{f: _extreme(f) for f in (np.argmax, np.argmin, np.nanargmax, np.nanargmin)},
    np.argsort: _sorting("numpy.argsort", 0),
    np.argpartition: _sorting("numpy.argpartition", 1),
    np.searchsorted: _searching("numpy.searchsorted", False),
    np.digitize: _searching("numpy.digitize", True),
    np.isclose: _isclose,
    np.allclose: _isclose,
    math.isclose: _close_numbers,
    math.floor: _rounding(_at_integers, "math.floor"),
    math.ceil: _rounding(_at_integers, "math.ceil"),
    math.trunc: _rounding(_at_integers_but_zero, "math.trunc"),
}

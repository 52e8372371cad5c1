"""Kinks of decisions: how far comparisons, truths and orders are from falling otherwise."""

from __future__ import annotations

import math
from collections.abc import Callable

from adpy.diagnostics.kink_blocks import extremum_gaps, neighbour_gaps, node_gaps
from adpy.diagnostics.kink_rows import at_integers, at_integers_but_zero, may_part
from adpy.plain import np

__all__ = ["DECIDING"]


def _comparison(symbol: str) -> Callable:
    def rule(trace, a, b):
        x, w = trace.plain(a), trace.plain(b)
        if a is not b:
            size = np.maximum(np.abs(x), np.abs(w))
            gap = np.abs(x - w) if np.iscomplexobj(x) or np.iscomplexobj(w) else np.subtract(x, w)
            trace.observe("decision", symbol, gap, size, may_part(trace.names(a), trace.names(b)))

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
        extremum_gaps(trace, "tie", name, x, trace.names(a), axis, best(x, axis=axis, keepdims=True))

    return rule


def _sorting(name: str, place: int) -> Callable:
    def rule(trace, a, *args, **kwargs):
        axis = args[place] if len(args) > place else kwargs.get("axis", -1)
        x, names = np.asarray(trace.plain(a)), trace.names(a)
        if axis is None:
            x, names, axis = np.ravel(x), np.ravel(names), -1
        if np.ndim(x):
            neighbour_gaps(trace, "tie", name, x, names, axis)

    return rule


def _searching(name: str, swap: bool) -> Callable:
    def rule(trace, a, v, *args, **kwargs):
        a, v = (v, a) if swap else (a, v)
        moves = (trace.names(v) != 0) | np.any(trace.names(a))
        node_gaps(trace, "decision", name, trace.plain(v), trace.plain(a), moves)

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
    math.floor: _rounding(at_integers, "math.floor"),
    math.ceil: _rounding(at_integers, "math.ceil"),
    math.trunc: _rounding(at_integers_but_zero, "math.trunc"),
}

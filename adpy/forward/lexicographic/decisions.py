"""Decisions a small step along a direction: what comparisons, orders and truths will be for all small steps.

A rule here takes the trace and the arguments of the function and returns its plain result along the direction.
"""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Callable
from typing import Any

from adpy.capture.registry import TRACED_TYPES
from adpy.forward.lexicographic.lines import Line, order, ranks
from adpy.plain import np
from adpy.rules import composites
from adpy.traced.dispatch import coerce, primal

__all__ = ["DECISIONS", "VALUES_ONLY"]


# ---- comparisons and truths


def _comparison(ufunc: np.ufunc, compare: Callable) -> Callable:
    def decide(trace, a, b):
        if a is b:
            return ufunc(primal(a), primal(b))
        first, second = trace.line(a), trace.line(b)
        if np.iscomplexobj(first.value) or np.iscomplexobj(second.value):
            return _complex(trace, ufunc, first, second)
        side, lost = order(first, second)
        if np.any(lost):
            trace.refuse(f"a comparison ({ufunc.__name__}) ties")
        unordered = np.isnan(first.value) | np.isnan(second.value)
        return np.where(unordered, ufunc is np.not_equal, compare(side, 0))[()]

    return decide


def _complex(trace, ufunc, a, b):
    """Comparisons of complex numbers: equality; a tie of the real part decides about the others."""
    parts = [
        order(*[Line(part(x.value), part(x.dots), x.names, x.curved) for x in (a, b)]) for part in (np.real, np.imag)
    ]
    if any(np.any(lost) for _, lost in parts):
        trace.refuse(f"a comparison ({ufunc.__name__}) of complex numbers ties")
    (re, _), (im, _) = parts
    return _COMPARISONS[ufunc](np.where(re == 0, im, re), 0)


_COMPARISONS = {
    np.less: operator.lt,
    np.less_equal: operator.le,
    np.greater: operator.gt,
    np.greater_equal: operator.ge,
    np.equal: operator.eq,
    np.not_equal: operator.ne,
}


def _truths(x: Any) -> Any:
    """A traced value as truths."""
    if type(x) in (list, tuple):
        x = coerce(x)
    return np.not_equal(x, 0) if type(x) in TRACED_TYPES else x


def _of_truths(function: Callable) -> Callable:
    def decide(trace, *args, **kwargs):
        return function(*map(_truths, args), **kwargs)

    return decide


def _signbit(trace, x):
    line = trace.line(x)
    side, lost = order(line, Line.constant(0.0))
    if np.any(lost):
        trace.refuse("numpy.signbit at zero")
    return np.where(side == 0, np.signbit(line.value), side < 0)


def _isclose(trace, a, b, rtol=1e-5, atol=1e-8, equal_nan=False):
    a, b = coerce(a), coerce(b)
    close = np.less_equal(np.abs(a - b), atol + rtol * np.abs(b)) & np.isfinite(b)
    close = close | (np.isinf(b) & (primal(a) == primal(b)))
    return close | (np.isnan(a) & np.isnan(b)) if equal_nan else close


def _allclose(trace, *args, **kwargs):
    return bool(np.all(_isclose(trace, *args, **kwargs)))


def _close_numbers(trace, a, b, *, rel_tol=1e-9, abs_tol=0.0):
    gap = np.abs(a - b)
    near = (gap <= rel_tol * np.abs(a)) | (gap <= rel_tol * np.abs(b)) | (gap <= abs_tol)
    if not (math.isfinite(primal(a)) and math.isfinite(primal(b))):
        return primal(a) == primal(b)
    return bool(near)


def _array_equal(trace, a1, a2, equal_nan=False):
    a, b = coerce(a1), coerce(a2)
    return np.shape(a) == np.shape(b) and bool(np.all(_equal(a, b, equal_nan)))


def _array_equiv(trace, a1, a2):
    return bool(np.all(coerce(a1) == coerce(a2)))


def _equal(a, b, equal_nan):
    same = np.equal(a, b)
    return same | (np.isnan(a) & np.isnan(b)) if equal_nan else same


# ---- orders


def _ranked(trace, x, axis, what, harmless=False):
    """Integers in the order in which the entries of ``x`` will be."""
    line = trace.line(x).arrayed()
    if np.ndim(line.value) == 0:
        return np.zeros((), int), line
    rank, tied = ranks(line, axis)
    if np.any(tied) and not harmless:
        trace.refuse(f"{what} has a tie")
    return rank, line


def _flat(x: Any, axis: Any) -> tuple[Any, int]:
    return (np.ravel(coerce(x)), -1) if axis is None else (coerce(x), axis)


def _extreme(function: Callable, sign: int) -> Callable:
    def decide(trace, a, axis=None, out=None, **kwargs):
        x, along = _flat(a, axis)
        rank, line = _ranked(trace, x, along, function.__name__, harmless=True)
        _, tied = ranks(line, along)
        first = function(rank, axis=along, keepdims=True)
        nan = np.isnan(line.value)
        if np.any(nan):
            return function(primal(a), axis=axis, **kwargs)
        if np.any(np.take_along_axis(tied, first, along)):
            trace.refuse(f"{function.__name__} has a tie")
        return function(
            rank if axis is not None else np.reshape(rank, np.shape(primal(coerce(a)))), axis=axis, **kwargs
        )

    return decide


def _sorting(function: Callable) -> Callable:
    def decide(trace, a, *args, **kwargs):
        if function is np.argpartition:
            kth, *args = args if args else (kwargs.pop("kth"),)
            axis = args[0] if args else kwargs.get("axis", -1)
        else:
            axis = args[0] if args else kwargs.get("axis", -1)
        x, along = _flat(a, axis)
        rank, line = _ranked(trace, x, along, function.__name__, harmless=_sorts_itself())
        trace.unsorted = line.value.ndim > 0 and bool(np.any(ranks(line, along)[1]))
        return np.argsort(rank, axis=along, kind="stable")

    return decide


_SELF_SORTING = frozenset((composites.sort.__code__, composites.partition.__code__))


def _sorts_itself() -> bool:
    """Is the order asked for only to move the entries that tie, so that ties make no difference?"""
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code in _SELF_SORTING:
            return True
        frame = frame.f_back
    return False


def _searchsorted(trace, a, v, side="left", sorter=None):
    nodes, x = trace.line(a), trace.line(v)
    if sorter is not None:
        nodes = nodes[primal(sorter)]
    sign, lost = order(x.column(), nodes)
    if np.any(lost):
        trace.refuse("numpy.searchsorted has a tie")
    return np.sum(sign > 0 if side == "left" else sign >= 0, -1)


def _digitize(trace, x, bins, right=False):
    values = primal(coerce(bins))
    if np.any(np.diff(values) < 0):
        n = np.size(values)
        return n - _searchsorted(trace, bins[::-1], x, "right" if right else "left")
    return _searchsorted(trace, bins, x, "left" if right else "right")


def _lexsort(trace, keys, axis=-1):
    rows = [coerce(k) for k in keys] if type(keys) in (list, tuple) else list(keys)
    return np.lexsort([_ranked(trace, row, axis, "numpy.lexsort", harmless=True)[0] for row in rows], axis=axis)


def _matrix_rank(trace, a, *args, **kwargs):
    rank = np.linalg.matrix_rank(primal(a), *args, **kwargs)
    if np.any(rank < min(np.shape(a)[-2:])):
        trace.refuse("numpy.linalg.matrix_rank of a matrix without full rank")
    return rank


def _whole(ufunc: np.ufunc) -> Callable:
    def decide(trace, x):
        return int(primal(ufunc(x)))

    return decide


DECISIONS: dict[Callable, Callable] = {
    **{ufunc: _comparison(ufunc, compare) for ufunc, compare in _COMPARISONS.items()},
    **{
        f: _of_truths(f)
        for f in (np.logical_and, np.logical_or, np.logical_xor, np.logical_not, np.all, np.any, np.count_nonzero)
    },
    **{f: _of_truths(f) for f in (np.nonzero, np.flatnonzero, np.argwhere)},
    np.signbit: _signbit,
    np.isclose: _isclose,
    np.allclose: _allclose,
    math.isclose: _close_numbers,
    np.array_equal: _array_equal,
    np.array_equiv: _array_equiv,
    np.argmax: _extreme(np.argmax, 1),
    np.argmin: _extreme(np.argmin, -1),
    np.argsort: _sorting(np.argsort),
    np.argpartition: _sorting(np.argpartition),
    np.searchsorted: _searchsorted,
    np.digitize: _digitize,
    np.lexsort: _lexsort,
    np.linalg.matrix_rank: _matrix_rank,
    math.floor: _whole(np.floor),
    math.ceil: _whole(np.ceil),
    math.trunc: _whole(np.trunc),
}

VALUES_ONLY = frozenset(
    (np.isnan, np.isinf, np.isfinite, np.isposinf, np.isneginf, np.iscomplexobj, np.isrealobj, np.isscalar)
    + (np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.common_type, np.min_scalar_type)
    + (np.isfortran, np.shares_memory, np.may_share_memory, np.einsum_path, np.array_repr, np.array_str)
    + (np.array2string, np.format_float_positional, np.format_float_scientific, np.save, np.savez, np.savetxt)
    + (math.isnan, math.isinf, math.isfinite, math.ulp)
)
"""Functions that no small step changes, or that only write text."""

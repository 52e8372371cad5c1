"""The methods of ufuncs: ``reduce``, ``accumulate`` and ``reduceat``, keyed in the table by (ufunc, method).

Where a NumPy function is the same thing it does the work; any other binary ufunc is applied step by step, in the
order in which NumPy applies it.
"""

from __future__ import annotations

import numpy as np

from adpy.rules._shapes import ABSENT, given, kept, merge, tuple_of_axes, unreduce
from adpy.rules.nan_reductions import deliver
from adpy.rules.table import TABLE, Composite, block

__all__ = ["accumulate", "reduce", "reduceat"]


def _method(ufunc, method):
    """Register a composite row for a method of a ufunc; decorates the implementation."""

    def register(implementation):
        name = f"numpy.{ufunc.__name__}.{method}"
        TABLE[ufunc, method] = Composite((ufunc, method), name, implementation)
        return implementation

    return register


# reduce


def reduce(ufunc, function):
    """Register ``ufunc.reduce`` as a NumPy function with another default axis."""

    @_method(ufunc, "reduce")
    def implementation(array, /, axis=0, dtype=None, out=None, keepdims=False, initial=ABSENT, where=True):
        cast = {} if dtype is None else {"dtype": dtype}
        return function(array, axis=axis, out=out, keepdims=keepdims, initial=initial, where=where, **cast)


def stepwise_reduce(ufunc):
    """Register ``ufunc.reduce`` as one step after the other."""

    @_method(ufunc, "reduce")
    def implementation(array, /, axis=0, dtype=None, out=None, keepdims=False, initial=ABSENT, where=True):
        row = np.reshape(array, (1,)) if np.ndim(array) == 0 else merge(array, axis)
        skip = None if where is True else merge(np.broadcast_to(where, np.shape(array)), axis)
        start = initial if given(initial) else row[..., 0]
        for i in range(0 if given(initial) else 1, np.shape(row)[-1]):
            step = ufunc(start, row[..., i])
            start = step if skip is None else np.where(skip[..., i], step, start)
        if kept(keepdims):
            shape, axes = np.shape(array), tuple_of_axes(axis, np.ndim(array))
            start = np.reshape(start, [1 if i in axes else n for i, n in enumerate(shape)])
        return deliver(start, out)


# accumulate


def accumulate(ufunc, function):
    """Register ``ufunc.accumulate`` as a NumPy function with another default axis."""

    @_method(ufunc, "accumulate")
    def implementation(array, /, axis=0, dtype=None, out=None):
        return function(array, axis=axis, dtype=dtype, out=out)


def stepwise_accumulate(ufunc):
    """Register ``ufunc.accumulate`` as one step after the other."""

    @_method(ufunc, "accumulate")
    def implementation(array, /, axis=0, dtype=None, out=None):
        row = np.moveaxis(array, axis, -1)
        steps = [row[..., i] for i in range(min(1, np.shape(row)[-1]))]
        for i in range(1, np.shape(row)[-1]):
            steps.append(ufunc(steps[-1], row[..., i]))
        return deliver(np.stack(steps, axis) if steps else array, out)


# reduceat


def reduceat(ufunc):
    """Register ``ufunc.reduceat``: one reduction for each segment."""

    @_method(ufunc, "reduceat")
    def implementation(array, /, indices, axis=0, dtype=None, out=None):
        row = np.moveaxis(array, axis, 0)
        starts = [int(i) for i in indices]
        segments = []
        for start, stop in zip(starts, [*starts[1:], np.shape(row)[0]], strict=True):
            segments.append(ufunc.reduce(row[start:stop], axis=0, dtype=dtype) if start < stop else row[start])
        return deliver(np.moveaxis(np.stack(segments), 0, axis), out)


for _ufunc, _function in [
    (np.add, np.sum),
    (np.multiply, np.prod),
    (np.maximum, np.max),
    (np.minimum, np.min),
]:
    reduce(_ufunc, _function)

accumulate(np.add, np.cumsum)
accumulate(np.multiply, np.cumprod)

for _ufunc in [np.subtract, np.divide, np.power, np.fmax, np.fmin, np.hypot, np.logaddexp2]:
    stepwise_reduce(_ufunc)

for _ufunc in [
    np.subtract,
    np.divide,
    np.power,
    np.maximum,
    np.minimum,
    np.fmax,
    np.fmin,
    np.hypot,
    np.logaddexp,
    np.logaddexp2,
]:
    stepwise_accumulate(_ufunc)

for _ufunc in [
    np.add,
    np.multiply,
    np.maximum,
    np.minimum,
    np.subtract,
    np.divide,
    np.fmax,
    np.fmin,
    np.hypot,
    np.logaddexp,
    np.logaddexp2,
]:
    reduceat(_ufunc)


@block((np.logaddexp, "reduce"), "array", name="numpy.logaddexp.reduce")
def logaddexp_reduce(array, /, axis=0, dtype=None, out=None, keepdims=False, initial=ABSENT, where=True):
    return np.logaddexp.reduce(array, axis, dtype, None, keepdims, initial, where)


def _softmax(y, a, axis, keepdims, where):
    """The share of each entry in the sum of exponentials; zero for entries of minus infinity."""
    above = a - unreduce(y, np.ndim(a), axis, keepdims)
    return np.where((a == -np.inf) | np.logical_not(where), 0, np.exp(above))


@logaddexp_reduce.defjvp
def logaddexp_reduce_jvp(dots, y, a, axis=0, dtype=None, keepdims=False, initial=ABSENT, where=True):
    return np.sum(dots[0] * _softmax(y, a, axis, keepdims, where), axis=axis, keepdims=keepdims)


@logaddexp_reduce.defvjp
def logaddexp_reduce_vjp(bar, y, needs, a, axis=0, dtype=None, keepdims=False, initial=ABSENT, where=True):
    return (unreduce(bar, np.ndim(a), axis, keepdims) * _softmax(y, a, axis, keepdims, where),)

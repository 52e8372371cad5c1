"""Functions written in terms of others, where NumPy's own code would write into buffers or reach C."""

from __future__ import annotations

import numpy as np

from adpy.errors import TracedValueError
from adpy.rules import calculus, contractions, padding, polynomials, quantiles, ranges, sequences, statistics
from adpy.rules._shapes import ABSENT, kept
from adpy.rules.nan_reductions import deliver
from adpy.rules.table import composite

__all__ = ["calculus", "contractions", "padding", "polynomials", "quantiles", "ranges", "sequences", "statistics"]

# Sorting moves entries by an order that is found from their values.


@composite(np.sort)
def sort(a, axis=-1, kind=None, order=None, *, stable=None):
    if axis is None:
        a, axis = np.ravel(a), -1
    return np.take_along_axis(a, np.argsort(a, axis=axis, kind=kind or ("stable" if stable else None)), axis)


@composite(np.partition)
def partition(a, kth, axis=-1, kind="introselect", order=None):
    if axis is None:
        a, axis = np.ravel(a), -1
    return np.take_along_axis(a, np.argpartition(a, kth, axis=axis, kind=kind), axis)


@composite(np.sort_complex)
def sort_complex(a):
    return np.sort(a) + 0j


def _distinct(rows):
    """Positions of the first of each kind among ``rows`` in sorted order, the inverse, and the counts."""
    n = np.shape(rows)[0]
    columns = np.reshape(rows, (n, -1))
    order = np.lexsort(np.flip(columns, 1).T) if columns.shape[1] else np.arange(n)
    moved = np.take(columns, order, 0)
    same = (moved[1:] == moved[:-1]) | (np.isnan(moved[1:]) & np.isnan(moved[:-1]))
    new = np.concatenate([np.ones(min(n, 1), bool), ~np.all(same, axis=1)])
    inverse = np.zeros(n, np.intp)
    inverse[order] = np.cumsum(new) - 1
    return order[new], inverse, np.diff(np.append(np.flatnonzero(new), n))


@composite(np.unique)
def unique(
    ar, return_index=False, return_inverse=False, return_counts=False, axis=None, *, equal_nan=True, sorted=True
):
    rows = np.ravel(ar) if axis is None else np.moveaxis(ar, axis, 0)
    first, inverse, counts = _distinct(rows)
    values = np.take(rows, first, 0)
    values = values if axis is None else np.moveaxis(values, 0, axis)
    inverse = np.reshape(inverse, np.shape(ar)) if axis is None else inverse
    extras = [(return_index, first), (return_inverse, inverse), (return_counts, counts)]
    chosen = [extra for wanted, extra in extras if wanted]
    return (values, *chosen) if chosen else values


# Sums along diagonals, and ranges.


@composite(np.trace)
def trace(a, offset=0, axis1=0, axis2=1, dtype=None, out=None):
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1, dtype=dtype, out=out)


@composite(np.ptp)
def ptp(a, axis=None, out=None, keepdims=ABSENT):
    return deliver(np.max(a, axis, keepdims=kept(keepdims)) - np.min(a, axis, keepdims=kept(keepdims)), out)


# Products that NumPy writes into buffers.


@composite(np.kron)
def kron(a, b):
    ndim = max(np.ndim(a), np.ndim(b))
    shapes = [(1,) * (ndim - np.ndim(x)) + np.shape(x) for x in (a, b)]
    left = np.reshape(a, [n for size in shapes[0] for n in (size, 1)])
    right = np.reshape(b, [n for size in shapes[1] for n in (1, size)])
    return np.reshape(left * right, [m * n for m, n in zip(*shapes, strict=True)])


@composite(np.cross)
def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1)
    flat_a, flat_b = np.shape(a)[-1] == 2, np.shape(b)[-1] == 2
    a0, a1, a2 = a[..., 0], a[..., 1], None if flat_a else a[..., 2]
    b0, b1, b2 = b[..., 0], b[..., 1], None if flat_b else b[..., 2]
    last = a0 * b1 - a1 * b0
    if flat_a and flat_b:
        return last
    if flat_a:
        parts = [a1 * b2, -(a0 * b2), last]
    elif flat_b:
        parts = [-(a2 * b1), a2 * b0, last]
    else:
        parts = [a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, last]
    return np.moveaxis(np.stack(parts, -1), -1, axisc)


# Functions of the user applied piece by piece, and arrays put together.


@composite(np.apply_along_axis)
def apply_along_axis(func1d, axis, arr, *args, **kwargs):
    rows = np.moveaxis(arr, axis, -1)
    lead = np.shape(rows)[:-1]
    if 0 in lead:
        raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
    results = np.stack([func1d(rows[index], *args, **kwargs) for index in np.ndindex(lead)])
    inner = np.shape(results)[1:]
    axis = axis % np.ndim(arr)
    order = [*range(axis), *range(len(lead), len(lead) + len(inner)), *range(axis, len(lead))]
    return np.transpose(np.reshape(results, (*lead, *inner)), order)


@composite(np.piecewise)
def piecewise(x, condlist, funclist, *args, **kw):
    shape = np.shape(x)
    if np.isscalar(condlist) or (not isinstance(condlist[0], (list, np.ndarray)) and len(shape) != 0):
        condlist = [condlist]
    conditions = [np.broadcast_to(c, shape) != 0 for c in condlist]
    if len(conditions) == len(funclist) - 1:
        conditions.append(~np.any(conditions, axis=0))
    elif len(conditions) != len(funclist):
        n = len(conditions)
        raise ValueError(f"with {n} condition(s), either {n} or {n + 1} functions are expected")
    # All values in one row, and for each entry its place there: later conditions win, none means zero.
    place = np.zeros(shape, np.intp)
    values, total = [np.zeros(1)], 1
    for condition, function in zip(conditions, funclist, strict=True):
        n = np.count_nonzero(condition)
        if n:
            piece = function(x[condition], *args, **kw) if callable(function) else function
            values.append(np.broadcast_to(piece, (n,)))
            place[condition] = np.arange(total, total + n)
            total += n
    return np.take(np.concatenate(values), place)


def _depth(arrays):
    return 1 + max(map(_depth, arrays), default=0) if isinstance(arrays, list) else 0


def _dimensions(arrays):
    return max(map(_dimensions, arrays), default=0) if isinstance(arrays, list) else np.ndim(arrays)


@composite(np.block)
def block_of(arrays):
    ndim = max(_depth(arrays), _dimensions(arrays))

    def join(part, axis):
        if isinstance(part, list):
            return np.concatenate([join(p, axis + 1) for p in part], axis)
        return np.reshape(part, (1,) * (ndim - np.ndim(part)) + np.shape(part))

    return join(arrays, -_depth(arrays))


@composite(np.ix_)
def ix_(*args):
    n = len(args)
    return tuple(np.reshape(x, (1,) * i + (-1,) + (1,) * (n - 1 - i)) for i, x in enumerate(args))


@composite(np.lib.stride_tricks.as_strided)
def as_strided(x, shape=None, strides=None, subok=False, writeable=True):
    """Reading only: the same strides over the numbers of the entries say which entry lands where."""
    numbers = np.arange(np.size(x)).reshape(np.shape(x))
    unit = x.dtype.itemsize
    if writeable or tuple(s * numbers.itemsize // unit for s in x.strides) != numbers.strides:
        raise TracedValueError(
            "numpy.lib.stride_tricks.as_strided",
            advice="Pass writeable=False and an array in C order, or use numpy.lib.stride_tricks.sliding_window_view.",
        )
    shape = np.shape(x) if shape is None else tuple(shape)
    strides = x.strides if strides is None else tuple(strides)
    place = np.zeros(shape, np.intp)
    for axis, (n, stride) in enumerate(zip(shape, strides, strict=True)):
        place = place + np.reshape(np.arange(n) * stride, (n,) + (1,) * (len(shape) - 1 - axis))
    if np.any(place % unit) or np.any(place < 0) or np.any(place >= np.size(x) * unit):
        raise ValueError("as_strided: the strides lead between or beyond the entries of the array")
    return np.ravel(x)[place // unit]


def _cumulative(scan, first, x, axis, dtype, out, include_initial):
    x = np.atleast_1d(x)
    if axis is None and np.ndim(x) > 1:
        raise ValueError("For arrays which have more than one dimension ``axis`` argument is required.")
    axis = 0 if axis is None else axis % np.ndim(x)
    y = scan(x, axis=axis, dtype=dtype)
    if include_initial:
        y = np.concatenate([np.full((*np.shape(y)[:axis], 1, *np.shape(y)[axis + 1 :]), first, y.dtype), y], axis)
    return deliver(y, out)


if hasattr(np, "cumulative_sum"):

    @composite(np.cumulative_sum)
    def cumulative_sum(x, /, *, axis=None, dtype=None, out=None, include_initial=False):
        return _cumulative(np.cumsum, 0, x, axis, dtype, out, include_initial)

    @composite(np.cumulative_prod)
    def cumulative_prod(x, /, *, axis=None, dtype=None, out=None, include_initial=False):
        return _cumulative(np.cumprod, 1, x, axis, dtype, out, include_initial)

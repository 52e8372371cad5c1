"""Functions written in terms of others, where NumPy's own code would write into buffers or reach C."""

from __future__ import annotations

import numpy as np

from adpy.rules import contractions, padding, quantiles, sequences
from adpy.rules._shapes import ABSENT, kept
from adpy.rules.nan_reductions import deliver
from adpy.rules.table import composite

__all__ = ["contractions", "padding", "quantiles", "sequences"]

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


# Sums along diagonals, ranges and neighbours.


@composite(np.trace)
def trace(a, offset=0, axis1=0, axis2=1, dtype=None, out=None):
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1, dtype=dtype, out=out)


@composite(np.ptp)
def ptp(a, axis=None, out=None, keepdims=ABSENT):
    return deliver(np.max(a, axis, keepdims=kept(keepdims)) - np.min(a, axis, keepdims=kept(keepdims)), out)


@composite(np.ediff1d)
def ediff1d(ary, to_end=None, to_begin=None):
    a = np.ravel(ary)
    middle = a[1:] - a[:-1]
    parts = [None if to_begin is None else np.ravel(to_begin), middle, None if to_end is None else np.ravel(to_end)]
    return np.concatenate([p for p in parts if p is not None]) if len(parts) > 1 else middle


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


@composite(np.vander)
def vander(x, N=None, increasing=False):  # noqa: N803 (the name NumPy gave it)
    n = np.shape(x)[0]
    columns = n if N is None else N
    ones = np.ones((n, min(columns, 1)), np.result_type(x, int))
    powers = np.cumprod(np.broadcast_to(np.reshape(x, (n, 1)), (n, max(columns - 1, 0))), axis=1)
    powers = np.concatenate([ones, powers], axis=1)
    return powers if increasing else np.flip(powers, 1)


@composite(np.polymul)
def polymul(a1, a2):
    return np.convolve(np.trim_zeros(np.atleast_1d(a1), "f"), np.trim_zeros(np.atleast_1d(a2), "f"))


@composite(np.histogram)
def histogram(a, bins=10, range=None, density=None, weights=None):
    """Counts depend on the data by jumps only; the edges and the weights carry derivatives."""
    edges = np.histogram_bin_edges(a, bins, range, weights)
    n = np.shape(edges)[0] - 1
    a = np.ravel(a)
    place = np.searchsorted(edges, a, side="right") - 1
    place = np.where(a == edges[-1], n - 1, place)
    inside = np.flatnonzero((place >= 0) & (place < n))
    place = place[inside]
    if weights is None:
        counts = np.bincount(place, minlength=n)
    else:
        weights = np.take(np.ravel(weights), inside)
        if np.iscomplexobj(weights):
            counts = np.bincount(place, np.real(weights), n) + 1j * np.bincount(place, np.imag(weights), n)
        else:
            counts = np.bincount(place, weights, n)
    if density:
        counts = counts / np.diff(edges) / np.sum(counts)
    return counts, edges

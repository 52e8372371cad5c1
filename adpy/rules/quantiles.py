"""Rules of median, quantile and percentile, and their variants that skip NaN.

Each result lies between two neighbours of the sorted data.  Which ones, and how far between, NumPy itself is asked:
the same quantile of the *ranks* of the data is that position, whatever the method, the weights and the NaN.  Without
weights and NaN all rows of data have the same ranks.
"""

from __future__ import annotations

import numpy as np

from adpy.rules._shapes import merge, split_last
from adpy.rules.sequences import scatter
from adpy.rules.table import block

__all__ = []

# Methods whose position grows with q, by n + this for n entries; under the others it jumps.
_GROWTH = {
    "linear": -1.0,
    "interpolated_inverted_cdf": 0.0,
    "hazen": 0.0,
    "weibull": 1.0,
    "median_unbiased": 1.0 / 3.0,
    "normal_unbiased": 0.25,
}


class _Neighbours:
    """Where the quantiles of one call lie in the sorted data.

    Attributes
    ----------
    shape : tuple of int
        The shape of the data with the reduced axes merged at the end.
    lower, upper : ndarray of int
        For each reduced row, positions in it of the two neighbours of each quantile.
    t : array
        Where between them the quantile lies.
    """

    def __init__(self, position, a, q, axis, alike):
        row = np.reshape(a, (1,)) if np.ndim(a) == 0 else merge(a, axis)
        n = np.shape(row)[-1]
        if alike:
            p = position(np.arange(n, dtype=float), np.ravel(q))
            j, k = self._between(p, n)
            order = np.argpartition(row, sorted({*j.tolist(), *k.tolist()}), -1)
            self.lower, self.upper, self.count = order[..., j], order[..., k], n
        else:
            order = np.argsort(row, -1)
            ranks = np.where(np.isnan(row), np.nan, np.argsort(order, -1))
            p = np.moveaxis(position(ranks, np.ravel(q)), 0, -1)
            j, k = self._between(p, n)
            self.lower, self.upper = np.take_along_axis(order, j, -1), np.take_along_axis(order, k, -1)
            self.count = np.sum(~np.isnan(row), axis=-1, keepdims=True)
        self.shape = np.shape(row)
        self.t = p - j
        self.within = (p > 0) & (p < self.count - 1)

    @staticmethod
    def _between(p, n):
        """The whole numbers on the two sides of a position."""
        j = np.minimum(np.maximum(np.searchsorted(np.arange(n), p, side="right") - 1, 0), n - 1)
        return j, np.minimum(j + 1, n - 1)

    def pick(self, a, axis):
        """The entries of ``a`` at the two neighbours."""
        row = np.reshape(a, self.shape) if np.ndim(a) == 0 else merge(a, axis)
        return np.take_along_axis(row, self.lower, -1), np.take_along_axis(row, self.upper, -1)

    def spread(self, bar, a, axis):
        """The transpose of the interpolation between the two neighbours."""
        n = self.shape[-1]
        total = int(np.prod(self.shape))
        first = np.reshape(np.arange(0, total, n), (*self.shape[:-1], 1))
        row = scatter(first + self.lower, (1 - self.t) * bar, total) + scatter(first + self.upper, self.t * bar, total)
        return np.reshape(row, ()) if np.ndim(a) == 0 else split_last(np.reshape(row, self.shape), np.shape(a), axis)

    def slope(self, a, axis, method, weighted):
        """The derivative of the quantiles with respect to q."""
        lower, upper = self.pick(a, axis)
        growth = _GROWTH.get(method)
        if growth is None or weighted:
            return np.zeros(np.shape(lower))
        return np.where(self.within, (upper - lower) * (self.count + growth), 0)


def _rows(function, per_cent):
    """Register a quantile function whose q is counted in units of ``1 / per_cent``."""

    @block(function, "a", "q")
    def row(a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False, **others):
        return function(a, q, axis, None, False, method, keepdims, **others)

    def neighbours(a, q, axis, method, weights=None, interpolation=None):
        alike = weights is None and function in (np.quantile, np.percentile)

        def position(ranks, q):
            if weights is None:
                return function(ranks, q, axis=-1, method=interpolation or method)
            w = np.broadcast_to(weights, np.shape(a)) if np.ndim(weights) == np.ndim(a) else _along(weights, a, axis)
            return function(ranks, q, axis=-1, method=method, weights=merge(w, axis))

        return _Neighbours(position, a, q, axis, alike)

    @row.defjvp
    def jvp(dots, y, a, q, axis=None, overwrite_input=False, method="linear", keepdims=False, **others):
        near = neighbours(a, q, axis, method, **others)
        a_dot, q_dot = dots
        total = 0
        if a_dot is not None:
            lower, upper = near.pick(a_dot, axis)
            total = (1 - near.t) * lower + near.t * upper
        if q_dot is not None:
            slope = near.slope(a, axis, others.get("interpolation") or method, others.get("weights") is not None)
            total = total + slope * (np.ravel(q_dot) / per_cent)
        return np.reshape(np.moveaxis(total, -1, 0), np.shape(y))

    @row.defvjp
    def vjp(bar, y, needs, a, q, axis=None, overwrite_input=False, method="linear", keepdims=False, **others):
        near = neighbours(a, q, axis, method, **others)
        bar = np.moveaxis(np.reshape(bar, (np.size(q), *near.shape[:-1])), 0, -1)
        a_bar = near.spread(bar, a, axis) if needs[0] else None
        if not needs[1]:
            return a_bar, None
        slope = near.slope(a, axis, others.get("interpolation") or method, others.get("weights") is not None)
        q_bar = np.sum(np.reshape(bar * slope, (-1, np.size(q))), axis=0) / per_cent
        return a_bar, np.reshape(q_bar, np.shape(q))


def _along(weights, a, axis):
    """One-dimensional weights along ``axis``, broadcast over the other axes."""
    return np.moveaxis(np.broadcast_to(weights, np.shape(np.moveaxis(a, axis, -1))), -1, axis)


def _median_rows(function):
    """Register a median: the quantile at one half."""

    @block(function, "a")
    def row(a, axis=None, out=None, overwrite_input=False, keepdims=False):
        return function(a, axis, None, False, keepdims)

    def middle(ranks, q):
        return np.expand_dims((np.sum(~np.isnan(ranks), axis=-1) - 1) / 2, 0)

    @row.defjvp
    def jvp(dots, y, a, axis=None, overwrite_input=False, keepdims=False):
        near = _Neighbours(middle, a, 0.5, axis, function is np.median)
        lower, upper = near.pick(dots[0], axis)
        return np.reshape((1 - near.t) * lower + near.t * upper, np.shape(y))

    @row.defvjp
    def vjp(bar, y, needs, a, axis=None, overwrite_input=False, keepdims=False):
        near = _Neighbours(middle, a, 0.5, axis, function is np.median)
        return (near.spread(np.reshape(bar, (*near.shape[:-1], 1)), a, axis),)


for _function, _per_cent in [
    (np.quantile, 1),
    (np.nanquantile, 1),
    (np.percentile, 100),
    (np.nanpercentile, 100),
]:
    _rows(_function, _per_cent)

_median_rows(np.median)
_median_rows(np.nanmedian)

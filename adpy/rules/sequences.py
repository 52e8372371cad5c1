"""Rules of the one-dimensional workhorses: convolve, correlate, interp and bincount."""

from __future__ import annotations

import numpy as np

from adpy.rules._shapes import conj
from adpy.rules.table import block

__all__ = ["scatter"]


def scatter(index, weights, n):
    """Sum ``weights`` into ``n`` bins chosen by ``index``."""
    index = np.ravel(index)
    if np.iscomplexobj(weights):
        weights = np.ravel(weights)
        real = np.bincount(index, np.real(weights), minlength=n)
        return real + 1j * np.bincount(index, np.imag(weights), minlength=n)
    return np.bincount(index, np.ravel(weights), minlength=n)


# convolve and correlate


def _full(bar, m, n, mode, start_of_same):
    """The cotangent of the full convolution of lengths m and n, of which ``bar`` belongs to a part."""
    start = {"f": 0, "s": start_of_same, "v": min(m, n) - 1}[_MODES.get(mode, mode)[0]]
    after = m + n - 1 - start - np.shape(bar)[0]
    return np.concatenate([np.zeros(start, bar.dtype), bar, np.zeros(after, bar.dtype)])


_MODES = {0: "valid", 1: "same", 2: "full"}


def _convolution_vjp(bar, needs, a, v):
    """Cotangents of the full convolution of two vectors."""
    return (
        np.correlate(bar, v, "valid") if needs[0] else None,
        np.correlate(bar, a, "valid") if needs[1] else None,
    )


def _bilinear(product, dots, a, v, mode):
    terms = []
    if dots[0] is not None:
        terms.append(product(dots[0], v, mode))
    if dots[1] is not None:
        terms.append(product(a, dots[1], mode))
    return terms[0] if len(terms) == 1 else terms[0] + terms[1]


@block(np.convolve, "a", "v")
def np_convolve(a, v, mode="full"):
    return np.convolve(a, v, mode)


@np_convolve.defjvp
def convolve_jvp(dots, y, a, v, mode="full"):
    return _bilinear(np.convolve, dots, a, v, mode)


@np_convolve.defvjp
def convolve_vjp(bar, y, needs, a, v, mode="full"):
    m, n = np.size(a), np.size(v)
    shorter = min(m, n)
    full = _full(bar, m, n, mode, shorter - 1 - shorter // 2)
    bars = _convolution_vjp(full, needs, np.ravel(a), np.ravel(v))
    return tuple(None if b is None else np.reshape(b, np.shape(x)) for b, x in zip(bars, (a, v), strict=True))


@block(np.correlate, "a", "v")
def np_correlate(a, v, mode="valid"):
    return np.correlate(a, v, mode)


@np_correlate.defjvp
def correlate_jvp(dots, y, a, v, mode="valid"):
    return _bilinear(np.correlate, dots, a, v, mode)


@np_correlate.defvjp
def correlate_vjp(bar, y, needs, a, v, mode="valid"):
    # The convolution of a with the conjugate of v reversed; of an even overlap NumPy drops the other end when v is longer.
    m, n = np.shape(a)[0], np.shape(v)[0]
    shorter = min(m, n)
    full = _full(bar, m, n, mode, shorter - 1 - shorter // 2 if m >= n else shorter // 2)
    a_bar, v_bar = _convolution_vjp(full, needs, a, np.flip(conj(v)))
    return a_bar, None if v_bar is None else conj(np.flip(v_bar))


# bincount


@block(np.bincount, "weights")
def np_bincount(x, /, weights=None, minlength=0):
    return np.bincount(x, weights, minlength)


@np_bincount.defjvp
def bincount_jvp(dots, y, weights, x, minlength=0):
    return np.bincount(x, dots[0], minlength)


@np_bincount.defvjp
def bincount_vjp(bar, y, needs, weights, x, minlength=0):
    return (np.take(bar, x),)


# interp


@block(np.interp, "x", "xp", "fp", "left", "right")
def np_interp(x, xp, fp, left=None, right=None, period=None):
    return np.interp(x, xp, fp, left, right, period)


class _Segments:
    """Where each x lies among the sample points.

    Attributes
    ----------
    j, k : ndarray of int
        Positions in the arguments of the samples left and right of x.
    t : array
        Where x lies between them, 0 to 1.
    slope : array
        The derivative of the interpolant.
    below, above : ndarray of bool
        Whether x lies outside of the samples.
    """

    def __init__(self, x, xp, fp, period):
        order = np.arange(np.shape(xp)[0])
        shift = np.zeros(len(order))
        if period is not None:
            period = abs(period)
            x, xp = x % period, xp % period
            order = np.argsort(xp)
            order = np.concatenate([order[-1:], order, order[:1]])
            shift = np.zeros(len(order))
            shift[0], shift[-1] = -period, period
        n = len(order)
        points = np.take(xp, order) + shift
        place = np.searchsorted(points, x, side="right") - 1
        j = np.clip(place, 0, max(n - 2, 0))
        k = np.minimum(j + 1, n - 1)
        start = np.take(points, j)
        width = np.where(j == k, 1.0, np.take(points, k) - start)
        self.j, self.k = np.take(order, j), np.take(order, k)
        self.t = (x - start) / width
        self.slope = (np.take(fp, self.k) - np.take(fp, self.j)) / width
        self.below, self.above = place < 0, x > points[-1]
        self.inside = ~(self.below | self.above)


@np_interp.defjvp
def interp_jvp(dots, y, x, xp, fp, left=None, right=None, period=None):
    x_dot, xp_dot, fp_dot, left_dot, right_dot = dots
    s = _Segments(x, xp, fp, period)
    total = np.zeros(np.shape(y))
    if x_dot is not None:
        total = total + s.slope * x_dot
    if xp_dot is not None:
        total = total - s.slope * ((1 - s.t) * np.take(xp_dot, s.j) + s.t * np.take(xp_dot, s.k))
    if fp_dot is not None:
        total = total + (1 - s.t) * np.take(fp_dot, s.j) + s.t * np.take(fp_dot, s.k)
    for outside, given, dot, end in [(s.below, left, left_dot, 0), (s.above, right, right_dot, -1)]:
        if given is not None:
            total = np.where(outside, 0 if dot is None else dot, total)
        else:
            total = np.where(outside, 0 if fp_dot is None else fp_dot[end], total)
    return total


@np_interp.defvjp
def interp_vjp(bar, y, needs, x, xp, fp, left=None, right=None, period=None):
    s = _Segments(x, xp, fp, period)
    n = np.shape(xp)[0]
    inner = np.where(s.inside, bar, 0)
    by_slope = np.real(conj(s.slope) * inner)
    bars = [by_slope if needs[0] else None, None, None, None, None]
    if needs[1]:
        bars[1] = -scatter(s.j, (1 - s.t) * by_slope, n) - scatter(s.k, s.t * by_slope, n)
    if needs[2]:
        bars[2] = scatter(s.j, (1 - s.t) * inner, n) + scatter(s.k, s.t * inner, n)
    for position, outside, given, end in [(3, s.below, left, 0), (4, s.above, right, n - 1)]:
        outer = np.sum(np.where(outside, bar, 0))
        if given is not None and needs[position]:
            bars[position] = outer
        if given is None and needs[2]:
            bars[2] = bars[2] + np.where(np.arange(n) == end, outer, 0)
    return tuple(bars)

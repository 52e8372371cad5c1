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
    # The convolution of a with the conjugate of v reversed.  Of an even overlap NumPy drops the other end when v is the
    # longer one.
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
    slope : array
        The derivative of the interpolant.
    below, above : ndarray of bool
        Whether x lies outside of the samples.
    """

    def __init__(self, x, xp, fp, period):
        n = np.shape(xp)[0]
        order = None
        if period is not None:
            period = abs(period)
            x, xp = x % period, xp % period
            order = np.argsort(xp)
            order = np.concatenate([order[-1:], order, order[:1]])
            n += 2
            shift = np.where(np.arange(n) == 0, -period, np.where(np.arange(n) == n - 1, period, 0.0))
            xp = xp[order] + shift
        place = np.searchsorted(xp, x, side="right") - 1
        j = np.minimum(np.maximum(place, 0), max(n - 2, 0))
        k = np.minimum(j + 1, n - 1)
        self.below, self.above = place < 0, x > xp[n - 1]
        self.j, self.k = (j, k) if order is None else (order[j], order[k])
        self._start = xp[j]
        self._width = xp[k] - self._start if n > 1 else 1.0
        self._x = x
        self.slope = (fp[self.k] - fp[self.j]) / self._width

    @property
    def t(self):
        """Where x lies between its two samples, 0 to 1."""
        return (self._x - self._start) / self._width


@np_interp.defjvp
def interp_jvp(dots, y, x, xp, fp, left=None, right=None, period=None):
    x_dot, xp_dot, fp_dot, left_dot, right_dot = dots
    s = _Segments(x, xp, fp, period)
    t = None if xp_dot is None and fp_dot is None else s.t
    total = 0.0
    if x_dot is not None:
        total = total + s.slope * x_dot
    if xp_dot is not None:
        total = total - s.slope * ((1 - t) * xp_dot[s.j] + t * xp_dot[s.k])
    if fp_dot is not None:
        total = total + (1 - t) * fp_dot[s.j] + t * fp_dot[s.k]
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
    t = s.t if needs[1] or needs[2] else None
    inner = np.where(s.below | s.above, 0, bar)
    by_slope = np.real(conj(s.slope) * inner)
    bars = [by_slope if needs[0] else None, None, None, None, None]
    if needs[1]:
        bars[1] = -scatter(s.j, (1 - t) * by_slope, n) - scatter(s.k, t * by_slope, n)
    if needs[2]:
        bars[2] = scatter(s.j, (1 - t) * inner, n) + scatter(s.k, t * inner, n)
    for position, outside, given, end in [(3, s.below, left, 0), (4, s.above, right, n - 1)]:
        if needs[position] or (given is None and needs[2]):
            outer = np.sum(np.where(outside, bar, 0))
            if given is None:
                bars[2] = bars[2] + np.where(np.arange(n) == end, outer, 0)
            else:
                bars[position] = outer
    return tuple(bars)

"""Evenly spaced ranges between traced ends: linspace, logspace and geomspace."""

from __future__ import annotations

import operator

import numpy as np

from adpy.rules.table import composite

__all__ = ["geomspace", "linspace", "logspace"]


def _set(y, position, value):
    """The range ``y`` with its first (0) or last (-1) entry replaced."""
    value = np.reshape(np.broadcast_to(value, np.shape(y)[1:]), (1, *np.shape(y)[1:]))
    return np.concatenate([value, y[1:]] if position == 0 else [y[:-1], value])


@composite(np.linspace)
def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0, *, device=None):
    num = operator.index(num)
    intervals = num - 1 if endpoint else num
    delta = stop - start * 1.0
    counting = np.reshape(np.arange(num) * 1.0, (-1, *(1,) * np.ndim(delta)))
    step = delta / intervals if intervals > 0 else np.nan
    # A step too small to represent would lose the range: divide first then, as NumPy does.
    y = start + (counting * step if intervals <= 0 or np.all(step != 0) else counting / intervals * delta)
    if intervals <= 0:
        y = start + counting * delta
    if endpoint and num > 1:
        y = _set(y, -1, stop)
    y = np.moveaxis(y, 0, axis)
    y = y if dtype is None else y.astype(dtype, copy=False)
    return (y, step) if retstep else y


@composite(np.logspace)
def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    ndim = max(np.ndim(start), np.ndim(stop), np.ndim(base))
    start, stop = (np.reshape(x, (1,) * (ndim - np.ndim(x)) + np.shape(x)) for x in (start, stop))
    y = np.linspace(start, stop, num, endpoint)
    y = np.moveaxis(np.power(base, y), 0, axis)
    return y if dtype is None else y.astype(dtype, copy=False)


@composite(np.geomspace)
def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    if np.any(np.equal(start, 0)) or np.any(np.equal(stop, 0)):
        raise ValueError("Geometric sequence cannot include zero")
    sign = np.sign(start)
    y = sign * np.logspace(np.log10(start / sign), np.log10(stop / sign), num, endpoint)
    if num > 0:
        y = _set(y, 0, start)
    if num > 1 and endpoint:
        y = _set(y, -1, stop)
    y = np.moveaxis(y, 0, axis)
    return y if dtype is None else y.astype(dtype, copy=False)

"""Reductions and scans that skip NaN: a skipped entry has derivative zero."""

from __future__ import annotations

import numpy as np

from adpy.rules._shapes import ABSENT, given
from adpy.rules.table import composite

__all__ = ["deliver"]


def deliver(result, out):
    """Store the result into ``out=``, where there is one, and return it."""
    if out is None:
        return result
    out[...] = result
    return out


def _skipped(a, fill):
    """The array with ``fill`` in place of NaN, and where that was."""
    missing = np.isnan(a)
    return np.where(missing, fill, a), missing


@composite(np.nansum)
def nansum(a, axis=None, dtype=None, out=None, keepdims=ABSENT, initial=ABSENT, where=ABSENT):
    filled, _ = _skipped(a, 0)
    return np.sum(filled, axis=axis, dtype=dtype, out=out, keepdims=keepdims, initial=initial, where=where)


@composite(np.nanprod)
def nanprod(a, axis=None, dtype=None, out=None, keepdims=ABSENT, initial=ABSENT, where=ABSENT):
    filled, _ = _skipped(a, 1)
    return np.prod(filled, axis=axis, dtype=dtype, out=out, keepdims=keepdims, initial=initial, where=where)


@composite(np.nancumsum)
def nancumsum(a, axis=None, dtype=None, out=None):
    return np.cumsum(_skipped(a, 0)[0], axis=axis, dtype=dtype, out=out)


@composite(np.nancumprod)
def nancumprod(a, axis=None, dtype=None, out=None):
    return np.cumprod(_skipped(a, 1)[0], axis=axis, dtype=dtype, out=out)


def _mask(where):
    return where if given(where) else True


@composite(np.nanmean)
def nanmean(a, axis=None, dtype=None, out=None, keepdims=ABSENT, *, where=ABSENT):
    filled, missing = _skipped(a, 0)
    n = np.sum(~missing, axis=axis, dtype=np.intp, keepdims=keepdims, where=_mask(where))
    return deliver(np.sum(filled, axis=axis, dtype=dtype, keepdims=keepdims, where=_mask(where)) / n, out)


@composite(np.nanvar)
def nanvar(
    a, axis=None, dtype=None, out=None, ddof=0, keepdims=ABSENT, *, where=ABSENT, mean=ABSENT, correction=ABSENT
):
    filled, missing = _skipped(a, 0)
    n = np.sum(~missing, axis=axis, dtype=np.intp, keepdims=True, where=_mask(where))
    if not given(mean):
        mean = np.sum(filled, axis=axis, dtype=dtype, keepdims=True, where=_mask(where)) / n
    deviation = np.where(missing, 0, filled - mean)
    squares = np.real(deviation * np.conj(deviation)) if np.iscomplexobj(deviation) else deviation * deviation
    total = np.sum(squares, axis=axis, dtype=dtype, keepdims=keepdims, where=_mask(where))
    freedom = np.reshape(n, np.shape(total)) - (correction if given(correction) else ddof)
    return deliver(np.where(freedom > 0, total / np.where(freedom > 0, freedom, 1), np.nan), out)


@composite(np.nanstd)
def nanstd(
    a, axis=None, dtype=None, out=None, ddof=0, keepdims=ABSENT, *, where=ABSENT, mean=ABSENT, correction=ABSENT
):
    variance = np.nanvar(a, axis, dtype, None, ddof, keepdims, where=where, mean=mean, correction=correction)
    flat = variance == 0
    return deliver(np.where(flat, 0, np.sqrt(np.where(flat, 1, variance))), out)


def _nan_extremum(reduction, fill, a, axis, out, keepdims, initial, where):
    filled, missing = _skipped(a, fill)
    y = reduction(filled, axis=axis, keepdims=keepdims, initial=initial, where=where)
    if not given(initial):
        y = np.where(np.all(missing, axis=axis, keepdims=keepdims), np.nan, y)
    return deliver(y, out)


@composite(np.nanmax)
def nanmax(a, axis=None, out=None, keepdims=ABSENT, initial=ABSENT, where=ABSENT):
    return _nan_extremum(np.max, -np.inf, a, axis, out, keepdims, initial, where)


@composite(np.nanmin)
def nanmin(a, axis=None, out=None, keepdims=ABSENT, initial=ABSENT, where=ABSENT):
    return _nan_extremum(np.min, np.inf, a, axis, out, keepdims, initial, where)

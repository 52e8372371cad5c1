"""``numpy.pad``, built axis by axis from concatenation and indexing."""

from __future__ import annotations

import numpy as np

from adpy.rules.table import composite

__all__ = ["pad"]

_STATISTICS = {"maximum": np.max, "minimum": np.min, "mean": np.mean, "median": np.median}


def _pairs(values, ndim):
    """One (before, after) pair for each axis, as NumPy broadcasts them."""
    if np.size(values) == 1:
        value = np.reshape(values, (-1,))[0]
        return [(value, value)] * ndim
    if np.shape(values) == (2, 1) and ndim != 2:
        raise ValueError(f"operands could not be broadcast together with shape ({ndim}, 2)")
    table = np.broadcast_to(values, (ndim, 2))
    return [(table[i, 0], table[i, 1]) for i in range(ndim)]


@composite(np.pad)
def pad(array, pad_width, mode="constant", **kwargs):
    ndim = np.ndim(array)
    if isinstance(pad_width, dict):
        widths = [(0, 0)] * ndim
        for axis, width in pad_width.items():
            widths[axis] = tuple(width) if np.ndim(width) else (width, width)
    else:
        widths = [(int(before), int(after)) for before, after in _pairs(pad_width, ndim)]
    if callable(mode):
        return _by_function(array, widths, mode, kwargs)
    fills = kwargs.get("constant_values", kwargs.get("end_values", kwargs.get("stat_length", 0)))
    fills = [(None, None)] * ndim if fills is None else _pairs(fills, ndim)
    for axis, (width, fill) in enumerate(zip(widths, fills, strict=True)):
        if width != (0, 0):
            array = _along(array, axis, width, mode, fill, kwargs)
    return array


def _along(array, axis, width, mode, fill, kwargs):
    """The array padded along one axis."""
    before, after = width
    if mode in ("constant", "empty"):
        return _joined(array, axis, width, [fill[0], fill[1]])
    if mode in _STATISTICS:
        statistic, n = _STATISTICS[mode], np.shape(array)[axis]
        lengths = [n if "stat_length" not in kwargs or f is None else min(int(f), n) for f in fill]
        parts = [(0, lengths[0]), (n - lengths[1], n)]
        return _joined(
            array, axis, width, [statistic(_cut(array, axis, i, j), axis=axis, keepdims=True) for i, j in parts]
        )
    if mode == "linear_ramp":
        n = np.shape(array)[axis]
        ends = [_cut(array, axis, 0, 1), _cut(array, axis, n - 1, n)]
        shape = [1] * np.ndim(array)
        shape[axis] = -1
        rises = [np.reshape(np.arange(before) / max(before, 1), shape)]
        rises.append(np.reshape(np.arange(after)[::-1] / max(after, 1), shape))
        return _joined(array, axis, width, [f + (e - f) * r for f, e, r in zip(fill, ends, rises, strict=True)])
    if kwargs.get("reflect_type", "even") == "odd":
        # Linear but no mere movement: NumPy's own result on a basis is its matrix.
        n = np.shape(array)[axis]
        matrix = np.pad(np.eye(n), ((before, after), (0, 0)), mode, reflect_type="odd")
        return np.moveaxis(np.tensordot(matrix, array, ([1], [axis])), 0, axis)
    return np.take(array, np.pad(np.arange(np.shape(array)[axis]), width, mode), axis)


def _cut(array, axis, start, stop):
    return array[(*(slice(None),) * axis, slice(start, stop))]


def _joined(array, axis, width, fills):
    """The array with what ``fills`` broadcasts to on its two sides."""
    pieces = []
    for length, fill in zip(width, fills, strict=True):
        shape = (*np.shape(array)[:axis], length, *np.shape(array)[axis + 1 :])
        pieces.append(np.broadcast_to(fill, shape))
    return np.concatenate([pieces[0], array, pieces[1]], axis, dtype=array.dtype)


def _by_function(array, widths, function, kwargs):
    """Padding that a function of the user writes into each row."""
    padded = pad(array, widths) if widths else np.copy(array)
    for axis in range(np.ndim(padded)):
        rows = np.moveaxis(padded, axis, -1)
        for index in np.ndindex(np.shape(rows)[:-1]):
            function(rows[index], widths[axis], axis, kwargs)
    return padded

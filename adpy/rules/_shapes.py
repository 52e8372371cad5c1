"""Shape arithmetic shared by the rules: reduced axes put back, broadcasts summed out, axes merged."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = [
    "ABSENT",
    "conj",
    "count",
    "given",
    "kept",
    "merge",
    "split_last",
    "spread",
    "tuple_of_axes",
    "unbroadcast",
    "unreduce",
]

ABSENT = np._NoValue
"""What NumPy passes for a parameter that the user left out."""


def given(value: Any) -> bool:
    """Whether an optional parameter was passed."""
    return value is not ABSENT and value is not None


def kept(keepdims: Any) -> bool:
    """``keepdims`` as a bool, also where NumPy left it out."""
    return keepdims is not ABSENT and bool(keepdims)


def tuple_of_axes(axis: Any, ndim: int) -> tuple[int, ...]:
    """``axis`` as a tuple of numbers from 0; ``None`` means all."""
    if axis is None:
        return tuple(range(ndim))
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    return tuple(int(a) % ndim if ndim else 0 for a in axes) if ndim else ()


def count(shape: tuple[int, ...], axis: Any = None) -> int:
    """Number of entries that a reduction over ``axis`` puts together."""
    return math.prod(shape[a] for a in tuple_of_axes(axis, len(shape)))


def unreduce(y: Any, ndim: int, axis: Any, keepdims: Any = False) -> Any:
    """The result of a reduction, so shaped that it broadcasts against what it was reduced from."""
    if kept(keepdims) or np.ndim(y) == 0 or (type(axis) is tuple and not axis):
        return y
    axes = tuple_of_axes(axis, ndim)
    lengths = iter(y.shape)
    return y.reshape(tuple([1 if i in axes else next(lengths) for i in range(ndim)]))


_SMALL = 2048
"""Entries up to which a copy is cheaper than ``broadcast_to``."""


def spread(y: Any, shape: tuple[int, ...], axis: Any, keepdims: Any = False) -> Any:
    """The result of a reduction broadcast over what it was reduced from."""
    y = unreduce(y, len(shape), axis, keepdims)
    if math.prod(shape) <= _SMALL or not isinstance(y, np.ndarray):
        return y + np.zeros(shape, getattr(y, "dtype", float))
    return np.broadcast_to(y, shape)


def unbroadcast(bar: Any, shape: tuple[int, ...]) -> Any:
    """Sum ``bar`` over the axes along which an operand of ``shape`` was broadcast."""
    if bar.shape == shape:
        return bar
    extra = bar.ndim - len(shape)
    axes = (*range(extra), *(i + extra for i, n in enumerate(shape) if n == 1 and bar.shape[i + extra] != 1))
    if axes:
        bar = np.sum(bar, axis=axes, keepdims=True)
    return np.reshape(bar, shape)


def merge(a: Any, axis: Any) -> Any:
    """The array with the given axes moved to the end and merged into one."""
    ndim = np.ndim(a)
    axes = tuple_of_axes(axis, ndim)
    if axes == (ndim - 1,):
        return a
    rest = [i for i in range(ndim) if i not in axes]
    shape = np.shape(a)
    return np.reshape(np.transpose(a, (*rest, *axes)), (*(shape[i] for i in rest), count(shape, axis)))


def split_last(merged: Any, shape: tuple[int, ...], axis: Any) -> Any:
    """Undo :func:`merge`."""
    ndim = len(shape)
    axes = tuple_of_axes(axis, ndim)
    if axes == (ndim - 1,):
        return merged
    order = [*(i for i in range(ndim) if i not in axes), *axes]
    return np.transpose(np.reshape(merged, tuple(shape[i] for i in order)), np.argsort(order))


def conj(x: Any) -> Any:
    """The complex conjugate; a real array itself instead of the copy that NumPy makes."""
    return np.conj(x) if np.iscomplexobj(x) else x

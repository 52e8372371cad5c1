"""Batching rules of linear algebra: NumPy's stacked forms, with the lanes as the first axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy.batching.onebyone import one_by_one
from adpy.batching.registry import RULES, apply, axes_of, batched
from adpy.plain import np

__all__ = []


def _stack(frame: Any, x: Any) -> Any:
    """The values of all lanes as a stack; what all lanes share as it is."""
    data, laned = frame.data(x)
    return apply(frame, np.moveaxis, data, -1, 0) if laned else data


def _unstacked(frame: Any, y: Any) -> Any:
    """Results of a stacked function."""
    if isinstance(y, tuple):
        parts = [_unstacked(frame, part) for part in y]
        return type(y)(*parts) if hasattr(y, "_fields") else tuple(parts)
    return frame.wrap(apply(frame, np.moveaxis, y, 0, -1), True)


def _of_one(function: Callable) -> Callable:
    def rule(frame, a, *args, **kwargs):
        if np.ndim(a) < 2 or not a.active:
            return one_by_one(frame, function, (a, *args), kwargs)
        try:
            y = apply(frame, function, _stack(frame, a), *args, **kwargs)
        except np.linalg.LinAlgError:  # of some lanes, perhaps
            return one_by_one(frame, function, (a, *args), kwargs)
        return _unstacked(frame, y)

    return rule


for _name in "inv det slogdet cholesky eigh eigvalsh eig eigvals svd svdvals qr pinv matrix_rank".split():
    if hasattr(np.linalg, _name):
        RULES[getattr(np.linalg, _name)] = _of_one(getattr(np.linalg, _name))


@batched(np.linalg.solve)
def solve(frame, a, b):
    vector = np.ndim(b) == 1
    if np.ndim(a) != 2 or np.ndim(b) not in (1, 2):
        return one_by_one(frame, np.linalg.solve, (a, b), {})
    matrix, laned = frame.data(a)
    if not laned:  # one matrix, all right-hand sides at once
        right, _ = frame.data(b)
        shape = right.shape
        y = apply(frame, np.linalg.solve, matrix, apply(frame, np.reshape, right, (shape[0], -1)))
        return frame.wrap(apply(frame, np.reshape, y, shape), True)
    stacked = _stack(frame, b)
    stacked = stacked[..., None] if vector else stacked
    try:
        y = apply(frame, np.linalg.solve, _stack(frame, a), stacked)
    except np.linalg.LinAlgError:  # of some lanes, perhaps
        return one_by_one(frame, np.linalg.solve, (a, b), {})
    return _unstacked(frame, y[..., 0] if vector else y)


@batched(np.linalg.norm)
def norm(frame, x, ord=None, axis=None, keepdims=False):
    data, laned = frame.data(x)
    ndim = np.ndim(data) - laned
    if not laned or keepdims and axis is None:
        return one_by_one(frame, np.linalg.norm, (x, ord, axis, keepdims), {})
    if axis is None and (ord is None or (ndim == 1 and ord == 2) or (ndim == 2 and ord == "fro")):
        data, axes = apply(frame, np.reshape, data, (-1, frame.size)), (0,)
        ord = None
    else:
        axes = axes_of(axis, ndim)
    y = apply(frame, np.linalg.norm, data, ord, axes if len(axes) > 1 else axes[0], keepdims)
    return frame.wrap(y, True)

"""Batching rules of reductions, scans and sorting: axes of one lane are the same axes of all lanes together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy.batching.onebyone import one_by_one
from adpy.batching.registry import RULES, apply, axes_of, axis_of, batched
from adpy.plain import np

__all__ = []


def _reduction(function: Callable) -> Callable:
    def rule(frame, a, axis=None, *rest, **kwargs):
        data, laned = frame.data(a)
        if kwargs.get("where", True) is not True and kwargs["where"] is not np._NoValue:
            kwargs["where"], data, laned = frame.laned(kwargs["where"]), frame.laned(a), True
        if not laned or rest or not hasattr(data, "ndim"):
            return one_by_one(frame, function, (a, axis, *rest), kwargs)
        return frame.wrap(apply(frame, function, data, axes_of(axis, data.ndim - 1), **kwargs), True)

    return rule


for _function in (np.sum, np.prod, np.mean, np.std, np.var, np.max, np.min, np.amax, np.amin, np.all, np.any,
                  np.count_nonzero, np.median, np.nanmedian, np.ptp):  # fmt: skip
    RULES[_function] = _reduction(_function)


def _along_one(function: Callable, default: Any) -> Callable:
    """Functions along one axis, or of the flattened array for None."""

    def rule(frame, a, axis=default, *rest, **kwargs):
        data, laned = frame.data(a)
        if not laned or rest:
            return one_by_one(frame, function, (a, axis, *rest), kwargs)
        if axis is None:
            data, axis = apply(frame, np.reshape, data, (-1, frame.size)), 0
        return frame.wrap(apply(frame, function, data, axis_of(axis, data.ndim - 1), **kwargs), True)

    return rule


for _function, _default in (
    (np.argmax, None),
    (np.argmin, None),
    (np.nanargmax, None),
    (np.nanargmin, None),
    (np.cumsum, None),
    (np.cumprod, None),
    (np.argsort, -1),
    (np.sort, -1),
):
    if _function not in RULES:
        RULES[_function] = _along_one(_function, _default)


@batched(np.diff)
def diff(frame, a, n=1, axis=-1, **kwargs):
    data, laned = frame.data(a)
    if not laned or kwargs or type(n) is not int:
        return one_by_one(frame, np.diff, (a, n, axis), kwargs)
    axis = axis_of(axis, data.ndim - 1)
    for _ in range(n):
        before = (slice(None),) * axis
        data = apply(frame, np.subtract, data[(*before, slice(1, None))], data[(*before, slice(None, -1))])
    return frame.wrap(data, True)


@batched(np.take_along_axis)
def take_along_axis(frame, arr, indices, axis=-1):
    data, numbers = frame.laned(arr), frame.laned(indices)
    if axis is None:
        data, axis = apply(frame, np.reshape, data, (-1, frame.size)), 0
    axis = axis_of(axis, data.ndim - 1)
    return frame.wrap(apply(frame, np.take_along_axis, data, numbers, axis), True)


@batched(np.interp)
def interp(frame, x, xp, fp, *rest, **kwargs):
    points, laned = frame.data(x)
    nodes = [frame.data(xp), frame.data(fp)]
    if not laned or any(own for _, own in nodes):
        return one_by_one(frame, np.interp, (x, xp, fp, *rest), kwargs)
    return frame.wrap(apply(frame, np.interp, points, nodes[0][0], nodes[1][0], *rest, **kwargs), True)

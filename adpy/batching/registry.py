"""Batching rules by function: ``rule(frame, *args, **kwargs)`` is the function in all lanes of ``frame``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy import capture
from adpy.plain import np

__all__ = ["RULES", "apply", "axes_of", "axis_of", "batched"]

RULES: dict[Callable, Callable] = {}


def batched(*functions: Callable) -> Callable:
    """Register a rule for some functions."""

    def register(rule: Callable) -> Callable:
        for function in functions:
            RULES[function] = rule
        return rule

    return register


def axis_of(axis: Any, ndim: int) -> int:
    """An axis of one lane, counted from the first: the same axis of all lanes together."""
    axis = int(axis)
    if not -ndim <= axis < ndim:
        raise np.exceptions.AxisError(axis, ndim)
    return axis % ndim


def axes_of(axis: Any, ndim: int) -> tuple[int, ...]:
    """Axes of one lane, all of them for None."""
    if axis is None:
        return tuple(range(ndim))
    if isinstance(axis, int | np.integer):
        return (axis_of(axis, ndim),)
    return tuple([axis_of(i, ndim) for i in axis])


def apply(frame: Any, function: Callable, *args: Any, **kwargs: Any) -> Any:
    """Call a function on values of all lanes, one level below ``frame``."""
    with capture.lowered(frame.parent):
        return function(*args, **kwargs)

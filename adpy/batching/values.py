"""Batching rules of functions about shapes and types, of array creators, and of where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adpy.batching.registry import RULES, apply, batched
from adpy.capture.registry import TRACED_TYPES
from adpy.plain import np
from adpy.traced.dispatch import coerce, memory

__all__ = []


def _stands(x: Any) -> Any:
    """A plain value of the shape and dtype of one lane."""
    if type(x) in (list, tuple):
        x = coerce(x)
    if type(x) not in TRACED_TYPES:
        return x
    return np.zeros(x.shape, x.dtype)[()]


def _about_shape(function: Callable) -> Callable:
    def rule(frame, *args, **kwargs):
        return function(*map(_stands, args), **kwargs)

    return rule


for _function in (np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.common_type, np.iscomplexobj,
                  np.isrealobj, np.tril_indices_from, np.triu_indices_from,
                  np.diag_indices_from):  # fmt: skip
    RULES[_function] = _about_shape(_function)


@batched(np.isscalar)
def isscalar(frame, element):
    return type(element) in TRACED_TYPES and type(element).immutable


@batched(np.may_share_memory, np.shares_memory)
def shares_memory(frame, a, b, max_work=None):
    return np.shares_memory(memory(a), memory(b))


def _like(make: Callable) -> Callable:
    def rule(frame, a, *args, **kwargs):
        made = make(np.zeros(np.shape(a), a.dtype), *args, **kwargs)
        return frame.buffer(made) if made.dtype.kind in "fc" else made

    return rule


for _function in (np.zeros_like, np.ones_like, np.empty_like):
    RULES[_function] = _like(_function)


@batched(np.full_like)
def full_like(frame, a, fill_value, dtype=None, order="K", subok=True, shape=None, *, device=None):
    dtype = a.dtype if dtype is None else np.dtype(dtype)
    made = np.zeros(np.shape(a) if shape is None else shape, dtype)
    if dtype.kind in "fc":
        made = frame.buffer(made)
    made[...] = fill_value
    return made


@batched(np.where)
def where(frame, condition, *choices):
    if not choices:
        return np.where(condition.agreed("numpy.where") if hasattr(condition, "agreed") else condition)
    parts = [frame.operand(x) for x in (condition, *choices)]
    return frame.wrap(apply(frame, np.where, *[x for x, _ in parts]), True)


@batched(np.select)
def select(frame, condlist, choicelist, default=0):
    result = default
    for condition, choice in reversed(list(zip(condlist, choicelist, strict=True))):
        result = where(frame, condition, choice, result)
    return result


def _of_agreed(function: Callable) -> Callable:
    def rule(frame, a):
        return function(a.agreed(f"numpy.{function.__name__}"))

    return rule


for _function in (np.nonzero, np.flatnonzero, np.argwhere):
    RULES[_function] = _of_agreed(_function)


@batched(np.isclose)
def isclose(frame, a, b, rtol=1e-5, atol=1e-8, equal_nan=False):
    parts = [frame.operand(x)[0] for x in (a, b)]
    return frame.wrap(apply(frame, np.isclose, *parts, rtol, atol, equal_nan), True)


def _entrywise(function: Callable) -> Callable:
    def rule(frame, x):
        return frame.wrap(apply(frame, function, frame.laned(x)), True)

    return rule


for _function in (np.isposinf, np.isneginf, np.iscomplex, np.isreal):
    RULES[_function] = _entrywise(_function)

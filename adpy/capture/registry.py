"""What capture must know about traced values, filled in by the core (so that capture imports nothing from it)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["TRACED_TYPES", "contains_traced", "dispatch", "is_traced", "model", "primal", "set_hooks"]

TRACED_TYPES: set[type] = set()
"""Every class of traced values; a class whose ``immutable`` attribute is true stands for NumPy scalars."""

# Types whose instances can hold no traced value: what lists mostly consist of.
_PLAIN_TYPES = frozenset(
    [float, int, bool, complex, str, bytes, type(None)] + [np.dtype(c).type for c in "?bBhHiIlLqQefdgFDG"]
)
_DEEPEST = 64  # NumPy has no arrays of more dimensions; also ends lists that contain themselves


def _unset(*args: Any, **kwargs: Any) -> Any:
    raise RuntimeError("adpy.capture.registry.set_hooks has not been called")


_primal: Callable = _unset
_template: Callable = _unset
_dispatch: Callable = _unset


def set_hooks(primal: Callable, dispatch: Callable, template: Callable | None = None) -> None:
    """Register ``primal(x)``, ``dispatch(function, args, kwargs)``, and ``template(x)``, which may be as ``primal``."""
    global _primal, _dispatch, _template
    _primal, _dispatch, _template = primal, dispatch, template or primal


def primal(x: Any) -> Any:
    """The plain value under ``x``."""
    return _primal(x) if type(x) in TRACED_TYPES else x


def model(x: Any) -> Any:
    """A plain value of the shape, dtype and memory layout of ``x``; a recording does not depend on its entries."""
    if type(x) not in TRACED_TYPES:
        return x
    return x.template() if getattr(type(x), "_batched", False) else _template(x)


def dispatch(function: Callable, args: tuple, kwargs: dict) -> Any:
    """Call a function that has a row in the rule table, on traced arguments."""
    return _dispatch(function, args, kwargs)


def is_traced(x: Any) -> bool:
    """Is ``x`` itself a traced value?"""
    return type(x) in TRACED_TYPES


def contains_traced(x: Any, depth: int = 0) -> bool:
    """Is there a traced value in ``x``: itself, or anywhere in nested lists, tuples and object arrays?"""
    kind = type(x)
    if kind in TRACED_TYPES:
        return True
    if kind in _PLAIN_TYPES:
        return False
    if isinstance(x, np.ndarray):
        return x.dtype.hasobject and contains_traced(x.ravel().tolist(), depth + 1)
    if not isinstance(x, (list, tuple)) or depth > _DEEPEST:
        return False
    kinds = set(map(type, x))
    if not kinds.isdisjoint(TRACED_TYPES):
        return True
    return not kinds <= _PLAIN_TYPES and any(contains_traced(item, depth + 1) for item in x)

"""Indices: which are basic, which name an entry twice, and how to keep them safe from later writes."""

from __future__ import annotations

from math import prod
from typing import Any

from adpy.capture.registry import TRACED_TYPES
from adpy.plain import np

__all__ = ["BASIC", "index_of", "keep_key", "no_repeats", "winners"]

ndarray = np.ndarray
BASIC = frozenset([int, slice, type(None), type(Ellipsis), *[np.dtype(c).type for c in "bBhHiIlLqQ"]])
"""Types of indices that give views."""


def index_of(key: Any) -> Any:
    """An index as plain integers or booleans."""
    if type(key) in TRACED_TYPES:
        while type(key) in TRACED_TYPES:
            if key.frame.guarded:
                key.frame.leaves(key)
            key = key._value
        return key
    if type(key) is list:
        return [index_of(k) for k in key]
    return key


def keep_key(key: Any) -> Any:
    """An index safe from later writes by the user."""
    if type(key) is ndarray:
        return key.copy()
    if type(key) is list:
        kept = np.array(key)
        return kept if kept.size else kept.astype(np.intp)
    if type(key) is tuple:
        return tuple([keep_key(k) for k in key])
    return key


def no_repeats(key: Any) -> bool:
    """Can the index not name an entry twice? (Basic and boolean indices cannot.)"""
    keys = key if type(key) is tuple else (key,)
    return all(type(k) in BASIC or type(k) is bool or getattr(k, "dtype", None) == np.dtype(bool) for k in keys)


def winners(shape: tuple, key: Any) -> ndarray | None:
    """Mask of the entries of ``x[key] = source`` that survive when the index names entries twice."""
    positions = np.arange(prod(shape)).reshape(shape)[key]
    order = np.arange(positions.size).reshape(positions.shape)
    last = np.empty(prod(shape), np.intp)
    last[positions.ravel()] = order.ravel()
    mask = last[positions] == order
    return None if mask.all() else mask

"""Storages: whose memory a value is, in which order it lies, and what must be copied before it is written into."""

from __future__ import annotations

from typing import Any

from adpy.capture.registry import TRACED_TYPES
from adpy.plain import np
from adpy.reverse.nodes import extra

__all__ = [
    "layout_of",
    "pending_of",
    "protected",
    "relayout",
    "remember_layout",
    "repeats",
    "shares_storage",
    "storage_id",
    "touches",
]

ndarray = np.ndarray


def storage_id(value: Any) -> int:
    """Identity of the memory under a value, through every level of tracing."""
    while type(value) in TRACED_TYPES:
        value = value._value
    base = value.base if type(value) is ndarray else None
    while base is not None:  # not only arrays: as_strided goes through an object of its own
        value, base = base, getattr(base, "base", None)
    return id(value)


def shares_storage(y: Any, x: Any) -> bool:
    """Is the array ``y`` a view of (the memory of) ``x``?"""
    while type(y) in TRACED_TYPES and type(x) in TRACED_TYPES:
        y, x = y._value, x._value
    if type(y) is not ndarray or type(x) is not ndarray:
        return y is x
    return y is x or (y.base is not None and storage_id(y) == storage_id(x) and y.size > 0)


def pending_of(node: Any) -> dict | None:
    """Scalars written into entries since this version was made."""
    return None if node.extra is None else node.extra.pending


def remember_layout(node: Any, y: ndarray) -> None:
    """Note the memory layout of the storage ``y`` of a node."""
    extra(node).layout = tuple(np.argsort([-abs(s) for s in y.strides], kind="stable").tolist())


def layout_of(node: Any) -> tuple | None:
    """Memory layout of a storage, if a path depends on it."""
    return None if node.extra is None else node.extra.layout


def repeats(y: Any) -> bool:
    """Does the view ``y`` name entries of its memory twice?"""
    while type(y) in TRACED_TYPES:
        y = y._value
    return any(n > 1 and stride == 0 for n, stride in zip(y.shape, y.strides, strict=True))


def relayout(x: ndarray, layout: tuple | None) -> ndarray:
    """``x`` in the memory layout of a storage (axes from the slowest to the fastest)."""
    if layout is None or layout == tuple(range(x.ndim)):
        return np.ascontiguousarray(x).reshape(x.shape)
    inverse = np.argsort(layout)
    return np.ascontiguousarray(x.transpose(layout)).transpose(inverse)


def touches(saved: tuple | list, owner: int) -> bool:
    """Does a saved tuple hold memory of the storage ``owner``?"""
    for item in saved:
        kind = type(item)
        if kind is ndarray:
            if id(item) == owner or (item.base is not None and storage_id(item) == owner):
                return True
        elif kind is tuple or kind is list or isinstance(item, tuple):
            if touches(item, owner):
                return True
        elif kind in TRACED_TYPES and not kind.immutable and storage_id(item) == owner:
            return True
    return False


def protected(saved: Any, owner: int) -> Any:
    """``saved`` with every array of the storage ``owner`` copied."""
    kind = type(saved)
    if kind is tuple or kind is list or isinstance(saved, tuple):
        parts = [protected(item, owner) for item in saved]
        if any(a is not b for a, b in zip(parts, saved, strict=True)):
            return kind(parts) if not hasattr(saved, "_fields") else kind(*parts)
        return saved
    if kind is ndarray or kind in TRACED_TYPES:
        if not getattr(kind, "immutable", False) and storage_id(saved) == owner:
            return saved.copy()
    return saved

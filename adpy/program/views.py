"""Views of storages: offsets and strides, by arithmetic where an index is basic, else by NumPy on addresses."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

from adpy.plain import np
from adpy.program.code import View
from adpy.reverse.paths import Step, resolve
from adpy.reverse.storage import layout_of

__all__ = ["c_strides", "follow", "indexed", "is_fancy", "strides_of"]

_BASIC = frozenset([int, slice, type(None), type(Ellipsis)])


def c_strides(shape: Sequence[int]) -> tuple[int, ...]:
    """Strides of a storage in C order."""
    strides, step = [], 1
    for n in reversed(shape):
        strides.append(step)
        step *= n
    return tuple(reversed(strides))


def strides_of(node: Any) -> tuple[int, ...]:
    """Strides of a storage: its order of axes is noted with a version, once a view depends on it."""
    shape, layout, version = node.shape, None, node
    if len(shape) > 1:
        while version is not None and layout is None:
            layout, version = layout_of(version), version.next
    if layout is None or layout == tuple(range(len(shape))):
        return c_strides(shape)
    strides, step = [0] * len(shape), 1
    for axis in reversed(layout):
        strides[axis] = step
        step *= shape[axis]
    return tuple(strides)


def follow(whole: View, path: tuple | None) -> View | None:
    """The view at the end of a path; None if it is a copy."""
    if path is None:
        return whole
    if type(path[1]) is not Step:
        parent = follow(whole, path[0])
        found = None if parent is None else indexed(parent, path[1])
        if found is not None:
            return found
    span = max(1, prod(whole.shape))
    storage = np.empty(span)  # never touched: only its addresses are read
    array = np.ndarray(whole.shape, np.float64, storage, 0, [8 * s for s in whole.strides])
    view = resolve(path, array)
    if isinstance(view, np.float64):
        view = resolve(path[0], array)[as_slices(path[1])].reshape(())
    start = view.__array_interface__["data"][0] - storage.__array_interface__["data"][0]
    if view.size and not 0 <= start < 8 * span:
        return None
    return View(whole.offset + start // 8, view.shape, tuple([s // 8 for s in view.strides]))


def indexed(view: View, key: Any) -> View | None:
    """The view of a view, for an index of integers, slices, ``None`` and ``...``; None for others."""
    keys = key if type(key) is tuple else (key,)
    if not _BASIC.issuperset(map(type, keys)):
        return None
    missing = len(view.shape) - sum(type(k) is int or type(k) is slice for k in keys)
    if Ellipsis in keys:
        at = keys.index(Ellipsis)
        keys = keys[:at] + (slice(None),) * missing + keys[at + 1 :]
    else:
        keys += (slice(None),) * missing
    offset, shape, strides = view.offset, [], []
    axes = iter(zip(view.shape, view.strides, strict=True))
    for k in keys:
        if k is None:
            shape.append(1)
            strides.append(0)
            continue
        n, stride = next(axes)
        if type(k) is int:
            offset += stride * (k if k >= 0 else k + n)
            continue
        start, stop, step = k.indices(n)
        shape.append(len(range(start, stop, step)))
        strides.append(stride * step)
        offset += stride * start if shape[-1] else 0
    return View(offset, tuple(shape), tuple(strides))


def as_slices(key: Any) -> tuple:
    """A key of integers as slices of length one, which give a view."""
    keys = key if type(key) is tuple else (key,)
    return tuple(
        [
            slice(int(k), int(k) + 1 if k != -1 else None)
            if np.ndim(k) == 0 and not isinstance(k, slice) and k is not Ellipsis and k is not None
            else k
            for k in keys
        ]
    )


def is_fancy(key: Any) -> bool:
    """Does an index hold arrays?"""
    keys = key if type(key) is tuple else (key,)
    return any(isinstance(k, np.ndarray | list | bool | np.bool_) for k in keys)

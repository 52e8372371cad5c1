"""NumPy functions that write into an array: put, place, putmask, copyto, fill_diagonal, put_along_axis."""

from __future__ import annotations

from typing import Any

from adpy.capture.registry import TRACED_TYPES
from adpy.plain import np
from adpy.rules.table import TABLE, Composite
from adpy.traced.dispatch import assemble, call, memory, primal
from adpy.traced.refusal import refuse

__all__ = ["entries", "put"]


def _target(a: Any, name: str) -> None:
    if type(a) not in TRACED_TYPES:
        refuse(f"numpy.{name} of traced values into an array from outside the function", "Create the array inside it.")


def entries(values, count):
    """``values`` repeated, or cut, to ``count`` entries; their first entry if ``count`` is None."""
    if type(values) in (list, tuple):
        values = assemble(values)
    if np.ndim(values) == 0:
        return values
    flat = values.reshape(-1) if hasattr(values, "reshape") else np.ravel(values)
    return flat[0] if count is None else flat[np.arange(count) % len(flat)]


def put(a, ind, v, mode="raise"):
    """As ``numpy.put``."""
    _target(a, "put")
    indices = np.ravel(primal(ind))
    if mode == "wrap":
        indices = indices % a.size
    elif mode == "clip":
        indices = np.clip(indices, 0, a.size - 1)
    elif indices.size and (indices.max() >= a.size or indices.min() < -a.size):
        raise IndexError(f"index {indices.max()} is out of bounds for axis 0 with size {a.size}")
    if np.size(v):
        a.flat[indices % a.size] = entries(v, indices.size)


def place(arr, mask, vals):
    """As ``numpy.place``."""
    _target(arr, "place")
    mask = np.asarray(primal(mask), bool).reshape(arr.shape)
    count = int(mask.sum())
    if count:
        if not np.size(vals):
            raise ValueError("Cannot insert from an empty array!")
        if np.ndim(vals) and np.may_share_memory(memory(arr), memory(vals)):
            # NumPy reads what it has already written, where it need not copy for order.
            flat = (vals if memory(vals).flags.c_contiguous else vals.copy()).reshape(-1)
            for i, position in enumerate(np.flatnonzero(mask)):
                arr[tuple(int(k) for k in np.unravel_index(position, arr.shape))] = flat[i % len(flat)]
            return
        arr[mask] = entries(vals, count)


def putmask(a, mask, values):
    """As ``numpy.putmask``: entries are taken at the positions of the mask, repeating ``values``."""
    _target(a, "putmask")
    mask = np.broadcast_to(np.asarray(primal(mask), bool), a.shape)
    positions = np.flatnonzero(mask)
    if np.ndim(values) == 0:
        a[mask] = values
    elif np.size(values):
        flat = values.reshape(-1) if hasattr(values, "reshape") else np.ravel(values)
        a[mask] = flat[positions % len(flat)]


def copyto(dst, src, casting="same_kind", where=True):
    """As ``numpy.copyto``."""
    _target(dst, "copyto")
    where = primal(where)
    if where is True:
        dst[...] = src
    else:
        dst[...] = call(np.where, (where, src, dst), {})


def fill_diagonal(a, val, wrap=False):
    """As ``numpy.fill_diagonal``."""
    _target(a, "fill_diagonal")
    if a.ndim < 2:
        raise ValueError("array must be at least 2-d")
    positions = np.arange(a.size).reshape(a.shape)
    marker = np.zeros(a.shape, bool)
    np.fill_diagonal(marker, True, wrap)
    key = np.unravel_index(positions[marker], a.shape)
    if np.size(val):
        a[key] = entries(val, int(marker.sum()))


def put_along_axis(arr, indices, values, axis):
    """As ``numpy.put_along_axis``."""
    _target(arr, "put_along_axis")
    indices = primal(indices)
    if axis is None:
        put(arr, indices, values)
        return
    grid = list(np.ogrid[tuple(slice(n) for n in arr.shape)])
    grid[axis] = indices
    arr[tuple(grid)] = values


for _function, _implementation in (
    (np.put, put),
    (np.place, place),
    (np.putmask, putmask),
    (np.copyto, copyto),
    (np.fill_diagonal, fill_diagonal),
    (np.put_along_axis, put_along_axis),
):
    TABLE[_function] = Composite(_function, f"numpy.{_function.__name__}", _implementation)

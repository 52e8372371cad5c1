"""Functions of several arrays that return a view of each: atleast_1d, atleast_2d, atleast_3d, broadcast_arrays."""

from __future__ import annotations

from typing import Any

from adpy.capture.registry import TRACED_TYPES
from adpy.plain import np
from adpy.rules.table import TABLE, Composite
from adpy.traced.dispatch import assemble, call

__all__ = []


def _array(x: Any) -> Any:
    if type(x) in TRACED_TYPES:
        return assemble(x) if type(x).immutable else x
    return x if isinstance(x, np.ndarray) and x.dtype != object else assemble(x)


def _row(x):
    return x.reshape(1) if x.ndim == 0 else x


def _matrix(x):
    return x.reshape(1, 1) if x.ndim == 0 else x[None, :] if x.ndim == 1 else x


def _stack(x):
    return (
        x.reshape(1, 1, 1) if x.ndim == 0 else x[None, :, None] if x.ndim == 1 else x[:, :, None] if x.ndim == 2 else x
    )


def _each(view):
    def function(*arys):
        views = tuple([view(_array(x)) for x in arys])
        return views[0] if len(views) == 1 else views

    return function


def broadcast_arrays(*args, subok=False):
    """As ``numpy.broadcast_arrays``."""
    arrays = [_array(x) for x in args]
    shape = np.broadcast_shapes(*[x.shape for x in arrays])
    if all(x.shape == shape for x in arrays):
        return tuple(arrays)
    return tuple([call(np.broadcast_to, (x, shape), {}) for x in arrays])


for _function, _implementation in (
    (np.atleast_1d, _each(_row)),
    (np.atleast_2d, _each(_matrix)),
    (np.atleast_3d, _each(_stack)),
    (np.broadcast_arrays, broadcast_arrays),
):
    TABLE[_function] = Composite(_function, f"numpy.{_function.__name__}", _implementation)

"""Batching rules of functions that move entries: views stay views, the others are gathered by entry numbers."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from adpy.batching.array import BatchArray
from adpy.batching.registry import RULES, apply, axes_of, axis_of, batched
from adpy.capture.registry import TRACED_TYPES
from adpy.plain import np
from adpy.traced.binding import binder
from adpy.traced.dispatch import assembled_operands, coerce, primals

__all__ = ["gathered"]

_SEQUENCES = (list, tuple)


def _array(frame: Any, x: Any) -> Any:
    """``x`` as an array of ``frame``."""
    if type(x) in _SEQUENCES:
        x = coerce(x)
    if type(x) is not BatchArray or x.frame is not frame:
        data, laned = frame.data(x)
        x = BatchArray(data.copy(), frame) if laned else BatchArray(None, frame, np.asarray(data))
    return x


def _view(frame: Any, x: Any, function: Callable, laned: tuple, shared: tuple, **kwargs: Any) -> Any:
    """``function(data, *laned)``, or ``function(shared value, *shared)``."""

    def step(data):
        return apply(frame, function, data, *laned, **kwargs)

    def shared_step(value):
        return apply(frame, function, value, *shared, **kwargs)

    return _array(frame, x).view_by(step, shared_step)


@batched(np.transpose)
def transpose(frame, a, axes=None):
    a = _array(frame, a)
    order = tuple(reversed(range(a.ndim))) if axes is None else axes_of(axes, a.ndim)
    return _view(frame, a, np.transpose, ((*order, a.ndim),), (order,))


@batched(np.matrix_transpose, np.linalg.matrix_transpose)
def matrix_transpose(frame, x):
    return swapaxes(frame, x, -1, -2)


@batched(np.swapaxes)
def swapaxes(frame, a, axis1, axis2):
    a = _array(frame, a)
    pair = axis_of(axis1, a.ndim), axis_of(axis2, a.ndim)
    return _view(frame, a, np.swapaxes, pair, pair)


@batched(np.moveaxis)
def moveaxis(frame, a, source, destination):
    a = _array(frame, a)
    pair = axes_of(source, a.ndim), axes_of(destination, a.ndim)
    return _view(frame, a, np.moveaxis, pair, pair)


@batched(np.rollaxis)
def rollaxis(frame, a, axis, start=0):
    a = _array(frame, a)
    pair = axis_of(axis, a.ndim), start if start >= 0 else start + a.ndim
    return _view(frame, a, np.rollaxis, pair, pair)


@batched(np.reshape)
def reshape(frame, a, /, shape=None, order="C", *, copy=None):
    a = _array(frame, a)
    shape = _filled(tuple(map(operator.index, shape)) if hasattr(shape, "__len__") else (operator.index(shape),), a)
    if order == "F":
        return transpose(frame, reshape(frame, transpose(frame, a), shape[::-1]))
    if order != "C" and a.ndim > 1:
        raise frame.parting(f"order={order!r}")
    return _view(frame, a, np.reshape, ((*shape, frame.size),), (shape,))


def _filled(shape: tuple, a: Any) -> tuple:
    """A shape with -1 replaced, by NumPy's rules and with its errors."""
    known, size = -math.prod(shape) if -1 in shape else math.prod(shape), a.size
    if shape.count(-1) > 1 or min(shape, default=0) < -1 or not (known == size or (-1 in shape and known > 0)):
        return np.empty(a.shape, bool).reshape(shape).shape
    if -1 not in shape:
        return shape
    if size % known:
        return np.empty(a.shape, bool).reshape(shape).shape
    return tuple([size // known if n == -1 else n for n in shape])


@batched(np.ravel)
def ravel(frame, a, order="C"):
    return reshape(frame, a, (-1,), order)


@batched(np.squeeze)
def squeeze(frame, a, axis=None):
    a = _array(frame, a)
    axes = tuple([i for i, n in enumerate(a.shape) if n == 1]) if axis is None else axes_of(axis, a.ndim)
    return _view(frame, a, np.squeeze, (axes,), (axes,))


@batched(np.expand_dims)
def expand_dims(frame, a, axis):
    a = _array(frame, a)
    axes = tuple(axis) if isinstance(axis, tuple | list) else (axis,)
    axes = axes_of(axes, a.ndim + len(axes))
    return _view(frame, a, np.expand_dims, (axes,), (axes,))


@batched(np.flip)
def flip(frame, m, axis=None):
    m = _array(frame, m)
    axes = axes_of(axis, m.ndim)
    return _view(frame, m, np.flip, (axes,), (axes,))


@batched(np.flipud)
def flipud(frame, m):
    return flip(frame, m, 0)


@batched(np.fliplr)
def fliplr(frame, m):
    return flip(frame, m, 1)


@batched(np.rot90)
def rot90(frame, m, k=1, axes=(0, 1)):
    m = _array(frame, m)
    return _view(frame, m, np.rot90, (k, axes_of(axes, m.ndim)), (k, axes_of(axes, m.ndim)))


@batched(np.diagonal, np.linalg.diagonal)
def diagonal(frame, a, offset=0, axis1=0, axis2=1):
    a = _array(frame, a)
    pair = axis_of(axis1, a.ndim), axis_of(axis2, a.ndim)

    def step(data):
        return apply(frame, np.swapaxes, apply(frame, np.diagonal, data, offset, *pair), -1, -2)

    def shared_step(value):
        return apply(frame, np.diagonal, value, offset, *pair)

    return a.view_by(step, shared_step)


@batched(np.linalg.diagonal)
def matrix_diagonal(frame, x, /, *, offset=0):
    return diagonal(frame, x, offset, -2, -1)


@batched(np.broadcast_to)
def broadcast_to(frame, array, shape, subok=False):
    a = _array(frame, array)
    shape = tuple(shape) if isinstance(shape, tuple | list) else (shape,)

    def step(data):
        spread = apply(frame, np.reshape, data, (*(1,) * (len(shape) - a.ndim), *data.shape))
        return apply(frame, np.broadcast_to, spread, (*shape, frame.size))

    np.broadcast_to(np.zeros(()), a.shape) if a.ndim <= len(shape) else np.broadcast_to(np.zeros(a.shape), shape)
    return a.view_by(step, lambda value: apply(frame, np.broadcast_to, value, shape))


def _pieces(function: Callable) -> Callable:
    """``split`` and ``array_split``: views of one array."""

    def rule(frame, ary, indices_or_sections, axis=0):
        a = _array(frame, ary)
        axis = axis_of(axis, a.ndim)
        count = len(function(np.empty(a.shape, bool), indices_or_sections, axis))
        before = (slice(None),) * axis
        edges = [piece[0] for piece in function(np.arange(a.shape[axis] + 0), indices_or_sections) if piece.size]
        numbers = function(np.arange(a.shape[axis]), indices_or_sections)
        assert len(numbers) == count and len(edges) <= count
        return [a[(*before, slice(int(p[0]), int(p[-1]) + 1) if p.size else slice(0, 0))] for p in numbers]

    return rule


for _function in (np.split, np.array_split):
    RULES[_function] = _pieces(_function)


def _pieces_along(axis: int) -> Callable:
    def rule(frame, ary, indices_or_sections):
        a = _array(frame, ary)
        return RULES[np.split](frame, a, indices_or_sections, 0 if axis == 1 and a.ndim == 1 else axis)

    return rule


for _function, _axis in ((np.vsplit, 0), (np.hsplit, 1), (np.dsplit, 2)):
    RULES[_function] = _pieces_along(_axis)

if hasattr(np, "unstack"):

    @batched(np.unstack)
    def unstack(frame, x, /, *, axis=0):
        return tuple(moveaxis(frame, x, axis, 0))


# ---- copies


@batched(np.copy)
def copy(frame, a, order="K", subok=False):
    return _array(frame, a).copy(order)


def _joining(function: Callable) -> Callable:
    def rule(frame, arrays, axis=0, **kwargs):
        dtype = kwargs.pop("dtype", None)
        arrays = list(arrays)
        if axis is None:
            arrays, axis = [ravel(frame, x) for x in arrays], 0
        parts = [frame.laned(x) for x in arrays]
        ndim = parts[0].ndim - 1 + (function is np.stack)
        data = apply(frame, function, parts, axis=axis_of(axis, ndim))
        return frame.wrap(data if dtype is None else data.astype(dtype), True)

    return rule


for _function in (np.concatenate, np.stack):
    RULES[_function] = _joining(_function)


def _numbers(nested: Any, sources: list) -> Any:
    """Operands replaced by the numbers of their entries, from one on; the operands go to ``sources``."""
    if type(nested) in _SEQUENCES:
        return type(nested)([_numbers(item, sources) for item in nested])
    if nested is None or nested is np._NoValue:
        return nested
    start = 1 + sum(size for _, size in sources)
    shape = np.shape(nested)
    size = int(np.prod(shape))
    sources.append((nested, size))
    return np.arange(start, start + size).reshape(shape)[()]


def gathered(frame: Any, row: Any, args: tuple, kwargs: dict) -> Any:
    """A structural function: applied to the numbers of the entries, which say where they come from."""
    bind = binder(row)
    operands, static = bind(*args, **kwargs)
    static = {name: primals(x) for name, x in static.items()}
    sources: list = []
    operands = assembled_operands(row.operands, operands)
    moved = bind.apply(tuple([_numbers(x, sources) for x in operands]), static)
    return _taken(frame, moved, sources)


def _taken(frame: Any, moved: Any, sources: list) -> Any:
    """The entries with the numbers ``moved``; zero for the number zero."""
    rows = [apply(frame, np.reshape, frame.laned(x), (-1, frame.size)) for x, _ in sources]
    rows.insert(0, np.zeros((1, frame.size), np.result_type(*rows)))
    table = apply(frame, np.concatenate, rows)
    if type(moved) in _SEQUENCES:
        return type(moved)([_result(frame, table, part) for part in moved])
    return _result(frame, table, moved)


def _result(frame, table, numbers):
    if type(numbers) in TRACED_TYPES:
        numbers = primals(numbers)
    return frame.wrap(apply(frame, np.take, table, numbers, 0), True)

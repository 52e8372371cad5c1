"""Sums, products of matrices, joining and changes of shape on the fast path: linear in each operand.

Their rows in the table say the same; these spare the calls of the general path, and push all directions at once where
the general path pushes one after the other.
"""

from __future__ import annotations

from typing import Any

from adpy import capture
from adpy.forward.array import DualArray
from adpy.forward.selections import times_columns
from adpy.forward.tangents import fitted, fitted_scalar
from adpy.plain import np
from adpy.traced.dispatch import array_function
from adpy.traced.refusal import refuse_dead
from adpy.traced.traced import Traced

__all__ = ["install"]

ndarray, float64 = np.ndarray, np.float64


def _ready(x: Any) -> bool:
    """Is ``x`` an active array of plain floats with no transform around it?"""
    if type(x) is not DualArray or x.frame.parent is not None or x.carried() is None:
        return False
    if not x.frame.open:
        refuse_dead()
    return type(x._value) is ndarray and x._value.dtype.kind in "fc" and type(x._tangent) is ndarray


def _wrapped(x: DualArray, y: Any, tangent: ndarray) -> Any:
    """The result of a linear function of ``x``."""
    frame = x.frame
    if type(y) is ndarray:
        return DualArray(y, fitted(tangent, y, frame.width, tangent.base is None), frame)
    return frame.wrap(y, fitted_scalar(tangent, y))


def _reduction(name: str, function: Any):
    general = getattr(Traced, name)

    def method(self, axis=None, dtype=None, out=None, keepdims=False, **kwargs):
        if keepdims is np._NoValue:
            keepdims = False
        if dtype is None and out is None and not kwargs and _ready(self):
            x = self._value
            y = function(x, axis, keepdims=keepdims)
            width = self.frame.width
            if width is None:
                return _wrapped(self, y, function(self._tangent, axis, keepdims=keepdims))
            axes = range(x.ndim) if axis is None else axis if type(axis) is tuple else (axis,)
            axes = tuple([i % max(x.ndim, 1) for i in axes])
            return _wrapped(self, y, function(self._tangent, axes, keepdims=keepdims))
        given = {"dtype": dtype, "out": out, "keepdims": keepdims}
        kwargs.update({key: value for key, value in given.items() if value is not None and value is not False})
        return general(self, axis, **kwargs)

    method.__name__ = name
    method.__doc__ = f"As ``numpy.ndarray.{name}``."
    return method


def _sum(x, axis, keepdims):
    return x.sum(axis, keepdims=keepdims)


def _mean(x, axis, keepdims):
    return x.mean(axis, keepdims=keepdims)


def _products(a: Any, b: Any) -> Any:
    """``a @ b`` of vectors and matrices, or NotImplemented."""
    first, second = _ready(a), _ready(b)
    if first and second and a.frame is not b.frame:
        return NotImplemented
    frame = a.frame if first else b.frame if second else None
    x, w = _value(a, frame), _value(b, frame)
    if frame is None or x is None or w is None or not 0 < x.ndim < 3 or not 0 < w.ndim < 3:
        return NotImplemented
    y = x @ w
    tangent = None
    if first:
        tangent = _left(a._tangent, w, frame)
    if second:
        right = _right(x, b._tangent, frame)
        tangent = right if tangent is None else tangent + right
    return _wrapped(a if first else b, y, tangent) if y.ndim else frame.wrap(y, fitted_scalar(tangent, y))


def _value(x: Any, frame: Any) -> ndarray | None:
    """The primal of an operand of a product, if it is a plain array at this level."""
    if type(x) is DualArray and x.frame is frame:
        x = x._value
    return x if type(x) is ndarray and x.dtype.kind in "biufc" else None


def _left(x_dot: ndarray, w: ndarray, frame: Any) -> ndarray:
    """``x_dot @ w``; directions stay on the last axis."""
    if frame.width is None:
        return x_dot @ w
    return times_columns(w.T, x_dot, frame.arena) if x_dot.ndim == 2 else w.T @ x_dot


def _right(x: ndarray, w_dot: ndarray, frame: Any) -> ndarray:
    """``x @ w_dot``; directions stay on the last axis."""
    if frame.width is None:
        return x @ w_dot
    if w_dot.ndim == 2:
        return times_columns(x, w_dot, frame.arena)
    flat = times_columns(x, w_dot.reshape(w_dot.shape[0], -1))
    return flat.reshape(*flat.shape[:-1], *w_dot.shape[1:])


def _matmul(self, other):
    result = _products(self, other)
    return Traced.__matmul__(self, other) if result is NotImplemented else result


def _rmatmul(self, other):
    result = _products(other, self)
    return Traced.__rmatmul__(self, other) if result is NotImplemented else result


def _dot(self, b, out=None):
    """As ``numpy.ndarray.dot``."""
    result = _products(self, b) if out is None else NotImplemented
    if result is not NotImplemented:
        return result
    return Traced.dot(self, b) if out is None else Traced.dot(self, b, out=out)


def _transposed(self):
    """Transpose."""
    if not _ready(self):
        return Traced.T.fget(self)
    tangent = self._tangent
    width = self.frame.width
    moved = tangent.T if width is None else tangent.transpose(*range(tangent.ndim - 2, -1, -1), tangent.ndim - 1)
    return DualArray(self._value.T, moved, self.frame)


def _reshape(self, *shape, order="C", copy=None):
    """As ``numpy.ndarray.reshape``."""
    if order != "C" or copy is not None or not _ready(self):
        return Traced.reshape(self, *shape, order=order, copy=copy)
    y = self._value.reshape(*shape)
    width = self.frame.width
    return DualArray(y, self._tangent.reshape(y.shape if width is None else (*y.shape, width)), self.frame)


def _pairs(operands: Any) -> tuple[Any, list, list]:
    """The frame of arrays that have one direction, their primals and their tangents; None for a frame if unfit."""
    frame, values, tangents = None, [], []
    for x in operands:
        if type(x) is DualArray and _ready(x) and x.frame.narrow and (frame is None or frame is x.frame):
            frame = x.frame
            values.append(x._value)
            tangents.append(x._tangent)
        elif type(x) is ndarray and x.dtype.kind == "f":
            values.append(x)
            tangents.append(np.zeros(x.shape, x.dtype))
        elif type(x) is float or type(x) is int:
            values.append(x)
            tangents.append(0.0)
        else:
            return None, [], []
    return frame, values, tangents


def _chosen(condition: Any, *operands: Any) -> Any:
    """``numpy.where`` of arrays in one direction, or NotImplemented."""
    frame, values, tangents = _pairs(operands)
    if frame is None or type(condition) is not ndarray:
        return NotImplemented
    y, tangent = np.where(condition, *values), np.where(condition, *tangents)
    return DualArray(y, fitted(tangent, y, None, True), frame)


def _joined(function: Any, args: tuple, kwargs: dict) -> Any:
    """``numpy.concatenate`` and its kin of arrays in one direction, or NotImplemented."""
    frame, values, tangents = _pairs(args[0])
    if frame is None:
        return NotImplemented
    rest = args[1:]
    with capture.lowered(None):
        y, tangent = function(values, *rest, **kwargs), function(tangents, *rest, **kwargs)
    if type(y) is not ndarray or type(tangent) is not ndarray:
        return NotImplemented
    return DualArray(y, fitted(tangent, y, None, True), frame)


def _array_function(self, function, types, args, kwargs):
    if function is np.dot or function is np.matmul:
        result = _products(*args) if len(args) == 2 and not kwargs else NotImplemented
    elif function is np.where:
        result = _chosen(*args) if len(args) == 3 and not kwargs else NotImplemented
    elif function in _JOINING:
        fit = args and type(args[0]) in (list, tuple) and not kwargs.keys() - {"axis"}
        result = _joined(function, args, kwargs) if fit else NotImplemented
    else:
        method = _METHODS.get(function)
        fast = method is not None and args and args[0] is self and (len(args) == 1 or not kwargs)
        result = method(*args, **kwargs) if fast and _ready(self) else NotImplemented
    return array_function(function, args, kwargs) if result is NotImplemented else result


_METHODS = {
    np.sum: _reduction("sum", _sum),
    np.mean: _reduction("mean", _mean),
}


_JOINING = frozenset((np.concatenate, np.stack, np.hstack, np.vstack))


def install() -> None:
    """Give ``DualArray`` its fast methods."""
    DualArray.sum, DualArray.mean = _METHODS[np.sum], _METHODS[np.mean]
    DualArray.dot, DualArray.__matmul__, DualArray.__rmatmul__ = _dot, _matmul, _rmatmul
    DualArray.T = property(_transposed)
    DualArray.reshape = _reshape
    DualArray.__array_function__ = _array_function

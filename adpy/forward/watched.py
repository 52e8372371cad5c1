"""Watched values: forward values without fast paths, so that their trace sees every row and every decision.

A decision is what the program takes from values alone: a comparison, ``if x``, ``int(x)``, ``argmax``.  All of them end
in :meth:`WatchTrace.inert` or in a piecewise constant row.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from adpy.capture.registry import TRACED_TYPES
from adpy.forward.carrying import Carrying, plain_key, widened
from adpy.forward.element import DualElement, cast
from adpy.forward.tangents import fitted, fitted_scalar
from adpy.forward.trace import ForwardTrace
from adpy.plain import np
from adpy.traced.dispatch import call_ufunc, primal
from adpy.traced.traced import _accepts

__all__ = ["WatchTrace", "WatchedArray", "WatchedElement", "as_marks", "marks_of"]

ndarray = np.ndarray


def _compare(ufunc: np.ufunc, compare: Callable) -> Callable:
    def method(self, other):
        if other is None or isinstance(other, str):
            return compare(primal(self), other)
        return call_ufunc(ufunc, self, other) if _accepts(other) else NotImplemented

    return method


def _whole(ufunc: np.ufunc) -> Callable:
    def method(self):
        return int(primal(ufunc(self)))

    return method


def _as_python(ufunc: np.ufunc) -> Callable:
    def method(self):
        result = call_ufunc(ufunc, self)
        return result.item() if type(self._value) is float else result

    return method


class Watched:
    """The decisions that Python takes from a value by asking the value itself."""

    __slots__ = ()

    __lt__, __le__ = _compare(np.less, operator.lt), _compare(np.less_equal, operator.le)
    __gt__, __ge__ = _compare(np.greater, operator.gt), _compare(np.greater_equal, operator.ge)
    __eq__, __ne__ = _compare(np.equal, operator.eq), _compare(np.not_equal, operator.ne)
    __int__ = __trunc__ = _whole(np.trunc)
    __floor__, __ceil__ = _whole(np.floor), _whole(np.ceil)

    def __hash__(self):
        return DualElement.__hash__(self)

    def __bool__(self):
        return bool(call_ufunc(np.not_equal, self, 0))

    def __round__(self, digits=None):
        return int(primal(np.rint(self))) if digits is None else np.round(self, digits)

    def __contains__(self, item):
        return bool(np.any(self == item))

    def is_integer(self) -> bool:
        """As ``float.is_integer``."""
        return bool(self == np.floor(self))

    def astype(self, dtype, order="K", casting="unsafe", subok=True, copy=True):
        """As ``numpy.ndarray.astype``."""
        dtype = np.dtype(dtype)
        if dtype.kind == "b":
            return call_ufunc(np.not_equal, self, 0)
        if dtype.kind in "iu":
            return primal(np.trunc(self)).astype(dtype)
        return self if not copy and dtype == self.dtype else cast(self, dtype)


class WatchedElement(Watched, DualElement):
    """A number."""

    __slots__ = ()

    def item(self, *args):
        """As a Python number."""
        value = self._value
        return self if type(value) in TRACED_TYPES else self.frame.wrap(np.asarray(value).item(), self.tangent)

    tolist = item

    __abs__, __neg__ = _as_python(np.absolute), _as_python(np.negative)


class WatchedArray(Watched, Carrying):
    """An array."""

    __slots__ = ()

    def __getitem__(self, key):
        key = plain_key(key)
        value = self._value[key]
        tangent = self.carried()
        if tangent is None:
            return self._constant(key, value)
        width = self.frame.width
        tangent = tangent[key if width is None else widened(key)]
        if width is not None and type(value) is not ndarray and type(value).__module__ == "numpy":
            tangent = tangent.copy()
        return self.frame.wrap(value, tangent)

    def _increment(self, other, ufunc):
        return self._inplace(ufunc, other)


def as_marks(marks: Any, like: Any) -> Any:
    """Marks of entries in the dtype of the tangents that they travel with: a complex entry has two parts to mark."""
    return marks * (1 + 1j) if np.iscomplexobj(like) else marks


def marks_of(column: Any) -> Any:
    """The marks in a column of a tangent; below zero where the two parts of a complex entry have different ones."""
    column = primal(column)
    if not np.iscomplexobj(column):
        return column
    return np.where(column.real == column.imag, column.real, -1.0)


class WatchTrace(ForwardTrace):
    """A forward trace whose values are watched.

    Subclasses override :meth:`pushed` (elementwise rows), ``block`` and ``inert``.
    """

    __slots__ = ()
    array = WatchedArray

    def __init__(self, tangents: Any, width: int | None = None) -> None:
        ForwardTrace.__init__(self, tangents, width)
        self.narrow = False  # fast paths are for the values of plain forward mode

    def wrap(self, y: Any, tangent: Any) -> Any:
        kind = type(y)
        if kind is ndarray or (kind in TRACED_TYPES and not kind.immutable):
            return WatchedArray(self._raised(y), self._raised(tangent), self)
        if isinstance(y, ndarray) and kind not in TRACED_TYPES:
            return WatchedArray(np.asarray(y), tangent, self)
        if type(tangent) is ndarray and self.width is None:
            tangent = tangent[()]
        return WatchedElement(y, np.float64(tangent) if type(tangent) is float else tangent, self)

    def is_active(self, x: Any) -> bool:
        """Does ``x`` carry a derivative of this trace?"""
        return type(x) in TRACED_TYPES and x.frame is self and x.active

    def elementwise(self, row, inputs, values, y):
        if not any(self.is_active(x) for x in inputs):
            return self.lift(y)
        y, tangent = self.pushed(row, inputs, values, y)
        if type(y).immutable if type(y) in TRACED_TYPES else not isinstance(y, ndarray):
            return self.wrap(y, fitted_scalar(tangent, y))
        return self.wrap(y, fitted(tangent, y, self.width, False))

    def pushed(self, row, inputs, values, y) -> tuple[Any, Any]:
        """The result of an elementwise row (which may differ from ``y`` where a function jumps) and its tangent."""
        raise NotImplementedError


TRACED_TYPES.update((WatchedElement, WatchedArray))

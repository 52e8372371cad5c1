"""DualElement: an immutable scalar that is not a plain float64 (another dtype, or traced by an enclosing transform)."""

from __future__ import annotations

import operator
from numbers import Number
from typing import Any

from adpy.capture.registry import TRACED_TYPES
from adpy.forward.dual import DualBase
from adpy.plain import np
from adpy.traced.dispatch import call_operator
from adpy.traced.refusal import refuse
from adpy.traced.traced import scalar_item

__all__ = ["DualElement", "cast"]


class DualElement(DualBase):
    """An immutable scalar of any inexact type with its tangent."""

    __slots__ = ("frame", "tangent", "_value")
    active = True

    def __init__(self, value: Any, tangent: Any, frame: Any) -> None:
        self._value, self.tangent, self.frame = value, tangent, frame

    __class__ = property(lambda self: self._value.__class__)

    shape = property(lambda self: ())
    ndim = property(lambda self: 0)
    size = property(lambda self: 1)
    dtype = property(lambda self: np.result_type(self._value))

    def carried(self) -> Any:
        """The tangent."""
        return self.tangent

    def __getitem__(self, key):
        return scalar_item(self, key)

    def _real(self):
        return self.frame.wrap(self._value.real, self.tangent.real)

    def _imag(self):
        return self.frame.wrap(self._value.imag, self.tangent.imag)

    def copy(self, order="C"):
        """Itself: it is immutable."""
        return self

    def astype(self, dtype, *args, **kwargs):
        """As ``numpy.generic.astype``."""
        return cast(self, dtype)


def _operator(name: str, operate: Any, ufunc: np.ufunc, swap: bool):
    """An operator that gives what it gives for the primals: Python's numbers, or NumPy's, with their errors."""
    general = getattr(DualBase, name)

    def method(self, other):
        if not (type(other).immutable if type(other) in TRACED_TYPES else isinstance(other, Number)):
            return general(self, other)
        return call_operator(ufunc, operate, other, self) if swap else call_operator(ufunc, operate, self, other)

    return method


for _name, _ufunc in (
    ("add", np.add),
    ("sub", np.subtract),
    ("mul", np.multiply),
    ("truediv", np.divide),
    ("floordiv", np.floor_divide),
    ("mod", np.remainder),
    ("pow", np.power),
):
    _operate = getattr(operator, _name)
    setattr(DualElement, f"__{_name}__", _operator(f"__{_name}__", _operate, _ufunc, False))
    setattr(DualElement, f"__r{_name}__", _operator(f"__r{_name}__", _operate, _ufunc, True))


def cast(x: Any, dtype: Any) -> Any:
    """``x.astype(dtype)``; integers and booleans carry no derivative."""
    dtype = np.dtype(dtype)
    if dtype.hasobject:
        refuse("astype(object)", "Keep a floating-point dtype.")
    value = x._value.astype(dtype) if hasattr(x._value, "astype") else dtype.type(x._value)
    tangent = x.carried()
    if dtype.kind not in "fc":
        return value
    if tangent is None:
        return x.frame.lift(value)
    if dtype.kind != "c" and x.dtype.kind == "c":
        tangent = tangent.real
    return x.frame.wrap(value, tangent.astype(dtype) if hasattr(tangent, "astype") else dtype.type(tangent))

"""DualScalar and DualReal: float64 scalars with a tangent, the fast path of loops over numbers.

A ``DualScalar`` behaves as ``numpy.float64`` (division by zero gives inf), a ``DualReal`` as Python's ``float`` (it
raises).  The primal is a Python float, and so is the tangent; for many directions it is an array.  Their
arithmetic is generated from one template (:mod:`adpy.forward.scalar_arithmetic`), because a function call saved is a
fifth of the time of an operation.
"""

from __future__ import annotations

from typing import Any

from adpy.forward.dual import DualBase
from adpy.forward.element import cast, scalar_item
from adpy.forward.unary import partial_of
from adpy.plain import np
from adpy.traced.dispatch import array_ufunc
from adpy.traced.refusal import refuse
from adpy.traced.traced import Traced

__all__ = ["DualReal", "DualScalar"]

float64 = np.float64


class DualScalar(DualBase):
    """A float64 scalar and its tangent; as immutable as ``numpy.float64``."""

    __slots__ = ("frame", "tangent", "_value")
    active = True

    __class__ = property(lambda self: float64)
    shape = property(lambda self: ())
    ndim = property(lambda self: 0)
    size = property(lambda self: 1)
    dtype = property(lambda self: np.dtype(float64))
    T = property(lambda self: self)
    real = property(lambda self: self)
    imag = property(lambda self: float64(0.0))

    def __init__(self, value: float, tangent: Any = None, frame: Any = None) -> None:
        if frame is None:
            refuse("type(x)(value) of a traced value", "Write float(value) or numpy.float64(value).")
        self._value, self.tangent, self.frame = value, tangent, frame

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if len(inputs) == 1 and method == "__call__" and not kwargs:
            partial = partial_of(ufunc)
            if partial is not None:
                y = ufunc(self._value)
                if type(y) is float64:
                    return DualScalar(float(y), self.pushed(partial, float(y)), self.frame)
        return array_ufunc(ufunc, method, inputs, kwargs)

    def pushed(self, partial: Any, y: float) -> Any:
        """The tangent of a function of this number with result ``y``."""
        weight = partial.constant
        if weight is None:
            weight = float(partial.scalar_weight((self._value,), y))
        return weight * self.tangent if weight - weight == 0.0 else weighted(weight, self.tangent)

    def carried(self) -> Any:
        """The tangent."""
        return self.tangent

    def __getitem__(self, key):
        return scalar_item(self, key)

    def __pow__(self, other, modulo=None):
        kind = type(other)
        if kind is int or kind is float:
            a = self._value
            if other == 2:
                return self._with(a * a, 2.0 * a)
            if a > 0.0:
                try:
                    value = a**other
                    return self._with(value, other * value / a)
                except OverflowError:
                    pass
        return self._power(other)

    def _power(self, other):
        return Traced.__pow__(self, other)

    def _with(self, value: float, weight: float) -> Any:
        """The result ``value`` of a function of this number alone, with partial ``weight``."""
        tangent = weight * self.tangent if weight - weight == 0.0 else weighted(weight, self.tangent)
        return type(self)(value, tangent, self.frame)

    def __neg__(self):
        return type(self)(-self._value, -self.tangent, self.frame)

    def __pos__(self):
        return self

    def __bool__(self):
        return self._value != 0.0

    def __int__(self):
        return int(self._value)

    def __str__(self):
        return str(self._value)

    def __repr__(self):
        return repr(float64(self._value))

    def __format__(self, spec):
        return format(self._value, spec)

    def conjugate(self):
        """Itself."""
        return self

    conj = conjugate

    def item(self, *args):
        """As a Python float."""
        return DualReal(self._value, self.tangent, self.frame)

    def tolist(self):
        """As a Python float."""
        return DualReal(self._value, self.tangent, self.frame)

    def copy(self, order="C"):
        """Itself: it is immutable."""
        return self

    def astype(self, dtype, *args, **kwargs):
        """As ``numpy.float64.astype``."""
        return DualScalar(self._value, self.tangent, self.frame) if np.dtype(dtype) == float64 else cast(self, dtype)


class DualReal(DualScalar):
    """A Python float and its tangent."""

    __slots__ = ()
    __class__ = property(lambda self: float)
    imag = property(lambda self: 0.0)

    def __repr__(self):
        return repr(self._value)

    def _power(self, other):
        if not _python_number(other):
            return Traced.__pow__(self, other)
        value = self._value ** (other._value if type(other) is DualReal else other)  # raises what Python raises
        return Traced.__pow__(self + 0j, other) if type(value) is complex else as_real(Traced.__pow__(self, other))

    def __rpow__(self, other):
        if not _python_number(other):
            return Traced.__rpow__(self, other)
        value = other**self._value
        return np.power(other + 0j, self) if type(value) is complex else as_real(Traced.__rpow__(self, other))

    def __floordiv__(self, other):
        return self._checked(Traced.__floordiv__, other, other)

    def __rfloordiv__(self, other):
        return self._checked(Traced.__rfloordiv__, other, self._value)

    def __mod__(self, other):
        return self._checked(Traced.__mod__, other, other)

    def __rmod__(self, other):
        return self._checked(Traced.__rmod__, other, self._value)

    def _checked(self, method, other, divisor):
        if not _python_number(other):
            return method(self, other)
        if not divisor:
            raise ZeroDivisionError("division by zero")
        return as_real(method(self, other))

    def __abs__(self):
        a = self._value
        return self if a > 0.0 else -self if a < 0.0 else as_real(Traced.__abs__(self))

    def is_integer(self) -> bool:
        """As ``float.is_integer``."""
        return self._value.is_integer()


def _python_number(x: Any) -> bool:
    """Is the result of an operation of a Python float with ``x`` a Python float?"""
    return type(x) is DualReal or type(x) in (float, int, bool)


def as_real(x: Any) -> Any:
    """A NumPy-like scalar result as the Python float that the plain function would have."""
    if type(x) is DualScalar:
        return DualReal(x._value, x.tangent, x.frame)
    return float(x) if type(x) is float64 else x


def weighted(weight: Any, tangent: Any) -> Any:
    """``weight * tangent`` for any weight; a zero tangent wins over an infinite weight."""
    if type(tangent) is not np.ndarray:
        return weight * tangent if tangent else 0.0
    with np.errstate(all="ignore"):
        return np.where(tangent == 0, 0.0, weight * tangent)

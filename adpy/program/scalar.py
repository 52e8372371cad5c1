"""Scalars of a recording: what :mod:`adpy.reverse.scalar` is to a tape, with opcodes and values for weights.

The stream holds four entries an address: opcode, address of the first and second operand, value.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor, inf
from typing import Any

from adpy.capture.registry import TRACED_TYPES
from adpy.kernels.opcodes import OPCODES, opcode_of
from adpy.plain import np
from adpy.reverse.array import STREAMED
from adpy.reverse.scalar import Real, Scalar, generate
from adpy.traced.traced import Traced

__all__ = ["Recorded", "RecordedReal", "RecordedScalar"]

_NEGATIVE, _POWER, _SQUARE = OPCODES[np.negative], OPCODES[np.power], OPCODES[np.square]
_NOT_EQUAL, _RINT = OPCODES[np.not_equal], OPCODES[np.rint]
_TRUNC, _FLOOR, _CEIL = OPCODES[np.trunc], OPCODES[np.floor], OPCODES[np.ceil]


class Recorded:
    """What both kinds of recorded scalar share."""

    __slots__ = ()

    def recorded(self, kind: type, value: float, op: int, second: int = 0) -> Any:
        """The result of an operation on this scalar and the one at address ``second``."""
        return self.frame.operation(kind, value, op, self.address, second)

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if len(inputs) == 1 and not kwargs and method == "__call__" and opcode_of(ufunc) is not None:
            y = ufunc(self._value)
            if type(y) is np.float64:
                return self.recorded(RecordedScalar, float(y), opcode_of(ufunc))
        return Traced.__array_ufunc__(self, ufunc, method, *inputs, **kwargs)

    def __pow__(self, other, modulo=None):
        kind = type(other)
        a = self._value
        if kind is int or kind is float:
            if other == 2 and a * a != inf:  # where Python may raise
                return self.recorded(type(self), a * a, _SQUARE)
            if a > 0.0:
                try:
                    value = a**other
                except OverflowError:
                    return self._power(other)
                return self.recorded(type(self), value, _POWER, self.frame.constant(other))
        elif (kind is RecordedScalar or kind is RecordedReal) and a > 0.0 and other.frame is self.frame:
            try:
                value = a**other._value
            except OverflowError:
                return self._power(other)
            kind = RecordedScalar if type(self) is RecordedScalar else kind
            return self.recorded(kind, value, _POWER, other.address)
        return self._power(other)

    def __rpow__(self, other, modulo=None):
        kind = type(other)
        if (kind is int or kind is float) and other > 0:
            try:
                value = float(other**self._value)
            except OverflowError:
                return self._reflected_power(other)
            return self.frame.operation(type(self), value, _POWER, self.frame.constant(other), self.address)
        return self._reflected_power(other)

    def __neg__(self):
        return self.recorded(type(self), -self._value, _NEGATIVE)

    def __bool__(self):
        outcome = self._value != 0.0
        self.frame.decide(self, _NOT_EQUAL, float(outcome))
        return outcome

    def _whole(self, op: int, number: int) -> int:
        self.frame.decide(self, op, float(number))
        return number

    def __int__(self):
        return self._whole(_TRUNC, int(self._value))

    __trunc__ = __int__

    def __floor__(self):
        return self._whole(_FLOOR, floor(self._value))

    def __ceil__(self):
        return self._whole(_CEIL, ceil(self._value))

    def __round__(self, digits=None):
        if digits is None:
            return self._whole(_RINT, round(self._value))
        return Traced.__round__(self, digits) if type(self) is RecordedScalar else Real.__round__(self, digits)

    def __repr__(self):
        self.frame.leaves(self)
        return super().__repr__()

    def __str__(self):
        self.frame.leaves(self)
        return super().__str__()

    def __format__(self, spec):
        self.frame.leaves(self)
        return super().__format__(spec)

    def is_integer(self) -> bool:
        """As ``float.is_integer``."""
        return bool(self == np.floor(self))

    def _scalar(self):
        """As ``numpy.float64``."""
        return self if type(self) is RecordedScalar else self._as(Scalar)

    def _as(self, kind):
        out = object.__new__(RecordedReal if kind is Real else RecordedScalar)
        out._value, out.address, out.frame = self._value, self.address, self.frame
        return out


class RecordedScalar(Recorded, Scalar):
    """As ``numpy.float64``."""

    __slots__ = ()
    __class__ = property(lambda self: np.float64)


class RecordedReal(Recorded, Real):
    """As Python's ``float``."""

    __slots__ = ()
    __class__ = property(lambda self: float)

    def __abs__(self):
        return self.recorded(RecordedReal, abs(self._value), OPCODES[np.absolute])


_NAMES = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide}


def _operation(name: str) -> dict[str, str]:
    op = OPCODES[_NAMES[name]]
    return {
        "both": f"{op}, self.address, other.address, out._value",
        "number": f"{op}, self.address, number, out._value",
        "reflected": f"{op}, number, self.address, out._value",
        "prepare": "        number = frame.constants.get(other) or frame.constant(other)\n",
    }


_COMPARE = """
def __{name}__(self, other):
    kind = type(other)
    if kind is float or kind is int{or_float64}:
        outcome = {true} if self._value {symbol} other else {false}
        return self.frame.compare("{name}", self.address, self.frame.constant(other), outcome)
    if kind is Real{or_scalar}:
        outcome = {true} if self._value {symbol} other._value else {false}
        return self.frame.compare("{name}", self.address, other.address, outcome)
    return general(self, other)
"""


def _raising(name: str) -> Callable:
    """An operation for which Python raises an error where NumPy gives inf or NaN."""
    operate = getattr(RecordedReal, name)

    def method(self, *others):
        try:
            y = operate(self, *others)
        except ArithmeticError:
            self.frame.failed((self, *others))
            raise
        return self.frame.finite(y) if type(y) is RecordedReal else y

    return method


STREAMED.update((RecordedScalar, RecordedReal))
TRACED_TYPES.update((RecordedScalar, RecordedReal))
generate(RecordedScalar, RecordedScalar, RecordedReal, _operation, _COMPARE)
generate(RecordedReal, RecordedScalar, RecordedReal, _operation, _COMPARE)
for _name in ("truediv", "floordiv", "mod", "pow"):
    for _method in (f"__{_name}__", f"__r{_name}__"):
        setattr(RecordedReal, _method, _raising(_method))

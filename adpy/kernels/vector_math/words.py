"""Numbers of code being written: operators on them write LLVM instructions, for one entry or several side by side.

``Real`` is a float64 (or a vector of them), ``Whole`` an int64, ``Truth`` the outcome of a comparison.  Products are
never fused with sums, except by :meth:`Code.add_product`, which is for where both roundings do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir

__all__ = ["Code", "Real", "Truth", "Whole"]


class Code:
    """Where instructions go, for entries ``width`` at a time.

    Parameters
    ----------
    builder : llvmlite.ir.IRBuilder
    width : int
        Entries side by side; 1 for plain numbers.
    fused : bool
        Does the processor multiply and add with one rounding?
    """

    def __init__(self, builder: ir.IRBuilder, width: int, fused: bool) -> None:
        self.builder, self.width, self.fused = builder, width, fused
        self.float, self.integer = self.type(ir.DoubleType()), self.type(ir.IntType(64))

    def type(self, item: Any) -> Any:
        """A number's type, or the vector's."""
        return item if self.width == 1 else ir.VectorType(item, self.width)

    def real(self, x: Any) -> Real:
        """A number, the same for all entries."""
        if isinstance(x, Real):
            return x
        return Real(self, ir.Constant(self.float, float(x) if self.width == 1 else [float(x)] * self.width))

    def whole(self, x: Any) -> Whole:
        """An integer, the same for all entries."""
        if isinstance(x, Whole):
            return x
        return Whole(self, ir.Constant(self.integer, int(x) if self.width == 1 else [int(x)] * self.width))

    def intrinsic(self, name: str, *arguments: Real) -> Real:
        """A function of LLVM's on floats."""
        module = self.builder.module
        name = f"llvm.{name}.{'' if self.width == 1 else f'v{self.width}'}f64"
        kind = ir.FunctionType(self.float, [self.float] * len(arguments))
        function = module.globals.get(name) or ir.Function(module, kind, name)
        return Real(self, self.builder.call(function, [x.value for x in arguments]))

    def add_product(self, a: Any, b: Any, c: Any) -> Real:
        """``a * b + c`` with one rounding or two, whichever is faster."""
        return self.intrinsic("fmuladd", self.real(a), self.real(b), self.real(c))

    def product(self, a: Real, b: Real) -> tuple[Real, Real]:
        """``a * b`` and its rounding error (Dekker 1971)."""
        p = a * b
        if self.fused:
            return p, self.intrinsic("fma", a, b, -p)
        (a1, a2), (b1, b2) = a.split(), b.split()
        return p, ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2

    def sum(self, a: Real, b: Real) -> tuple[Real, Real]:
        """``a + b`` and its rounding error (Knuth)."""
        s = a + b
        back = s - a
        return s, (a - (s - back)) + (b - back)

    def ordered_sum(self, a: Real, b: Real) -> tuple[Real, Real]:
        """``a + b`` and its rounding error, where ``a`` is the larger."""
        s = a + b
        return s, b - (s - a)

    def polynomial(self, x: Real, coefficients: Sequence[float]) -> Real:
        """A polynomial, the constant term first: by the scheme of Horner in ``x**2``, odd and even apart."""
        if len(coefficients) < 5:
            return self.horner(x, coefficients)
        square = x * x
        odd, even = self.horner(square, coefficients[1::2]), self.horner(square, coefficients[::2])
        return self.add_product(odd, x, even)

    def horner(self, x: Real, coefficients: Sequence[float]) -> Real:
        """A polynomial by the scheme of Horner."""
        total = self.real(coefficients[-1])
        for c in reversed(coefficients[:-1]):
            total = self.add_product(total, x, c)
        return total

    def either(self, condition: Truth, a: Any, b: Any) -> Real:
        """``a`` where the condition holds, else ``b``."""
        return Real(self, self.builder.select(condition.value, self.real(a).value, self.real(b).value))


class _Word:
    __slots__ = ("code", "value")

    def __init__(self, code: Code, value: Any) -> None:
        self.code, self.value = code, value


class Truth(_Word):
    """Outcome of a comparison."""

    __slots__ = ()

    def __and__(self, other: Truth) -> Truth:
        return Truth(self.code, self.code.builder.and_(self.value, other.value))

    def __or__(self, other: Truth) -> Truth:
        return Truth(self.code, self.code.builder.or_(self.value, other.value))

    def __xor__(self, other: Truth) -> Truth:
        return Truth(self.code, self.code.builder.xor(self.value, other.value))

    def __invert__(self) -> Truth:
        return Truth(self.code, self.code.builder.not_(self.value))


class Real(_Word):
    """A float64, or several."""

    __slots__ = ()

    def _new(self, name: str, other: Any, swapped: bool = False) -> Real:
        a, b = self.value, self.code.real(other).value
        return Real(self.code, getattr(self.code.builder, name)(*((b, a) if swapped else (a, b))))

    def __add__(self, other: Any) -> Real:
        return self._new("fadd", other)

    def __sub__(self, other: Any) -> Real:
        return self._new("fsub", other)

    def __mul__(self, other: Any) -> Real:
        return self._new("fmul", other)

    def __truediv__(self, other: Any) -> Real:
        return self._new("fdiv", other)

    def __radd__(self, other: Any) -> Real:
        return self._new("fadd", other, True)

    def __rsub__(self, other: Any) -> Real:
        return self._new("fsub", other, True)

    def __rmul__(self, other: Any) -> Real:
        return self._new("fmul", other, True)

    def __rtruediv__(self, other: Any) -> Real:
        return self._new("fdiv", other, True)

    def __neg__(self) -> Real:
        return Real(self.code, self.code.builder.fneg(self.value))

    def __abs__(self) -> Real:
        return self.code.intrinsic("fabs", self)

    def _compare(self, op: str, other: Any) -> Truth:
        return Truth(self.code, self.code.builder.fcmp_ordered(op, self.value, self.code.real(other).value))

    def __lt__(self, other: Any) -> Truth:
        return self._compare("<", other)

    def __le__(self, other: Any) -> Truth:
        return self._compare("<=", other)

    def __gt__(self, other: Any) -> Truth:
        return self._compare(">", other)

    def __ge__(self, other: Any) -> Truth:
        return self._compare(">=", other)

    def equals(self, other: Any) -> Truth:
        """Equal, and not NaN?"""
        return self._compare("==", other)

    def sqrt(self) -> Real:
        """The square root."""
        return self.code.intrinsic("sqrt", self)

    def signed(self, other: Real) -> Real:
        """This size with the sign of another."""
        return self.code.intrinsic("copysign", self, other)

    def bits(self) -> Whole:
        """The 64 bits as an integer."""
        return Whole(self.code, self.code.builder.bitcast(self.value, self.code.integer))

    def split(self) -> tuple[Real, Real]:
        """Two parts of 26 bits."""
        scaled = self * 134217729.0
        high = scaled - (scaled - self)
        return high, self - high

    def without(self, count: int) -> Real:
        """The number with its last bits cleared."""
        return (self.bits() & -(1 << count)).number()


class Whole(_Word):
    """An int64, or several."""

    __slots__ = ()

    def _new(self, name: str, other: Any) -> Whole:
        return Whole(self.code, getattr(self.code.builder, name)(self.value, self.code.whole(other).value))

    def __add__(self, other: Any) -> Whole:
        return self._new("add", other)

    def __sub__(self, other: Any) -> Whole:
        return self._new("sub", other)

    def __and__(self, other: Any) -> Whole:
        return self._new("and_", other)

    def __xor__(self, other: Any) -> Whole:
        return self._new("xor", other)

    def __lshift__(self, other: Any) -> Whole:
        return self._new("shl", other)

    def __rshift__(self, other: Any) -> Whole:
        return self._new("lshr", other)

    def __neg__(self) -> Whole:
        return Whole(self.code, self.code.builder.neg(self.value))

    def equals(self, other: Any) -> Truth:
        """Equal?"""
        return Truth(self.code, self.code.builder.icmp_signed("==", self.value, self.code.whole(other).value))

    def number(self) -> Real:
        """The float with these bits."""
        return Real(self.code, self.code.builder.bitcast(self.value, self.code.float))

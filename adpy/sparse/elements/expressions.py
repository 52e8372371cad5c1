"""Expressions: straight-line text that folds what it knows."""

from __future__ import annotations

import math
import re

from adpy.kernels.opcodes import ADDITION, COPY, MULTIPLY, NEGATIVE, POWER, SQUARE, SUBTRACT
from adpy.program.formulas import Lines
from adpy.sparse.evaluator import Unsuitable

__all__ = ["Expressions", "number"]

_NUMBER = re.compile(r"-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?")
LONGEST = 20_000
"""Lines of a kernel at most."""
_HIGHEST = 64
"""Powers up to this one are products."""


def number(text: str) -> float | None:
    """The number that a text is, or None."""
    return float(text) if _NUMBER.fullmatch(text) else None


class Expressions(Lines):
    """Lines in which products with one or zero, sums with zero, and arithmetic of two numbers are done at once."""

    def add(self, line: str) -> None:
        """A line, as long as there are not too many."""
        if len(self.lines) >= LONGEST:
            raise Unsuitable("elements with too many operations")
        super().add(line)

    def literal(self, value: float) -> str:
        """The text of a finite number."""
        return repr(float(value))

    def times(self, a: str, b: str) -> str:
        """A product."""
        x, y = number(a), number(b)
        if x is not None and y is not None:
            return self._folded(x * y, f"{a} * {b}")
        for known, other in ((x, b), (y, a)):
            if known == 0.0:
                return "0.0"
            if known == 1.0:
                return other
            if known == -1.0:
                return self.fresh(f"-{other}")
        return self.fresh(f"{a} * {b}")

    def pulled(self, weight: str, bar: str) -> str:
        """A product, zero where ``bar`` is, whatever the weight."""
        if number(weight) is not None or number(bar) is not None:
            return self.times(weight, bar)
        return self.fresh(f"times({weight}, {bar})")

    def plus(self, a: str, b: str) -> str:
        """A sum."""
        x, y = number(a), number(b)
        if x is not None and y is not None:
            return self._folded(x + y, f"{a} + {b}")
        if x == 0.0:
            return b
        return a if y == 0.0 else self.fresh(f"{a} + {b}")

    def _folded(self, value: float, text: str) -> str:
        return self.literal(value) if math.isfinite(value) else self.fresh(text)

    def value(self, op: int, a: str, b: str) -> str:
        """The value of an operation, rounded as everywhere: differences of nearly equal values show it."""
        if op == COPY:
            return a
        if op == ADDITION:
            return self.plus(a, b)
        if op == SUBTRACT:
            return self.plus(a, self.times("-1.0", b))
        if op == MULTIPLY:
            return self.times(a, b)
        if op == SQUARE:
            return self.times(a, a)
        if op == NEGATIVE:
            return self.times("-1.0", a)
        return self.compute("value", op, a, b, "")[0]

    def weights(self, op: int, a: str, b: str, y: str) -> list[str]:
        """The partials of an operation."""
        if op == POWER and (n := _whole(b)) is not None:
            return [self.times(self.literal(n), self.power(a, n - 1)), "0.0"]
        return self.compute("weights", op, a, b, y)

    def second(self, op: int, a: str, b: str, y: str) -> list[str]:
        """The partials and second partials: ``u, v, p, q, r``."""
        if op == POWER and (n := _whole(b)) is not None:
            p = self.times(self.literal(n * (n - 1)), self.power(a, n - 2))
            return [*self.weights(op, a, b, y), p, "0.0", "0.0"]
        return self.compute("second", op, a, b, y)

    def power(self, a: str, n: int) -> str:
        """A power of ``a`` by repeated squaring."""
        if n == 0:
            return "1.0"
        if n < 0:
            return self.fresh(f"1.0 / {self.power(a, -n)}")
        root = self.power(a, n // 2)
        square = self.times(root, root) if n > 1 else a
        return self.times(square, a) if n > 1 and n % 2 else square


def _whole(exponent: str) -> int | None:
    """An exponent that is a number of the integers for which products are taken, or None."""
    known = number(exponent)
    return int(known) if known is not None and known == int(known) and 2 <= known <= _HIGHEST else None

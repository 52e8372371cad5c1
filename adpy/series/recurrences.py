"""Recurrences of the most frequent functions, which the nodes of their rules would find too, but slower.

Each takes the coefficients of its operands, primals first, and the primal of its result, and returns the coefficients
of the result from the first on (Griewank and Walther, Evaluating Derivatives, tables 13.1 and 13.2).  Results that are
not finite are left to the nodes, where a zero coefficient counts as zero.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from adpy.plain import np

__all__ = ["BINARY", "UNARY", "divide", "negative", "power"]

ndarray = np.ndarray
LN2, LN10 = math.log(2.0), math.log(10.0)


def convolved(a: Sequence, b: Sequence, k: int, first: int, last: int) -> Any:
    """The sum of ``a[j] b[k - j]`` for j from ``first`` to ``last``; 0.0 if there are none."""
    if first > last:
        return 0.0
    total = a[first] * b[k - first]
    if type(total) is ndarray and first < last:
        buffer = np.empty_like(total)
        for j in range(first + 1, last + 1):
            total += np.multiply(a[j], b[k - j], out=buffer)
        return total
    for j in range(first + 1, last + 1):
        total = total + a[j] * b[k - j]
    return total


def slopes(x: Sequence) -> list:
    """``k x[k]``."""
    return [k * term for k, term in enumerate(x)]


def add(a: Sequence, b: Sequence, y: Any) -> list:
    return [left + right for left, right in zip(a[1:], b[1:], strict=True)]


def subtract(a: Sequence, b: Sequence, y: Any) -> list:
    return [left - right for left, right in zip(a[1:], b[1:], strict=True)]


def multiply(a: Sequence, b: Sequence, y: Any) -> list:
    return [convolved(a, b, k, 0, k) for k in range(1, len(a))]


def divide(a: Sequence, b: Sequence, y: Any) -> list:
    found = [y]
    for k in range(1, len(a)):
        found.append((a[k] - convolved(found, b, k, 0, k - 1)) / b[0])
    return found[1:]


def negative(x: Sequence, y: Any) -> list:
    return [-term for term in x[1:]]


def square(x: Sequence, y: Any) -> list:
    found = []
    for k in range(1, len(x)):
        term = 2 * convolved(x, x, k, 0, (k - 1) // 2)
        found.append(term if k % 2 else term + x[k // 2] * x[k // 2])
    return found


def sqrt(x: Sequence, y: Any) -> list:
    found = [y]
    for k in range(1, len(x)):
        found.append((x[k] - convolved(found, found, k, 1, k - 1)) / (2 * y))
    return found[1:]


def reciprocal(x: Sequence, y: Any) -> list:
    found = [y]
    for k in range(1, len(x)):
        found.append(-convolved(found, x, k, 0, k - 1) / x[0])
    return found[1:]


def power(x: Sequence, p: Any, y: Any) -> list:
    """``x**p`` for a constant ``p``: ``x y' = p y x'``."""
    found, own, moved = [y], [y], slopes(x)
    for k in range(1, len(x)):
        found.append((p * convolved(moved, found, k, 1, k) - convolved(own, x, k, 1, k - 1)) / (k * x[0]))
        own.append(k * found[k])
    return found[1:]


def exp(x: Sequence, y: Any) -> list:
    found, moved = [y], slopes(x)
    for k in range(1, len(x)):
        found.append(convolved(moved, found, k, 1, k) / k)
    return found[1:]


def expm1(x: Sequence, y: Any) -> list:
    return exp(x, np.exp(x[0]))


def log(x: Sequence, y: Any) -> list:
    found, moved = [y], [y]
    for k in range(1, len(x)):
        found.append((x[k] - convolved(moved, x, k, 1, k - 1) / k) / x[0])
        moved.append(k * found[k])
    return found[1:]


def log1p(x: Sequence, y: Any) -> list:
    return log([1 + x[0], *x[1:]], y)


def log2(x: Sequence, y: Any) -> list:
    return [term / LN2 for term in log(x, y)]


def log10(x: Sequence, y: Any) -> list:
    return [term / LN10 for term in log(x, y)]


def _pair(x: Sequence, y: Any, partner: Any, sign: int) -> tuple[list, list]:
    """``y' = z x'`` and ``z' = sign y x'``."""
    found, other, moved = [y], [partner], slopes(x)
    for k in range(1, len(x)):
        found.append(convolved(moved, other, k, 1, k) / k)
        other.append(sign * convolved(moved, found, k, 1, k) / k)
    return found[1:], other[1:]


def sin(x: Sequence, y: Any) -> list:
    return _pair(x, y, np.cos(x[0]), -1)[0]


def cos(x: Sequence, y: Any) -> list:
    return _pair(x, np.sin(x[0]), y, -1)[1]


def sinh(x: Sequence, y: Any) -> list:
    return _pair(x, y, np.cosh(x[0]), 1)[0]


def cosh(x: Sequence, y: Any) -> list:
    return _pair(x, y, np.sinh(x[0]), 1)[0]


def _riccati(x: Sequence, y: Any, sign: int) -> list:
    """``y' = (1 + sign y**2) x'``."""
    found, weight, moved = [y], [1 + sign * y * y], slopes(x)
    for k in range(1, len(x)):
        found.append(convolved(moved, weight, k, 1, k) / k)
        weight.append(sign * convolved(found, found, k, 0, k))
    return found[1:]


def tan(x: Sequence, y: Any) -> list:
    return _riccati(x, y, 1)


def tanh(x: Sequence, y: Any) -> list:
    return _riccati(x, y, -1)


def arctan(x: Sequence, y: Any) -> list:
    slope = slopes(x)[1:]
    weight = [1 + x[0] * x[0], *square(x, None)]
    first = slope[0] / weight[0]
    return [term / k for k, term in enumerate([first, *divide(slope, weight, first)], 1)]


BINARY = {np.add: add, np.subtract: subtract, np.multiply: multiply, np.divide: divide}
UNARY = {
    function: globals()[function.__name__]
    for function in (
        *(np.negative, np.square, np.sqrt, np.reciprocal, np.exp, np.expm1, np.log, np.log1p, np.log2, np.log10),
        *(np.sin, np.cos, np.sinh, np.cosh, np.tan, np.tanh, np.arctan),
    )
}

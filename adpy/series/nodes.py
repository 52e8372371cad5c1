"""Series that are computed one coefficient at a time: the nodes that a rule's code makes when it runs on series.

A node knows how to find its next coefficient from those of its operands and from its own earlier ones.  So a rule may
refer to the result it is about: of ``y' = p(x, y) x'`` coefficient k of ``y`` needs those of ``p`` up to k - 1 only
(relaxed evaluation of power series: van der Hoeven, J. Symb. Comput. 34, 2002; the recurrences are those of Griewank
and Walther, Evaluating Derivatives, tables 13.1 and 13.2).  A coefficient ``None`` is exactly zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adpy.forward.tangents import finite
from adpy.plain import np

__all__ = [
    "Given",
    "Linear",
    "Node",
    "Part",
    "Power",
    "Product",
    "Quotient",
    "Shift",
    "Solution",
    "Sum",
    "convolved",
    "steered",
    "zeros_like",
]


class Node:
    """A series by its coefficients so far."""

    __slots__ = ("terms",)

    def __init__(self, value: Any) -> None:
        self.terms = [value]

    def term(self, k: int) -> Any:
        """Coefficient ``k``; None if it is exactly zero."""
        terms = self.terms
        while len(terms) <= k:
            terms.append(self.next(len(terms)))
        return terms[k]

    def next(self, k: int) -> Any:
        """Coefficient ``k``, when all earlier ones are known."""
        raise NotImplementedError


class Given(Node):
    """A series whose coefficients are known; a constant has one."""

    __slots__ = ()

    def __init__(self, terms: Sequence) -> None:
        self.terms = terms

    def term(self, k: int) -> Any:
        return self.terms[k] if k < len(self.terms) else None


class Sum(Node):
    """``a + b`` or ``a - b``."""

    __slots__ = ("a", "b", "sign")

    def __init__(self, value: Any, a: Node, b: Node, sign: int) -> None:
        self.terms, self.a, self.b, self.sign = [value], a, b, sign

    def next(self, k: int) -> Any:
        a, b = self.a.term(k), self.b.term(k)
        if a is None and b is None:
            return None
        if b is None:
            return shaped(a, self.terms[0])
        if a is None:
            return shaped(b if self.sign > 0 else -b, self.terms[0])
        return a + b if self.sign > 0 else a - b


def shaped(term: Any, value: Any) -> Any:
    """A coefficient broadcast to the shape of its primal."""
    return term if term.shape == value.shape else np.broadcast_to(term, value.shape)


def times(a: Any, b: Any, k: int, j: int) -> Any:
    """``a_j b_(k - j)``: a coefficient that is zero counts as zero, unless it is the primal and the other infinite."""
    product = a * b
    if finite(product):
        return product
    zero = (a == 0) & (j > 0) | (b == 0) & (j < k)
    return np.where(zero, 0, product).astype(product.dtype)[()]


def convolved(a: Node, b: Node, k: int, first: int = 0, last: int | None = None, multiply: Callable = times) -> Any:
    """The sum of ``a_j b_(k - j)`` for j from ``first`` to ``last`` (by default k)."""
    total = None
    for j in range(first, (k if last is None else last) + 1):
        left = a.term(j)
        if left is None:
            continue
        right = b.term(k - j)
        if right is None:
            continue
        product = multiply(left, right, k, j)
        total = product if total is None else total + product
    return total


class Product(Node):
    """``a b``, or the bilinear ``multiply(a, b)``."""

    __slots__ = ("a", "b", "multiply")

    def __init__(self, value: Any, a: Node, b: Node, multiply: Callable = times) -> None:
        self.terms, self.a, self.b, self.multiply = [value], a, b, multiply

    def next(self, k: int) -> Any:
        return convolved(self.a, self.b, k, multiply=self.multiply)


class Quotient(Node):
    """``a / b``."""

    __slots__ = ("a", "b")

    def __init__(self, value: Any, a: Node, b: Node) -> None:
        self.terms, self.a, self.b = [value], a, b

    def next(self, k: int) -> Any:
        rest = convolved(self, self.b, k, last=k - 1)
        top = self.a.term(k)
        if rest is None and top is None:
            return None
        difference = -rest if top is None else top if rest is None else top - rest
        return over(difference, self.b.term(0))


def over(a: Any, b: Any) -> Any:
    """``a / b``, exactly zero where ``a`` is."""
    quotient = a / b
    return quotient if finite(quotient) else np.where(a == 0, 0, quotient).astype(quotient.dtype)[()]


class Power(Node):
    """``x**p`` with a constant ``p``, where the primal of ``x`` is not zero: ``x y' = p y x'``."""

    __slots__ = ("p", "x")

    def __init__(self, value: Any, x: Node, p: Any) -> None:
        self.terms, self.x, self.p = [value], x, p

    def next(self, k: int) -> Any:
        total = None
        for j in range(1, k + 1):
            x, y = self.x.term(j), self.term(k - j)
            if x is not None and y is not None:
                product = (self.p * j - (k - j)) * x * y
                total = product if total is None else total + product
        return None if total is None else total / (k * self.x.term(0))


class Linear(Node):
    """A linear function of several series, applied to their coefficients of each order."""

    __slots__ = ("function", "operands")

    def __init__(self, value: Any, function: Callable, operands: Sequence[Node]) -> None:
        self.terms, self.function, self.operands = [value], function, operands

    def next(self, k: int) -> Any:
        terms = [x.term(k) for x in self.operands]
        if all(term is None for term in terms):
            return None
        return self.function(
            [zeros_like(x.term(0)) if t is None else t for t, x in zip(terms, self.operands, strict=True)]
        )


def zeros_like(x: Any) -> Any:
    """Zeros of the shape and dtype of a value, which may be traced."""
    return np.zeros(np.shape(x), getattr(x, "dtype", None) or np.result_type(x))[()]


class Shift(Node):
    """The derivative ``x'`` of a series ``x``."""

    __slots__ = ("x",)

    def __init__(self, x: Node) -> None:
        first = x.term(1)
        self.x, self.terms = x, [zeros_like(x.term(0)) if first is None else first]

    def next(self, k: int) -> Any:
        term = self.x.term(k + 1)
        return None if term is None else (k + 1) * term


def steered(a: Any, b: Any, k: int, j: int) -> Any:
    """As :func:`times` where ``a`` is a derivative: its primal counts as zero too."""
    product = a * b
    if finite(product):
        return product
    zero = (a == 0) | (b == 0) & (j < k)
    return np.where(zero, 0, product).astype(product.dtype)[()]


class Solution(Node):
    """``y`` with ``y' = slope()``, a function that makes the node of the slope when it is first needed."""

    __slots__ = ("slope",)

    def __init__(self, value: Any, slope: Callable[[], Node]) -> None:
        self.terms, self.slope = [value], slope

    def next(self, k: int) -> Any:
        if not isinstance(self.slope, Node):
            self.slope = self.slope()
        term, y = self.slope.term(k - 1), self.terms[0]
        if term is None:
            return None
        if term.dtype.kind == "c" and y.dtype.kind != "c":
            term = term.real
        return shaped(term / k, y)


class Part(Node):
    """One of several results of a :class:`Linear` node."""

    __slots__ = ("position", "whole")

    def __init__(self, value: Any, whole: Node, position: int) -> None:
        self.terms, self.whole, self.position = [value], whole, position

    def next(self, k: int) -> Any:
        parts = self.whole.term(k)
        return None if parts is None else parts[self.position]

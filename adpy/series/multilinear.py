"""Block rows whose Taylor coefficients need no jvp: linear and multilinear functions, and functions of a matrix."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from adpy.plain import np
from adpy.series.nodes import Node, zeros_like
from adpy.traced.binding import binder

__all__ = ["multilinear"]

# Linear in all operands together.
_LINEAR = frozenset(["numpy.sum", "numpy.mean", "numpy.cumsum", "numpy.bincount"])
_TRANSFORMS = ("numpy.fft.", "scipy.fft.")
# Linear in each of two operands.
_BILINEAR = frozenset(
    f"numpy.{name}"
    for name in (
        *("matmul", "vecdot", "matvec", "vecmat", "dot", "inner", "tensordot", "vdot", "outer"),
        *("convolve", "correlate"),
    )
)
# f([[a, e], [0, a]]) holds the derivative of f at a along e; the Toeplitz matrix of a series holds all coefficients.
_MATRIX_FUNCTIONS = frozenset(
    f"scipy.linalg.{name}"
    for name in ("expm", "logm", "sqrtm", "cosm", "sinm", "tanm", "coshm", "sinhm", "tanhm", "fractional_matrix_power")
)


def multilinear(frame: Any, row: Any, operands: Sequence, static: dict, y: Any) -> Any:
    """The result ``y`` of a block row of these kinds as a series; None for any other row."""
    bind = binder(row)
    if row.name in _LINEAR or row.name.startswith(_TRANSFORMS):
        return frame.linear(bind, operands, static, y)
    if row.name in _BILINEAR:

        def product(terms):
            return bind.apply(tuple(terms), static)

        return frame.wrap(y, Multilinear(y, product, [frame.node(x) for x in operands]))
    if row.name == "numpy.einsum":
        given = list(operands[0])
        places = [i for i, x in enumerate(given) if hasattr(x, "dtype")]

        def contraction(terms):
            for i, term in zip(places, terms, strict=True):
                given[i] = term
            return bind.apply((tuple(given),), static)

        return frame.wrap(y, Multilinear(y, contraction, [frame.node(given[i]) for i in places]))
    if row.name in _MATRIX_FUNCTIONS and len(operands) == 1:

        def function(a):
            return bind.apply((a,), static)

        return frame.wrap(y, MatrixFunction(y, function, frame.node(operands[0])))
    return None


class Multilinear(Node):
    """A function that is linear in each of its operands."""

    __slots__ = ("function", "operands")

    def __init__(self, value: Any, function: Callable, operands: list[Node]) -> None:
        self.terms, self.function, self.operands = [value], function, operands

    def next(self, k: int) -> Any:
        total = None
        for orders in itertools.product(range(k + 1), repeat=len(self.operands) - 1):
            rest = k - sum(orders)
            terms = [x.term(j) for x, j in zip(self.operands, (*orders, rest), strict=True)] if rest >= 0 else [None]
            if all(term is not None for term in terms):
                product = self.function(terms)
                total = product if total is None else total + product
        return total


class MatrixFunction(Node):
    """A function of a square matrix: its series stands in the first row of that of the block Toeplitz matrix."""

    __slots__ = ("function", "operand")

    def __init__(self, value: Any, function: Callable, operand: Node) -> None:
        self.terms, self.function, self.operand = [value], function, operand

    def next(self, k: int) -> Any:
        a = [self.operand.term(j) for j in range(k + 1)]
        blank = zeros_like(a[0])
        a = [blank if term is None else term for term in a]
        rows = [np.concatenate([blank] * i + a[: k + 1 - i], axis=-1) for i in range(k + 1)]
        n = a[0].shape[-1]
        return self.function(np.concatenate(rows, axis=-2))[..., :n, k * n :]

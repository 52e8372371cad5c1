"""LazyTrace: runs the code of one rule on series, and makes of every operation a node (:mod:`adpy.series.nodes`).

The rules of the table are enough: a partial, or a jvp, gives the slope of the result along the curve, and running that
code on series gives the slope as a series.  Equal operations on equal operands are one node, without which rules that
refer to each other (``sin`` and ``cos``, Bessel functions of neighbouring orders) would make exponentially many.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adpy import capture
from adpy.capture.registry import TRACED_TYPES
from adpy.forward.tangents import leaves
from adpy.plain import np
from adpy.series.multilinear import multilinear
from adpy.series.nodes import (
    Given,
    Linear,
    Node,
    Part,
    Power,
    Product,
    Quotient,
    Shift,
    Solution,
    Sum,
    steered,
    zeros_like,
)
from adpy.series.values import Lazy
from adpy.tags import new_tag
from adpy.traced.refusal import refuse_rule
from adpy.traced.trace import Trace

__all__ = ["LazyTrace"]

_SEQUENCES = (list, tuple)


class LazyTrace(Trace):
    """The trace of one rule's code.

    Parameters
    ----------
    owner : SeriesTrace
        The transform whose operation it is.
    """

    __slots__ = ("known",)

    def __init__(self, owner: Any) -> None:
        self.tag, self.parent, self.open, self.detached = new_tag(), owner.parent, True, []
        self.thorough = False
        self.known: dict[tuple, Lazy] = {}

    def wrap(self, value: Any, node: Node) -> Lazy:
        """The value of a node."""
        return Lazy(value, node, self)

    def lift(self, y: Any) -> Any:
        return y

    def node(self, x: Any) -> Node:
        """The node of an operand."""
        return x.node if type(x) is Lazy and x.frame is self else Given([_strong(x)])

    def slope(self, x: Any) -> Any:
        """The derivative of an operand along the curve, None for a constant."""
        if type(x) in _SEQUENCES:
            found = type(x)([self.slope(item) for item in x])
            return found if any(item is not None for item in leaves(found)) else None
        if type(x) is not Lazy or x.frame is not self:
            return None
        shift = Shift(x.node)
        return self.wrap(shift.terms[0], shift)

    # ---- rows

    def elementwise(self, row, inputs: Sequence, values: Sequence, y: Any) -> Any:
        active = []
        for x, partial in zip(inputs, row.slices, strict=False):
            if type(x) is Lazy and x.frame is self and partial.constant != 0.0:
                if partial.function is None or not (row.holomorphic or x.dtype.kind != "c"):
                    refuse_rule(row.name, partial.position)
                active.append((x, partial))
        if not active:
            return y
        if isinstance(y, tuple):
            refuse_rule(row.name)
        key = (row, *map(_key, inputs))
        found = self.known.get(key)
        if found is None:
            y = _strong(y)
            found = self.known[key] = self.wrap(y, self._elementwise(row, inputs, y, active))
        return found

    def _elementwise(self, row, inputs, y, active) -> Node:
        function = row.function
        if function in _LINEAR:
            return Linear(y, _applied(function), [self.node(inputs[0])])
        if function in _SIGNS:
            return Sum(y, self.node(inputs[0]), self.node(inputs[1]), _SIGNS[function])
        if function is np.multiply:
            return Product(y, self.node(inputs[0]), self.node(inputs[1]))
        if function is np.square:
            return Product(y, self.node(inputs[0]), self.node(inputs[0]))
        if function is np.divide:
            return Quotient(y, self.node(inputs[0]), self.node(inputs[1]))
        if function in (np.power, np.float_power) and len(active) == 1 and active[0][1].position == 0:
            x, p = inputs[0].node, inputs[1]
            if not np.any(inputs[0] == 0):
                return Power(y, x, p)
            if np.ndim(p) == 0 and 0 < p < 64 and p == int(p):
                return _integer_power(y, x, int(p))
        this = []

        def slope():
            total = None
            arguments = [x if type(x) is Lazy else _strong(x) for x in inputs]
            for x, partial in active:
                weight = partial.constant
                if weight is None:
                    weight = partial.function(*arguments, this[0])
                shift, weight = Shift(x.node), self.node(weight)
                value = steered(shift.terms[0], weight.term(0), 0, 0)
                product = Product(value, shift, weight, steered)
                total = product if total is None else Sum(total.terms[0] + value, total, product, 1)
            return total

        node = Solution(y, slope)
        this.append(self.wrap(y, node))
        return node

    def real_elementwise(self, row, inputs: Sequence, values: Sequence, y: Any) -> Any:
        return self.elementwise(row, inputs, values, y)

    def structural(self, row, bind: Callable, operands: Sequence, values: Sequence, static: dict, y: Any) -> Any:
        return self.linear(bind, operands, static, y)

    def linear(self, bind: Callable, operands: Sequence, static: dict, y: Any) -> Any:
        """The result ``y`` of a function that is linear in all its operands together."""
        lazy = [x for x in leaves(operands) if type(x) is Lazy and x.frame is self]
        if not lazy:
            return y

        def applied(terms):
            rest = iter(terms)
            replaced = tuple([self._term_or_zero(x, rest) for x in operands])
            with capture.lowered(self.parent):
                return bind.apply(replaced, static)

        node = Linear(y, applied, [x.node for x in lazy])
        if not isinstance(y, _SEQUENCES):
            return self.wrap(y, node)
        return type(y)([self.wrap(part, Part(part, node, i)) for i, part in enumerate(y)])

    def _term_or_zero(self, x, terms):
        if type(x) in _SEQUENCES:
            return type(x)([self._term_or_zero(item, terms) for item in x])
        if type(x) is Lazy and x.frame is self:
            return next(terms)
        return x if x is None or x is np._NoValue else zeros_like(x)

    def block(self, row, operands: Sequence, values: Sequence, static: dict, y: Any) -> Any:
        if all(type(x) is not Lazy or x.frame is not self for x in leaves(operands)):
            return y
        special = multilinear(self, row, operands, static, y)
        if special is not None:
            return special
        if "jvp" not in row.rules:
            refuse_rule(row.name)
        several = isinstance(y, _SEQUENCES)
        slopes: list = []

        def slope(position):
            def part():
                if not slopes:
                    dots = tuple([self.slope(x) for x in operands])
                    found = row.jvp(dots, results[0], *[_strong(x) for x in operands], **static)
                    slopes.extend(found if several else [found])
                return self.node(slopes[position])

            return part

        parts = [_strong(part) for part in (y if several else [y])]
        wrapped = [
            self.wrap(part, Solution(part, slope(i))) if _is_inexact(part) else part for i, part in enumerate(parts)
        ]
        results = [wrapped[0] if not several else type(y)(*wrapped) if hasattr(y, "_fields") else type(y)(wrapped)]
        return results[0]

    def assemble_leaves(self, leaves: list, value: Any) -> Any:
        def assembled(terms):
            rest = iter(terms)
            parts = [next(rest) if type(x) is Lazy and x.frame is self else zeros_like(x) for x in leaves]
            return np.reshape(np.stack([np.reshape(part, -1) for part in parts]), value.shape)

        return self.wrap(value, Linear(value, assembled, [x.node for x in leaves if type(x) is Lazy]))


def _strong(x: Any) -> Any:
    """Python's numbers as NumPy's, whose division by zero gives infinity."""
    if type(x) is float:
        return np.float64(x)
    return np.complex128(x) if type(x) is complex else x


def _is_inexact(x: Any) -> bool:
    return getattr(x, "dtype", np.dtype(bool)).kind in "fc"


def _key(x: Any) -> Any:
    """Equal for equal operands: a node is itself, a constant its bytes."""
    if type(x) is Lazy:
        return id(x.node)
    if type(x) in TRACED_TYPES:
        return x.frame.tag, id(x)
    x = np.asarray(x)
    return x.dtype, x.shape, x.tobytes()


def _applied(function: Callable) -> Callable:
    def applied(terms):
        return function(terms[0])

    return applied


def _integer_power(y: Any, x: Node, p: int) -> Node:
    """``x**p`` by squaring, which has no division by ``x``."""
    if p == 1:
        return x
    half = _integer_power(None, x, p // 2)
    base = half.term(0)
    square = Product(base * base, half, half)
    node = square if p % 2 == 0 else Product(square.terms[0] * x.term(0), square, x)
    if y is not None:
        node.terms[0] = y
    return node


_LINEAR = frozenset((np.negative, np.positive, np.conjugate))
_SIGNS = {np.add: 1, np.subtract: -1}

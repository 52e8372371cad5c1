"""SeriesTrace: truncated Taylor series through a function, forward mode with coefficients in place of the tangent.

What is linear (views, indices, writes, movement) forward mode already does to a tangent, and does here to each
coefficient; this class adds what is not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from adpy import capture
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import TracedValueError
from adpy.forward.tangents import copied, finite, fitted, fitted_scalar, leaves, zeros
from adpy.forward.trace import ForwardTrace
from adpy.plain import np
from adpy.rules.table import TABLE
from adpy.series.coefficients import Coefficients
from adpy.series.iteration import iterated
from adpy.series.lazy import LazyTrace
from adpy.series.nodes import Given, zeros_like
from adpy.series.recurrences import BINARY, UNARY, divide, negative, power
from adpy.series.values import Lazy, SeriesArray, SeriesElement
from adpy.traced.dispatch import assemble
from adpy.traced.trace import Trace

__all__ = ["SeriesTrace"]

ndarray = np.ndarray
_SEQUENCES = (list, tuple)


class SeriesTrace(ForwardTrace):
    """One transform of truncated Taylor series.

    Parameters
    ----------
    curves : iterable of Coefficients
        Those of the inputs, in the order in which :meth:`input` gets these.
    order : int
        Number of coefficients after the primal.
    """

    __slots__ = ("order",)
    array = SeriesArray

    def __init__(self, curves: Iterable, order: int) -> None:
        ForwardTrace.__init__(self, curves)
        self.order = order
        self.narrow = False

    @property
    def depth(self) -> int:
        """Number of layers of a tangent."""
        return self.order

    # ---- values

    def input(self, value: Any) -> Any:
        terms = next(self.tangents).terms
        return self.wrap(value, self.fitted(terms, value, [*map(id, terms)]))

    def wrap(self, y: Any, tangent: Any) -> Any:
        kind = type(y)
        if isinstance(y, ndarray) if kind not in TRACED_TYPES else not kind.immutable:
            y = y if kind is ndarray or kind in TRACED_TYPES else np.asarray(y)
            return SeriesArray(self._raised(y), Coefficients(map(self._raised, tangent.terms)), self)
        return SeriesElement(y, tangent, self)

    # ---- coefficients in place of a tangent

    def zeros(self, value: Any) -> Coefficients:
        return Coefficients([zeros(value, None) for _ in range(self.order)])

    def copied(self, tangent: Any, value: Any) -> Coefficients:
        return Coefficients([copied(term, value, None) for term in tangent.terms])

    def owned(self, layers: Sequence, y: Any) -> Coefficients:
        return self.fitted(layers, y, ())

    def layers(self, tangent: Any, views: bool) -> list:
        return tangent.terms

    def joined(self, layers: Sequence) -> Coefficients:
        return Coefficients(layers)

    # ---- rows

    def elementwise(self, row, inputs: Sequence, values: Sequence, y: Any) -> Any:
        operands = [self._series(x, value) for x, value in zip(inputs, values, strict=True)]
        if all(len(terms) == 1 for terms in operands):
            return self.lift(y)
        given = [id(term) for terms in operands for term in terms]
        with capture.lowered(self.parent), np.errstate(all="ignore"):
            found = self._recurrence(row.function, operands, y)
            if found is not None and _finite(found):
                return self.wrap(y, self.fitted(found, y, given))
            try:
                lazy = LazyTrace(self)
                opened = [
                    value if len(terms) == 1 else lazy.wrap(terms[0], Given(terms))
                    for value, terms in zip(values, operands, strict=True)
                ]
                return self.closed(y, lazy.elementwise(row, opened, values, y), given)
            except TracedValueError as error:
                self.note(error)
                raise

    def _series(self, x: Any, value: Any) -> list:
        """The coefficients of an operand, its primal first; a constant has no others."""
        if type(x) not in TRACED_TYPES or x.frame is not self:
            return [value]
        coefficients = x.carried()
        if coefficients is None:
            return [value]
        if type(value) is float:
            value = np.float64(value)
        elif type(value) is complex:
            value = np.complex128(value)
        return [value, *coefficients.terms]

    def _recurrence(self, function: Callable, operands: list, y: Any) -> list | None:
        """The coefficients of ``function`` by its own recurrence; None if it has none, or none for these operands."""
        if function in UNARY:
            return UNARY[function](operands[0], y)
        if function is np.power and len(operands[1]) == 1 and not np.any(operands[0][0] == 0):
            return power(operands[0], operands[1][0], y)
        if function not in BINARY:
            return None
        a, b = operands
        if len(a) > 1 and len(b) > 1:
            return BINARY[function](a, b, y)
        if function is np.multiply:
            return [term * b[0] for term in a[1:]] if len(b) == 1 else [a[0] * term for term in b[1:]]
        if len(b) == 1:
            return [term / b[0] for term in a[1:]] if function is np.divide else a[1:]
        if function is np.divide:
            return divide([a[0], *[0.0] * self.order], b, y)
        return b[1:] if function is np.add else negative(b, y)

    def block(self, row, operands: Sequence, values: Sequence, static: dict, y: Any) -> Any:
        several = isinstance(y, _SEQUENCES)
        parts = y if several else [y]
        if any(type(x) in TRACED_TYPES and x.frame is self and x.active for x in leaves(operands)):
            of_user = TABLE.get(row.function) is not row and "jvp" in row.rules
            try:
                with np.errstate(all="ignore"):
                    results = (iterated if of_user else _by_rule)(self, row, operands, values, static, y)
            except TracedValueError as error:
                self.note(error)
                raise
        else:
            results = [self.lift(part) for part in parts]
        if not several:
            return results[0]
        return type(y)(*results) if hasattr(y, "_fields") else type(y)(results)

    def opened(self, x: Any, value: Any, lazy: LazyTrace, given: list) -> Any:
        """An operand as the rule's code sees it; its coefficients are noted in ``given``."""
        if type(x) in _SEQUENCES:
            return type(x)([self.opened(item, v, lazy, given) for item, v in zip(x, value, strict=True)])
        terms = self._series(x, value)
        if len(terms) == 1:
            return value
        given.extend(map(id, terms))
        return lazy.wrap(terms[0], Given(terms))

    def closed(self, y: Any, found: Any, given: list) -> Any:
        """The result ``y`` with the coefficients of the series ``found``."""
        if type(found) is not Lazy:
            return self.lift(y)
        terms = [found.node.term(k) for k in range(1, self.order + 1)]
        return self.wrap(y, self.fitted(terms, y, given))

    def fitted(self, terms: Sequence, y: Any, given: Sequence) -> Coefficients:
        """Coefficients in the shape and dtype of ``y``, which share no memory with those ``given``."""
        kind = type(y)
        if kind is ndarray or (kind in TRACED_TYPES and not kind.immutable):
            return Coefficients([zeros(y, None) if t is None else fitted(t, y, None, _own(t, given)) for t in terms])
        if kind is np.float64 or kind is float:
            return Coefficients([_number(t) for t in terms])
        return Coefficients([fitted_scalar(zeros_like(y) if t is None else t, y) for t in terms])

    def math(self, replacement: Callable, original: Callable, args: tuple) -> Any:
        return Trace.math(self, replacement, original, args)

    def assemble_leaves(self, leaves: list, value: Any) -> Any:
        carried = [x.carried() if type(x) in TRACED_TYPES and x.frame is self else None for x in leaves]
        if all(coefficients is None for coefficients in carried):
            return self.lift(value)
        layers = []
        for k in range(self.order):
            parts = [zeros_like(x) if c is None else c.terms[k] for x, c in zip(leaves, carried, strict=True)]
            scalars = all(part.ndim == 0 for part in parts)
            flat = assemble(parts) if scalars else np.concatenate([np.reshape(part, -1) for part in parts])
            layers.append(np.reshape(flat, value.shape))
        return self.wrap(value, self.fitted(layers, value, ()))


def _by_rule(frame: SeriesTrace, row: Any, operands: Sequence, values: Sequence, static: dict, y: Any) -> list:
    """The results of a row of the table."""
    lazy = LazyTrace(frame)
    given: list = []
    opened = [frame.opened(x, value, lazy, given) for x, value in zip(operands, values, strict=True)]
    with capture.lowered(frame.parent):
        found = lazy.block(row, opened, values, static, y)
        if not isinstance(y, _SEQUENCES):
            return [frame.closed(y, found, given)]
        return [frame.closed(part, f, given) for part, f in zip(y, found, strict=True)]


def _own(term: Any, given: Sequence) -> bool:
    """Does a coefficient have memory of its own?"""
    return type(term) is ndarray and term.base is None and id(term) not in given


def _finite(terms: list) -> bool:
    """Are all coefficients finite?  May be wrongly False for very large ones."""
    if type(terms[0]) is np.float64:
        return math.isfinite(sum(terms))
    return all(map(finite, terms))


def _number(term: Any) -> Any:
    """A coefficient of a float64."""
    if term is None:
        return np.float64(0.0)
    if type(term) is np.float64 or type(term) in TRACED_TYPES:
        return term
    return np.float64(term.real if hasattr(term, "real") else term)

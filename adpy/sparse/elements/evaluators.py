"""Jacobians and Hessians by elements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adpy.errors import PatternError
from adpy.plain import np
from adpy.program.code import Code
from adpy.program.streams import NoStream, scalar_stream
from adpy.sparse.elements import directions, edges, templates
from adpy.sparse.elements.forms import CONSTANT
from adpy.sparse.elements.partition import partition
from adpy.sparse.elements.plan import Places, build
from adpy.sparse.evaluator import Evaluator, Unsuitable
from adpy.sparse.pattern import Pattern

__all__ = ["ElementHessian", "ElementJacobian"]


class _Elements(Evaluator):
    """What both have in common."""

    def __init__(
        self, code: Code, wrt: Sequence[int], pattern: Pattern | None = None, before: _Elements | None = None
    ) -> None:
        self._wrt = list(wrt)
        self._loose: np.ndarray | None = None
        try:
            stream = scalar_stream(code)
        except NoStream as reason:
            raise Unsuitable(str(reason)) from None
        found = partition(stream, self._wrt)
        self._constants = found.values[found.kinds == CONSTANT]
        if before is not None and before._constants.size == self._constants.size:
            changed = ~(
                (self._constants == before._constants) | (np.isnan(self._constants) & np.isnan(before._constants))
            )
            self._loose = changed if before._loose is None else changed | before._loose
            found.loose = np.zeros(len(found.values), bool)
            found.loose[found.kinds == CONSTANT] = self._loose
        places = _places(stream, self._wrt, self._rows(stream, self._wrt))
        self._plan = self._planned(found, places, pattern)
        self.pattern, self.operations = self._plan.pattern, self._plan.operations

    def rebound(self, code: Code) -> _Elements | None:
        """The same for a code that differs in constants only; None where that gives other entries."""
        try:
            return type(self)(code, self._wrt, self.pattern, self)
        except (PatternError, Unsuitable):
            return None

    @property
    def varying(self) -> bool:
        """Is there anything that changes with the inputs?"""
        return self._plan.execution.kernels > 0

    @property
    def compiled(self) -> bool:
        """Is there native code?  Small problems get it when they have spent as much time as compiling takes."""
        return self._plan.execution.compiled

    def evaluate(self, inputs: Sequence[Any], data: np.ndarray) -> bool:
        return self._plan.evaluate(_joined(inputs), data)


class ElementJacobian(_Elements):
    """Jacobian of all results of a code by its inputs ``wrt``, entry by entry.

    Parameters
    ----------
    code : Code
    wrt : sequence of int
        Numbers of the inputs; their entries one after the other are the columns.
    pattern : Pattern, optional
        One that has all entries.
    before : ElementJacobian, optional
        Of a code with other constants: those that differ become data of the kernels, not part of them.

    Raises
    ------
    Unsuitable
        If the code does not come apart into small elements.
    """

    @staticmethod
    def _rows(stream, wrt):
        return sum(len(x) for x in stream.outputs)

    @staticmethod
    def _planned(found, places, pattern):
        return build(found, places, templates.gradients, False, pattern)


class ElementHessian(_Elements):
    """Hessian of a code with one number as result, entry by entry; parameters as of :class:`ElementJacobian`.

    Elements are differentiated leaf by leaf; by edge pushing where that would be too long.
    """

    @staticmethod
    def _rows(stream, wrt):
        if sum(len(x) for x in stream.outputs) != 1:
            raise Unsuitable("a result that is not one number")
        return sum(len(stream.inputs[k]) for k in wrt)

    @staticmethod
    def _planned(found, places, pattern):
        try:
            return build(found, places, directions.hessians, True, pattern)
        except Unsuitable:
            return build(found, places, edges.hessians, True, pattern)


def _places(stream: Any, wrt: Sequence[int], rows: int) -> Places:
    position = np.full(len(stream.ops), -1, np.int32)
    column = position.copy()
    total = 0
    for numbers in stream.inputs:
        position[numbers] = np.arange(total, total + len(numbers))
        total += len(numbers)
    columns = 0
    for k in wrt:
        column[stream.inputs[k]] = np.arange(columns, columns + len(stream.inputs[k]))
        columns += len(stream.inputs[k])
    return Places(position, column, (rows, columns))


def _joined(inputs: Sequence[Any]) -> np.ndarray:
    """All inputs one after the other."""
    if len(inputs) == 1:
        return np.ascontiguousarray(inputs[0], np.float64).reshape(-1)
    return np.concatenate([np.asarray(x, np.float64).reshape(-1) for x in inputs])

"""Trace: one running transform, and the interface by which dispatch hands it operations.

A :class:`Trace` is also the capture frame of its transform (see :mod:`adpy.capture`): while it is active, array
creators ask it for buffers.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from adpy import capture
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import TracedValueError
from adpy.plain import np
from adpy.tags import new_tag

__all__ = ["Trace"]


class Trace(ABC):
    """One transform: its tag, its enclosing trace, and what it does with each kind of rule row.

    Attributes
    ----------
    tag : int
        Larger for transforms entered later.
    parent : Trace or None
        The enclosing trace, whose traced values may appear inside values of this one.
    open : bool
        False once the transform has returned; its traced values are dead from then on.
    detached : list of TracedValueError
        Refusals raised during the trace; the first is raised again at its end, even when user code swallowed it.
    thorough : bool
        Every array of this trace can also take values of the traces around it; else only arrays that hold such a value
        already, and buffers.  It costs a traced array inside each array, and is for the second attempt.
    """

    __slots__ = ("detached", "open", "parent", "tag", "thorough")
    batched = False  # do its values stand for one value in each lane of a batch?
    guarded = False  # does it want to know of every value that leaves it (see `leaves`)?

    def __init__(self) -> None:
        self.tag = new_tag()
        self.parent = capture.frame()
        self.open = True
        self.detached: list[TracedValueError] = []
        self.thorough = False

    @abstractmethod
    def elementwise(self, row, inputs: Sequence, values: Sequence, y: Any) -> Any:
        """Return ``y`` carrying derivatives by the partials of ``row``; ``values`` are the primals of ``inputs``."""

    def elementwise_call(self, row, inputs: Sequence, values: Sequence, y: Any, settings: tuple, named: dict) -> Any:
        """As :meth:`elementwise` for a function that was given settings after its operands, which no partial reads."""
        return self.elementwise(row, inputs, values, y)

    @abstractmethod
    def real_elementwise(self, row, inputs: Sequence, values: Sequence, y: Any) -> Any:
        """As :meth:`elementwise` for a function that returns Python floats."""

    @abstractmethod
    def block(self, row, operands: Sequence, values: Sequence, static: dict, y: Any) -> Any:
        """Return ``y`` carrying derivatives by the jvp/vjp of a block row."""

    @abstractmethod
    def structural(self, function: Callable, arguments: Callable, operands: Sequence, values: Sequence, y: Any) -> Any:
        """Return ``y`` carrying derivatives moved as ``function`` moved the entries.

        ``arguments(replacements) -> (args, kwargs)`` rebuilds the call with other operands.
        """

    @abstractmethod
    def lift(self, y: Any) -> Any:
        """Wrap a fresh constant result so that it can take traced values."""

    @abstractmethod
    def assemble_leaves(self, leaves: list, value: Any) -> Any:
        """An array from the entries ``leaves`` in C order (numbers and traced values); ``value`` is its primal."""

    def buffer(self, array: np.ndarray) -> Any:
        """Wrap a fresh array as an inactive buffer (capture frame interface)."""
        if self.parent is not None:
            array = self.parent.buffer(array)
        return self.lift(array)

    def below(self, y: Any) -> Any:
        """``y``, a value of the level below, as this trace keeps it inside a traced value."""
        return self.parent.raised(y) if self.thorough and self.parent is not None else y

    def raised(self, y: Any) -> Any:
        """An array from below as one that takes values of this trace and of all around it; anything else unchanged."""
        kind = type(y)
        if kind is np.ndarray:
            return self.buffer(y)
        if kind not in TRACED_TYPES or kind.immutable or y.frame is self:
            return y
        return self.lift(y if self.parent is None else self.parent.raised(y))

    def borrow(self, array: np.ndarray) -> Any:
        """Wrap an array of the user's over its own memory: it takes plain writes and refuses traced ones."""
        if self.parent is not None:
            array = self.parent.borrow(array)
        return self.lift_borrowed(array)

    def lift_borrowed(self, array: Any) -> Any:
        """As :meth:`lift`, for memory that outlives the trace; here a view that cannot be written."""
        view = array.view()
        view.setflags(write=False)
        return self.lift(view)

    def note(self, error: TracedValueError) -> None:
        """Remember a refusal (capture frame interface)."""
        self.detached.append(error)

    def assemble(self, nested: Any, dtype: Any = None) -> Any:
        """Build an array from nested sequences with traced values in them (capture frame interface)."""
        from adpy.traced.dispatch import assemble

        return assemble(nested, dtype)

    def inert(self, function: Callable, args: tuple, kwargs: dict) -> Any:
        """Call a function of values only, such as a comparison (capture frame interface).

        Level by level, because an enclosing trace may want to know what is decided.
        """
        from adpy.traced.dispatch import lower, primals

        if self.parent is None:
            return function(*primals(args), **{name: primals(x) for name, x in kwargs.items()})
        return self.parent.inert(function, lower(args, self), {name: lower(x, self) for name, x in kwargs.items()})

    def intercepted(self, function: Callable, args: Sequence, kwargs: dict) -> tuple | None:
        """The result, alone in a tuple, of a call that the trace takes out of dispatch (asked where ``guarded``)."""
        return None

    def failed(self, operands: Sequence) -> None:  # noqa: B027 (a hook)
        """An operation on these operands raised an error, which the function may catch."""

    def leaves(self, x: Any) -> None:
        """The value of ``x`` becomes a plain one, on which code may depend (called where ``guarded``)."""
        raise NotImplementedError(f"{type(self).__name__} is guarded, and does not say how")

    def math(self, replacement: Callable, original: Callable, args: tuple) -> Any:
        """Call a ``math`` function on traced arguments (capture frame interface)."""
        from adpy.traced.mathcall import math_call

        return math_call(replacement, original, args)

"""The rule table: one row per primitive, keyed by the function itself.

Six kinds of row:

==============  ============================================================================
Elementwise     a ufunc: the partials with respect to each operand
Structural      pure index movement: no derivative code, the same function moves addresses
Block           anything else with a derivative: a jvp and a vjp
Composite       rewritten in terms of other primitives
Inert           acts on values only; its result carries no derivative (``argmax``, ``shape``)
Refused         no derivative is possible or known: an error that says what to write instead
==============  ============================================================================
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from adpy.rules.slicing import Partial, slice_partials

__all__ = [
    "METHODS",
    "TABLE",
    "Block",
    "Composite",
    "Elementwise",
    "Inert",
    "Refused",
    "Row",
    "Structural",
    "block",
    "composite",
    "inert",
    "refused",
    "rule",
    "structural",
]


@dataclass(frozen=True, eq=False)
class Row:
    """One primitive.

    Parameters
    ----------
    function : callable
        The function this row is about; the key in :data:`TABLE`.
    name : str
        Dotted name for messages and documentation, such as ``"numpy.tanh"``.
    """

    function: Callable
    name: str


@dataclass(frozen=True, eq=False)
class Elementwise(Row):
    """A ufunc and its partials.

    Parameters
    ----------
    partials : callable
        ``partials(*operands, y) -> tuple``: one partial per operand, ordinary NumPy code.
        A partial may be a Python number; ``None`` means "no rule for this operand": an error when
        that operand is active.
    domain : tuple of (float, float)
        For each operand an interval tests sample from.
    kinks : tuple
        Points (unary: numbers; binary: pairs) where the derivative jumps.
    special : tuple of (point, partials)
        Points with the partials that the conventions promise there (unary: numbers, else tuples).
    holomorphic : bool
        False where no complex derivative exists although NumPy accepts complex operands: an error
        when such an operand is active.
    """

    partials: Callable
    domain: tuple = ()
    kinks: tuple = ()
    special: tuple = ()
    holomorphic: bool = True

    @cached_property
    def slices(self) -> tuple[Partial, ...]:
        """One :class:`~adpy.rules.slicing.Partial` per operand."""
        return slice_partials(self.partials)

    @property
    def arity(self) -> int:
        """Number of operands."""
        return self.partials.__code__.co_argcount - 1


@dataclass(frozen=True, eq=False)
class Structural(Row):
    """Pure index movement.

    Parameters
    ----------
    operands : tuple of str
        Parameters of ``function`` that carry data; all others are passed through unchanged.
        A data parameter may be a (nested) sequence of arrays.
    transpose : callable or None
        Optional faster cotangent map ``transpose(bar, operands, **static) -> tuple of bars``;
        without it adpy moves an index array instead.
    accumulate : callable or None
        Optional ``accumulate(present, bar, **static)`` for one operand: adds the moved ``bar`` to the plain array
        ``present`` in place, without moving it first.
    """

    operands: tuple[str, ...] = ("a",)
    transpose: Callable | None = None
    signature: inspect.Signature | None = None
    accumulate: Callable | None = None


@dataclass(frozen=True, eq=False)
class Block(Row):
    """A primitive with a jvp and a vjp.

    Parameters
    ----------
    primal : callable
        The function with its parameters spelled out: the differentiable ones are positional
        (they may still be passed by keyword), the static ones keyword-only or listed after.
    operands : tuple of str
        Names of the differentiable parameters of ``primal``.
    jvp : callable
        ``jvp(dots, y, *operands, **static) -> y_dot``; ``dots`` is a tuple aligned with the
        operands, ``None`` where an operand is constant.
    vjp : callable
        ``vjp(bar, y, needs, *operands, **static) -> tuple of bars`` aligned with the operands;
        ``needs`` is a tuple of bools, entries not needed may be ``None``.
    """

    primal: Callable
    operands: tuple[str, ...]
    rules: dict = field(default_factory=dict)

    @property
    def jvp(self) -> Callable:
        return self.rules["jvp"]

    @property
    def vjp(self) -> Callable:
        return self.rules["vjp"]

    def defjvp(self, function: Callable) -> Callable:
        """Register the tangent map."""
        self.rules["jvp"] = function
        return function

    def defvjp(self, function: Callable) -> Callable:
        """Register the cotangent map."""
        self.rules["vjp"] = function
        return function


@dataclass(frozen=True, eq=False)
class Composite(Row):
    """A function rewritten in terms of other primitives.

    ``implementation`` takes the same arguments as ``function`` and works on traced values.
    """

    implementation: Callable


@dataclass(frozen=True, eq=False)
class Inert(Row):
    """A function of values only: its result is a plain value."""


@dataclass(frozen=True, eq=False)
class Refused(Row):
    """A function without a derivative; ``advice`` says what to write instead."""

    advice: str = ""


TABLE: dict[Any, Row] = {}

METHODS: dict[type, tuple[str, ...]] = {}
"""Names of the methods of classes that have rows: during a trace they are replaced in their class."""


def _name(function: Callable) -> str:
    module = getattr(function, "__module__", None) or "numpy"
    module = module.replace("numpy._core.", "numpy.").split("._")[0]
    if isinstance(function, np.ufunc):
        module = "numpy" if getattr(np, function.__name__, None) is function else "scipy.special"
    return f"{module}.{function.__name__}"


def _register(row: Row) -> None:
    if row.function in TABLE:
        raise ValueError(f"{row.name} has two rows in the rule table")
    TABLE[row.function] = row


def rule(function: Callable, *, domain=(), kinks=(), special=(), holomorphic=True, name: str | None = None):
    """Register an elementwise row; decorates its partials."""

    def register(partials: Callable) -> Callable:
        points = tuple(domain), tuple(kinks), tuple(special)
        _register(Elementwise(function, name or _name(function), partials, *points, holomorphic))
        return partials

    return register


def structural(
    function: Callable, *operands: str, transpose: Callable | None = None, accumulate: Callable | None = None
) -> None:
    """Register a structural row."""
    _register(Structural(function, _name(function), operands or ("a",), transpose, accumulate=accumulate))


def block(function: Callable, *operands: str, name: str | None = None):
    """Register a block row; decorates its primal and returns the row (for ``defjvp``/``defvjp``)."""

    def register(primal: Callable) -> Block:
        row = Block(function, name or _name(function), primal, operands)
        _register(row)
        return row

    return register


def composite(function: Callable, *, name: str | None = None):
    """Register a composite row; decorates the implementation."""

    def register(implementation: Callable) -> Callable:
        _register(Composite(function, name or _name(function), implementation))
        return implementation

    return register


def inert(*functions: Callable) -> None:
    """Register functions whose results carry no derivative."""
    for function in functions:
        _register(Inert(function, _name(function)))


def refused(function: Callable, advice: str) -> None:
    """Register a function that adpy refuses, with advice."""
    _register(Refused(function, _name(function), advice))

"""Does a step give the same each time, and a recording what the step itself gives?"""

from __future__ import annotations

import copy
import enum
import types
from collections.abc import Callable
from typing import Any

from adpy.api.trees import flatten, map_leaves
from adpy.errors import NonDifferentiableError
from adpy.plain import np
from adpy.traced.refusal import refuse

__all__ = ["check_marks", "copied", "is_value", "mark_of", "verify"]

_VALUES = (np.ndarray, np.generic, int, float, complex, str, bytes, type(None), enum.Enum, type, np.dtype, slice, range)
_CLOSE = 1e-6
"""Relative difference by which a recording may differ from the step: other roundings."""

_BLOCK = 7 << 10
"""Entries of a state that are marked at a time, few enough for the cache and for one thread of BLAS."""

_WEIGHTS = 1.0 + np.arange(_BLOCK + 7) % 7


def is_value(leaf: Any) -> bool:
    """Is it an array, or something that cannot change?"""
    return isinstance(leaf, _VALUES) or type(leaf) in (types.FunctionType, types.BuiltinFunctionType)


def copied(leaf: Any) -> Any:
    """A leaf of its own."""
    if isinstance(leaf, np.ndarray):
        return leaf.copy("K")
    return leaf if is_value(leaf) else copy.deepcopy(leaf)


def mark_of(state: Any) -> tuple[float, float]:
    """Two numbers by which states are told apart: a sum with changing weights, and the sum of magnitudes."""
    total = size = 0.0
    for i, (_, leaf) in enumerate(flatten(state)):
        if isinstance(leaf, np.ndarray | np.generic | float | int | complex) and np.result_type(leaf).kind in "biufc":
            values = np.ravel(leaf)
            weights = _WEIGHTS[i % 7 :][:_BLOCK]
            for start in range(0, values.size, _BLOCK):
                part = values[start : start + _BLOCK]
                part = np.abs(part) if part.dtype.kind == "c" else part.astype(float, copy=False)
                total += float(part @ weights[: part.size])
                size += float(np.abs(part).sum())
    return total, size


def check_marks(n: int, mark: tuple, before: tuple, tolerance: float) -> None:
    """Raise if a step has not given what it gave before.

    Raises
    ------
    NonDifferentiableError
    """
    if not np.allclose(mark, before, tolerance, tolerance * before[1], equal_nan=True):
        raise NonDifferentiableError(
            f"step {n} gave another state when it was run again: a step must not draw random numbers (pass them as "
            "args, or a numpy.random.Generator as part of the state), nor change what is outside of its state"
        )


def verify(body: Callable, state: Any, n: int, operands: Any, arg: Any, found: Any) -> None:
    """Raise unless a step gives what a recording of it has found, and leaves operands and argument as they are.

    Raises
    ------
    NonDifferentiableError
        If the step gives something else each time.
    TracedValueError
        If it writes into what is the same in all steps.
    """
    given = map_leaves(copied, (operands, arg))
    plain, _ = body(state, n, *given)
    for (_, x), (_, y) in zip(flatten((operands, arg)), flatten(given), strict=True):
        if isinstance(x, np.ndarray) and not np.array_equal(x, y, equal_nan=x.dtype.kind in "fc"):
            refuse(
                "A write of the step of a loop into its params, its args, or what it closes over,",
                "Let it copy them, or make what changes a part of the state.",
            )
    check_marks(n, mark_of(found), mark_of(plain), _CLOSE)

"""Does a step give the same each time, and a recording what the step itself gives?"""

from __future__ import annotations

import copy
import enum
import types
from collections.abc import Callable
from typing import Any, NamedTuple

from adpy.api.trees import flatten, map_leaves
from adpy.capture.registry import TRACED_TYPES
from adpy.errors import ArgumentError, NonDifferentiableError
from adpy.plain import np
from adpy.traced.refusal import refuse

__all__ = [
    "Habits",
    "check_habits",
    "check_marks",
    "copied",
    "habits_of",
    "is_value",
    "mark_of",
    "shared",
    "verify",
]

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


class Habits(NamedTuple):
    """What a step does with the memory of the state; paths of leaves.

    Attributes
    ----------
    written : frozenset of str
        What it writes into.
    shared : frozenset of str
        What shares memory with another leaf afterwards.
    """

    written: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()


def shared(state: Any) -> frozenset[str]:
    """Paths of the arrays that share memory with another one."""
    found: set[str] = set()
    owners: dict[int, list[tuple[str, Any]]] = {}
    for path, leaf in flatten(state):
        if not isinstance(leaf, np.ndarray) and type(leaf) not in TRACED_TYPES:
            continue
        owner = leaf
        while isinstance(owner, np.ndarray) and owner.base is not None:
            owner = owner.base
        others = owners.setdefault(id(owner), [])
        for other, array in others:
            if leaf is array or np.may_share_memory(leaf, array):
                found |= {path, other}
        others.append((path, leaf))
    return frozenset(found)


def habits_of(body: Callable, state: Any, n: int, operands: Any, arg: Any) -> Habits:
    """Run a step on plain values, which are its own, and see."""
    before = [(path, leaf, leaf.copy()) for path, leaf in flatten(state) if isinstance(leaf, np.ndarray)]
    after, _ = body(state, n, *map_leaves(copied, (operands, arg)))
    written = [path for path, leaf, old in before if not np.array_equal(leaf, old, leaf.dtype.kind in "fc")]
    return Habits(frozenset(written), shared(after))


def check_habits(written: frozenset[str], together: frozenset[str]) -> None:
    """Raise if steps write into what shares memory with other parts of the state.

    In a plain loop the other parts change as well; in states that are kept and put together again they do not.

    Raises
    ------
    ArgumentError
    """
    for path in sorted(written & together):
        expected = "an array of its own, as steps write into it: a copy()"
        raise ArgumentError(f"state{path}", expected, "one that shares memory with another part of the state")

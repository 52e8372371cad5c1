"""How a small function enters the collection: a decorator that records it and leaves it as it is."""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any, TypeVar

import numpy as np

from benchmarks.problem import Problem

__all__ = ["EXAMPLES", "example"]

Function = TypeVar("Function", bound=Callable[..., Any])

EXAMPLES: list[Problem] = []


def example(*args: Any, argnums: int | tuple[int, ...] | None = None) -> Callable[[Function], Function]:
    """Record the function below with its arguments.

    Parameters
    ----------
    *args
        Where the function is differentiated. Lists become arrays.
    argnums : int, tuple of int, optional
        The differentiated arguments; every float and float array by default.
    """
    values = tuple(np.array(a, dtype=float) if isinstance(a, list) else a for a in args)
    active = argnums
    if active is None:
        active = tuple(i for i, v in enumerate(values) if isinstance(v, (float, np.ndarray)))
        active = active[0] if len(active) == 1 else active

    def inputs() -> tuple[Any, ...]:
        return values

    def record(function: Function) -> Function:
        title = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
        scalars = not uses(function.__code__, "np")
        EXAMPLES.append(Problem(title, title, function, inputs, argnums=active, scalars=scalars))
        return function

    return record


def uses(code: CodeType, name: str) -> bool:
    """Does ``code`` mention the global ``name``?"""
    return name in code.co_names or any(isinstance(c, CodeType) and uses(c, name) for c in code.co_consts)

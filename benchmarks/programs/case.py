"""What a case of the benchmark of programs is: a problem, how its lanes lie, and what adpy aims at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.problem import Problem

__all__ = ["Case"]


@dataclass(frozen=True)
class Case:
    """A problem, or one function at many points (lanes).

    Attributes
    ----------
    problem : Problem
        Of a case with lanes, ``function`` takes one lane, ``inputs`` gives the arguments of all, and the gradient is
        taken by the first argument.
    target, compiled_target : float or None
        Ratios (gradient / plain function) aimed at: by interpreters, and by kernels of the program's own.
    in_axes : tuple
        Axis of the lanes in each argument, None for one that is shared; empty where there are no lanes.
    mean : bool
        The gradient of the mean over the lanes, in the place of a gradient in each.
    vectorised : callable or None
        The values in all lanes, in NumPy, for tools that have no lanes and, by complex numbers, for references of
        means; without lanes, a function that takes complex numbers.
    only : tuple of str
        Contestants that take part; empty for all.
    after : str
        A case that is easier: who found no gradient of it in time is not asked again.
    """

    problem: Problem
    target: float | None = None
    compiled_target: float | None = None
    in_axes: tuple[int | None, ...] = ()
    mean: bool = False
    vectorised: Callable[..., Any] | None = None
    only: tuple[str, ...] = ()
    after: str = ""

    @property
    def name(self) -> str:
        """The name used on the command line."""
        return self.problem.name

    def inputs(self) -> tuple[Any, ...]:
        """The arguments, of all lanes."""
        return self.problem.inputs()

    def lanes(self, args: tuple[Any, ...]) -> int | None:
        """How many lanes these arguments hold."""
        return next((len(a) for a, axis in zip(args, self.in_axes) if axis is not None), None)

    def lane(self, args: tuple[Any, ...], i: int) -> tuple[Any, ...]:
        """The arguments of one lane."""
        return tuple(a if axis is None else a[i] for a, axis in zip(args, self.in_axes, strict=True))

    def some_lanes(self, args: tuple[Any, ...], count: int) -> tuple[Any, ...]:
        """The arguments of the first lanes."""
        return tuple(
            a if axis is None else np.ascontiguousarray(a[:count]) for a, axis in zip(args, self.in_axes, strict=True)
        )

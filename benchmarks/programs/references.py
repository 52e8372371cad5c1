"""What gradients have to be: along random directions, in some lanes, and alike for all contestants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.problem import Problem
from benchmarks.programs.case import Case
from benchmarks.programs.contestants.plain import SAMPLE
from benchmarks.verify import AGREEMENT, Reference, extrapolated_difference, reference_for

__all__ = ["Judge", "judge_of"]

TOLERANCE = 1e-6


@dataclass
class Judge:
    """Compares gradients with differences, and with the first that proved right.

    Attributes
    ----------
    reference : Reference
        Of the whole gradient; with lanes, of the first ones.
    compared : int or None
        Entries that the reference knows; None for all.
    width : int
        Entries for each lane; 0 without lanes.
    """

    reference: Reference
    compared: int | None = None
    width: int = 0
    agreed: np.ndarray | None = None

    def error(self, gradient: np.ndarray, lanes: int | None = None) -> str | None:
        """What is wrong, or None.

        Parameters
        ----------
        gradient : ndarray
            All entries in one row.
        lanes : int or None
            As many lanes as it has, if not all.
        """
        wrong = self.reference.error(gradient[: self.compared])
        if wrong is not None:
            return wrong
        if self.agreed is not None:
            expected = self.agreed if lanes is None else self.agreed[: lanes * self.width]
            if gradient.shape != expected.shape:
                return f"has {gradient.size} entries, not {expected.size}"
            difference = float(np.max(np.abs(gradient - expected)))
            if not difference <= AGREEMENT * max(1e-300, float(np.max(np.abs(expected)))):
                return f"differs from a verified gradient by {difference:.3g}"
        elif lanes is None:
            self.agreed = gradient
        return None


def judge_of(case: Case) -> Judge:
    """Differences along random directions."""
    args = case.problem.inputs()
    if case.vectorised is not None:
        check_vectorised(case, args)
    if case.mean or not case.in_axes:
        return Judge(reference_for(reference_problem(case), args))
    rng = np.random.default_rng(20)
    rows = [case.lane(args, i) for i in range(SAMPLE)]
    width = np.size(rows[0][0])
    parts, slopes, tolerances = [], [], []
    for row in rows:
        direction = rng.normal(size=width) * np.where(row[0] == 0, 1.0, np.abs(row[0]))
        slope, error = extrapolated_difference(along(case.problem.function, row, direction))
        parts.append(direction)
        slopes.append(slope)
        tolerances.append(max(10.0 * error, TOLERANCE * abs(slope)))
    directions = []
    for i, part in enumerate(parts):
        one = np.zeros((SAMPLE, width))
        one[i] = part
        directions.append(one.ravel())
    reference = Reference("extrapolated differences", tuple(directions), tuple(slopes), tuple(tolerances))
    return Judge(reference, SAMPLE * width, width)


def reference_problem(case: Case) -> Problem:
    """The problem; a mean by the complex step, as differences go over the kinks of its lanes."""
    if case.vectorised is None:
        return case.problem
    values = case.vectorised
    return replace(case.problem, complex_step=True, function=lambda *args: np.mean(values(*args)))


def along(function: Callable, row: tuple[Any, ...], direction: np.ndarray) -> Callable[[float], float]:
    """The function of one lane along a line."""
    return lambda t: function(row[0] + t * direction, *row[1:])


def check_vectorised(case: Case, args: tuple[Any, ...]) -> None:
    """The vectorised function, on which references and tools rely, has the values of the plain one."""
    if case.in_axes:
        some = case.some_lanes(args, SAMPLE)
        expected = [case.problem.function(*case.lane(args, i)) for i in range(SAMPLE)]
    else:
        some, expected = args, case.problem.function(*args)
    np.testing.assert_allclose(case.vectorised(*some), expected, rtol=1e-10, atol=1e-12)

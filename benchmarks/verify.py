"""Is a gradient right? References that need no tool: the complex step, and extrapolated central differences."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.problem import Problem, flatten

__all__ = ["Reference", "reference_for", "extrapolated_difference"]

TOLERANCE = 1e-6
COMPLEX_STEP_TOLERANCE = 1e-10
AGREEMENT = 1e-8


@dataclass(frozen=True)
class Reference:
    """Directional derivatives of a problem along random directions.

    A wrong entry anywhere in a gradient changes its product with a random direction, so a few directions check
    all the entries.
    """

    method: str
    directions: tuple[np.ndarray, ...]
    derivatives: tuple[float, ...]
    tolerances: tuple[float, ...]

    def error(self, gradient: Any, agreed: np.ndarray | None = None) -> str | None:
        """Say what is wrong with ``gradient``, or None.

        ``agreed`` is a gradient already verified: two right ones agree far beyond what differences can show.
        """
        flat = flatten(gradient)
        if flat.shape != self.directions[0].shape:
            return f"has {flat.size} entries, not {self.directions[0].size}"
        if not np.all(np.isfinite(flat)):
            return "is not finite"
        for direction, derivative, tolerance in zip(self.directions, self.derivatives, self.tolerances):
            found = float(flat @ direction)
            if not abs(found - derivative) <= tolerance:
                return f"directional derivative {found:.10g}, {self.method} gives {derivative:.10g}"
        if agreed is not None:
            difference = np.max(np.abs(flat - agreed)) if flat.size else 0.0
            if difference > AGREEMENT * max(1e-300, float(np.max(np.abs(agreed)))):
                return f"differs from a verified gradient by {difference:.3g}"
        return None


def reference_for(problem: Problem, args: tuple[Any, ...], count: int = 2) -> Reference:
    """Directional derivatives of ``problem`` at ``args`` along ``count`` random directions."""
    rng = np.random.default_rng(20)
    origin = [np.asarray(args[i], dtype=float) for i in problem.active]
    directions, derivatives, tolerances = [], [], []
    for _ in range(count):
        parts = [rng.normal(size=a.shape) * np.where(a == 0, 1.0, np.abs(a)) for a in origin]
        along = restrict(problem, args, origin, parts)
        if problem.complex_step:
            derivative = complex_step(along)
            error = COMPLEX_STEP_TOLERANCE * abs(derivative)
        else:
            derivative, error = extrapolated_difference(along)
            error = max(10.0 * error, TOLERANCE * abs(derivative))
        directions.append(flatten(tuple(parts)))
        derivatives.append(derivative)
        tolerances.append(error)
    method = "complex step" if problem.complex_step else "extrapolated differences"
    return Reference(method, tuple(directions), tuple(derivatives), tuple(tolerances))


def restrict(
    problem: Problem, args: tuple[Any, ...], origin: list[np.ndarray], parts: list[np.ndarray]
) -> Callable[[Any], Any]:
    """The function along a line: t -> f(origin + t direction)."""

    def along(t: Any) -> Any:
        full = list(args)
        for position, a, part in zip(problem.active, origin, parts):
            moved = a + t * part
            full[position] = moved if moved.ndim else moved[()]
        return problem.function(*full)

    return along


def complex_step(along: Callable[[Any], Any]) -> float:
    """Derivative at 0 of an analytic function that takes complex input as it stands."""
    step = 1e-30
    with warnings.catch_warnings():
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        return float(np.imag(along(1j * step))) / step


def extrapolated_difference(
    along: Callable[[float], float], first: float = 1e-2, levels: int = 7
) -> tuple[float, float]:
    """Derivative at 0 by Richardson extrapolation of central differences, with Ridders' error estimate."""
    best, error = np.nan, np.inf
    previous: list[float] = []
    for level in range(levels):
        h = first / 2.0**level
        row = [(float(along(h)) - float(along(-h))) / (2.0 * h)]
        for order in range(level):
            factor = 4.0 ** (order + 1)
            row.append((factor * row[order] - previous[order]) / (factor - 1.0))
            estimate = max(abs(row[order + 1] - row[order]), abs(row[order + 1] - previous[order]))
            if estimate <= error:
                best, error = row[order + 1], estimate
        previous = row
    return best, error

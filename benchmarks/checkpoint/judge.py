"""Is the gradient of a loop right? Along random directions, beside the complex step of the plain loop."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.checkpoint.problem import Problem, flat, plain, rebuilt

__all__ = ["Judge"]

STEP = 1e-40
TOLERANCE = 1e-8
"""In the sum of the absolute terms of a directional derivative."""


class Judge:
    """Knows derivatives along random directions, exact to rounding.

    Parameters
    ----------
    problem : Problem
    args : tuple
        State and parameters.
    directions : int
        How many loops in complex numbers to run.
    """

    def __init__(self, problem: Problem, args: tuple[Any, tuple[float, ...]], directions: int = 2) -> None:
        rng, point = np.random.default_rng(20), flat(args)
        self.directions = rng.uniform(0.5, 1.5, (directions, point.size)) * rng.choice([-1.0, 1.0], point.size)
        self.slopes = []
        for direction in self.directions:
            value = plain(problem, *rebuilt(args, point + STEP * 1j * direction * np.maximum(abs(point), 1e-3)))
            self.slopes.append(float(np.imag(value)) / STEP)
        self.scale = np.maximum(abs(point), 1e-3)

    def error(self, gradient: np.ndarray) -> str | None:
        """What is wrong with a gradient, or None."""
        if gradient.shape != self.scale.shape:
            return f"has shape {gradient.shape}, not {self.scale.shape}"
        if not np.all(np.isfinite(gradient)):
            return "is not finite"
        for direction, slope in zip(self.directions, self.slopes):
            terms = gradient * direction * self.scale
            if abs(terms.sum() - slope) > TOLERANCE * (abs(terms).sum() + abs(slope)):
                return f"derivative {terms.sum():.12g}, the complex step gives {slope:.12g}"
        return None

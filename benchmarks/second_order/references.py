"""What derivatives have to be, by extrapolated differences along random directions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks.batch_problems import Problem as BatchProblem
from benchmarks.batches import leaves
from benchmarks.second_order.problems import Problem
from benchmarks.verify import Reference, extrapolated_difference

__all__ = ["reference_of", "reference_of_samples"]

TOLERANCE = 1e-6


def reference_of(derivative: str, problem: Problem, v: np.ndarray | None) -> Reference:
    """The product of a derivative (a name of :mod:`benchmarks.second_order.tools`) with random directions."""
    rng = np.random.default_rng(20)
    x, *constants = problem.args
    u = rng.normal(size=x.shape)

    def function(x: np.ndarray) -> Any:
        return problem.function(x, *constants)

    def slope(x: np.ndarray) -> float:
        return extrapolated_difference(lambda t: function(x + t * u))[0]

    if derivative == "gradient":
        return reference(u, lambda t: function(x + t * u))
    if derivative == "jacobian":
        weights = rng.normal(size=np.shape(function(x)))
        return reference(np.outer(weights, u), lambda t: weights @ function(x + t * u))
    if derivative == "product":
        return reference(u, lambda t: slope(x + t * v))
    weights = rng.normal(size=x.size if v is None else v.shape[-1])
    along = weights if v is None else v @ weights
    return reference(np.outer(u, weights), lambda t: slope(x + t * along))


def reference_of_samples(problem: BatchProblem, samples: list[tuple]) -> Reference:
    """The same for the gradients of the single samples, by their first argument, which they share."""
    rng = np.random.default_rng(20)
    weights = rng.normal(size=len(samples))
    shared = samples[0][0]
    u = [rng.normal(size=leaf.shape) for leaf in leaves(shared)]

    def along(t: float) -> float:
        x = moved(shared, iter(u), t)
        return weights @ [problem.function(x, *rest) for _, *rest in samples]

    return reference(np.concatenate([np.multiply.outer(weights, leaf).ravel() for leaf in u]), along)


def moved(tree: Any, u: Iterator[np.ndarray], t: float) -> Any:
    """The tree with ``t * u`` added to its arrays."""
    if isinstance(tree, tuple | list):
        return type(tree)([moved(item, u, t) for item in tree])
    return tree + t * next(u)


def reference(direction: np.ndarray, along: Callable[[float], float]) -> Reference:
    """The product with ``direction`` is the slope of a function of one number at zero."""
    value, error = extrapolated_difference(along)
    tolerance = max(10.0 * error, TOLERANCE * abs(value))
    return Reference("extrapolated differences", (direction.ravel(),), (value,), (tolerance,))

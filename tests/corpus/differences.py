"""Derivatives by Richardson-extrapolated central differences: the independent reference of the corpus.

Nothing here knows an automatic differentiation tool.  Ridders' scheme (1982): central differences for a falling
sequence of steps, extrapolated to step zero; of all the estimates each output keeps the one whose own error estimate
is smallest.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

__all__ = ["Differences", "derivative", "jacobian"]

STEPS = 11
SHRINK = 2.0
SAFETY = 3.0


class Differences(NamedTuple):
    """Estimates of derivatives.

    Attributes
    ----------
    value : ndarray
        The derivative of each output.
    error : ndarray
        An estimate of its absolute error; ``inf`` where the differences do not converge.
    kink : ndarray of bool
        Where the slopes from the left and from the right disagree.
    """

    value: np.ndarray
    error: np.ndarray
    kink: np.ndarray


def derivative(function: Callable, x: float, first_step: float) -> Differences:
    """Differentiate ``function``, from a float to a vector, at ``x``."""
    centre = np.asarray(function(x), dtype=float)
    best, step_of_best = np.zeros_like(centre), np.full_like(centre, first_step)
    error = np.full_like(centre, np.inf)
    slopes, bends, row, step = [], [], [], first_step
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            low, high = x - step, x + step
            below, above = (np.asarray(function(v), dtype=float) for v in (low, high))
            if below.shape != centre.shape or above.shape != centre.shape:
                row, step = [], step / SHRINK
                continue
            noise = np.finfo(float).eps * np.maximum(np.abs(below), np.abs(above)) / step
            bends.append((np.abs(above - 2 * centre + below) / step, noise))
            previous, row = row, [(above - below) / (high - low)]
            slopes.append((step, row[0]))
            factor = 1.0
            for left in previous:
                factor *= SHRINK**2
                better = (row[-1] * factor - left) / (factor - 1)
                guess = np.maximum(np.abs(better - row[-1]), np.abs(better - left)) + noise
                chosen = guess < error
                best, error = np.where(chosen, better, best), np.where(chosen, guess, error)
                step_of_best = np.where(chosen, step, step_of_best)
                row.append(better)
            step /= SHRINK
        # The noise of the function shows in the shortest steps; a lucky agreement of long ones does not undo it.
        for short, slope in slopes[-3:]:
            error = np.maximum(error, np.abs(slope - best) * short / step_of_best)
    return Differences(best, SAFETY * error, _kinked(bends, best, centre.shape))


def _kinked(bends: list, slope: np.ndarray, shape: tuple) -> np.ndarray:
    """Where the jump between the one-sided slopes does not shrink with the step."""
    if len(bends) < 4:
        return np.zeros(shape, bool)
    with np.errstate(all="ignore"):
        (early, _), (late, noise) = bends[-4], bends[-1]
        return (late > 0.5 * early) & (late > 1e-4 * np.abs(slope) + 100 * noise) & (late > 1e-10)


def jacobian(
    function: Callable, x: np.ndarray, relative_step: float = 1 / 64, least: float = 1.0, most: float = np.inf
) -> Differences:
    """Differentiate ``function``, from a vector to a vector, column by column.

    The first step is ``relative_step`` times the size of the entry, this taken as at least ``least``, at most ``most``.
    """
    x = np.array(x, dtype=float)
    columns = []
    for i in range(x.size):

        def along(value, i=i):
            moved = x.copy()
            moved[i] = value
            return function(moved)

        columns.append(derivative(along, x[i], relative_step * min(max(least, abs(x[i])), most)))
    if not columns:
        return Differences(*(np.empty((np.size(function(x)), 0)) for _ in range(3)))
    return Differences(*(np.stack(parts, axis=-1) for parts in zip(*columns)))

"""What a problem of the benchmark of sparse derivatives is: a plain function, its input, and what is known of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["HESSIAN", "JACOBIAN", "Problem", "moved"]

JACOBIAN, HESSIAN = "Jacobian", "Hessian"


@dataclass(frozen=True)
class Problem:
    """A function of a vector, and constants.

    Attributes
    ----------
    name : str
        The name used on the command line.
    title : str
        One line for the tables.
    function : callable
        ``function(x, *constants)`` as a scientist writes it; never changed for any tool, and it takes complex ``x``.
        It returns a vector, or a number where ``gradient`` is there.
    inputs : callable
        Returns the vector and the constants.
    gradient : callable or None
        The gradient by hand, in NumPy, for complex ``x`` too: it is differentiated to verify Hessians.
    key : str
        Under this name are its rewrites and the derivative by hand.
    target : float or None
        The ratio (time of the derivative / time of the plain function) adpy aims at.
    setup_target : float or None
        Seconds of the preparation adpy aims at.
    colors : int or None
        Colors of the best peer.
    """

    name: str
    title: str
    function: Callable[..., Any]
    inputs: Callable[[], tuple[Any, ...]]
    gradient: Callable[..., Any] | None = None
    key: str = ""
    target: float | None = None
    setup_target: float | None = None
    colors: int | None = None

    @property
    def kind(self) -> str:
        """Which derivative is measured."""
        return JACOBIAN if self.gradient is None else HESSIAN


def moved(x: np.ndarray) -> np.ndarray:
    """Another point: what is prepared at the first is evaluated there."""
    return x * (1.0 + 1e-3 * np.sin(np.arange(1.0, len(x) + 1.0)))

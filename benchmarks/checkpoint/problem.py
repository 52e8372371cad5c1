"""What a problem of the benchmark of checkpointing is: a step as a scientist writes it, and how often it is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

__all__ = ["Problem", "flat", "plain", "rebuilt"]


@dataclass(frozen=True)
class Problem:
    """A loop; its functional is half the sum of squares of the last state, of its first part where it has several.

    Attributes
    ----------
    name : str
        The name used on the command line.
    title : str
        One line for the tables.
    step : callable
        ``step(state, n, params) -> state``; never changed for any tool, and it takes complex numbers.
    start : callable
        Returns the first state (an array or a tuple of them) and the parameters (a tuple of numbers).
    steps, snapshots : int
    key : str
        Under this name are its rewrites and the adjoint by hand.
    target : float or None
        The ratio (time of the gradient / time of the plain loop) adpy aims at.
    memory : float or None
        Megabytes that the process may take at most.
    """

    name: str
    title: str
    step: Callable[..., Any]
    start: Callable[[], tuple[Any, tuple[float, ...]]]
    steps: int
    snapshots: int
    key: str
    target: float | None = None
    memory: float | None = None

    @property
    def inputs(self) -> Callable[[], tuple[Any, tuple[float, ...]]]:
        """What the process of a contestant calls."""
        return self.start


def plain(problem: Problem, state: Any, params: tuple) -> Any:
    """The functional, by the loop itself."""
    state = tuple(part.copy() for part in state) if isinstance(state, tuple) else state.copy()
    for n in range(problem.steps):
        state = problem.step(state, n, params)
    last = state[0] if isinstance(state, tuple) else state
    return 0.5 * np.sum(last * last)


def flat(tree: Any) -> np.ndarray:
    """All numbers of a tree of tuples in one row."""
    if isinstance(tree, tuple | list):
        return np.concatenate([flat(part) for part in tree])
    return np.ravel(np.asarray(tree))


def rebuilt(tree: Any, row: np.ndarray) -> Any:
    """A tree like this one, of the numbers in a row."""
    return _filled(tree, partial(next, iter(np.asarray(row))))


def _filled(tree: Any, following: Callable[[], Any]) -> Any:
    if isinstance(tree, tuple):
        return tuple([_filled(part, following) for part in tree])
    if isinstance(tree, np.ndarray):
        return np.array([following() for _ in range(tree.size)]).reshape(tree.shape)
    return following()

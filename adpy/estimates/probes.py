"""Random directions, and a function's derivative pushed in many of them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from numpy.random import Generator, default_rng

from adpy import capture
from adpy.api.columns import push
from adpy.api.forward_mode import input_leaves
from adpy.api.running import check_function, is_differentiable
from adpy.api.trees import flatten, rebuild
from adpy.errors import ArgumentError
from adpy.forward.tangents import OneDirectionError
from adpy.plain import np
from adpy.traced.dispatch import coerce

__all__ = ["Probes", "draw"]

WIDTH = 64
"""Directions in one pass of the function."""

DISTRIBUTIONS = ("rademacher", "normal")


def draw(rng: Generator, distribution: str, size: int, samples: int) -> np.ndarray:
    """Directions as columns, with independent entries of mean zero and variance one."""
    if distribution == "normal":
        return rng.standard_normal((size, samples))
    return rng.choice(np.array([-1.0, 1.0]), (size, samples))


class Probes:
    """A function of one argument at one point, checked, with what is needed to push directions.

    Attributes
    ----------
    size : int
        How many numbers the argument holds.
    """

    def __init__(self, function: Callable, x: Any, samples: Any, rng: Any, distribution: str) -> None:
        check_function(function)
        if isinstance(samples, bool) or not isinstance(samples, int | np.integer) or samples < 1:
            raise ArgumentError("samples", "a positive integer", repr(samples))
        if distribution not in DISTRIBUTIONS:
            raise ArgumentError("distribution", f"one of {DISTRIBUTIONS}", repr(distribution))
        self.leaves = [coerce(leaf) for leaf in input_leaves((x,), {}, [0])]
        if any(np.result_type(leaf).kind == "c" for leaf in self.leaves if hasattr(leaf, "dtype")):
            raise ArgumentError("x", "real numbers (take real and imaginary parts as arguments)", "complex ones")
        self.function, self.x, self.samples = function, x, int(samples)
        self.size = sum(np.size(leaf) for leaf in self.leaves)
        try:
            self.rng = default_rng(rng)
        except (TypeError, ValueError):
            raise ArgumentError("rng", "a seed or a numpy.random.Generator", repr(rng)) from None
        self.distribution = distribution

    def draw(self, samples: int | None = None) -> np.ndarray:
        """Random directions as columns."""
        return draw(self.rng, self.distribution, self.size, samples or self.samples)

    def push(self, directions: np.ndarray) -> np.ndarray:
        """Derivatives in these directions, as columns: the numbers of all result leaves one below the other."""
        count = directions.shape[1]
        try:
            width = WIDTH if capture.frame() is None else 1  # tangents of enclosing transforms go one at a time
            parts = [self._pass(directions[:, i : i + width]) for i in range(0, count, width)]
        except OneDirectionError:
            parts = [self._pass(directions[:, i : i + 1]) for i in range(count)]
        return np.concatenate(parts, 1)

    def _pass(self, directions: np.ndarray) -> np.ndarray:
        width = directions.shape[1]
        seeds = functools.partial(self._seeds, directions)
        columns = push((self.function, (self.x,), {}, [0]), False, seeds, width)[2]
        return np.concatenate([np.reshape(c, (-1, width)) for c in columns if c is not None] or [np.zeros((0, width))])

    def _seeds(self, directions: np.ndarray) -> list:
        """Directions as tangents of the leaves."""
        width = directions.shape[1]
        seeds, start = [], 0
        for leaf in self.leaves:
            stop = start + np.size(leaf)
            seed = directions[start:stop].astype(getattr(leaf, "dtype", float))
            seeds.append(seed.reshape((*np.shape(leaf), width) if width > 1 else np.shape(leaf))[()])
            start = stop
        return seeds

    def in_structure(self, numbers: np.ndarray) -> Any:
        """``numbers`` in the structure of the argument, None where that holds no number."""
        parts, start = [], 0
        for leaf in self.leaves:
            stop = start + np.size(leaf)
            part = numbers[start:stop].reshape(np.shape(leaf)).astype(getattr(leaf, "dtype", float))
            parts.append(part if part.ndim else part.item() if type(leaf) is float else part[()])
            start = stop
        taken = iter(parts)
        found = iter([next(taken) if not path or is_differentiable(x) else None for path, x in flatten(self.x)])
        return rebuild(self.x, found.__next__)

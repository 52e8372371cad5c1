"""JAX: ``jit(grad)`` of the function with other imports, and of a rewrite with its own loops."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.programs.case import Case
from benchmarks.programs.contestants import NotApplicable, Run
from benchmarks.rebind import FallbackNamespace, rebind
from benchmarks.tools import find_rewrite

__all__ = ["CONTESTANTS", "warm_up"]

CHUNK = 10_000
"""Lanes at a time: what is kept for the sweep back of more does not fit the caches, or the memory."""


def warm_up() -> None:
    """Start XLA."""
    jax.config.update("jax_enable_x64", True)
    np.asarray(jax.jit(jax.grad(jnp.sum))(np.ones(3)))


def as_it_stands(case: Case, args: tuple[Any, ...]) -> Run:
    """Python loops unrolled into the graph; writes into arrays rewritten."""
    if case.in_axes:
        raise NotApplicable("branches and math have to be rewritten")
    function = find_rewrite("functional", case.problem) or case.problem.function
    names = {id(np): FallbackNamespace(jnp, np), id(math): FallbackNamespace(jnp, math)}
    return compiled(rebind(function, names), case, args)


def rewritten(case: Case, args: tuple[Any, ...]) -> Run:
    """``lax`` loops."""
    function = find_rewrite("with_jax", case.problem)
    if function is None:
        raise NotApplicable("needs no rewrite")
    return in_lanes(function, case, args) if case.in_axes else compiled(function, case, args)


def compiled(function: Callable, case: Case, args: tuple[Any, ...]) -> Run:
    """Arrays are arguments, everything else is constant."""
    active = case.problem.active
    traced = active + tuple(i for i, a in enumerate(args) if isinstance(a, np.ndarray) and i not in active)

    def of_traced(*values: Any) -> Any:
        full = list(args)
        for position, value in zip(traced, values):
            full[position] = value
        return function(*full)

    gradient = jax.jit(jax.grad(of_traced, argnums=tuple(range(len(active)))))
    return Run(lambda: tuple(np.asarray(g) for g in gradient(*(args[i] for i in traced))))


def in_lanes(function: Callable, case: Case, args: tuple[Any, ...]) -> Run:
    """``vmap``, some lanes at a time."""
    gradients = jax.jit(partial(mean_of, function, case) if case.mean else jax.vmap(jax.grad(function), case.in_axes))
    lanes = case.lanes(args)
    starts = range(0, lanes, CHUNK)

    def run() -> np.ndarray:
        parts = [
            gradients(*(a if axis is None else a[i : i + CHUNK] for a, axis in zip(args, case.in_axes))) for i in starts
        ]
        return np.mean(parts, axis=0) if case.mean else np.concatenate([np.asarray(part) for part in parts])

    return Run(run)


def mean_of(function: Callable, case: Case, *args: Any) -> Any:
    """The gradient of the mean."""
    return jax.grad(lambda *args: jnp.mean(jax.vmap(function, case.in_axes)(*args)))(*args)


CONTESTANTS = {"jax": as_it_stands, "jax rewritten": rewritten}

"""JAX without sparsity: ``jit(jacfwd)`` or ``jit(hessian)``."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np

from benchmarks.sparse.contestants import Run
from benchmarks.sparse.contestants.dense import dense
from benchmarks.sparse.problem import JACOBIAN, Problem, moved
from benchmarks.sparse.rewrites.with_jax import in_jax

__all__ = ["CONTESTANTS", "warm_up"]


def warm_up() -> None:
    """Start XLA."""
    jax.config.update("jax_enable_x64", True)
    np.asarray(jax.jit(jax.grad(jax.numpy.sum))(np.ones(3)))


def derivative(problem: Problem, args: tuple[Any, ...]) -> Run:
    """A column for each unknown."""
    x, constants = moved(args[0]), args[1:]
    function = in_jax(problem)
    transform = jax.jacfwd if problem.kind == JACOBIAN else jax.hessian
    compiled = jax.jit(transform(lambda x: function(x, *constants)))
    return dense(args, lambda: np.asarray(compiled(x)))


CONTESTANTS = {"jax dense": derivative}

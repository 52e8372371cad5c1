"""asdex: patterns and colors of functions of JAX, evaluated by compiled sweeps with a seed for each color."""

from __future__ import annotations

from time import process_time
from typing import Any

import asdex
import jax
import jax.numpy as jnp
import numpy as np
from jax.experimental.sparse import BCOO
from scipy.sparse import coo_array

from benchmarks.sparse.contestants import Run
from benchmarks.sparse.problem import JACOBIAN, Problem, moved
from benchmarks.sparse.rewrites.with_jax import in_jax

__all__ = ["CONTESTANTS", "warm_up"]


def warm_up() -> None:
    """Start XLA, and compile what asdex compiles once a process."""
    jax.config.update("jax_enable_x64", True)
    x = np.linspace(0.1, 0.9, 12)
    np.asarray(jax.jit(asdex.jacobian(lambda x: x[1:] * jnp.sin(x[:-1]), x))(x).data)
    np.asarray(jax.jit(asdex.hessian(lambda x: jnp.sum(x[1:] * jnp.sin(x[:-1])), x))(x).data)


def derivative(problem: Problem, args: tuple[Any, ...]) -> Run:
    """Jitted; the nonzeros go back to NumPy."""
    x, *constants = args
    function = in_jax(problem)
    changing = problem.key == "power_flow_lagrangian"  # the multipliers change from call to call
    given = (x, constants.pop(0)) if changing else (x,)

    def of_given(*values: Any) -> Any:
        return function(*values, *constants)

    start = process_time()
    if problem.kind == JACOBIAN:
        pattern = asdex.jacobian_sparsity(of_given, *given)
        middle = process_time()
        coloring = asdex.jacobian_coloring_from_sparsity(pattern)
        compiled = jax.jit(asdex.jacobian_from_coloring(of_given, coloring))
    else:
        pattern = asdex.hessian_sparsity(of_given, *given)
        middle = process_time()
        coloring = asdex.hessian_coloring_from_sparsity(pattern)
        compiled = jax.jit(asdex.hessian_from_coloring(of_given, coloring))
    end = process_time()
    facts = {"pattern": middle - start, "coloring": end - middle, "colors": coloring.num_colors, "nnz": pattern.nnz}

    given = (moved(x), *given[1:])

    def run() -> BCOO:
        found = compiled(*given)
        np.asarray(found.data)
        return found

    return Run(run, as_matrix, lambda: facts)


def as_matrix(found: BCOO) -> Any:
    """What JAX holds."""
    rows, columns = np.asarray(found.indices).T
    return coo_array((np.asarray(found.data), (rows, columns)), shape=found.shape).tocsr()


CONTESTANTS = {"asdex": derivative}

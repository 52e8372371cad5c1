"""sparsejac: colors by NetworkX for a pattern that is given, compiled sweeps of JAX."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
import sparsejac
from jax.experimental.sparse import BCOO

from benchmarks.sparse.contestants import Run
from benchmarks.sparse.contestants.with_asdex import as_matrix
from benchmarks.sparse.problem import JACOBIAN, Problem, moved
from benchmarks.sparse.rewrites.with_jax import in_jax
from benchmarks.sparse.structure import structure

__all__ = ["CONTESTANTS", "warm_up"]


def warm_up() -> None:
    """Start XLA."""
    jax.config.update("jax_enable_x64", True)
    np.asarray(jax.jit(jax.grad(jax.numpy.sum))(np.ones(3)))


def derivative(problem: Problem, args: tuple[Any, ...]) -> Run:
    """Jacobians, and Hessians as Jacobians of gradients: it knows no symmetry."""
    pattern = structure(problem, args)
    x, *constants = args
    function = in_jax(problem)

    def of_vector(x: Any) -> Any:
        return function(x, *constants)

    told = BCOO.from_scipy_sparse(pattern)
    inner = of_vector if problem.kind == JACOBIAN else jax.grad(of_vector)
    compiled = jax.jit(sparsejac.jacfwd(inner, told))

    x = moved(x)

    def run() -> BCOO:
        found = compiled(x)
        np.asarray(found.data)
        return found

    return Run(run, as_matrix, lambda: {"nnz": pattern.nnz, "told the pattern": True})


CONTESTANTS = {"sparsejac": derivative}

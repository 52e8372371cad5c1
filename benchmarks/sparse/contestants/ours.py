"""adpy: prepared once, evaluated at new points; by the evaluation it chooses, and by colors."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from benchmarks.sparse.contestants import Run
from benchmarks.sparse.problem import JACOBIAN, Problem

os.environ["ADPY_KERNELS"] = "wait"  # interpreters are compiled once an installation: no first call waits for them

import adpy
import adpy.sparse

__all__ = ["CONTESTANTS", "warm_up"]


def warm_up() -> None:
    """Load the interpreters."""
    x = np.linspace(0.1, 0.9, 12)
    adpy.sparse.prepare_jacobian(lambda x: x[1:] * np.sin(x[:-1]), x)(x)
    adpy.sparse.prepare_hessian(lambda x: np.sum(x[1:] * np.sin(x[:-1])), x)(x)


def prepared(problem: Problem, args: tuple[Any, ...]) -> Run:
    """Into the same matrix, over and over."""
    prepare = adpy.sparse.prepare_jacobian if problem.kind == JACOBIAN else adpy.sparse.prepare_hessian
    derivative = prepare(problem.function, *args)
    matrix = derivative(*args)

    def facts() -> dict[str, Any]:
        return {"nnz": matrix.nnz, "colors": derivative.coloring.count} | derivative.stats()

    return Run(lambda: derivative(*args, out=matrix), lambda found: found, facts)


CONTESTANTS = {"adpy": prepared}

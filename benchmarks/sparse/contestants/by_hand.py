"""Derivatives written by hand for Numba."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from scipy.sparse import csr_array

from benchmarks.sparse.contestants import NotApplicable, Run
from benchmarks.sparse.handwritten import DERIVATIVES
from benchmarks.sparse.problem import Problem, moved

__all__ = ["CONTESTANTS", "warm_up"]


def warm_up() -> None:
    """Start the compiler."""
    numba.njit(lambda x: x + 1.0)(1.0)


def derivative(problem: Problem, args: tuple[Any, ...]) -> Run:
    """The nonzeros, written over and over into the same array."""
    if problem.key not in DERIVATIVES:
        raise NotApplicable("nobody wrote one")
    indptr, indices, fill = DERIVATIVES[problem.key](*args)
    data = np.empty(len(indices))
    args = (moved(args[0]), *args[1:])

    def run() -> np.ndarray:
        fill(*args, data)
        return data

    return Run(run, lambda data: csr_array((data, indices, indptr), shape=(len(indptr) - 1, len(args[0]))))


CONTESTANTS = {"by hand": derivative}

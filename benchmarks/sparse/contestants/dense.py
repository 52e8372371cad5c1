"""What tools without sparsity have in common: a dense matrix, of small problems."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from benchmarks.rebind import FallbackNamespace, rebind
from benchmarks.sparse.contestants import DENSE_LIMIT, NotApplicable, Run
from benchmarks.sparse.problem import Problem
from benchmarks.sparse.rewrites import functional

__all__ = ["dense", "swapped"]


def swapped(problem: Problem, names: Any) -> Callable:
    """The function with another namespace in the place of NumPy's."""
    return rebind(functional.find(problem), {id(np): FallbackNamespace(names, np)})


def small(args: tuple[Any, ...]) -> None:
    """Refuse what is too large."""
    if len(args[0]) > DENSE_LIMIT:
        raise NotApplicable(f"more than {DENSE_LIMIT} unknowns")


def dense(args: tuple[Any, ...], run: Callable[[], np.ndarray]) -> Run:
    """A matrix with all its zeros."""
    small(args)
    return Run(run, csr_array)

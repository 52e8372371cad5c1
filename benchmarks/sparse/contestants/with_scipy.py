"""SciPy: differences along groups of columns, as its solvers take them where they are told the pattern."""

from __future__ import annotations

from time import process_time
from typing import Any

from scipy.optimize._numdiff import approx_derivative, group_columns

from benchmarks.sparse.contestants import Run
from benchmarks.sparse.problem import Problem, moved
from benchmarks.sparse.structure import structure

__all__ = ["CONTESTANTS", "warm_up"]


def warm_up() -> None:
    """All imported."""


def derivative(problem: Problem, args: tuple[Any, ...]) -> Run:
    """Of the function, or of a gradient by hand."""
    pattern = structure(problem, args)
    x, constants = moved(args[0]), args[1:]
    function = problem.gradient or problem.function
    start = process_time()
    groups = group_columns(pattern)
    seconds = process_time() - start
    facts = {"coloring": seconds, "colors": int(groups.max()) + 1, "nnz": pattern.nnz}
    facts |= {"approximate": True, "told the pattern": True}

    def run() -> Any:
        return approx_derivative(function, x, method="2-point", sparsity=(pattern, groups), args=constants)

    return Run(run, lambda found: found, lambda: facts)


CONTESTANTS = {"scipy differences": derivative}

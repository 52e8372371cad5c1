"""The problems, in the order of the table. One module per problem; each defines ``PROBLEMS``."""

from __future__ import annotations

from benchmarks.problem import Problem
from benchmarks.problems import (
    black_scholes,
    burgers,
    gmm,
    heat,
    logistic,
    lorenz,
    lstm,
    rosenbrock,
    shallow_water,
    small_arrays,
    three_body,
    ufunc_chain,
)

__all__ = ["PROBLEMS"]

MODULES = (
    rosenbrock,
    lorenz,
    three_body,
    small_arrays,
    gmm,
    lstm,
    ufunc_chain,
    burgers,
    shallow_water,
    heat,
    black_scholes,
    logistic,
)

PROBLEMS: dict[str, Problem] = {problem.name: problem for module in MODULES for problem in module.PROBLEMS}

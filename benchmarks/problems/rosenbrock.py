"""Rosenbrock's valley as a scalar loop, the textbook optimisation test function."""

import numpy as np

from benchmarks.problem import Problem


def rosenbrock(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return total


def inputs():
    return (np.random.default_rng(1).normal(size=1000),)


PROBLEMS = (
    Problem(
        "rosenbrock",
        "Rosenbrock n=1000, scalar loop",
        rosenbrock,
        inputs,
        target=14,
        published={"xad": 14, "torch": 197, "advect": 353, "autograd": 751},
        scalars=True,
        complex_step=True,
    ),
)

"""One hundred operations on arrays of ten: the cost of an operation where arrays are small."""

import numpy as np

from benchmarks.problem import Problem


def hundred_operations(x):
    y = x
    for _ in range(20):
        y = np.sin(y) * x + 0.5 * np.tanh(y)
    return np.sum(y)


def inputs():
    return (np.linspace(0.1, 1.5, 10),)


PROBLEMS = (
    Problem(
        "small_arrays",
        "100 operations on arrays of 10",
        hundred_operations,
        inputs,
        target=7,
        published={"torch": 14, "autograd": 28},
        complex_step=True,
    ),
)

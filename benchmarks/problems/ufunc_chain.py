"""A chain of 20 ufuncs on a million numbers: memory traffic and elementwise rules."""

import numpy as np

from benchmarks.problem import Problem


def ufunc_chain(x):
    y = np.sin(x)
    y = np.exp(y)
    y = np.sqrt(y)
    y = np.log1p(y)
    y = np.tanh(y)
    y = np.cos(y)
    y = np.square(y)
    y = np.arctan(y)
    y = np.expm1(y)
    y = np.cosh(y)
    y = np.reciprocal(y)
    y = np.log(y)
    y = np.negative(y)
    y = np.sinh(y)
    y = np.arcsinh(y)
    y = np.exp2(y)
    y = np.log2(y)
    y = np.log10(y + 1.0)
    y = np.tan(0.5 * y)
    return np.sum(y)


def inputs():
    return (np.random.default_rng(2).normal(size=1_000_000),)


PROBLEMS = (
    Problem(
        "ufunc_chain",
        "chain of 20 ufuncs on 10⁶",
        ufunc_chain,
        inputs,
        target=1.3,
        published={"torch": 1.3, "autograd": 2.0},
    ),
)

"""Functions for the benchmark of second derivatives and Jacobians, their inputs, and derivatives written by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np
import scipy.special

from benchmarks.jacobian_modes import vectorised
from benchmarks.problems import logistic, rosenbrock
from benchmarks.rebind import rebind

__all__ = ["HESSIANS", "JACOBIANS", "MANY_PRODUCTS", "PRODUCTS", "SAMPLES", "Problem"]


def with_names(function: Callable, names: Any) -> Callable:
    """The function with another namespace in the place of NumPy's."""
    return function if names is np else rebind(function, {id(np): names})


@dataclass(frozen=True)
class Problem:
    """A function of an array, and constants.

    Attributes
    ----------
    title : str
    make : callable
        ``make(names)`` gives the function, with NumPy or a namespace like it.
    inputs : callable
        Returns the array and the constants.
    target : float or None
        The ratio (time of the derivative / time of the plain function) adpy aims at.
    by_hand : mapping of str to callable
        For a derivative what makes ``derivative(x, *constants)``, or ``derivative(x, v, *constants)``.
    rewrite : str or None
        Name in ``benchmarks.rewrites`` of what other tools run instead.
    recorded_target : float or None
        As ``target``, for a recording that is there already.
    """

    title: str
    make: Callable[[Any], Callable]
    inputs: Callable[[], tuple]
    target: float | None = None
    by_hand: Mapping[str, Callable[[], Callable]] = field(default_factory=dict)
    rewrite: str | None = None
    recorded_target: float | None = None

    @cached_property
    def args(self) -> tuple:
        """The array and the constants."""
        return self.inputs()

    def directions(self, count: int) -> np.ndarray:
        """Directions for products, along the last axis."""
        return np.random.default_rng(11).normal(size=(*self.args[0].shape, count))

    @cached_property
    def function(self) -> Callable:
        """The plain function."""
        return self.make(np)

    @property
    def rewrite_names(self) -> tuple[str, ...]:
        """As :class:`benchmarks.problem.Problem` names rewrites."""
        return (self.rewrite,) if self.rewrite else ()


# ---- logistic regression


def logistic_inputs(features: int) -> tuple:
    rng = np.random.default_rng(7)
    data = rng.normal(size=(1000, features))
    labels = np.where(data @ rng.normal(size=features) + rng.normal(size=len(data)) > 0, 1.0, -1.0)
    return 0.1 * rng.normal(size=features), data, labels, 1e-3


def logistic_product() -> Callable:
    def product(w, v, features, labels, penalty):
        slopes = scipy.special.expit(labels * (features @ w))
        return features.T @ (slopes * (1.0 - slopes) / len(labels) * (features @ v)) + 2.0 * penalty * v

    return product


def logistic_hessian() -> Callable:
    def hessian(w, features, labels, penalty):
        slopes = scipy.special.expit(labels * (features @ w))
        weighted = features * (slopes * (1.0 - slopes) / len(labels))[:, None]
        matrix = features.T @ weighted
        np.fill_diagonal(matrix, matrix.diagonal() + 2.0 * penalty)
        return matrix

    return hessian


# ---- Rosenbrock's valley


def valley(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def valley_inputs(n: int) -> tuple:
    return (np.random.default_rng(1).normal(size=n),)


def valley_product() -> Callable:
    import numba

    @numba.njit
    def product(x, v):
        result = np.zeros(x.size)
        for i in range(x.size - 1):
            own = 1200.0 * x[i] * x[i] - 400.0 * x[i + 1] + 2.0
            across = -400.0 * x[i]
            result[i] += own * v[i] + across * v[i + 1]
            result[i + 1] += across * v[i] + 200.0 * v[i + 1]
        return result

    return product


def valley_hessian() -> Callable:
    def hessian(x):
        matrix = np.zeros((x.size, x.size))
        flat, step = matrix.reshape(-1), x.size + 1
        flat[:-1:step] = 1200.0 * x[:-1] ** 2 - 400.0 * x[1:] + 2.0
        flat[step::step] += 200.0
        flat[1::step] = flat[x.size :: step] = -400.0 * x[:-1]
        return matrix

    return hessian


# ---- a layer, and a small network


def layer(x, weights):
    return np.tanh(weights @ x)


def activity(x, weights):
    return np.sum(np.tanh(weights @ x))


def layer_inputs(n: int) -> tuple:
    rng = np.random.default_rng(0)
    return np.linspace(0.1, 1.0, n), rng.normal(size=(n, n)) / np.sqrt(n)


def layer_jacobian() -> Callable:
    def jacobian(x, weights):
        return (1.0 - np.tanh(weights @ x) ** 2)[:, None] * weights

    return jacobian


def activity_hessian() -> Callable:
    def hessian(x, weights):
        y = np.tanh(weights @ x)
        return weights.T @ ((-2.0 * y * (1.0 - y * y))[:, None] * weights)

    return hessian


def network(p, x, y):
    """Mean squared error of a network 20-32-32-1 with all its weights in one array."""
    first, second, last = p[:640].reshape(20, 32), p[640:1664].reshape(32, 32), p[1664:1696]
    hidden = np.tanh(np.tanh(x @ first + p[1697:1729]) @ second + p[1729:1761])
    return np.mean((hidden @ last + p[1696] - y) ** 2)


def network_inputs() -> tuple:
    rng = np.random.default_rng(5)
    return 0.2 * rng.normal(size=1761), rng.normal(size=(256, 20)), rng.normal(size=256)


def mix_inputs(n: int) -> tuple:
    return (np.linspace(0.1, 1.0, n),)


# ---- what is measured

LOGISTIC = Problem(
    "logistic regression, 10⁴ × 100",
    partial(with_names, logistic.logistic),
    logistic.inputs,
    5,
    {"product": logistic_product},
    "logistic",
)
VALLEY = Problem(
    "Rosenbrock, n = 10⁵, vectorised",
    partial(with_names, valley),
    partial(valley_inputs, 100_000),
    8,
    {"product": valley_product},
    recorded_target=1.7,
)
VALLEY_IN_A_LOOP = Problem(
    "Rosenbrock, n = 1,000, Python loop",
    partial(with_names, rosenbrock.rosenbrock),
    rosenbrock.inputs,
    None,
    {"product": valley_product},
    "rosenbrock",
)
NETWORK = Problem("network 20-32-32-1, 256 samples", partial(with_names, network), network_inputs)

PRODUCTS = (LOGISTIC, VALLEY, VALLEY_IN_A_LOOP, NETWORK)
MANY_PRODUCTS = (LOGISTIC, NETWORK)
SAMPLES = ("weights of a network 20-64-64-1", "logistic regression, 50 weights")
"""Of :mod:`benchmarks.batch_problems`."""

HESSIANS = tuple(
    Problem(f"{title}, d = {n}", partial(with_names, function), partial(inputs, n), target, {"hessian": hand}, rewrite)
    for title, function, inputs, hand, rewrite in (
        ("logistic regression, 1,000 samples", logistic.logistic, logistic_inputs, logistic_hessian, "logistic"),
        ("sum of tanh(A @ x), A square", activity, layer_inputs, activity_hessian, None),
        ("Rosenbrock, vectorised", valley, valley_inputs, valley_hessian, None),
    )
    for n, target in ((100, 60), (300, 240))
)
JACOBIANS = tuple(
    Problem(f"{title}, {n} × {n}", make, partial(inputs, n), target, hands)
    for title, make, inputs, hands in (
        ("tanh(A @ x)", partial(with_names, layer), layer_inputs, {"jacobian": layer_jacobian}),
        ("elementwise mix", partial(vectorised, n=None), mix_inputs, {}),
    )
    for n, target in ((100, 40), (300, 150))
)

"""Functions of one sample for the benchmark of batches, plain and as other tools need them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

__all__ = ["PROBLEMS", "Problem"]


@dataclass(frozen=True)
class Problem:
    """A function of one sample, and samples.

    Attributes
    ----------
    function : callable
        Plain NumPy and Python; the gradient is taken by its first argument.
    inputs : callable
        ``inputs(samples)`` gives the arguments.
    in_axes : tuple
        Axis of the samples in each argument, None for one that is shared.
    with_jax, with_torch : callable or None
        ``with_jax(jax)`` gives the function as that tool needs it.
    """

    function: Callable
    inputs: Callable
    in_axes: tuple
    with_jax: Callable | None = None
    with_torch: Callable | None = None


# ---- per-sample gradients of the weights of a small network

LAYERS = (20, 64, 64, 1)


def network(weights, x, y):
    for matrix, shift in weights[:-1]:
        x = np.tanh(x @ matrix + shift)
    matrix, shift = weights[-1]
    return ((x @ matrix + shift)[0] - y) ** 2


def network_inputs(samples):
    rng = np.random.default_rng(0)
    weights = [(rng.normal(size=(m, n)) / math.sqrt(m), np.zeros(n)) for m, n in zip(LAYERS, LAYERS[1:], strict=False)]
    return weights, rng.normal(size=(samples, LAYERS[0])), rng.normal(size=samples)


def network_like(tanh):
    def function(weights, x, y):
        for matrix, shift in weights[:-1]:
            x = tanh(x @ matrix + shift)
        matrix, shift = weights[-1]
        return ((x @ matrix + shift)[0] - y) ** 2

    return function


# ---- logistic regression


def logistic(w, x, y):
    return np.log1p(np.exp(-y * (x @ w)))


def logistic_inputs(samples):
    rng = np.random.default_rng(1)
    return rng.normal(size=50) * 0.1, rng.normal(size=(samples, 50)), np.sign(rng.normal(size=samples))


# ---- an ordinary differential equation in a loop over numbers

STEPS = 50


def predator_prey(parameters):
    a, b, c, d = parameters
    x, y, h = 1.0, 0.5, 0.05
    for _ in range(STEPS):
        x, y = x + h * (a * x - b * x * y), y + h * (c * x * y - d * y)
    return x + y


def predator_prey_with_jax(jax):
    def function(parameters):
        a, b, c, d = parameters

        def step(_, state):
            x, y = state
            return x + 0.05 * (a * x - b * x * y), y + 0.05 * (c * x * y - d * y)

        x, y = jax.lax.fori_loop(0, STEPS, step, (1.0, 0.5))
        return x + y

    return function


def predator_prey_inputs(samples):
    return (np.random.default_rng(2).uniform(0.5, 1.5, size=(samples, 4)),)


# ---- sensitivities of single paths of Heston's model, with an if in the payoff


def heston(parameters, path):
    v, kappa, theta, xi, rho = parameters
    h, s = 1.0 / STEPS, 0.0
    for i in range(STEPS):
        volatility = math.sqrt(v)
        s = s - 0.5 * v * h + volatility * math.sqrt(h) * path[0, i]
        shock = rho * path[0, i] + math.sqrt(1.0 - rho * rho) * path[1, i]
        v = v + kappa * (theta - v) * h + xi * volatility * math.sqrt(h) * shock + 0.25 * xi * xi * h * (shock**2 - 1.0)
    price = math.exp(s)
    if price > 1.0:
        return price - 1.0
    return 0.0


def heston_with_jax(jax):
    jnp = jax.numpy

    def function(parameters, path):
        _, kappa, theta, xi, rho = parameters
        h = 1.0 / STEPS

        def step(i, state):
            s, v = state
            volatility = jnp.sqrt(v)
            shock = rho * path[0, i] + jnp.sqrt(1.0 - rho * rho) * path[1, i]
            drift = kappa * (theta - v) * h + xi * volatility * math.sqrt(h) * shock
            return (
                s - 0.5 * v * h + volatility * math.sqrt(h) * path[0, i],
                v + drift + 0.25 * xi * xi * h * (shock**2 - 1.0),
            )

        s, _ = jax.lax.fori_loop(0, STEPS, step, (0.0, parameters[0]))
        price = jnp.exp(s)
        return jnp.where(price > 1.0, price - 1.0, 0.0)

    return function


def heston_with_torch(torch):
    def function(parameters, path):
        v, kappa, theta, xi, rho = parameters
        h, s = 1.0 / STEPS, 0.0
        for i in range(STEPS):
            volatility = torch.sqrt(v)
            s = s - 0.5 * v * h + volatility * math.sqrt(h) * path[0, i]
            shock = rho * path[0, i] + torch.sqrt(1.0 - rho * rho) * path[1, i]
            drift = kappa * (theta - v) * h + xi * volatility * math.sqrt(h) * shock
            v = v + drift + 0.25 * xi * xi * h * (shock**2 - 1.0)
        price = torch.exp(s)
        return torch.where(price > 1.0, price - 1.0, 0.0)

    return function


def heston_inputs(samples):
    paths = np.random.default_rng(3).normal(size=(samples, 2, STEPS))
    return np.array([0.09, 2.0, 0.09, 0.3, -0.7]), paths


# ---- fits of a model with an if and writes into a buffer


def relaxation(x, knots):
    u = np.zeros(12)
    u[0] = x[0]
    for i in range(1, 12):
        u[i] = 0.9 * u[i - 1] + np.tanh(x[i % 3] * u[i - 1]) + 0.1 * knots[i]
    if u[-1] > 1.0:
        return (u * u).sum()
    return np.abs(u).max()


def relaxation_inputs(samples):
    rng = np.random.default_rng(4)
    return rng.normal(size=(samples, 3)), rng.normal(size=12)


PROBLEMS = {
    "weights of a network 20-64-64-1": Problem(
        network,
        network_inputs,
        (None, 0, 0),
        lambda jax: network_like(jax.numpy.tanh),
        lambda torch: network_like(torch.tanh),
    ),
    "logistic regression, 50 weights": Problem(
        logistic,
        logistic_inputs,
        (None, 0, 0),
        lambda jax: lambda w, x, y: jax.numpy.log1p(jax.numpy.exp(-y * (x @ w))),
        lambda torch: lambda w, x, y: torch.log1p(torch.exp(-y * (x @ w))),
    ),
    "predator and prey, loop over numbers": Problem(
        predator_prey, predator_prey_inputs, (0,), predator_prey_with_jax, lambda torch: predator_prey
    ),
    "paths of Heston's model, math and if": Problem(
        heston, heston_inputs, (None, 0), heston_with_jax, heston_with_torch
    ),
    "recurrence in a buffer, if": Problem(relaxation, relaxation_inputs, (0, None)),
}

"""Heston's model vectorised over paths: the mean price, and the values of all paths of the benchmark of batches."""

import numpy as np

from benchmarks.batch_problems import STEPS, heston_inputs

__all__ = ["inputs", "mean_price", "payoffs"]


def payoffs(parameters, paths):
    """The payoffs of :func:`benchmarks.batch_problems.heston`; parameters for all paths, or the rows for each."""
    v, kappa, theta, xi, rho = parameters.T
    h = 1.0 / STEPS
    across = np.sqrt(1.0 - rho * rho)
    s = 0.0
    for i in range(STEPS):
        z = paths[:, 0, i]
        volatility = np.sqrt(v)
        shock = rho * z + across * paths[:, 1, i]
        s = s - 0.5 * v * h + volatility * h**0.5 * z
        drift = kappa * (theta - v) * h + xi * volatility * h**0.5 * shock
        v = v + drift + 0.25 * xi * xi * h * (shock**2 - 1.0)
    price = np.exp(s)
    return np.where(price > 1.0, price - 1.0, 0.0)


def mean_price(parameters, z, w):
    """The same as people write it, with the shocks of a step in a row, and a maximum as payoff."""
    v, kappa, theta, xi, rho = parameters
    h = 1.0 / len(z)
    s = np.zeros(z.shape[1])
    v = np.full(z.shape[1], v)
    for i in range(len(z)):
        volatility = np.sqrt(v)
        shock = rho * z[i] + np.sqrt(1.0 - rho**2) * w[i]
        s += -0.5 * v * h + volatility * np.sqrt(h) * z[i]
        v += kappa * (theta - v) * h + xi * volatility * np.sqrt(h) * shock + 0.25 * xi**2 * h * (shock**2 - 1.0)
    return np.mean(np.maximum(np.exp(s) - 1.0, 0.0))


def inputs(paths):
    parameters, shocks = heston_inputs(paths)
    return parameters, np.ascontiguousarray(shocks[:, 0].T), np.ascontiguousarray(shocks[:, 1].T)

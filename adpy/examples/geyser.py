"""Gaussian mixture of the eruptions of Old Faithful, by plain NumPy and SciPy.

The data are 272 pairs, the duration of an eruption and the waiting time until the next, in minutes (A. Azzalini and
A. W. Bowman, "A look at some data on the Old Faithful geyser", Applied Statistics 39, 1990).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.special import logsumexp

__all__ = ["COMPONENTS", "deviations", "first_guess", "load", "negative_log_likelihood", "unpack"]

COMPONENTS = 2


def load() -> np.ndarray:
    """The data, one row (duration, waiting time) an eruption."""
    return np.loadtxt(Path(__file__).with_name("old_faithful.csv"), delimiter=",", skiprows=1)


def first_guess(data: np.ndarray) -> np.ndarray:
    """Parameters to start from: components at the quartiles, as wide as all of the data."""
    n, d = data.shape
    means = np.quantile(data, [0.25, 0.75], axis=0)
    factor = np.linalg.inv(np.linalg.cholesky(np.cov(data.T)))
    shape = np.concatenate([np.log(np.diag(factor)), factor[np.tril_indices(d, -1)]])
    return np.concatenate([np.zeros(COMPONENTS - 1), means.ravel(), np.tile(shape, COMPONENTS)])


def unpack(theta: np.ndarray, d: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Logarithms of the shares, means, and inverse Cholesky factors of the covariances."""
    k = COMPONENTS
    logits = np.zeros(k)
    logits[1:] = theta[: k - 1]
    means = theta[k - 1 : k - 1 + k * d].reshape(k, d)
    shapes = theta[k - 1 + k * d :].reshape(k, -1)
    factors = np.zeros((k, d, d))
    for j in range(k):
        factors[j][np.diag_indices(d)] = np.exp(shapes[j, :d])
        factors[j][np.tril_indices(d, -1)] = shapes[j, d:]
    return logits - logsumexp(logits), means, factors


def negative_log_likelihood(theta: np.ndarray, data: np.ndarray) -> float:
    """The function to minimise."""
    n, d = data.shape
    log_shares, means, factors = unpack(theta, d)
    log_density = np.empty((n, COMPONENTS))
    for j in range(COMPONENTS):
        z = (data - means[j]) @ factors[j].T
        log_density[:, j] = log_shares[j] - 0.5 * np.sum(z**2, axis=1) + np.sum(np.log(np.diag(factors[j])))
    return 0.5 * n * d * np.log(2.0 * np.pi) - np.sum(logsumexp(log_density, axis=1))


def deviations(factor: np.ndarray) -> np.ndarray:
    """Standard deviations of a component."""
    return np.sqrt(np.diag(np.linalg.inv(factor.T @ factor)))

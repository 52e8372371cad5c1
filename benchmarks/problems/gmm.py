"""Gaussian mixture log-likelihood with a Wishart prior, the GMM objective of ADBench, vectorised."""

import math

import numpy as np

from benchmarks.problem import Problem

D, K, N = 10, 25, 1000


def logsumexp(x, axis):
    largest = np.max(x, axis=axis, keepdims=True)
    return np.squeeze(largest, axis) + np.log(np.sum(np.exp(x - largest), axis=axis))


def log_gamma_distribution(a, p):
    constant = 0.25 * p * (p - 1) * math.log(math.pi)
    return constant + sum(math.lgamma(a - 0.5 * j) for j in range(p))


def log_wishart_prior(d, gamma, m, sum_qs, q_diagonals, icf):
    n = d + m + 1
    k = icf.shape[0]
    constant = n * d * (math.log(gamma) - 0.5 * math.log(2)) - log_gamma_distribution(0.5 * n, d)
    frobenius = np.sum(q_diagonals**2) + np.sum(icf[:, d:] ** 2)
    return 0.5 * gamma**2 * frobenius - m * np.sum(sum_qs) - k * constant


def lower_triangles(d, icf):
    """Strictly lower triangular matrices from their entries, column by column."""
    lower = np.zeros((icf.shape[0], d, d))
    columns, rows = np.triu_indices(d, 1)
    lower[:, rows, columns] = icf[:, d:]
    return lower


def gmm(alphas, means, icf, x, gamma, m):
    n, d = x.shape
    q_diagonals = np.exp(icf[:, :d])
    sum_qs = np.sum(icf[:, :d], axis=1)
    lower = lower_triangles(d, icf)
    centred = x - means[:, np.newaxis, :]
    scaled = q_diagonals[:, np.newaxis, :] * centred + centred @ lower.transpose(0, 2, 1)
    inner = (alphas + sum_qs)[:, np.newaxis] - 0.5 * np.sum(scaled**2, axis=2)
    log_likelihood = np.sum(logsumexp(inner, 0)) - n * logsumexp(alphas, 0)
    constant = -0.5 * n * d * math.log(2 * math.pi)
    return constant + log_likelihood + log_wishart_prior(d, gamma, m, sum_qs, q_diagonals, icf)


def inputs(d=D, k=K):
    rng = np.random.default_rng(3)
    alphas = rng.normal(size=k)
    means = rng.uniform(size=(k, d))
    icf = rng.normal(size=(k, d * (d + 1) // 2))
    return alphas, means, icf, rng.normal(size=(N, d)), 1.0, 0


PROBLEMS = (
    Problem(
        "gmm",
        f"ADBench GMM d={D} K={K} N={N}",
        gmm,
        inputs,
        argnums=(0, 1, 2),
        target=2,
        published={"torch": 2.4, "autograd": 2.7},
    ),
)

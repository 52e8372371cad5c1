"""Fits of data: the samples are gone through twice, or once."""

from math import exp, lgamma, log, log1p, pi

import numpy as np
from numba import njit

__all__ = ["gmm", "logistic"]


@njit(fastmath=True)
def logistic(w, features, labels, penalty):
    """A row serves the margin and the gradient while it is in the cache."""
    n, m = features.shape
    total = 0.0
    bar = np.zeros(m)
    for i in range(n):
        row = features[i]
        dot = 0.0
        for j in range(m):
            dot += row[j] * w[j]
        margin = labels[i] * dot
        small = exp(-abs(margin))
        total += log1p(small) + max(0.0, -margin)
        slope = -labels[i] / n * ((small if margin > 0.0 else 1.0) / (1.0 + small))
        for j in range(m):
            bar[j] += slope * row[j]
    for j in range(m):
        total += n * penalty * w[j] * w[j]
        bar[j] += 2.0 * penalty * w[j]
    return total / n, bar


@njit(fastmath=True)
def distances(x, mean, diagonal, lower, y):
    """Scaled deviations ``y`` of all samples from a mean, a column for each sample, and their squares."""
    d, n = x.shape
    squares = np.zeros(n)
    for r in range(d):
        for i in range(n):
            y[r, i] = diagonal[r] * (x[r, i] - mean[r])
        for c in range(r):
            factor = lower[r, c]
            for i in range(n):
                y[r, i] += factor * (x[c, i] - mean[c])
        for i in range(n):
            squares[i] += y[r, i] * y[r, i]
    return squares


@njit(fastmath=True)
def gmm(alphas, means, icf, x, gamma, m):
    n, d = x.shape
    k = len(alphas)
    columns = np.ascontiguousarray(x.T)
    diagonals, lower = np.exp(icf[:, :d]), np.zeros((k, d, d))
    for a in range(k):
        at = d
        for c in range(d):
            for r in range(c + 1, d):
                lower[a, r, c] = icf[a, at]
                at += 1
    inner, scaled = np.empty((k, n)), np.empty((k, d, n))
    largest = np.full(n, -np.inf)
    for a in range(k):
        squares = distances(columns, means[a], diagonals[a], lower[a], scaled[a])
        start = alphas[a] + np.sum(icf[a, :d])
        for i in range(n):
            inner[a, i] = start - 0.5 * squares[i]
            largest[i] = max(largest[i], inner[a, i])
    sums = np.zeros(n)
    for a in range(k):
        for i in range(n):
            inner[a, i] = exp(inner[a, i] - largest[i])
            sums[i] += inner[a, i]
    top = np.max(alphas)
    shares = np.exp(alphas - top)
    value = np.sum(largest + np.log(sums)) - n * (top + log(np.sum(shares))) - 0.5 * n * d * log(2.0 * pi)
    value += 0.5 * gamma**2 * (np.sum(diagonals**2) + np.sum(icf[:, d:] ** 2)) - m * np.sum(icf[:, :d])
    value -= k * wishart_constant(d, gamma, m)

    alphas_bar, means_bar, icf_bar = -n * shares / np.sum(shares), np.empty((k, d)), np.empty((k, icf.shape[1]))
    for a in range(k):
        total = 0.0
        weights = inner[a]
        for i in range(n):
            weights[i] /= sums[i]
            total += weights[i]
        alphas_bar[a] += total
        back(weights, total, columns, means[a], diagonals[a], lower[a], scaled[a], means_bar[a], icf_bar[a], gamma, m)
    for a in range(k):
        for j in range(d, icf.shape[1]):
            icf_bar[a, j] += gamma**2 * icf[a, j]
    return value, (alphas_bar, means_bar, icf_bar)


@njit(fastmath=True)
def back(weights, total, x, mean, diagonal, lower, y, mean_bar, icf_bar, gamma, m):
    """From ``y`` to the mean and the matrix of one component."""
    d, n = x.shape
    sums = np.zeros(d)
    for r in range(d):
        row = y[r]
        for i in range(n):
            row[i] *= -weights[i]
            sums[r] += row[i]
        along = 0.0
        for i in range(n):
            along += row[i] * (x[r, i] - mean[r])
        icf_bar[r] = diagonal[r] * (along + gamma**2 * diagonal[r]) + total - m
    at = d
    for c in range(d):
        bar = diagonal[c] * sums[c]
        for r in range(c + 1, d):
            along = 0.0
            for i in range(n):
                along += y[r, i] * (x[c, i] - mean[c])
            icf_bar[at] = along
            bar += lower[r, c] * sums[r]
            at += 1
        mean_bar[c] = -bar


@njit
def wishart_constant(d, gamma, m):
    freedom = d + m + 1
    gammas = 0.25 * d * (d - 1) * log(pi)
    for j in range(d):
        gammas += lgamma(0.5 * freedom - 0.5 * j)
    return freedom * d * (log(gamma) - 0.5 * log(2.0)) - gammas

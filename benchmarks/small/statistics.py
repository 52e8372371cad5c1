"""Statistics: likelihoods, losses, divergences, small regressions."""

import math

import numpy as np

from benchmarks.small.collection import example

TIMES = np.array([0.5, 1.0, 2.0, 3.0, 4.5, 6.0, 8.0, 10.0])
COUNTS = np.array([12.0, 19.0, 31.0, 27.0, 24.0, 15.0, 9.0, 4.0])
HEIGHTS = np.array([1.62, 1.75, 1.81, 1.69, 1.58, 1.73])
WEIGHTS = np.array([58.0, 72.0, 85.0, 66.0, 55.0, 70.0])
LABELS = np.array([0, 1, 1, 0, 0, 1])


@example(1.7, 0.08)
def normal_log_likelihood(mu, sigma):
    return -0.5 * np.sum(((HEIGHTS - mu) / sigma) ** 2) - len(HEIGHTS) * (np.log(sigma) + 0.5 * np.log(2 * np.pi))


@example([3.3, 0.35])
def poisson_decay_likelihood(theta):
    total = 0.0
    for t, n in zip(TIMES, COUNTS):
        rate = math.exp(theta[0] - theta[1] * abs(t - 2.0))
        total += n * math.log(rate) - rate - math.lgamma(n + 1)
    return -total


@example(1.8, 4.0)
def weibull_log_likelihood(shape, scale):
    z = TIMES / scale
    return np.sum(np.log(shape / scale) + (shape - 1) * np.log(z) - z**shape)


@example([-30.0, 18.0])
def logistic_loss(w):
    loss = 0.0
    for h, y in zip(HEIGHTS, LABELS):
        p = 1.0 / (1.0 + math.exp(-(w[0] + w[1] * h)))
        loss -= y * math.log(p) + (1 - y) * math.log(1 - p)
    return loss


@example([-100.0, 100.0])
def least_squares(beta):
    residuals = WEIGHTS - (beta[0] + beta[1] * HEIGHTS)
    return residuals @ residuals


@example([0.2, 0.5, 0.3], [0.3, 0.3, 0.4])
def kullback_leibler(p, q):
    p = p / p.sum()
    q = q / q.sum()
    return np.sum(p * np.log(p / q))


@example([0.5, 1.5, -0.4])
def softmax_entropy(logits):
    shifted = np.exp(logits - logits.max())
    p = shifted / shifted.sum()
    return -(p * np.log(p)).sum()


@example([0.2, 1.4, 0.5, 0.6, 0.35])
def two_gaussian_mixture(theta):
    """Negative log-likelihood of a mixture of two normals; the last entry is the weight."""
    m1, m2, s1, s2, w = theta
    nll = 0.0
    for x in (0.1, 0.4, 0.9, 1.3, 1.6, 2.2):
        a = w * math.exp(-0.5 * ((x - m1) / s1) ** 2) / s1
        b = (1 - w) * math.exp(-0.5 * ((x - m2) / s2) ** 2) / s2
        nll -= math.log(a + b)
    return nll


@example([0.6, 0.2, 0.5])
def ar1_log_likelihood(theta):
    c, phi, sigma = theta
    y = WEIGHTS / 60.0
    ll = 0.0
    for t in range(1, len(y)):
        e = y[t] - c - phi * y[t - 1]
        ll += -0.5 * (e / sigma) ** 2 - math.log(sigma)
    return ll


@example([0.3, 0.8, 0.1])
def gp_log_marginal(log_theta):
    """Gaussian process log marginal likelihood on six points."""
    length, amplitude, noise = np.exp(log_theta)
    d = HEIGHTS[:, None] - HEIGHTS[None, :]
    K = amplitude**2 * np.exp(-0.5 * (d / length) ** 2) + noise**2 * np.eye(len(HEIGHTS))
    y = WEIGHTS - WEIGHTS.mean()
    L = np.linalg.cholesky(K)
    alpha = np.linalg.solve(L, y)
    return -0.5 * alpha @ alpha - np.log(np.diag(L)).sum()


@example([1.0, -0.5], [[2.0, 0.3], [0.3, 1.0]])
def mahalanobis(x, cov):
    d = x - np.array([0.2, 0.1])
    return np.sqrt(d @ np.linalg.inv(cov) @ d)


@example([1.1, 2.3, 0.4, 3.2, 1.7])
def coefficient_of_variation(x):
    return np.std(x, ddof=1) / np.mean(x)


@example([1.1, 2.3, 0.4, 3.2, 1.7], [0.9, 2.0, 0.8, 3.0, 2.2])
def pearson_correlation(x, y):
    xm = x - x.mean()
    ym = y - y.mean()
    return (xm * ym).sum() / math.sqrt((xm**2).sum() * (ym**2).sum())


@example([0.7, 0.2], 1.345)
def huber_loss(beta, delta):
    r = WEIGHTS / 60 - beta[0] - beta[1] * HEIGHTS
    a = np.abs(r) * 20
    return np.where(a <= delta, 0.5 * a**2, delta * (a - 0.5 * delta)).sum()

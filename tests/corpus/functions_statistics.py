"""Statistics: likelihoods, priors, losses and small models fitted to data."""

import math

import numpy as np
from scipy import special, stats

from tests.corpus.registry import case

DATA = np.array([1.2, 0.7, 2.9, -0.3, 1.8, 0.2])
DESIGN = np.column_stack([np.ones(6), np.linspace(-1, 1, 6)])
LABELS = np.array([0, 1, 1, 0, 1, 0])


@case(np.array([0.5, 0.3]))
def normal_log_likelihood(theta):
    mu, log_sigma = theta
    sigma = np.exp(log_sigma)
    return np.sum(-0.5 * ((DATA - mu) / sigma) ** 2 - log_sigma - 0.5 * np.log(2 * np.pi))


@case(np.array([0.3, -1.2]))
def logistic_regression_loss(w):
    z = DESIGN @ w
    p = 1 / (1 + np.exp(-z))
    return -np.mean(LABELS * np.log(p) + (1 - LABELS) * np.log(1 - p))


@case(np.array([0.3, 0.9]))
def poisson_deviance(beta):
    counts = np.array([1, 0, 3, 2, 4, 5])
    rate = np.exp(DESIGN.dot(beta))
    with np.errstate(divide="ignore", invalid="ignore"):
        log_term = np.where(counts > 0, counts * np.log(counts / rate), 0.0)
    return 2 * np.sum(log_term - (counts - rate))


@case(np.array([0.2, -0.1]), np.array([0.0, 2.0]), np.array([0.1, 0.4]))
def gaussian_mixture(log_weights, means, log_scales):
    weights = np.exp(log_weights) / np.exp(log_weights).sum()
    z = (DATA[:, None] - means) / np.exp(log_scales)
    components = np.log(weights) - 0.5 * z**2 - log_scales - 0.5 * math.log(2 * math.pi)
    biggest = components.max(axis=1, keepdims=True)
    return (biggest[:, 0] + np.log(np.exp(components - biggest).sum(axis=1))).sum()


@case(np.array([0.1, 0.6]))
def mixture_with_scipy(theta):
    a = np.log(0.4) - 0.5 * (DATA - theta[0]) ** 2
    b = np.log(0.6) - 0.5 * (DATA - theta[1]) ** 2
    return special.logsumexp(np.array([a, b]), axis=0).sum()


@case(2.3, 1.7)
def gamma_log_density(shape, rate):
    x = np.abs(DATA) + 0.1
    return np.sum(shape * np.log(rate) - special.gammaln(shape) + (shape - 1) * np.log(x) - rate * x)


@case(1.5, 2.5)
def beta_binomial(a, b):
    k, n = np.array([1, 3, 2]), 5
    return np.sum(special.betaln(k + a, n - k + b) - special.betaln(a, b))


@case(np.array([0.4, -0.2]), np.array([[2.0, 0.3], [0.3, 1.0]]))
def multivariate_normal_log_density(mean, cov):
    x = np.array([1.0, 0.5])
    d = x - mean
    _, logdet = np.linalg.slogdet(cov)
    return -0.5 * (d @ np.linalg.solve(cov, d) + logdet + len(d) * np.log(2 * np.pi))


@case(np.array([0.1, 1.2]))
def scipy_normal_logpdf(theta):
    return stats.norm.logpdf(DATA, loc=theta[0], scale=theta[1]).sum()


@case(DATA)
def scipy_normal_cdf(x):
    return stats.norm.cdf(x) * stats.norm.pdf(x) + stats.norm.sf(x / 2)


@case(3.4, 1.2)
def student_t_log_density(nu, scale):
    z = DATA / scale
    constant = special.gammaln((nu + 1) / 2) - special.gammaln(nu / 2) - 0.5 * np.log(nu * np.pi) - np.log(scale)
    return np.sum(constant - (nu + 1) / 2 * np.log1p(z**2 / nu))


@case(np.array([0.5, 0.9]))
def autoregressive_likelihood(theta):
    phi, sigma = theta
    total = stats.norm.logpdf(DATA[0], 0, sigma)
    for t in range(1, len(DATA)):
        total += -0.5 * ((DATA[t] - phi * DATA[t - 1]) / sigma) ** 2 - math.log(sigma)
    return total


@case(np.array([0.1, 0.2, 0.6]))
def garch_likelihood(params):
    omega, alpha, beta = params
    variance = np.zeros(len(DATA))
    variance[0] = DATA.var()
    for t in range(1, len(DATA)):
        variance[t] = omega + alpha * DATA[t - 1] ** 2 + beta * variance[t - 1]
    return 0.5 * np.sum(np.log(variance) + DATA**2 / variance)


@case(np.array([0.3, 0.8]), 0.5)
def kalman_filter_likelihood(noise, x0):
    q, r = noise
    m, p, total = x0, 1.0, 0.0
    for y in DATA:
        p = p + q
        s = p + r
        gain = p / s
        innovation = y - m
        total -= 0.5 * (np.log(2 * np.pi * s) + innovation**2 / s)
        m = m + gain * innovation
        p = (1 - gain) * p
    return total


@case(np.array([0.3, -0.2, 0.5]))
def hidden_markov_forward(logits):
    stay = 1 / (1 + np.exp(-logits[0]))
    transition = np.array([[stay, 1 - stay], [0.3, 0.7]])
    means = logits[1:]
    alpha = np.array([0.5, 0.5])
    log_likelihood = 0.0
    for y in DATA:
        alpha = (alpha @ transition) * np.exp(-0.5 * (y - means) ** 2)
        c = alpha.sum()
        alpha /= c
        log_likelihood += np.log(c)
    return log_likelihood


@case(0.7, 1.4, 0.3)
def gaussian_process_evidence(length, amplitude, noise):
    t = np.linspace(0, 1, 6)
    k = amplitude**2 * np.exp(-0.5 * (t[:, None] - t[None, :]) ** 2 / length**2)
    k[np.diag_indices(6)] += noise**2
    chol = np.linalg.cholesky(k)
    alpha = np.linalg.solve(chol.T, np.linalg.solve(chol, DATA))
    return -0.5 * DATA @ alpha - np.log(np.diag(chol)).sum() - 3 * np.log(2 * np.pi)


@case(np.array([0.5, 1.1]))
def huber_loss(w):
    r = DATA - DESIGN @ w
    small = np.abs(r) <= 1.0
    return np.sum(np.where(small, 0.5 * r**2, np.abs(r) - 0.5))


@case(np.array([0.5, 1.1]))
def quantile_loss(w, tau=0.3):
    r = DATA - DESIGN @ w
    return np.sum(np.maximum(tau * r, (tau - 1) * r))


@case(np.array([0.2, 0.4, -0.3]))
def cross_entropy_of_softmax(z):
    z = z - np.max(z)
    p = np.exp(z) / np.sum(np.exp(z))
    return -np.log(p[1]) + np.sum(p * np.log(p / np.array([0.2, 0.5, 0.3])))


@case(np.array([0.3, 0.9]))
def elastic_net(w):
    residual = DATA - DESIGN @ w
    return residual @ residual / (2 * len(DATA)) + 0.1 * np.abs(w).sum() + 0.05 * (w**2).sum()


@case(np.array([0.2, 0.5]))
def cox_partial_likelihood(beta):
    risk = np.exp(DESIGN @ beta)
    total = 0.0
    for i in np.argsort(np.abs(DATA)):
        at_risk = np.abs(DATA) >= np.abs(DATA[i])
        total += np.log(risk[i]) - np.log(risk[at_risk].sum())
    return total


@case(np.array([0.2, 1.3]))
def von_mises(theta):
    mu, kappa = theta
    return np.sum(kappa * np.cos(DATA - mu)) - len(DATA) * np.log(2 * np.pi * special.i0(kappa))


@case(np.array([0.4, 0.9, 0.2]))
def negative_binomial(params):
    mu, size = np.exp(params[0]), np.exp(params[1])
    k = np.array([0, 2, 1, 5])
    p = size / (size + mu)
    return (special.gammaln(k + size) - special.gammaln(size) - special.gammaln(k + 1)).sum() + np.sum(
        size * np.log(p) + k * np.log1p(-p)
    ) * params[2]


@case(np.array([0.4, 1.0, 2.2]), 0.8)
def kernel_density(points, bandwidth):
    z = (DATA[:, np.newaxis] - points) / bandwidth
    return np.log(np.exp(-0.5 * z**2).mean(axis=1) / (bandwidth * np.sqrt(2 * np.pi)))


@case(DATA)
def t_statistic(x):
    n = len(x)
    return (np.mean(x) - 0.5) / (np.std(x, ddof=1) / math.sqrt(n))


@case(np.array([[1.0, 0.2], [0.4, 1.5], [0.9, 0.8]]))
def mahalanobis_distances(points):
    centre = points.mean(axis=0)
    precision = np.linalg.inv(np.cov(points.T) + 0.1 * np.eye(2))
    return np.array([np.sqrt((p - centre) @ precision @ (p - centre)) for p in points])

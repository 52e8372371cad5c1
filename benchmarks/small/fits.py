"""Objectives of small fits: a textbook model, measured points, the sum of squares or a likelihood."""

import math

import numpy as np

from benchmarks.small.collection import example

T = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0])
DECAY = np.array([5.1, 4.0, 3.3, 2.9, 2.3, 2.1, 1.8, 1.7, 1.5, 1.4])
X = np.linspace(-3.0, 3.0, 15)
PEAK = np.array([0.1, 0.1, 0.2, 0.3, 0.6, 1.1, 1.9, 2.4, 2.0, 1.2, 0.7, 0.4, 0.2, 0.1, 0.1])
DOSES = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0]
RESPONSES = [0.02, 0.05, 0.15, 0.38, 0.71, 0.90, 0.97]


@example([4.0, 0.3, 1.1])
def exponential_decay(p):
    residuals = p[0] * np.exp(-p[1] * T) + p[2] - DECAY
    return np.sum(residuals**2)


@example([2.2, 0.1, 0.9, 0.1])
def gaussian_peak(p):
    amplitude, centre, width, offset = p
    model = amplitude * np.exp(-((X - centre) ** 2) / (2 * width**2)) + offset
    return 0.5 * np.sum((PEAK - model) ** 2) / 0.01


@example([2.0, 0.1, 0.8, 0.4, 0.05, 0.01])
def pseudo_voigt(p):
    a, x0, gamma, eta, b0, b1 = p
    chi2 = 0.0
    for x, y in zip(X, PEAK):
        u = (x - x0) / gamma
        lorentz = 1.0 / (1.0 + u * u)
        gauss = math.exp(-math.log(2) * u * u)
        chi2 += (a * (eta * lorentz + (1 - eta) * gauss) + b0 + b1 * x - y) ** 2
    return chi2


@example([0.0, 1.0, 0.5, 1.2])
def four_parameter_logistic(p):
    bottom, top, ec50, slope = p
    total = 0.0
    for dose, response in zip(DOSES, RESPONSES):
        predicted = bottom + (top - bottom) / (1 + (ec50 / dose) ** slope)
        total += (response - predicted) ** 2
    return total


@example([1.05, 0.45])
def michaelis_menten_fit(theta):
    s = np.array(DOSES)
    v = np.array(RESPONSES)
    return ((v - theta[0] * s / (theta[1] + s)) ** 2).sum()


@example([8.07, 1730.0, 233.0])
def antoine_fit(p):
    """Vapour pressure of water, in logarithms."""
    t = [20.0, 40.0, 60.0, 80.0, 100.0]
    measured = [17.54, 55.32, 149.4, 355.1, 760.0]
    error = 0.0
    for ti, pi in zip(t, measured):
        error += (p[0] - p[1] / (p[2] + ti) - math.log10(pi)) ** 2
    return error


@example([4.5, 1.9, 0.75])
def morse_curve_fit(p):
    r = np.array([0.5, 0.6, 0.7, 0.8, 1.0, 1.3, 1.7, 2.2])
    energy = np.array([1.5, -2.4, -4.3, -4.4, -3.5, -1.9, -0.8, -0.3])
    model = p[0] * (1 - np.exp(-p[1] * (r - p[2]))) ** 2 - p[0]
    return np.sqrt(np.mean((model - energy) ** 2))


@example([1.8, 0.6])
def langmuir_fit(p):
    pressure = np.array([0.1, 0.3, 0.7, 1.5, 3.0, 6.0])
    loading = np.array([0.11, 0.27, 0.54, 0.86, 1.15, 1.41])
    theta = p[0] * p[1] * pressure / (1 + p[1] * pressure)
    return np.linalg.norm(theta - loading)


@example([30.0, 6.0e4])
def arrhenius_fit(p, R=8.314):
    temperatures = [300.0, 320.0, 340.0, 360.0, 380.0]
    ln_k = [6.1, 7.4, 8.7, 9.9, 10.8]
    return sum((p[0] - p[1] / (R * t) - k) ** 2 for t, k in zip(temperatures, ln_k))


@example([10.0, 0.9, 3.0])
def logistic_growth_fit(p):
    K, r, t0 = p
    y = np.array([0.6, 1.5, 2.9, 5.2, 7.2, 8.7, 9.4, 9.7, 9.9, 10.0])
    return np.mean((K / (1.0 + np.exp(-r * (T - t0))) - y) ** 2)


@example([0.5, 0.4, 2.0, 0.3, 0.2])
def damped_oscillation(p):
    a, decay, omega, phase, offset = p
    data = 0.5 * np.cos(1.9 * T) * np.exp(-0.35 * T) + 0.2
    model = a * np.exp(-decay * T) * np.sin(omega * T + phase) + offset
    return np.dot(model - data, model - data)


@example([1.0, 1.5, -0.2, 0.1])
def circle_fit(p):
    cx, cy, r, tilt = p
    cost = 0.0
    for x, y in ((1.0, 0.1), (0.4, 1.3), (-0.8, 1.1), (-1.1, -0.3), (0.2, -1.0)):
        cost += (math.hypot(x - cx + tilt * y, y - cy) - r) ** 2
    return cost


@example([12.0, 2.5, 3.0])
def sersic_profile(p):
    radius = np.array([0.3, 0.6, 1.0, 1.8, 3.0, 5.0, 8.0])
    brightness = np.array([95.0, 60.0, 38.0, 20.0, 11.5, 5.6, 2.6])
    effective, size, n = p
    b = 2.0 * n - 1.0 / 3.0
    model = effective * np.exp(-b * ((radius / size) ** (1.0 / n) - 1.0))
    return np.sum((np.log(model) - np.log(brightness)) ** 2)


@example([0.2, 0.5, -0.1, 0.3])
def poisson_regression(beta):
    design = np.column_stack([np.ones(10), T / 5, (T / 5) ** 2, np.sin(T)])
    counts = np.array([1, 2, 1, 3, 2, 4, 3, 5, 4, 6])
    eta = design @ beta
    return np.sum(np.exp(eta) - counts * eta)


@example([0.1, 0.8, -0.4, 0.3, 0.5, -0.2])
def softmax_regression(w):
    features = np.array([[1.0, 0.2], [1.0, 1.5], [1.0, -0.7], [1.0, 0.9]])
    labels = [0, 1, 2, 1]
    scores = features @ w.reshape(2, 3)
    scores = scores - scores.max(axis=1, keepdims=True)
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return -np.mean(log_p[np.arange(4), labels])


@example([0.5, -0.3, 0.8, 0.2, 1.1, -0.6, 0.4, 0.9, -0.5])
def xor_network(w):
    """Two tanh units and one output on the four points of exclusive or."""
    loss = 0.0
    for a, b, target in ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)):
        h1 = math.tanh(w[0] * a + w[1] * b + w[2])
        h2 = math.tanh(w[3] * a + w[4] * b + w[5])
        out = 1.0 / (1.0 + math.exp(-(w[6] * h1 + w[7] * h2 + w[8])))
        loss += (out - target) ** 2
    return loss


@example([0.4, 1.2, -0.3])
def cox_partial_likelihood(beta):
    covariates = np.array([[0.5, 1.0, 0.2], [1.2, 0.0, 0.4], [0.3, 1.0, 0.9], [0.8, 0.0, 0.1], [0.1, 1.0, 0.6]])
    event = [True, True, False, True, False]
    risk = covariates @ beta
    ll = 0.0
    for i in range(len(event)):
        if event[i]:
            ll += risk[i] - np.log(np.sum(np.exp(risk[i:])))
    return -ll


@example([0.3, -0.2, 0.9, 0.4, -0.5])
def rasch_model(theta):
    """Item response: two abilities, three difficulties."""
    answers = [[1, 0, 1], [0, 0, 1]]
    ll = 0.0
    for i in range(2):
        for j in range(3):
            p = 1 / (1 + math.exp(-(theta[i] - theta[2 + j])))
            ll += math.log(p) if answers[i][j] else math.log(1 - p)
    return -ll


@example([1.2, 0.7, 0.3])
def negative_binomial_regression(p):
    counts = [0, 2, 1, 4, 3, 7]
    r = math.exp(p[2])
    nll = 0.0
    for i, y in enumerate(counts):
        mu = math.exp(p[0] + p[1] * (i - 2.5) / 2.5)
        nll -= math.lgamma(y + r) - math.lgamma(r) - math.lgamma(y + 1)
        nll -= r * math.log(r / (r + mu)) + y * math.log(mu / (r + mu))
    return nll


@example([1.2, 0.5, 0.8, 0.3, 2.0, -0.4])
def kmeans_distortion(centres):
    points = np.array([[0.9, 0.4], [1.3, 0.7], [0.5, 0.1], [1.8, -0.6], [2.2, -0.2], [0.7, 0.5]])
    c = centres.reshape(3, 2)
    d = ((points[:, None, :] - c[None, :, :]) ** 2).sum(axis=2)
    return np.min(d, axis=1).sum()

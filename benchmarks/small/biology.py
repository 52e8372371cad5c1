"""Biology and medicine: growth, epidemics, neurons, drugs, populations."""

import math

import numpy as np

from benchmarks.small.collection import example


@example(0.5, 0.12)
def sir_peak(beta, gamma):
    s, i, r = 0.99, 0.01, 0.0
    for _ in range(25):
        infected = beta * s * i
        recovered = gamma * i
        s, i, r = s - infected, i + infected - recovered, r + recovered
    return i


@example(-50.0)
def hodgkin_huxley_rates(v):
    alpha_m = 0.1 * (v + 40) / (1 - math.exp(-(v + 40) / 10))
    beta_m = 4 * math.exp(-(v + 65) / 18)
    alpha_h = 0.07 * math.exp(-(v + 65) / 20)
    beta_h = 1 / (1 + math.exp(-(v + 35) / 10))
    m = alpha_m / (alpha_m + beta_m)
    h = alpha_h / (alpha_h + beta_h)
    return 120 * m**3 * h * (v - 50)


@example([1.1, 0.4, 0.4, 0.1])
def lotka_volterra_final(p):
    y = np.array([10.0, 5.0])
    h = 0.02
    for _ in range(10):
        k1 = np.array([p[0] * y[0] - p[1] * y[0] * y[1], p[3] * y[0] * y[1] - p[2] * y[1]])
        m = y + h / 2 * k1
        k2 = np.array([p[0] * m[0] - p[1] * m[0] * m[1], p[3] * m[0] * m[1] - p[2] * m[1]])
        y = y + h * k2
    return y[0] + y[1]


@example(0.2, 2.5, 0.9)
def hill_response(ec50, n, top):
    total = 0.0
    for c in (0.01, 0.03, 0.1, 0.3, 1.0, 3.0):
        total += top * c**n / (ec50**n + c**n)
    return total


@example([0.5, 0.8, 0.9], [0.0, 1.2, 1.5])
def leslie_growth_rate(survival, fecundity):
    """Growth rate of an age-structured population by power iteration."""
    n = np.ones(3)
    rate = 1.0
    for _ in range(10):
        new = np.empty(3)
        new[0] = np.sum(fecundity * n)
        new[1] = survival[0] * n[0]
        new[2] = survival[1] * n[1] + survival[2] * 0.1 * n[2]
        rate = new.sum() / n.sum()
        n = new / new.sum()
    return rate


@example(0.08, 0.7, 0.8)
def fitzhugh_nagumo(epsilon, a, b, current=0.5):
    v, w = -1.0, 0.5
    for _ in range(20):
        dv = v - v**3 / 3 - w + current
        dw = epsilon * (v + a - b * w)
        v, w = v + 0.1 * dv, w + 0.1 * dw
    return v


@example(0.6, 0.3)
def hardy_weinberg_selection(p, s, generations=8):
    for _ in range(generations):
        q = 1 - p
        mean_fitness = 1 - s * q * q
        p = p * (p + q) / mean_fitness
    return p

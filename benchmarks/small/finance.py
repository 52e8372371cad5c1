"""Finance: options, bonds, portfolios, term structures."""

import math

import numpy as np

from benchmarks.small.collection import example


def norm_cdf(x):
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


@example(100.0, 105.0, 0.5, 0.02, 0.25)
def black_scholes_call(S, K, T, r, sigma):
    d1 = (math.log(S / K) + (r + 0.5 * sigma**2) * T) / (sigma * math.sqrt(T))
    d2 = d1 - sigma * math.sqrt(T)
    return S * norm_cdf(d1) - K * math.exp(-r * T) * norm_cdf(d2)


@example(0.045, 0.06)
def bond_price(yield_rate, coupon, face=100.0, years=10):
    price = 0.0
    for t in range(1, 2 * years + 1):
        price += coupon * face / 2 / (1 + yield_rate / 2) ** t
    return price + face / (1 + yield_rate / 2) ** (2 * years)


@example(102.0, 0.3)
def binomial_tree_put(S, sigma, K=100.0, r=0.03, T=1.0, n=6):
    dt = T / n
    u = math.exp(sigma * math.sqrt(dt))
    p = (math.exp(r * dt) - 1 / u) / (u - 1 / u)
    values = [max(K - S * u ** (2 * j - n), 0.0) for j in range(n + 1)]
    for _ in range(n):
        values = [math.exp(-r * dt) * (p * values[j + 1] + (1 - p) * values[j]) for j in range(len(values) - 1)]
    return values[0]


@example([0.4, 0.35, 0.25])
def sharpe_ratio(w):
    mu = np.array([0.08, 0.12, 0.10])
    cov = np.array([[0.04, 0.01, 0.00], [0.01, 0.09, 0.02], [0.00, 0.02, 0.06]])
    return (w @ mu - 0.02) / np.sqrt(w @ cov @ w)


@example([0.04, -0.02, 0.01, 1.8])
def nelson_siegel(beta):
    total = 0.0
    for tau, market in ((1, 0.021), (2, 0.024), (5, 0.031), (10, 0.036)):
        x = tau / beta[3]
        load = (1 - np.exp(-x)) / x
        y = beta[0] + beta[1] * load + beta[2] * (load - np.exp(-x))
        total += (y - market) ** 2
    return total * 1e4


@example(0.07)
def net_present_value(rate, flows=(-1000.0, 300.0, 400.0, 350.0, 250.0)):
    return sum(flow / (1 + rate) ** t for t, flow in enumerate(flows))


@example([0.05, 0.10, 0.85])
def garch_likelihood(theta):
    omega, alpha, beta = theta
    returns = [0.3, -0.5, 1.1, -1.4, 0.2, 0.6, -0.3, 0.9]
    variance = 0.5
    ll = 0.0
    for r in returns:
        ll += math.log(variance) + r * r / variance
        variance = omega + alpha * r * r + beta * variance
    return 0.5 * ll


@example(0.3, 0.04, 1.2)
def cir_bond(kappa, theta, T, r=0.03, sigma=0.1):
    h = np.sqrt(kappa**2 + 2 * sigma**2)
    denominator = 2 * h + (kappa + h) * (np.exp(T * h) - 1)
    A = (2 * h * np.exp((kappa + h) * T / 2) / denominator) ** (2 * kappa * theta / sigma**2)
    B = 2 * (np.exp(T * h) - 1) / denominator
    return A * np.exp(-B * r)

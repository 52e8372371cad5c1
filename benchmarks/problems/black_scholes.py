"""The value of 10⁵ European calls by the Black-Scholes formula, and all its Greeks by one gradient."""

import numpy as np
from scipy.special import erf

from benchmarks.problem import Problem

OPTIONS = 100_000


def normal_cdf(x):
    return 0.5 * (1.0 + erf(x / np.sqrt(2.0)))


def portfolio(spot, volatility, strike, maturity, rate):
    root = volatility * np.sqrt(maturity)
    d1 = (np.log(spot / strike) + (rate + 0.5 * volatility**2) * maturity) / root
    d2 = d1 - root
    return np.sum(spot * normal_cdf(d1) - strike * np.exp(-rate * maturity) * normal_cdf(d2))


def inputs():
    rng = np.random.default_rng(6)
    spot = rng.uniform(80.0, 120.0, OPTIONS)
    volatility = rng.uniform(0.1, 0.5, OPTIONS)
    strike = rng.uniform(80.0, 120.0, OPTIONS)
    maturity = rng.uniform(0.1, 2.0, OPTIONS)
    return spot, volatility, strike, maturity, 0.03


PROBLEMS = (
    Problem(
        "black_scholes",
        "Black-Scholes, 10⁵ options",
        portfolio,
        inputs,
        argnums=(0, 1),
    ),
)

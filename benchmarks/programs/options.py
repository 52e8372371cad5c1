"""One European call by the Black-Scholes formula in plain floats, and its lanes: all Greeks of many options."""

import math

import numpy as np
from scipy.special import erf

__all__ = ["call_price", "call_prices", "inputs"]


def normal_cdf(x):
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


def call_price(option):
    """The price; ``option`` holds spot, strike, volatility, maturity and rate."""
    spot, strike, volatility, maturity, rate = option
    root = volatility * math.sqrt(maturity)
    d1 = (math.log(spot / strike) + (rate + 0.5 * volatility * volatility) * maturity) / root
    return spot * normal_cdf(d1) - strike * math.exp(-rate * maturity) * normal_cdf(d1 - root)


def call_prices(options):
    """The same of many options at once."""
    spot, strike, volatility, maturity, rate = options.T
    root = volatility * np.sqrt(maturity)
    d1 = (np.log(spot / strike) + (rate + 0.5 * volatility * volatility) * maturity) / root
    first = 0.5 * (1.0 + erf(d1 / 2.0**0.5))
    second = 0.5 * (1.0 + erf((d1 - root) / 2.0**0.5))
    return spot * first - strike * np.exp(-rate * maturity) * second


def inputs(options):
    rng = np.random.default_rng(6)
    lower, upper = np.array([[80.0, 80.0, 0.1, 0.1, 0.0], [120.0, 120.0, 0.5, 2.0, 0.05]])
    return (rng.uniform(lower, upper, (options, 5)),)

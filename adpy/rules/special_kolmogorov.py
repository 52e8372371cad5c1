"""Rows of scipy.special: the distributions of Kolmogorov and Smirnov, their slopes and inverses.

SciPy has the functions and their first derivatives.  Derivatives of these are written out as series.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special
from scipy.special._ufuncs import _kolmogp, _smirnovp

from adpy.rules.table import rule

__all__: list[str] = []

UNIT = (0.05, 0.95)
TRIALS = (5, 8)
TERMS = range(1, 7)  # of series whose terms fall faster than exp(-1.2 k**2)


@rule(special.kolmogorov, domain=[(0.4, 2.0)])
def d_kolmogorov(x, y):
    return (_kolmogp(x),)


@rule(special.kolmogi, domain=[UNIT])
def d_kolmogi(p, y):
    return (1 / _kolmogp(y),)


@rule(_kolmogp, name="scipy.special.kolmogorov'", domain=[(0.4, 2.0)], special=[(0.0, 0.0), (100.0, 0.0)])
def d_kolmogp(x, y):
    return (_kolmogorov_curvature(x),)


def _kolmogorov_curvature(x: Any) -> Any:
    """Second derivative of the Kolmogorov distribution, by the series that converges fast at ``x``."""
    far = np.where(x < 1, 1.0, np.where(x > 20, 20.0, x))  # beyond, all terms underflow
    near = np.where(x < 1, np.where(x < 0.04, 0.04, x), 1.0)
    square, inverse = far * far, 1 / (near * near)
    tail = head = 0.0
    for k in TERMS:
        tail = tail + (-1) ** k * 8 * k * k * (1 - 4 * k * k * square) * np.exp(-2 * k * k * square)
        a = (2 * k - 1) ** 2 * np.pi**2 / 8 * inverse
        head = head - (2 + a * (4 * a - 10)) * np.exp(-a)
    return np.where(x < 1, np.sqrt(2 * np.pi) * inverse / near * head, tail)


@rule(special.smirnov, domain=[TRIALS, (0.15, 0.85)])
def d_smirnov(n, x, y):
    return (None, _smirnovp(n, x))


@rule(special.smirnovi, domain=[TRIALS, UNIT])
def d_smirnovi(n, p, y):
    return (None, 1 / _smirnovp(n, y))


@rule(_smirnovp, name="scipy.special.smirnov'", domain=[TRIALS, (0.15, 0.85)])
def d_smirnovp(n, x, y):
    return (None, _smirnov_curvature(n, x))


def _smirnov_curvature(n: Any, x: Any) -> Any:
    """Second derivative of the Smirnov distribution: of its sum over v (Birnbaum and Tingey, 1951), term by term."""
    v = np.arange(np.max(n))
    n, x = np.expand_dims(n, -1), np.expand_dims(x, -1)
    inside = v < n * (1 - x)
    a, b = np.where(inside, x + v / n, 1.0), np.where(inside, 1 - (x + v / n), 1.0)
    rest = np.where(inside, n - v, 1)
    choices = special.gammaln(n + 1.0) - special.gammaln(v + 1.0) - special.gammaln(rest + 1.0)
    power = np.exp(choices + (v - 1) * np.log(a) + rest * np.log(b))
    slope = (v - 1) / a - rest / b
    bend = slope * slope - (v - 1) / (a * a) - rest / (b * b)
    return np.sum(np.where(inside, power * (2 * slope + x * bend), 0.0), axis=-1)

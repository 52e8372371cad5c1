"""Heston's model: the gradient of a mean over paths, some of them at a time."""

from math import exp, sqrt

import numpy as np
from numba import njit

__all__ = ["heston_vectorised"]

TILE = 256


@njit(error_model="numpy")
def heston_tile(parameters, z, w, first, kept, s, v, s_bar, v_bar, bars):
    """The sum over the paths of a tile; parameter by parameter added to ``bars``."""
    _, kappa, theta, xi, rho = parameters
    steps, n = len(z), s.size
    h = 1.0 / steps
    root, across = sqrt(h), sqrt(1.0 - rho * rho)
    s[:] = 0.0
    v[:] = parameters[0]
    for i in range(steps):
        zs, ws, old = z[i, first : first + n], w[i, first : first + n], kept[i]
        for j in range(n):
            old[j] = v[j]
            volatility = sqrt(v[j])
            shock = rho * zs[j] + across * ws[j]
            s[j] += volatility * root * zs[j] - 0.5 * v[j] * h
            v[j] += kappa * (theta - v[j]) * h + xi * volatility * root * shock
            v[j] += 0.25 * xi * xi * h * (shock * shock - 1.0)
    total = 0.0
    for j in range(n):
        price = exp(s[j])
        total += max(price - 1.0, 0.0)
        s_bar[j] = price if price > 1.0 else 0.0
        v_bar[j] = 0.0
    ratio = rho / across
    for i in range(steps - 1, -1, -1):
        zs, ws, old = z[i, first : first + n], w[i, first : first + n], kept[i]
        for j in range(n):
            bar, volatility = v_bar[j], sqrt(old[j])
            shock = rho * zs[j] + across * ws[j]
            bars[1, j] += bar * (theta - old[j]) * h
            bars[2, j] += bar
            bars[3, j] += bar * (volatility * root * shock + 0.5 * xi * h * (shock * shock - 1.0))
            bars[4, j] += bar * (xi * volatility * root + 0.5 * xi * xi * h * shock) * (zs[j] - ratio * ws[j])
            slope = 0.5 / volatility * root
            v_bar[j] = bar * (1.0 - kappa * h + xi * shock * slope) + s_bar[j] * (slope * zs[j] - 0.5 * h)
    for j in range(n):
        bars[0, j] += v_bar[j]
    return total


@njit
def heston_vectorised(parameters, z, w):
    paths = z.shape[1]
    kept, memory, bars = np.empty((len(z), TILE)), np.empty((4, TILE)), np.zeros((5, TILE))
    total = 0.0
    for first in range(0, paths, TILE):
        n = min(TILE, paths - first)
        s, v, s_bar, v_bar = memory[0, :n], memory[1, :n], memory[2, :n], memory[3, :n]
        total += heston_tile(parameters, z, w, first, kept, s, v, s_bar, v_bar, bars)
    bar = np.empty(5)
    for k in range(5):
        bar[k] = np.sum(bars[k]) / paths
    bar[2] *= parameters[1] / len(z)
    return total / paths, bar

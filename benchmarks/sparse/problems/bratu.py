"""Bratu's problem on a square: combustion, discretised by five points."""

import numpy as np

__all__ = ["bratu", "inputs"]


def bratu(x, strength):
    """Residuals; no boundary values are unknown."""
    n = round(len(x) ** 0.5)
    u = x.reshape(n, n)
    residual = 4.0 * u - strength / (n + 1) ** 2 * np.exp(u)
    residual[1:] -= u[:-1]
    residual[:-1] -= u[1:]
    residual[:, 1:] -= u[:, :-1]
    residual[:, :-1] -= u[:, 1:]
    return residual.ravel()


def inputs(n):
    return np.random.default_rng(4).uniform(0.0, 1.0, n * n), 6.0

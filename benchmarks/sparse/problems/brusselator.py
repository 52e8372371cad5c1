"""The Brusselator's right-hand side on a periodic grid (Hairer & Wanner 1996), as the SciML benchmarks set it up."""

import numpy as np

__all__ = ["brusselator", "brusselator_loop", "inputs"]


def laplacian(u):
    """Five points; what leaves the grid at one side comes in at the other."""
    result = -4.0 * u
    result[1:] += u[:-1]
    result[0] += u[-1]
    result[:-1] += u[1:]
    result[-1] += u[0]
    result[:, 1:] += u[:, :-1]
    result[:, 0] += u[:, -1]
    result[:, :-1] += u[:, 1:]
    result[:, -1] += u[:, 0]
    return result


def brusselator(y, alpha, forcing):
    """The two concentrations one after the other."""
    u, v = y.reshape(2, *forcing.shape)
    du = 1.0 + u**2 * v - 4.4 * u + alpha * laplacian(u) + forcing
    dv = 3.4 * u - u**2 * v + alpha * laplacian(v)
    return np.concatenate([du.ravel(), dv.ravel()])


def brusselator_loop(y, alpha, forcing):
    """The same point by point."""
    n = len(forcing)
    u, v = y[: n * n].reshape(n, n), y[n * n :].reshape(n, n)
    rates = np.zeros_like(y)
    du, dv = rates[: n * n].reshape(n, n), rates[n * n :].reshape(n, n)
    for i in range(n):
        up, down = (i - 1) % n, (i + 1) % n
        for j in range(n):
            left, right = (j - 1) % n, (j + 1) % n
            reaction = u[i, j] ** 2 * v[i, j]
            spread_u = u[up, j] + u[down, j] + u[i, left] + u[i, right] - 4.0 * u[i, j]
            spread_v = v[up, j] + v[down, j] + v[i, left] + v[i, right] - 4.0 * v[i, j]
            du[i, j] = 1.0 + reaction - 4.4 * u[i, j] + alpha * spread_u + forcing[i, j]
            dv[i, j] = 3.4 * u[i, j] - reaction + alpha * spread_v
    return rates


def inputs(n):
    """A little after the forcing has begun."""
    x, y = np.meshgrid(np.linspace(0.0, 1.0, n), np.linspace(0.0, 1.0, n), indexing="ij")
    rng = np.random.default_rng(3)
    u = 22.0 * (y * (1.0 - y)) ** 1.5 + 0.1 * rng.uniform(size=(n, n))
    v = 27.0 * (x * (1.0 - x)) ** 1.5 + 0.1 * rng.uniform(size=(n, n))
    forcing = np.where((x - 0.3) ** 2 + (y - 0.6) ** 2 <= 0.01, 5.0, 0.0)
    return np.concatenate([u.ravel(), v.ravel()]), 10.0 * (n - 1) ** 2, forcing

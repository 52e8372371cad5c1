"""The steps, in plain NumPy, and where they start."""

from __future__ import annotations

import numpy as np

__all__ = ["burgers", "heat", "lorenz96", "plate", "ring", "shallow_water", "wave", "waves"]


def burgers(u, n, params):
    """Viscous Burgers' equation in one dimension, upwind."""
    nu, dt, dx = params
    v = u.copy()
    v[1:-1] = u[1:-1] - dt / dx * u[1:-1] * (u[1:-1] - u[:-2]) + nu * dt / dx**2 * (u[2:] - 2 * u[1:-1] + u[:-2])
    return v


def wave(size):
    x = np.linspace(0, 2 * np.pi, size)
    return np.sin(x) + 1.5, (0.01, 1e-4, float(x[1]))


def heat(u, n, params):
    """Heat in a plate."""
    (rate,) = params
    v = u.copy()
    v[1:-1, 1:-1] += rate * (u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4 * u[1:-1, 1:-1])
    return v


def plate(size):
    return np.random.default_rng(0).normal(size=(size, size)), (0.1,)


def shallow_water(state, n, params):
    """Shallow water on a staggered grid, nonlinear in the depth, in place."""
    h, u, v = state
    gravity, ratio = params
    u[1:-1, :] -= gravity * ratio * (h[1:, :] - h[:-1, :])
    v[:, 1:-1] -= gravity * ratio * (h[:, 1:] - h[:, :-1])
    flux_x, flux_y = np.zeros_like(u), np.zeros_like(v)
    flux_x[1:-1, :] = 0.5 * u[1:-1, :] * (h[1:, :] + h[:-1, :])
    flux_y[:, 1:-1] = 0.5 * v[:, 1:-1] * (h[:, 1:] + h[:, :-1])
    h -= ratio * (flux_x[1:, :] - flux_x[:-1, :] + flux_y[:, 1:] - flux_y[:, :-1])
    return h, u, v


def waves(size):
    x, y = np.meshgrid(np.linspace(-1, 1, size), np.linspace(-1, 1, size), indexing="ij")
    h = 1.0 + 0.1 * np.exp(-20.0 * ((x - 0.3) ** 2 + (y - 0.3) ** 2))
    return (h, np.zeros((size + 1, size)), np.zeros((size, size + 1))), (9.81, 0.3 / 9.81**0.5)


def lorenz96(x, n, params):
    """Lorenz's model of 1996 by the Runge-Kutta method of fourth order."""
    forcing, dt = params

    def slope(x):
        return (np.roll(x, -1) - np.roll(x, 2)) * np.roll(x, 1) - x + forcing

    a = slope(x)
    b = slope(x + 0.5 * dt * a)
    c = slope(x + 0.5 * dt * b)
    d = slope(x + dt * c)
    return x + dt / 6.0 * (a + 2.0 * b + 2.0 * c + d)


def ring(size):
    return 8.0 + np.sin(np.arange(size)), (8.0, 0.01)

"""Shallow water waves on a staggered grid, nonlinear in the depth, updated in place, 256² × 50 steps."""

import numpy as np

from benchmarks.problem import Problem

GRAVITY, SIZE, STEPS = 9.81, 256, 50


def shallow_water(h0, g, dx, dt, steps):
    """Squared mean depth anomaly in the last quarter of the basin, from the initial depth."""
    n, m = h0.shape
    h = h0.copy()
    u = np.zeros((n + 1, m))
    v = np.zeros((n, m + 1))
    for _ in range(steps):
        u[1:-1, :] -= g * dt / dx * (h[1:, :] - h[:-1, :])
        v[:, 1:-1] -= g * dt / dx * (h[:, 1:] - h[:, :-1])
        flux_x = np.zeros((n + 1, m))
        flux_y = np.zeros((n, m + 1))
        flux_x[1:-1, :] = 0.5 * u[1:-1, :] * (h[1:, :] + h[:-1, :])
        flux_y[:, 1:-1] = 0.5 * v[:, 1:-1] * (h[:, 1:] + h[:, :-1])
        h -= dt / dx * (flux_x[1:, :] - flux_x[:-1, :] + flux_y[:, 1:] - flux_y[:, :-1])
    return np.mean((h[3 * n // 4 :, 3 * m // 4 :] - 1.0) ** 2) + 0.01 * np.mean(h**2)


def inputs():
    axis = np.linspace(-1.0, 1.0, SIZE)
    x, y = np.meshgrid(axis, axis, indexing="ij")
    depth = 1.0 + 0.1 * np.exp(-20.0 * ((x - 0.3) ** 2 + (y - 0.3) ** 2))
    dx = axis[1] - axis[0]
    return depth, GRAVITY, dx, 0.3 * dx / np.sqrt(GRAVITY), STEPS


PROBLEMS = (
    Problem(
        "shallow_water",
        f"shallow water in place, {SIZE}² × {STEPS}",
        shallow_water,
        inputs,
        target=4,
        published={"torch": 4.4, "advect": 17},
    ),
)

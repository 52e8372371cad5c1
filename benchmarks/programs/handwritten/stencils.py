"""Time steps on grids: what every step read is kept, or nothing where it is linear."""

import numpy as np
from numba import njit

__all__ = ["burgers", "heat"]


@njit
def burgers(u0, dx, dt, nu, steps):
    n = u0.size
    a, b = dt / dx, nu * dt / dx**2
    kept = np.empty((steps + 1, n))
    kept[0] = u0
    for t in range(steps):
        old, new = kept[t], kept[t + 1]
        for i in range(1, n - 1):
            new[i] = old[i] - a * old[i] * (old[i] - old[i - 1]) + b * (old[i + 1] - 2.0 * old[i] + old[i - 1])
        new[0] = new[n - 2]
        new[n - 1] = new[1]
    value = 0.0
    bar, other = np.empty(n), np.empty(n)
    for i in range(n):
        value += kept[steps, i] ** 2
        bar[i] = 2.0 * dx * kept[steps, i]
    for t in range(steps - 1, -1, -1):
        old = kept[t]
        bar[1] += bar[n - 1]
        bar[n - 2] += bar[0]
        bar[0] = bar[n - 1] = 0.0
        other[0] = bar[1] * (a * old[1] + b)
        other[n - 1] = bar[n - 2] * b
        for i in range(1, n - 1):
            own = bar[i] * (1.0 - a * (2.0 * old[i] - old[i - 1]) - 2.0 * b)
            other[i] = own + bar[i + 1] * (a * old[i + 1] + b) + bar[i - 1] * b
        bar, other = other, bar
    return value * dx, bar


@njit
def heat_step(u, new, alpha):
    n, m = u.shape
    centre = 1.0 - 4.0 * alpha
    for i in range(n):
        above, here, below = u[i - 1 if i else n - 1], u[i], u[i + 1 if i < n - 1 else 0]
        row = new[i]
        row[0] = centre * here[0] + alpha * (above[0] + below[0] + here[m - 1] + here[1])
        for j in range(1, m - 1):
            row[j] = centre * here[j] + alpha * (above[j] + below[j] + here[j - 1] + here[j + 1])
        row[m - 1] = centre * here[m - 1] + alpha * (above[m - 1] + below[m - 1] + here[m - 2] + here[0])


@njit
def heat(u, alpha, steps):
    """A step is linear and symmetric: its own transpose."""
    u, new = u.copy(), np.empty_like(u)
    for _ in range(steps):
        heat_step(u, new, alpha)
        u, new = new, u
    value = 0.0
    for row in u:
        for x in row:
            value += x * x
    u *= 2.0
    for _ in range(steps):
        heat_step(u, new, alpha)
        u, new = new, u
    return value, u

"""Time steps on grids: what every step read is kept, or nothing where it is linear."""

import numpy as np
from numba import njit

__all__ = ["burgers", "heat", "shallow_water"]


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


@njit
def shallow_water(h0, g, dx, dt, steps):
    """Depths and both velocities of all steps are kept; ``x`` and ``y`` are faces between rows and columns."""
    n, m = h0.shape
    a, b = g * dt / dx, dt / dx
    depths, us, vs = np.empty((steps + 1, n, m)), np.zeros((steps + 1, n + 1, m)), np.zeros((steps + 1, n, m + 1))
    depths[0] = h0
    for t in range(steps):
        h, new, u, v = depths[t], depths[t + 1], us[t + 1], vs[t + 1]
        for i in range(1, n):
            for j in range(m):
                u[i, j] = us[t, i, j] - a * (h[i, j] - h[i - 1, j])
        for i in range(n):
            for j in range(1, m):
                v[i, j] = vs[t, i, j] - a * (h[i, j] - h[i, j - 1])
        for i in range(n):
            above, below = h[i - 1 if i else i], h[i + 1 if i < n - 1 else i]
            for j in range(m):
                out = u[i + 1, j] * (below[j] + h[i, j]) - u[i, j] * (h[i, j] + above[j])
                left, right = h[i, j - 1 if j else j], h[i, j + 1 if j < m - 1 else j]
                out += v[i, j + 1] * (right + h[i, j]) - v[i, j] * (h[i, j] + left)
                new[i, j] = h[i, j] - 0.5 * b * out
    h = depths[steps]
    value, bar = 0.0, np.zeros((n, m))
    area = (n - 3 * n // 4) * (m - 3 * m // 4)
    for i in range(n):
        for j in range(m):
            value += 0.01 * h[i, j] ** 2 / (n * m)
            bar[i, j] = 0.02 * h[i, j] / (n * m)
            if i >= 3 * n // 4 and j >= 3 * m // 4:
                value += (h[i, j] - 1.0) ** 2 / area
                bar[i, j] += 2.0 * (h[i, j] - 1.0) / area
    u_bar, v_bar, both_x, both_y = (
        np.zeros((n + 1, m)),
        np.zeros((n, m + 1)),
        np.zeros((n + 1, m)),
        np.zeros((n, m + 1)),
    )
    for t in range(steps - 1, -1, -1):
        h, u, v = depths[t], us[t + 1], vs[t + 1]
        for i in range(1, n):
            for j in range(m):
                flux_bar = 0.5 * b * (bar[i, j] - bar[i - 1, j])
                u_bar[i, j] += (h[i, j] + h[i - 1, j]) * flux_bar
                both_x[i, j] = u[i, j] * flux_bar
        for i in range(n):
            for j in range(1, m):
                flux_bar = 0.5 * b * (bar[i, j] - bar[i, j - 1])
                v_bar[i, j] += (h[i, j] + h[i, j - 1]) * flux_bar
                both_y[i, j] = v[i, j] * flux_bar
        for i in range(n):
            for j in range(m):
                bar[i, j] += both_x[i, j] + both_x[i + 1, j] + both_y[i, j] + both_y[i, j + 1]
                bar[i, j] += a * (u_bar[i + 1, j] - u_bar[i, j] + v_bar[i, j + 1] - v_bar[i, j])
    return value, bar

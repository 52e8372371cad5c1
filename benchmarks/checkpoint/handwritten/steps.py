"""Steps and their adjoints."""

import numpy as np
from numba import njit

__all__ = ["STEPS"]


@njit(error_model="numpy")
def burgers(u, params, v):
    nu, dt, dx = params
    last = u.size - 1
    convection, diffusion = dt / dx, nu * dt / dx**2
    v[0], v[last] = u[0], u[last]
    for i in range(1, last):
        left, here, right = u[i - 1], u[i], u[i + 1]
        v[i] = here - convection * here * (here - left) + diffusion * (right - 2 * here + left)


@njit(error_model="numpy")
def burgers_adjoint(u, params, bar, out, params_bar):
    nu, dt, dx = params
    last = u.size - 1
    convection, diffusion = dt / dx, nu * dt / dx**2
    convection_bar = diffusion_bar = 0.0
    for i in range(1, last):
        convection_bar -= bar[i] * u[i] * (u[i] - u[i - 1])
        diffusion_bar += bar[i] * (u[i + 1] - 2 * u[i] + u[i - 1])
    params_bar[0] += diffusion_bar * dt / dx**2
    params_bar[1] += convection_bar / dx + diffusion_bar * nu / dx**2
    params_bar[2] += -(convection_bar * dt / dx**2 + 2 * diffusion_bar * nu * dt / dx**3)
    out[0] = bar[0] + bar[1] * (convection * u[1] + diffusion)
    out[last] = bar[last] + bar[last - 1] * diffusion
    for i in range(1, last):
        total = bar[i] * (1.0 - convection * (2 * u[i] - u[i - 1]) - 2 * diffusion)
        if i > 1:
            total += bar[i - 1] * diffusion
        if i < last - 1:
            total += bar[i + 1] * (convection * u[i + 1] + diffusion)
        out[i] = total


@njit(error_model="numpy")
def heat(u, params, v):
    rate = params[0]
    n, m = u.shape
    v[0], v[n - 1] = u[0], u[n - 1]
    for i in range(1, n - 1):
        v[i, 0], v[i, m - 1] = u[i, 0], u[i, m - 1]
        for j in range(1, m - 1):
            v[i, j] = u[i, j] + rate * (u[i + 1, j] + u[i - 1, j] + u[i, j + 1] + u[i, j - 1] - 4 * u[i, j])


@njit(error_model="numpy")
def heat_adjoint(u, params, bar, out, params_bar):
    rate = params[0]
    n, m = u.shape
    inner = np.zeros_like(bar)
    inner[1 : n - 1, 1 : m - 1] = bar[1 : n - 1, 1 : m - 1]
    total = 0.0
    for i in range(n):
        for j in range(m):
            near = -4 * inner[i, j]
            if i > 0:
                near += inner[i - 1, j]
            if i < n - 1:
                near += inner[i + 1, j]
            if j > 0:
                near += inner[i, j - 1]
            if j < m - 1:
                near += inner[i, j + 1]
            out[i, j] = bar[i, j] + rate * near
            total += near * u[i, j]
    params_bar[0] += total


@njit(error_model="numpy")
def slope(x, forcing, out):
    n = x.size
    for i in range(n):
        out[i] = (x[(i + 1) % n] - x[i - 2]) * x[i - 1] - x[i] + forcing


@njit(error_model="numpy")
def slope_adjoint(x, bar, out):
    """Adds the cotangent of a state to ``out``; gives that of the forcing."""
    n = x.size
    total = 0.0
    for i in range(n):
        out[(i + 1) % n] += bar[i] * x[i - 1]
        out[i - 2] -= bar[i] * x[i - 1]
        out[i - 1] += bar[i] * (x[(i + 1) % n] - x[i - 2])
        out[i] -= bar[i]
        total += bar[i]
    return total


@njit(error_model="numpy")
def lorenz96(x, params, v):
    forcing, dt = params
    a, b, c, d = np.empty_like(x), np.empty_like(x), np.empty_like(x), np.empty_like(x)
    slope(x, forcing, a)
    slope(x + 0.5 * dt * a, forcing, b)
    slope(x + 0.5 * dt * b, forcing, c)
    slope(x + dt * c, forcing, d)
    for i in range(x.size):
        v[i] = x[i] + dt / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i])


@njit(error_model="numpy")
def lorenz96_adjoint(x, params, bar, out, params_bar):
    forcing, dt = params
    stages, slopes = np.empty((4, x.size)), np.empty((4, x.size))
    parts = (0.0, 0.5 * dt, 0.5 * dt, dt)
    weights = (dt / 6.0, dt / 3.0, dt / 3.0, dt / 6.0)
    for s in range(4):
        stages[s] = x
        if s:
            stages[s] += parts[s] * slopes[s - 1]
        slope(stages[s], forcing, slopes[s])
    out[:] = bar
    params_bar[1] += np.sum(bar * (slopes[0] + 2 * slopes[1] + 2 * slopes[2] + slopes[3])) / 6.0
    fractions = (0.0, 0.5, 0.5, 1.0)
    slope_bar = weights[3] * bar
    for s in range(3, -1, -1):
        stage_bar = np.zeros_like(x)
        params_bar[0] += slope_adjoint(stages[s], slope_bar, stage_bar)
        out += stage_bar
        if s:
            params_bar[1] += fractions[s] * np.sum(stage_bar * slopes[s - 1])
            slope_bar = weights[s - 1] * bar + parts[s] * stage_bar


STEPS = {"burgers": (burgers, burgers_adjoint), "heat": (heat, heat_adjoint), "lorenz96": (lorenz96, lorenz96_adjoint)}

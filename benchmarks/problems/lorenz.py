"""The Lorenz system by classical Runge-Kutta, 200 steps: once by elements, once with small arrays."""

import numpy as np

from benchmarks.problem import Problem

SIGMA, RHO, BETA = 10.0, 28.0, 8.0 / 3.0


def lorenz(x, sigma, rho, beta):
    dx = np.zeros(3)
    dx[0] = sigma * (x[1] - x[0])
    dx[1] = x[0] * (rho - x[2]) - x[1]
    dx[2] = x[0] * x[1] - beta * x[2]
    return dx


def integrate_elements(p, h, steps):
    """Squared distance from the origin after ``steps`` steps; ``p`` holds x, y, z, sigma, rho, beta."""
    sigma, rho, beta = p[3], p[4], p[5]
    x = np.zeros(3)
    for i in range(3):
        x[i] = p[i]
    y = np.zeros(3)
    for _ in range(steps):
        k1 = lorenz(x, sigma, rho, beta)
        for i in range(3):
            y[i] = x[i] + 0.5 * h * k1[i]
        k2 = lorenz(y, sigma, rho, beta)
        for i in range(3):
            y[i] = x[i] + 0.5 * h * k2[i]
        k3 = lorenz(y, sigma, rho, beta)
        for i in range(3):
            y[i] = x[i] + h * k3[i]
        k4 = lorenz(y, sigma, rho, beta)
        for i in range(3):
            x[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i])
    return x[0] ** 2 + x[1] ** 2 + x[2] ** 2


def integrate_arrays(p, h, steps):
    """The same, with the Runge-Kutta combinations written on arrays of three."""
    sigma, rho, beta = p[3:]
    x = p[:3].copy()
    for _ in range(steps):
        k1 = lorenz(x, sigma, rho, beta)
        k2 = lorenz(x + 0.5 * h * k1, sigma, rho, beta)
        k3 = lorenz(x + 0.5 * h * k2, sigma, rho, beta)
        k4 = lorenz(x + h * k3, sigma, rho, beta)
        x += h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return np.sum(x**2)


def inputs():
    return np.array([1.0, 0.5, 20.0, SIGMA, RHO, BETA]), 0.005, 200


PROBLEMS = (
    Problem(
        "lorenz",
        "Lorenz RK4 by element access, 200 steps",
        integrate_elements,
        inputs,
        target=20,
        published={"xad": 20, "torch": 290, "advect": 347, "autograd": 1772},
        scalars=True,
    ),
    Problem(
        "lorenz_arrays",
        "Lorenz RK4 on arrays of 3, 200 steps",
        integrate_arrays,
        inputs,
        scalars=True,
        rewrite="lorenz",
    ),
)

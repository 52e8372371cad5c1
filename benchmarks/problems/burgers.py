"""Burgers' equation with upwind differences, written in place as courses teach it."""

import numpy as np

from benchmarks.problem import Problem

VISCOSITY = 0.07


def burgers(u0, dx, dt, nu, steps):
    u = u0.copy()
    for _ in range(steps):
        un = u.copy()
        u[1:-1] += -dt / dx * un[1:-1] * (un[1:-1] - un[:-2]) + nu * dt / dx**2 * (un[2:] - 2 * un[1:-1] + un[:-2])
        u[0] = u[-2]
        u[-1] = u[1]
    return np.sum(u**2) * dx


def inputs(cells, steps):
    x = np.linspace(0.0, 2.0 * np.pi, cells)
    dx = x[1] - x[0]
    dt = min(0.2 * dx, 0.2 * dx**2 / VISCOSITY)
    return 1.5 + np.sin(x) + 0.3 * np.cos(3.0 * x), dx, dt, VISCOSITY, steps


def inputs_small():
    return inputs(1000, 200)


def inputs_large():
    return inputs(100_000, 20)


PROBLEMS = (
    Problem(
        "burgers",
        "Burgers in place, 1,000 cells × 200 steps",
        burgers,
        inputs_small,
        target=10,
        published={"torch": 19, "advect": 43, "autograd": 76},
        complex_step=True,
    ),
    Problem(
        "burgers_large",
        "Burgers in place, 10⁵ cells × 20 steps",
        burgers,
        inputs_large,
        target=4.5,
        published={"torch": 4.8, "advect": 19},
        complex_step=True,
        rewrite="burgers",
    ),
)

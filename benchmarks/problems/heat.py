"""Heat diffusion on a torus by ``np.roll``, 256² × 100 steps."""

import numpy as np

from benchmarks.problem import Problem

SIZE, STEPS = 256, 100


def heat(u, alpha, steps):
    for _ in range(steps):
        neighbours = np.roll(u, 1, axis=0) + np.roll(u, -1, axis=0) + np.roll(u, 1, axis=1) + np.roll(u, -1, axis=1)
        u = u + alpha * (neighbours - 4.0 * u)
    return np.sum(u**2)


def inputs():
    return np.random.default_rng(5).uniform(size=(SIZE, SIZE)), 0.2, STEPS


PROBLEMS = (
    Problem(
        "heat",
        f"heat by np.roll, {SIZE}² × {STEPS}",
        heat,
        inputs,
        target=2.4,
        published={"torch": 2.4, "autograd": 3.2},
        complex_step=True,
    ),
)

"""A million steps of viscous Burgers' equation, and a gradient in the memory of a hundred states.

It is that of the kinetic energy at the end with respect to the whole first state and to the viscosity.
``python -m examples.simulations.burgers [--steps 1000000]``
"""

from __future__ import annotations

import argparse

import numpy as np

import adpy
from examples.simulations.reporting import Steps, difference, peak_memory, seconds

LENGTH, TIME = 1.0, 1.0


def step(u, n, params):
    """One step, in place: the flux through the faces between points, zero velocity at both ends."""
    flux = 0.25 * (u[1:] ** 2 + u[:-1] ** 2) - params["viscosity"] / params["dx"] * (u[1:] - u[:-1])
    u[1:-1] -= params["dt"] / params["dx"] * (flux[1:] - flux[:-1])
    return u


def start(points):
    x = np.linspace(0.0, LENGTH, points)
    return np.sin(np.pi * x) + 0.5 * np.sin(3 * np.pi * x)


def energy(u, viscosity, steps, snapshots, time=TIME, callback=None):
    """Kinetic energy at the end."""
    dx = LENGTH / (len(u) - 1)
    params = {"viscosity": viscosity, "dx": dx, "dt": time / steps}
    u = adpy.checkpoint.loop(step, u, steps, params=params, snapshots=snapshots, callback=callback)
    return 0.5 * dx * np.sum(u**2)


def plain_energy(u, viscosity, steps, time=TIME, stop=None):
    """The same by a Python loop, or its first ``stop`` steps."""
    dx = LENGTH / (len(u) - 1)
    params = {"viscosity": viscosity, "dx": dx, "dt": time / steps}
    u = u + 0.0
    for n in range(steps if stop is None else stop):
        u = step(u, n, params)
    return 0.5 * dx * np.sum(u**2)


def main(steps=1_000_000, points=400, snapshots=100, plain_steps=10_000, tape_steps=300, taylor_steps=20_000):
    """Run all of it; returns what was found for those who want to look at it."""
    u, viscosity = start(points), 0.002

    counted = Steps()
    gradient = adpy.value_and_grad(energy, (0, 1))
    taken, (left, (by_state, by_viscosity)) = seconds(gradient, u, viscosity, steps, snapshots, TIME, counted)
    memory = peak_memory()
    print(counted.against(steps, snapshots))
    print(f"energy {plain_energy(u, viscosity, 1, stop=0):.4f} at first, {left:.4f} at the end")
    print(f"by viscosity: {by_viscosity:.4f}; by the first state: from {by_state.min():.3g} to {by_state.max():.3g}")
    print(f"peak memory of the process: {memory:.1f} MB (its states together: {8e-6 * points * steps:.0f} MB)")

    plain, _ = seconds(plain_energy, u, viscosity, steps, TIME, plain_steps)
    plain *= steps / plain_steps
    print(f"value and gradient {taken:.1f} s, the plain loop {plain:.1f} s (from {plain_steps:,} steps): ", end="")
    print(f"ratio {taken / plain:.2f}")

    from adpy.testing import taylor_test  # not before the memory of the gradient was read

    time = TIME * tape_steps / steps
    found = adpy.grad(energy, (0, 1))(u, viscosity, tape_steps, 20, time)
    expected = adpy.grad(plain_energy, (0, 1))(u, viscosity, tape_steps, time)
    apart = max(map(difference, found, expected))
    print(f"{tape_steps} steps, against the tape of the plain loop: gradients differ by {apart:.1e}")
    taylor = taylor_test(lambda u, log: energy(u, viscosity * np.exp(log), taylor_steps, snapshots), u, 0.0)
    print(f"{taylor_steps:,} steps of a longer time step\n{taylor}")
    return {"tape": apart, "taylor": taylor, "memory": memory, "steps": counted.run, "ratio": taken / plain}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--points", type=int, default=400)
    parser.add_argument("--snapshots", type=int, default=100)
    arguments = parser.parse_args()
    main(arguments.steps, arguments.points, arguments.snapshots)

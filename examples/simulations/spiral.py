"""A neural ODE: the right-hand side of a differential equation as a small network, fitted to a spiral.

The network is plain NumPy, the solver Runge-Kutta's of fourth order, the optimiser Adam; only the gradient comes from
adpy.  ``python -m examples.simulations.spiral [--rounds 600]``
"""

from __future__ import annotations

import argparse

import numpy as np

import adpy
from adpy.testing import taylor_test
from examples.simulations.reporting import difference, peak_memory, seconds

TIME = 10.0
START = np.array([2.0, 0.0])


def spiral(y):
    """What the network has to find: a spiral that is no linear one."""
    return (y**3) @ np.array([[-0.1, 2.0], [-2.0, -0.1]])


def network(y, p):
    return np.tanh(y**3 @ p["in"] + p["bias"]) @ p["out"] + p["drift"]


def runge_kutta(slope, y, dt):
    a = slope(y)
    b = slope(y + dt / 2 * a)
    c = slope(y + dt / 2 * b)
    d = slope(y + dt * c)
    return y + dt / 6 * (a + 2 * b + 2 * c + d)


def step(y, n, p, arg):
    return runge_kutta(lambda y: network(y, p), y, p["dt"])


def loss(y, n, p, arg):
    """Distance from the curve after a step."""
    return np.sum(np.abs(y - arg) ** 2)


def first_guess(width, seed=0):
    random = np.random.default_rng(seed)
    return {
        "in": 0.5 * random.standard_normal((2, width)),
        "bias": 0.1 * random.standard_normal(width),
        "out": 0.5 / width**0.5 * random.standard_normal((width, 2)),
        "drift": np.zeros(2),
    }


def misfit(p, y, curve, snapshots):
    """Mean square distance of the solution from ``curve``."""
    steps = len(curve)
    p = p | {"dt": TIME / steps}
    _, total = adpy.checkpoint.loop(step, y, steps, params=p, args=curve, loss=loss, snapshots=snapshots)
    return total / steps


def plain_misfit(p, y, curve):
    """The same by a Python loop."""
    p, total = p | {"dt": TIME / len(curve)}, 0.0
    for n, seen in enumerate(curve):
        y = step(y, n, p, seen)
        total = total + loss(y, n, p, seen)
    return total / len(curve)


def adam(gradient, p, rounds, rate):
    """Kingma and Ba's method for a dictionary of arrays; yields values and parameters."""
    mean = {name: np.zeros_like(x) for name, x in p.items()}
    square = {name: np.zeros_like(x) for name, x in p.items()}
    for k in range(1, rounds + 1):
        value, slope = gradient(p)
        for name, g in slope.items():
            mean[name] += 0.1 * (g - mean[name])
            square[name] += 0.001 * (g**2 - square[name])
        size = rate * (1 - k / (rounds + 1)) * np.sqrt(1 - 0.999**k) / (1 - 0.9**k)
        p = {name: x - size * mean[name] / (np.sqrt(square[name]) + 1e-8) for name, x in p.items()}
        yield value, p


def main(steps=1000, width=40, rounds=600, rate=0.02, snapshots=20, tape_steps=100):
    """Run all of it; returns what was found for those who want to look at it."""
    dt = TIME / steps
    curve = adpy.checkpoint.loop(
        lambda y, n: runge_kutta(spiral, y, dt), START, steps, collect=lambda y, n: y
    )[1]
    p = first_guess(width)
    short = curve[:tape_steps]
    found, expected = adpy.grad(misfit)(p, START, short, 5), adpy.grad(plain_misfit)(p, START, short)
    apart = max(difference(found[name], expected[name]) for name in p)
    print(f"{tape_steps} steps, against the tape of the plain loop: gradients differ by {apart:.1e}")
    print(taylor := taylor_test(lambda p: misfit(p, START, curve, snapshots), p, steps=1e-2 / 2 ** np.arange(6)))

    gradient = adpy.value_and_grad(misfit)
    gradient(p, START, curve, snapshots)
    plain, _ = seconds(plain_misfit, p, START, curve)
    taken, (before, _) = seconds(gradient, p, START, curve, snapshots)
    print(f"value and gradient {1e3 * taken:.0f} ms, the plain loop {1e3 * plain:.0f} ms: ratio {taken / plain:.2f}")

    taken, path = seconds(lambda: list(adam(lambda p: gradient(p, START, curve, snapshots), p, rounds, rate)))
    after = misfit(path[-1][1], START, curve, snapshots)
    print(f"Adam: {rounds} rounds, {taken:.1f} s; mean square distance {before:.4g} before, {after:.4g} after")
    print(f"peak memory of the process: {peak_memory():.0f} MB")
    return {"tape": apart, "taylor": taylor, "losses": (before, after)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=600)
    main(rounds=parser.parse_args().rounds)

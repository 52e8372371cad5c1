"""A neural ODE: the right-hand side of a differential equation as a small network, fitted to a spiral.

The network is plain NumPy, the solver Runge-Kutta's of fourth order, the optimiser SciPy's L-BFGS-B; only the gradient
comes from adpy.  First the beginning of the curve is fitted, then more and more of it.
``python -m examples.simulations.spiral [--iterations 300]``
"""

from __future__ import annotations

import argparse

import numpy as np
from scipy.optimize import minimize

import adpy
from adpy.testing import taylor_test
from examples.simulations.reporting import difference, peak_memory, seconds

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
    return np.sum((y - arg) ** 2)


def first_guess(width, seed=0):
    random = np.random.default_rng(seed)
    return {
        "in": 0.1 * random.standard_normal((2, width)),
        "bias": 0.5 * random.standard_normal(width),
        "out": 0.5 / width**0.5 * random.standard_normal((width, 2)),
        "drift": np.zeros(2),
    }


def misfit(p, y, curve, dt, snapshots):
    """Mean square distance of the solution from ``curve``."""
    steps = len(curve)
    params = p | {"dt": dt}
    _, total = adpy.checkpoint.loop(step, y, steps, params=params, args=curve, loss=loss, snapshots=snapshots)
    return total / steps


def plain_misfit(p, y, curve, dt):
    """The same by a Python loop."""
    p, total = p | {"dt": dt}, 0.0
    for n, seen in enumerate(curve):
        y = step(y, n, p, seen)
        total = total + loss(y, n, p, seen)
    return total / len(curve)


def fit(p, y, curve, dt, snapshots, iterations):
    """The network after so many iterations, and the numbers of iterations and gradients."""
    names, stops = list(p), np.cumsum([x.size for x in p.values()])

    def unpacked(x):
        return {name: part.reshape(p[name].shape) for name, part in zip(names, np.split(x, stops[:-1]))}

    gradient = adpy.value_and_grad(lambda x: misfit(unpacked(x), y, curve, dt, snapshots))
    start = np.concatenate([x.ravel() for x in p.values()])
    found = minimize(gradient, start, jac=True, method="L-BFGS-B", options={"maxiter": iterations})
    return unpacked(found.x), np.array([found.nit, found.nfev])


def main(steps=1000, time=10.0, width=40, iterations=300, snapshots=20, tape_steps=100):
    """Run all of it; returns what was found for those who want to look at it."""
    dt = time / steps
    curve = adpy.checkpoint.loop(lambda y, n: runge_kutta(spiral, y, dt), START, steps, collect=lambda y, n: y)[1]
    guess = first_guess(width)
    short = curve[:tape_steps]
    found = adpy.grad(misfit)(guess, START, short, dt, 5)
    expected = adpy.grad(plain_misfit)(guess, START, short, dt)
    apart = max(difference(found[name], expected[name]) for name in guess)
    print(f"{tape_steps} steps, against the tape of the plain loop: gradients differ by {apart:.1e}")
    print(taylor := taylor_test(lambda p: misfit(p, START, curve, dt, snapshots), guess))

    gradient = adpy.value_and_grad(misfit)
    gradient(guess, START, curve, dt, snapshots)
    plain, _ = seconds(plain_misfit, guess, START, curve, dt)
    taken, (before, _) = seconds(gradient, guess, START, curve, dt, snapshots)
    print(f"value and gradient {1e3 * taken:.0f} ms, the plain loop {1e3 * plain:.0f} ms: ratio {taken / plain:.2f}")

    p, total, counts = guess, 0.0, np.zeros(2, int)
    for part, share in ((0.1, 6), (0.25, 6), (0.5, 6), (1.0, 1)):
        seen = curve[: int(part * steps)]
        taken, (p, more) = seconds(fit, p, START, seen, dt, snapshots, iterations // share)
        total, counts = total + taken, counts + more
    after = misfit(p, START, curve, dt, snapshots)
    print(f"L-BFGS-B: {counts[0]} iterations, {counts[1]} gradients, {total:.1f} s")
    print(f"mean square distance from the spiral: {before:.4g} before, {after:.4g} after")
    print(f"peak memory of the process: {peak_memory():.0f} MB")
    return {"tape": apart, "taylor": taylor, "losses": (before, after)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--iterations", type=int, default=300)
    main(iterations=parser.parse_args().iterations)

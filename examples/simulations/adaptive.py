"""A clock of unknown spring: fit an oscillator that is solved with steps of its own choosing.

Van der Pol's oscillator rests for long and jumps; an embedded Runge-Kutta pair takes long steps and short ones, tries
again those that were not accurate enough, and nobody knows their number beforehand.  Its stiffness and its first state
are found from noisy readings by BFGS.  ``python -m examples.simulations.adaptive [--tolerance 1e-7]``
"""

from __future__ import annotations

import argparse

import numpy as np
from scipy.optimize import minimize

import adpy
from adpy.testing import taylor_test
from examples.simulations.reporting import difference, peak_memory, seconds

TRUTH = np.array([5.0, 1.0, 0.5])
"""Stiffness, position and velocity at first."""
GUESS = np.array([4.0, 1.5, 0.0])
NOISE = 0.02


def slope(y, stiffness):
    return np.array([y[1], stiffness * (1 - y[0] ** 2) * y[1] - y[0]])


def step(state, n, params):
    """A step of Bogacki and Shampine's pair of orders 3 and 2, or the choice of a shorter one."""
    y, k1, t, dt, counts = state
    stiffness, end, tolerance = params
    h = min(dt, end - t)
    k2 = slope(y + h / 2 * k1, stiffness)
    k3 = slope(y + 3 * h / 4 * k2, stiffness)
    new = y + h / 9 * (2 * k1 + 3 * k2 + 4 * k3)
    k4 = slope(new, stiffness)
    error = h * (-5 / 72 * k1 + k2 / 12 + k3 / 9 - k4 / 8)
    error = np.sqrt(np.mean(error**2) + 1e-10 * tolerance**2) / tolerance
    factor = min(5.0, max(0.2, 0.9 * error ** (-1 / 3)))
    if error > 1:
        return y, k1, t, h * factor, (counts[0], counts[1] + 1)
    return new, k4, t + h, h * factor if h == dt else dt, (counts[0] + 1, counts[1])


def unfinished(state, n, params):
    return state[2] < params[1]


def solve(x, times, tolerance, loop):
    """Positions at these times, and how many steps were accepted and rejected."""
    y = x[1:]
    state, seen = (y, slope(y, x[0]), 0.0, 1e-3, (0, 0)), []
    for end in times:
        state = loop(unfinished, step, state, params=(x[0], end, tolerance))
        seen.append(state[0][0])
    return np.stack(seen), state[4]


def plain_loop(condition, step, state, params):
    n = 0
    while condition(state, n, params):
        state, n = step(state, n, params), n + 1
    return state


def checkpointed(snapshots):
    """``adpy.checkpoint.while_loop`` with so many snapshots."""

    def loop(condition, step, state, params):
        return adpy.checkpoint.while_loop(condition, step, state, params=params, snapshots=snapshots)

    return loop


def misfit(x, times, readings, tolerance, loop):
    """Mean square distance from the readings, in units of their noise."""
    return np.mean((solve(x, times, tolerance, loop)[0] - readings) ** 2) / NOISE**2


def main(tolerance=1e-7, readings=20, end=20.0, snapshots=10, iterations=60):
    """Run all of it; returns what was found for those who want to look at it."""
    times = (np.arange(readings) + 1) * end / readings
    exact, counts = solve(TRUTH, times, tolerance, plain_loop)
    print(f"{counts[0]:,} steps accepted, {counts[1]:,} rejected")
    seen = exact + NOISE * np.random.default_rng(0).standard_normal(readings)
    args = times, seen, tolerance

    loop = checkpointed(snapshots)
    gradient = adpy.value_and_grad(misfit)
    print(taylor := taylor_test(lambda x: misfit(x, *args, loop), GUESS, steps=1e-3 / 2 ** np.arange(6)))
    apart = difference(gradient(GUESS, *args, loop)[1], adpy.grad(misfit)(GUESS, *args, plain_loop))
    print(f"against the tape of the plain loop: gradients differ by {apart:.1e}")
    plain, _ = seconds(misfit, GUESS, *args, plain_loop)
    taken, (before, _) = seconds(gradient, GUESS, *args, loop)
    print(f"value and gradient {taken:.2f} s, the plain loop {plain:.2f} s: ratio {taken / plain:.2f}")

    taken, found = seconds(
        lambda: minimize(gradient, GUESS, args=(*args, loop), jac=True, method="BFGS", options={"maxiter": iterations})
    )
    print(f"BFGS: {found.nit} iterations, {found.nfev} gradients, {taken:.1f} s")
    print(f"misfit {before:.4g} before, {found.fun:.4g} after (1 is the noise of the readings)")
    print(f"truth {TRUTH}, guess {GUESS}, found {np.round(found.x, 4)}")
    print(f"peak memory of the process: {peak_memory():.0f} MB")
    return {"tape": apart, "taylor": taylor, "misfits": (before, found.fun), "found": found.x, "counts": counts}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tolerance", type=float, default=1e-7)
    main(parser.parse_args().tolerance)

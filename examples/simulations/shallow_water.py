"""Find the bar on the floor of a wave tank from a few gauges on its surface.

A paddle at one end makes waves; gauges read the height of the water every tenth step.  The shallow-water equations on
a staggered grid are stepped in place, and the height of the floor is found by L-BFGS with exact gradients through all
steps.  ``python -m examples.simulations.shallow_water [--steps 100000]``
"""

from __future__ import annotations

import argparse

import numpy as np
from scipy.optimize import minimize

import adpy
from adpy.testing import taylor_test
from examples.simulations.reporting import Steps, difference, peak_memory, seconds

GRAVITY, STILL, SPACING, TIME_STEP, FRICTION = 9.81, 0.2, 0.1, 0.02, 0.05
EVERY = 10
NOISE = 1e-5


def step(state, n, depth, arg):
    """One step: velocities from the slope of the surface, then the surface from the flow."""
    height, u, v = state
    u[1:-1] -= TIME_STEP * GRAVITY / SPACING * (height[1:] - height[:-1])
    v[:, 1:-1] -= TIME_STEP * GRAVITY / SPACING * (height[:, 1:] - height[:, :-1])
    u *= 1 - TIME_STEP * FRICTION
    v *= 1 - TIME_STEP * FRICTION
    u[0] = arg["paddle"]
    water = depth + height
    along, across = np.zeros_like(u), np.zeros_like(v)
    along[0] = u[0] * water[0]
    along[1:-1] = u[1:-1] * 0.5 * (water[1:] + water[:-1])
    across[:, 1:-1] = v[:, 1:-1] * 0.5 * (water[:, 1:] + water[:, :-1])
    height -= TIME_STEP / SPACING * (along[1:] - along[:-1] + across[:, 1:] - across[:, :-1])
    return height, u, v


def at_gauges(height):
    """Heights that the gauges show, three rows of three."""
    rows, columns = height.shape
    return height[rows // 4 :: rows // 4, columns // 6 :: columns // 3]


def loss(state, n, depth, arg):
    """Squared distance from the readings of this step; the weight is zero where there are none."""
    return arg["weight"] * np.sum((at_gauges(state[0]) - arg["seen"]) ** 2)


class Tank:
    """The experiment: how the paddle moves, where the floor may be raised, and what was read."""

    def __init__(self, steps, shape, controls, seed=0):
        self.steps, self.shape = steps, shape
        self.shapes_along, self.shapes_across = bumps(shape[0], controls[0]), bumps(shape[1], controls[1])
        random = np.random.default_rng(seed)
        time = TIME_STEP * np.arange(steps)
        waves = np.stack([np.sin(2 * np.pi * f * time + p) for f, p in zip(random.uniform(0.1, 0.6, 12), range(12))])
        paddle = 0.002 * np.sum(waves, axis=0)
        self.true_floor = bar(shape)
        _, readings = adpy.checkpoint.loop(
            step,
            self.start(),
            steps,
            params=STILL - self.true_floor,
            args={"paddle": paddle},
            collect=lambda state, n, depth, arg: at_gauges(state[0]),
        )
        readings += NOISE * random.standard_normal(readings.shape)
        is_read = np.arange(steps) % EVERY == EVERY - 1
        weight = is_read / (NOISE**2 * np.sum(is_read) * readings[0].size)
        self.args = {"paddle": paddle, "seen": readings * is_read[:, None, None], "weight": weight}

    def start(self):
        rows, columns = self.shape
        return np.zeros((rows, columns)), np.zeros((rows + 1, columns)), np.zeros((rows, columns + 1))

    def floor(self, controls):
        """Height of the floor in metres from the heights of bumps in centimetres."""
        return 0.01 * self.shapes_along @ controls.reshape(self.shapes_along.shape[1], -1) @ self.shapes_across.T

    def misfit(self, controls, snapshots, callback=None):
        """What the gauges would show with this floor, against what they showed."""
        _, total = adpy.checkpoint.loop(
            step,
            self.start(),
            self.steps,
            params=STILL - self.floor(controls),
            args=self.args,
            loss=loss,
            snapshots=snapshots,
            callback=callback,
        )
        return total

    def plain(self, controls, steps):
        """The same by a Python loop, for as many steps."""
        state, total, depth = self.start(), 0.0, STILL - self.floor(controls)
        for n in range(steps):
            arg = {name: values[n] for name, values in self.args.items()}
            state = step(state, n, depth, arg)
            total = total + loss(state, n, depth, arg)
        return total


def bumps(cells, count):
    """Columns with overlapping bumps that add up to about one."""
    x, width = np.arange(cells) + 0.5, cells / count
    return np.exp(-(((x[:, None] - (np.arange(count) + 0.5) * width) / (0.8 * width)) ** 2)) / (0.8 * np.pi**0.5)


def bar(shape):
    """The floor to be found: a bar across the tank, and a lower mound behind it."""
    x, y = np.meshgrid(*[(np.arange(n) + 0.5) / n for n in shape], indexing="ij")
    return 0.08 * np.exp(-(((x - 0.4 - 0.1 * y) / 0.1) ** 2)) + 0.05 * np.exp(
        -(((x - 0.75) / 0.12) ** 2) - ((y - 0.6) / 0.15) ** 2
    )


def main(steps=10_000, shape=(64, 40), controls=(16, 10), iterations=60, snapshots=40, tape_steps=200):
    """Run all of it; returns what was found for those who want to look at it."""
    tank = Tank(steps, shape, controls)
    flat = np.zeros(controls[0] * controls[1])
    gradient = adpy.value_and_grad(tank.misfit)

    short = Tank(tape_steps, shape, controls)
    apart = difference(adpy.grad(short.misfit)(flat, 10), adpy.grad(short.plain)(flat, tape_steps))
    print(f"{tape_steps} steps, against the tape of the plain loop: gradients differ by {apart:.1e}")
    taylor = taylor_test(lambda c: tank.misfit(c, snapshots), flat)
    print(taylor)

    counted = Steps()
    tank_seconds, _ = seconds(tank.plain, flat, steps)
    gradient_seconds, _ = seconds(gradient, flat, snapshots, counted)
    print(counted.against(steps, snapshots))
    ratio = gradient_seconds / tank_seconds
    print(f"value and gradient {gradient_seconds:.2f} s, the plain loop {tank_seconds:.2f} s: ratio {ratio:.2f}")

    fit_seconds, found = seconds(
        lambda: minimize(
            gradient, flat, args=(snapshots,), jac=True, method="L-BFGS-B", options={"maxiter": iterations}
        )
    )
    before = tank.misfit(flat, snapshots)
    error = np.linalg.norm(tank.floor(found.x) - tank.true_floor) / np.linalg.norm(tank.true_floor)
    print(f"L-BFGS-B: {found.nit} iterations, {found.nfev} gradients, {fit_seconds:.1f} s")
    print(f"misfit {before:.4g} before, {found.fun:.4g} after (1 is the noise of the gauges)")
    print(f"floor: relative error {error:.3f} (1 before), highest {tank.floor(found.x).max():.4f} m")
    print(f"peak memory of the process: {peak_memory():.0f} MB")
    return {"tape": apart, "taylor": taylor, "misfits": (before, found.fun), "error": error, "steps": counted.run}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--iterations", type=int, default=60)
    arguments = parser.parse_args()
    main(arguments.steps, iterations=arguments.iterations)

"""Weather forecasts in the small: 4D-Var data assimilation for the Lorenz-96 model.

Every window, half of the variables are observed now and then, with noise.  The state at the beginning of the window is
found that fits both the observations and the last forecast, by Newton's method with conjugate gradients on exact
Hessian-vector products; the forecast from it is better than the one without.
``python -m examples.simulations.weather [--windows 20]``
"""

from __future__ import annotations

import argparse

import numpy as np
from scipy.optimize import minimize

import adpy
from adpy.testing import taylor_test
from examples.simulations.reporting import difference, peak_memory, seconds

FORCING, TIME_STEP = 8.0, 0.005
EVERY = 10
NOISE, SPREAD = 0.5, 0.2
"""Standard deviations of the observations, and of forecasts around the truth."""


def slope(x):
    return (np.roll(x, -1) - np.roll(x, 2)) * np.roll(x, 1) - x + FORCING


def step(x, n):
    """A step of the Runge-Kutta method of fourth order."""
    a = slope(x)
    b = slope(x + TIME_STEP / 2 * a)
    c = slope(x + TIME_STEP / 2 * b)
    d = slope(x + TIME_STEP * c)
    return x + TIME_STEP / 6 * (a + 2 * b + 2 * c + d)


def observed(x, n, arg):
    """Misfit of the state after a step; the weight is zero where nothing was observed."""
    return 0.5 * arg["weight"] * np.sum((x[::2] - arg["seen"]) ** 2)


def cost(x, forecast, observations, snapshots):
    """The function that 4D-Var minimises."""
    steps = len(observations["weight"])
    _, misfit = adpy.checkpoint.loop(with_arg, x, steps, args=observations, loss=observed, snapshots=snapshots)
    return misfit + 0.5 * np.sum((x - forecast) ** 2) / SPREAD**2


def with_arg(x, n, arg):
    return step(x, n)


def plain_cost(x, forecast, observations):
    """The same by a Python loop."""
    total = 0.5 * np.sum((x - forecast) ** 2) / SPREAD**2
    for n in range(len(observations["weight"])):
        x = step(x, n)
        total = total + observed(x, n, {name: values[n] for name, values in observations.items()})
    return total


def observations_of(x, steps, random):
    """What is seen in a window that begins with the state ``x``."""
    _, path = adpy.checkpoint.loop(step, x, steps, collect=lambda x, n: x[::2])
    is_seen = np.arange(steps) % EVERY == EVERY - 1
    seen = (path + NOISE * random.standard_normal(path.shape)) * is_seen[:, None]
    return {"seen": seen, "weight": is_seen / NOISE**2}


def assimilate(forecast, observations, snapshots, iterations):
    """The state that fits best."""
    return minimize(
        adpy.value_and_grad(cost),
        forecast,
        args=(forecast, observations, snapshots),
        jac=True,
        hessp=adpy.hvp(cost),
        method="Newton-CG",
        options={"maxiter": iterations},
    )


def distance(a, b):
    return float(np.sqrt(np.mean((a - b) ** 2)))


def main(windows=20, steps=200, size=40, snapshots=10, ahead=200, iterations=20):
    """Run all of it; returns what was found for those who want to look at it."""
    random = np.random.default_rng(1)
    truth = adpy.checkpoint.loop(step, FORCING + random.standard_normal(size), 2000)
    forecast = free = truth + 2 * SPREAD * random.standard_normal(size)
    first = forecast, observations_of(truth, steps, random)

    taylor = taylor_test(lambda x: cost(x, *first, snapshots), forecast, second=True, steps=0.01 / 2 ** np.arange(5))
    print(taylor)
    v = random.standard_normal(size)
    found = adpy.grad(cost)(forecast, *first, snapshots), adpy.hvp(cost)(forecast, v, *first, snapshots)
    expected = adpy.grad(plain_cost)(forecast, *first), adpy.hvp(plain_cost)(forecast, v, *first)
    apart = [difference(a, b) for a, b in zip(found, expected)]
    print(f"{steps} steps, against the tape of the plain loop: gradients differ by {apart[0]:.1e}, ", end="")
    print(f"Hessian-vector products by {apart[1]:.1e}")
    plain, _ = seconds(plain_cost, forecast, *first)
    gradient, _ = seconds(adpy.value_and_grad(cost), forecast, *first, snapshots)
    product, _ = seconds(adpy.hvp(cost), forecast, v, *first, snapshots)
    print(f"plain loop {1e3 * plain:.1f} ms, gradient {1e3 * gradient:.1f} ms, Hessian-vector product ", end="")
    print(f"{1e3 * product:.1f} ms")

    errors = []
    taken = 0.0
    for window in range(windows):
        observations = first[1] if window == 0 else observations_of(truth, steps, random)
        more, found = seconds(assimilate, forecast, observations, snapshots, iterations)
        taken += more
        after = [adpy.checkpoint.loop(step, x, steps + ahead) for x in (truth, forecast, found.x)]
        errors.append(
            [distance(forecast, truth), distance(found.x, truth), *(distance(x, after[0]) for x in after[1:])]
        )
        truth, forecast, free = [adpy.checkpoint.loop(step, x, steps) for x in (truth, found.x, free)]
    errors = np.array(errors)
    print(f"{windows} windows of {steps} steps: {taken:.1f} s")
    print("root mean square error    first guess   after 4D-Var")
    for name, (a, b) in (("at the beginning", (0, 1)), (f"{ahead} steps ahead", (2, 3))):
        print(f"  {name:22s} {errors[:, a].mean():12.3f}   {errors[:, b].mean():12.3f}")
    print(f"  never corrected, at the end: {distance(free, truth):.3f}; corrected: {distance(forecast, truth):.3f}")
    print(f"peak memory of the process: {peak_memory():.0f} MB")
    return {"tape": apart, "taylor": taylor, "errors": errors, "free": distance(free, truth)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--windows", type=int, default=20)
    main(parser.parse_args().windows)

"""``python -m adpy``: fit two models written in plain NumPy by their exact gradients, and check those."""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
from scipy.optimize import minimize

import adpy
from adpy.testing import check_derivatives

__all__ = ["main"]

ROUNDS = 15


def load_example(name: str) -> ModuleType:
    """A model, loaded from its file as a program of the user's: adpy never traces modules of its own name."""
    path = Path(__file__).parent / "examples" / f"{name}.py"
    specification = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def shortest(calls: list[Callable]) -> list[float]:
    """Shortest processor time of each call in seconds; they take turns."""
    times = [[] for _ in calls]
    for _ in range(ROUNDS):
        for call, taken in zip(calls, times, strict=True):
            start = time.process_time()
            call()
            taken.append(time.process_time() - start)
    return [min(taken) for taken in times]


def fit(function: Callable, start: np.ndarray, *args: np.ndarray, method: str) -> tuple[np.ndarray, bool]:
    """Minimise by exact gradients, print what happened, and check the gradient at the start."""
    gradient = adpy.grad(function)
    began = time.perf_counter()
    found = minimize(function, start, args=args, jac=gradient, method=method)
    seconds = time.perf_counter() - began
    print(f"  minimize(f, x, jac=adpy.grad(f)): f = {function(start, *args):.6g} -> {found.fun:.6g}")
    print(f"  {start.size} parameters, {found.nit} iterations, {found.njev} gradients, {seconds:.2f} s")

    report = check_derivatives(lambda x: function(x, *args), start, raises=False)
    print(f"  against extrapolated differences: {report}, {'right' if report.ok else 'WRONG'}")

    plain, exact = shortest([lambda: function(start, *args), lambda: gradient(start, *args)])
    print(f"  one call {1e3 * plain:.2f} ms, its gradient {1e3 * exact:.2f} ms: {exact / plain:.1f} times the call")
    print(f"  (central differences: {2 * start.size} times)\n")
    return found.x, report.ok


def geyser() -> bool:
    """Mixture of two Gaussians in the eruptions of Old Faithful."""
    model = load_example("geyser")
    data = model.load()
    print(f"Two kinds of eruption of Old Faithful: a Gaussian mixture of {len(data)} observations")
    theta, agrees = fit(model.negative_log_likelihood, model.first_guess(data), data, method="BFGS")
    log_shares, means, factors = model.unpack(theta, data.shape[1])
    for share, mean, factor in zip(np.exp(log_shares), means, factors, strict=True):
        deviation = model.deviations(factor)
        print(
            f"  {share:4.0%} last {mean[0]:.2f} +- {deviation[0]:.2f} min, "
            f"the next comes after {mean[1]:.1f} +- {deviation[1]:.1f} min"
        )
    print()
    return agrees


def heat() -> bool:
    """Conductivity of a rod from readings of thermometers."""
    model = load_example("heat")
    truth = model.true_conductivity()
    seen = model.readings(truth)
    seen += 1e-3 * np.random.default_rng(0).standard_normal(seen.shape)
    print(f"Conductivity of a rod from {seen.size} noisy temperatures: heat equation, u[1:-1] += ... in place")
    found, agrees = fit(model.misfit, np.zeros(truth.size), seen, method="L-BFGS-B")
    print("  position   " + " ".join(f"{x:5.2f}" for x in np.linspace(0.0, 1.0, truth.size)[::6]))
    print("  true       " + " ".join(f"{x:5.2f}" for x in truth[::6]))
    print("  recovered  " + " ".join(f"{x:5.2f}" for x in np.exp(found)[::6]))
    return agrees


def main() -> int:
    """Run both; the exit status is 1 if a gradient is wrong."""
    results = [geyser(), heat()]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())

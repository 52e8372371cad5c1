"""``python -m adpy``: fit two models written in plain NumPy by their exact gradients, and check those."""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np

import adpy

__all__ = ["main"]

TOLERANCE = 1e-6
ROUNDS = 7


def load_example(name: str) -> ModuleType:
    """A model, loaded from its file as a program of the user's: adpy never traces modules of its own name."""
    path = Path(__file__).parent / "examples" / f"{name}.py"
    specification = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def differences(function: Callable, x: np.ndarray, *args: np.ndarray, step: float = 1e-3) -> np.ndarray:
    """Gradient by central differences of two steps, extrapolated."""

    def central(direction, h):
        return (function(x + h * direction, *args) - function(x - h * direction, *args)) / (2.0 * h)

    return np.array([(4.0 * central(e, step / 2) - central(e, step)) / 3.0 for e in np.eye(x.size)])


def shortest(function: Callable, *args: np.ndarray) -> float:
    """Shortest time of a call, in seconds."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        function(*args)
        times.append(time.perf_counter() - start)
    return min(times)


def fit(function: Callable, start: np.ndarray, *args: np.ndarray, method: str) -> tuple[np.ndarray, bool]:
    """Minimise by exact gradients, print what happened, and check the gradient at the start."""
    from scipy.optimize import minimize

    gradient = adpy.grad(function)
    began = time.perf_counter()
    found = minimize(function, start, args=args, jac=gradient, method=method)
    seconds = time.perf_counter() - began
    print(f"  minimize(f, x, jac=adpy.grad(f)): f = {function(start, *args):.6g} -> {found.fun:.6g}")
    print(f"  {start.size} parameters, {found.nit} iterations, {found.njev} gradients, {seconds:.2f} s")

    exact, reference = gradient(start, *args), differences(function, start, *args)
    deviation = np.max(np.abs(exact - reference)) / np.max(np.abs(reference))
    agrees = bool(deviation < TOLERANCE)
    print(f"  gradient against extrapolated differences: {deviation:.1e} apart, {'right' if agrees else 'WRONG'}")

    plain, exactly = shortest(function, start, *args), shortest(gradient, start, *args)
    print(f"  one call {1e3 * plain:.2f} ms, its gradient {1e3 * exactly:.2f} ms: {exactly / plain:.1f} times the call")
    print(f"  (central differences: {2 * start.size} times)\n")
    return found.x, agrees


def geyser() -> bool:
    """Mixture of two Gaussians in the eruptions of Old Faithful."""
    model = load_example("geyser")
    data = model.load()
    print(f"Two kinds of eruption of Old Faithful: a Gaussian mixture of {len(data)} observations")
    theta, agrees = fit(model.negative_log_likelihood, model.first_guess(data), data, method="BFGS")
    log_shares, means, factors = model.unpack(theta, data.shape[1])
    for share, mean, factor in zip(np.exp(log_shares), means, factors, strict=True):
        deviation = np.linalg.norm(factor, axis=1)
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

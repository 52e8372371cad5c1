"""Gradients of long loops from few snapshots, beside the plain NumPy loop.

Run as ``python benchmarks/checkpoint/loops.py [part of a name …]``; times are of the processor, medians of interleaved
repeats, after the step's kernels are there.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import adpy

WARM = 3.0
"""Seconds of gradients before the measurement."""


@dataclass(frozen=True)
class Case:
    """A loop: ``step(state, n, params)``."""

    step: Callable
    state: np.ndarray
    params: Any
    steps: int
    snapshots: int


def burgers(u, n, p):
    nu, dt, dx = p
    v = u.copy()
    v[1:-1] = u[1:-1] - dt / dx * u[1:-1] * (u[1:-1] - u[:-2]) + nu * dt / dx**2 * (u[2:] - 2 * u[1:-1] + u[:-2])
    return v


def heat(u, n, p):
    v = u.copy()
    v[1:-1, 1:-1] += p * (u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4 * u[1:-1, 1:-1])
    return v


def cases() -> dict[str, Case]:
    x = np.linspace(0, 2 * np.pi, 1000)
    wave, plate = np.sin(x) + 1.5, np.random.default_rng(0).normal(size=(256, 256))
    found = {
        f"Burgers, {steps} steps, {snapshots} snapshots": Case(burgers, wave, (0.01, 1e-4, x[1]), steps, snapshots)
        for steps, snapshots in ((1000, 10), (10_000, 10), (10_000, 100))
    }
    for snapshots in (10, 50):
        found[f"heat 256², 1000 steps, {snapshots} snapshots"] = Case(heat, plate, 0.1, 1000, snapshots)
    return found


def measure(case: Case) -> tuple[float, float]:
    """Seconds of the plain loop and of the gradient with respect to state and parameters."""

    def plain(u):
        for n in range(case.steps):
            u = case.step(u, n, case.params)
        return float(np.sum(u * u))

    def energy(u, p):
        u = adpy.checkpoint.loop(case.step, u, case.steps, params=p, snapshots=case.snapshots)
        return np.sum(u * u)

    gradient = adpy.grad(energy, (0, 1))
    begin = time.time()
    while time.time() - begin < WARM:
        gradient(case.state, case.params)
    times = []
    for _ in range(5):
        marks = [time.process_time()]
        for run in (lambda: plain(case.state), lambda: gradient(case.state, case.params)):
            run()
            marks.append(time.process_time())
        times.append(np.diff(marks))
    return tuple(np.median(times, axis=0))


def main(wanted: list[str]) -> None:
    for name, case in cases().items():
        if not wanted or any(part in name for part in wanted):
            plain, gradient = measure(case)
            print(f"{name}: loop {1e3 * plain:.1f} ms, gradient {1e3 * gradient:.1f} ms, ratio {gradient / plain:.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])

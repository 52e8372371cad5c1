"""What adpy costs however small the function: a call, a first gradient, an import, an operation, a byte of tape."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import adpy
from benchmarks.report import seconds
from benchmarks.timing import CLOCKS, Plan, interleaved

__all__ = ["measure", "table"]

OPERATIONS = 2000
KEPT = "kept by vjp"

FIRST_GRADIENT = """
from time import {clock} as clock
start = clock()
import numpy as np
numpy_there = clock()
import adpy
adpy_there = clock()
{function}
adpy.grad(f)(x)
print(numpy_there - start, adpy_there - numpy_there, clock() - adpy_there)
"""

SMALL = """
def f(x):
    return np.sum(np.sin(x) * x) / (1.0 + x[0] ** 2)
x = np.linspace(0.1, 1.0, 5)
"""

LONG = """
def f(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return total
x = np.linspace(-1.0, 1.0, 5000)
"""


def square(x):
    return x * x


def scalar_operations(x):
    y = x
    for _ in range(OPERATIONS // 4):
        y = y * x + 0.5
        y = y - y * x
    return y


def element_operations(x):
    y = x[0]
    for _ in range(OPERATIONS // 2):
        y = y * x[1] + x[2]
    return y


def array_operations(x):
    y = x
    for _ in range(OPERATIONS // 4):
        y = y * x + 0.5
        y = y - y * x
    return np.sum(y)


def call_costs(plan: Plan) -> dict[str, float]:
    """Seconds of whole calls; where a function is a run of operations, seconds of one: primal, record and sweep."""
    number, vector = 0.7, np.linspace(0.1, 0.9, 10)
    triple = np.array([0.3, 0.5, 0.2])
    cases: dict[str, tuple[Callable[..., Any], Any, int]] = {
        "grad(x * x), scalar": (square, number, 0),
        "one scalar operation": (scalar_operations, number, OPERATIONS),
        "one operation on elements": (element_operations, triple, OPERATIONS),
        "one operation on arrays of 10": (array_operations, vector, OPERATIONS),
    }
    candidates: dict[str, Callable[[], Any]] = {}
    for name, (function, x, _) in cases.items():
        candidates[name] = partial(adpy.grad(function), x)
        candidates[name]()

    def new_gradient() -> Any:
        return adpy.grad(square)(number)

    candidates["adpy.grad(f)(x) with grad made anew"] = new_gradient
    times = interleaved(candidates, plan)
    return {name: times[name].median / max(1, cases.get(name, (None, None, 0))[2]) for name in candidates}


def tape_bytes(function: Callable[..., Any], x: Any, operations: int) -> dict[str, float]:
    """Bytes an operation: what ``adpy.vjp`` keeps for its pullback, and the most a gradient holds at once."""
    adpy.grad(function)(x)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    held = adpy.vjp(function, x)
    kept = tracemalloc.get_traced_memory()[0] - before
    del held
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    adpy.grad(function)(x)
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    return {KEPT: kept / operations, "peak of grad": peak / operations}


def long_scalar_loop(x):
    y = x
    for _ in range(50_000):
        y = y * x + 0.5
    return y


def in_new_process(function: str, cache: str, clock: str) -> tuple[float, float, float]:
    """Seconds of ``import numpy``, then ``import adpy``, then a first gradient, in a new interpreter."""
    environment = os.environ | {"NUMBA_CACHE_DIR": cache}
    command = [sys.executable, "-c", FIRST_GRADIENT.format(function=function, clock=clock)]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    numpy_time, adpy_time, gradient_time = map(float, result.stdout.split())
    return numpy_time, adpy_time, gradient_time


def process_costs(plan: Plan) -> dict[str, float]:
    """Imports and first gradients in new processes, with an empty cache of compiled kernels and with a filled one."""
    costs = {}
    clock = CLOCKS[plan.clock].__name__
    for name, function in (("small function", SMALL), ("25,000 scalar operations", LONG)):
        with tempfile.TemporaryDirectory() as cache:
            cold = in_new_process(function, cache, clock)
            warm = [in_new_process(function, cache, clock) for _ in range(max(3, plan.repeat // 2))]
        costs[f"first gradient, cold caches, {name}"] = cold[2]
        costs[f"first gradient, warm caches, {name}"] = statistics.median(run[2] for run in warm)
        costs["import numpy"] = statistics.median(run[0] for run in warm)
        costs["import adpy beyond numpy"] = statistics.median(run[1] for run in warm)
    return costs


def measure(plan: Plan) -> dict[str, dict[str, float]]:
    """All the fixed costs: seconds, and bytes."""
    return {
        "seconds": call_costs(plan) | process_costs(plan),
        "bytes per scalar operation": tape_bytes(long_scalar_loop, 0.7, 100_000),
    }


def table(costs: dict[str, dict[str, float]]) -> str:
    """The costs beside their targets."""
    targets = {
        "adpy.grad(f)(x) with grad made anew": "≤ 30 µs",
        "one scalar operation": "≤ 1 µs",
        "one operation on elements": "≤ 1 µs",
        "one operation on arrays of 10": "≤ 4 µs",
        "first gradient, warm caches, small function": "≤ 1 s",
        "first gradient, cold caches, small function": "≤ 2 s",
        "import adpy beyond numpy": "≤ 0.15 s",
    }
    lines = ["## Fixed costs", "", "| cost | measured | target |", "|---|---:|---:|"]
    lines += [f"| {name} | {seconds(cost)} | {targets.get(name, '')} |" for name, cost in costs["seconds"].items()]
    for name, size in costs["bytes per scalar operation"].items():
        target = "≤ 24" if name == KEPT else ""
        lines.append(f"| tape, bytes per scalar operation, {name} | {size:.1f} | {target} |")
    return "\n".join(lines)

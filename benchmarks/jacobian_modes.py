"""What a Jacobian costs by each mode of ``adpy.jacobian``, over shapes and styles of functions, beside other tools.

Run ``python -m benchmarks.jacobian_modes --out benchmarks/results/jacobian_modes``.  The ratios are those of the time
of a Jacobian, recording included, to the time of the plain function; the cost model in ``adpy/api/modes.py`` was fitted
to them.  A mode or tool whose Jacobian differs from the others' is reported (✗) and not timed.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import adpy
from benchmarks.machine import describe
from benchmarks.report import seconds
from benchmarks.timing import CLOCKS, Plan, interleaved

__all__ = ["PROBLEMS", "Problem", "measure"]

MODES = ("auto", "forward", "reverse", "elimination")
WRONG = "✗"


@dataclass(frozen=True)
class Problem:
    """A function of one array.

    Attributes
    ----------
    make : callable
        ``make(namespace, inputs)`` gives the function, written with a NumPy-like namespace.
    inputs : int
    target : int or None
        Ratio aimed at.
    peers : bool
        Can other tools take the function as it stands?
    """

    make: Callable
    inputs: int
    target: int | None = None
    peers: bool = True

    @property
    def point(self) -> np.ndarray:
        return np.linspace(0.1, 1.0, self.inputs)


def layers(np_like, n):
    rng = np.random.default_rng(0)
    first, second = rng.standard_normal((2, n, n)) / math.sqrt(n)
    shift = rng.standard_normal(n)
    return lambda x: second @ np_like.tanh(first @ x + shift)


def one_layer(np_like, n):
    weights = np.random.default_rng(0).standard_normal((n, n)) / math.sqrt(n)
    return lambda x: np_like.tanh(weights @ x)


def vectorised(np_like, n):
    """Elementwise operations, neighbours, a scan and a norm: every kind of array operation."""

    def f(x):
        u = np_like.exp(-(x**2)) * np_like.roll(x, 1) + np_like.sin(x)
        v = np_like.cumsum(u) / np_like.sqrt(1.0 + np_like.sum(u * u))
        return np_like.concatenate([v[1:] - v[:-1], x[:1]]) * u.max()

    return f


def few_outputs(np_like, n):
    rows = np.random.default_rng(0).standard_normal((5, n))
    return lambda x: np_like.sin(rows @ np_like.tanh(x)) + np_like.sum(x * x)


def few_inputs(np_like, n):
    times = np.linspace(0.0, 1.0, 2000)
    return lambda x: x[0] * np_like.exp(-x[1] * times) + x[2] * np_like.cos(x[3] * times)


def neighbours_in_a_loop(np_like, n):
    def f(x):
        y = np.zeros(n)
        for i in range(n):
            y[i] = math.sin(x[i]) * x[i - 1] + x[(i + 1) % n] ** 2
        return y

    return f


def time_steps_in_a_loop(np_like, n):
    def f(x):
        for _ in range(20):
            x = [x[i] + 0.01 * (x[(i + 1) % n] - x[i - 2]) * x[i - 1] for i in range(n)]
        return np.array(x)

    return f


def dense_loop(np_like, n):
    def f(x):
        y = np.zeros(10)
        for i in range(10):
            total = 0.0
            for j in range(n):
                total += x[j] * x[(i + j) % n]
            y[i] = math.sin(total)
        return y

    return f


def stencil_in_place(np_like, n):
    def f(x):
        u = x.copy()
        for _ in range(10):
            u[1:-1] += 0.1 * (u[2:] - 2.0 * u[1:-1] + u[:-2])
            u[0] = u[-1] = 0.0
        return u

    return f


PROBLEMS = {
    "tanh(W @ x), 100 × 100": Problem(one_layer, 100, 40),
    "tanh(W @ x), 300 × 300": Problem(one_layer, 300, 150),
    "V @ tanh(W @ x + b), 100 × 100": Problem(layers, 100, 40),
    "V @ tanh(W @ x + b), 300 × 300": Problem(layers, 300, 150),
    "vectorised, 100 × 100": Problem(vectorised, 100, 40),
    "vectorised, 300 × 300": Problem(vectorised, 300, 150),
    "5 outputs of 1,000 inputs": Problem(few_outputs, 1000),
    "2,000 outputs of 4 inputs": Problem(few_inputs, 4),
    "stencil in place, 200 × 200": Problem(stencil_in_place, 200, None, False),
    "neighbours in a loop, 300 × 300": Problem(neighbours_in_a_loop, 300, None, False),
    "time steps in a loop, 40 × 40": Problem(time_steps_in_a_loop, 40, None, False),
    "sums in a loop, 10 outputs of 60 inputs": Problem(dense_loop, 60, None, False),
}


def by_autograd(problem: Problem) -> Callable:
    import autograd
    import autograd.numpy

    return partial(autograd.jacobian(problem.make(autograd.numpy, problem.inputs)), problem.point)


def by_jax(problem: Problem) -> Callable:
    """Compiled beforehand; the better of its two modes."""
    import jax

    jax.config.update("jax_enable_x64", True)
    mode = jax.jacfwd if problem.inputs < 1000 else jax.jacrev
    compiled = jax.jit(mode(problem.make(jax.numpy, problem.inputs)))
    return lambda: np.asarray(compiled(problem.point))


PEERS = {"autograd": by_autograd, "jax": by_jax}


def candidates(problem: Problem, peers: list[str]) -> dict[str, Any]:
    """Functions without arguments that give the Jacobian; ✗ for what is wrong or fails."""
    function, x = problem.make(np, problem.inputs), problem.point
    found: dict[str, Any] = {mode: partial(adpy.jacobian(function, mode=mode), x) for mode in MODES}
    found |= {peer: PEERS[peer](problem) for peer in peers if problem.peers}
    columns = np.stack([adpy.jvp(function, x, unit)[1] for unit in np.eye(x.size)], -1)
    for name, run in found.items():
        try:
            right = np.allclose(run(), columns, rtol=1e-8, atol=1e-10)
        except Exception as error:
            print(f"{name}: {error}", file=sys.stderr)
            right = False
        if not right:
            found[name] = WRONG
    return found


def measure(plan: Plan, peers: list[str]) -> dict[str, dict]:
    """Seconds of the plain function and ratios of each mode and tool, for every problem."""
    results = {}
    for title, problem in PROBLEMS.items():
        found = candidates(problem, peers)
        timed = {name: run for name, run in found.items() if run is not WRONG}
        plain = partial(problem.make(np, problem.inputs), problem.point)
        times = {name: t.median for name, t in interleaved({"plain": plain, **timed}, plan).items()}
        ratios = {name: WRONG if run is WRONG else times[name] / times["plain"] for name, run in found.items()}
        results[title] = {"plain": times["plain"], "target": problem.target, "ratios": ratios}
        print(title, {name: r if r is WRONG else round(r, 1) for name, r in ratios.items()}, file=sys.stderr)
    return results


def table(results: dict[str, dict], names: list[str]) -> str:
    """The results as a table in Markdown."""
    lines = [f"| function | plain | target | {' | '.join(names)} |", f"|---|---:|---:|{'---:|' * len(names)}"]
    for title, found in results.items():
        cells = [found["ratios"].get(name, "–") for name in names]
        cells = [cell if isinstance(cell, str) else f"{cell:.3g}" for cell in cells]
        target = f"≤ {found['target']}" if found["target"] else ""
        lines.append(f"| {title} | {seconds(found['plain'])} | {target} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print the table, and write it to files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", default="autograd,jax", help="other tools, with commas; empty for none")
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    parser.add_argument("--out", help="path without suffix of the .md and .json to write")
    given = parser.parse_args()
    peers = [name for name in given.peers.split(",") if name]
    facts = describe(["adpy", *peers])
    results = measure(Plan(repeat=given.repeat, clock=given.clock), peers)
    head = ", ".join(f"{name} {value}" for name, value in {"clock": given.clock, **facts}.items())
    text = f"# Jacobians by mode\n\n{head}\n\n{table(results, [*MODES, *peers])}\n\n"
    text += (
        "Ratio: time of the Jacobian (recording included) / time of the plain function; jax is compiled beforehand.\n"
    )
    print(text)
    if given.out:
        Path(f"{given.out}.md").write_text(text, encoding="utf-8")
        Path(f"{given.out}.json").write_text(json.dumps({"machine": facts, "results": results}, indent=1) + "\n")


if __name__ == "__main__":
    main()

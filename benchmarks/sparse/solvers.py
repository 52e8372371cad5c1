"""SciPy's solvers with adpy's sparse derivatives and with their own: ``python -m benchmarks sparse-solvers``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import BFGS, least_squares, minimize, root
from scipy.optimize._numdiff import approx_derivative, group_columns
from scipy.sparse.linalg import spsolve

from benchmarks.machine import describe
from benchmarks.report import machine_line, seconds, write
from benchmarks.sparse.cases import CASES
from benchmarks.sparse.problems import bratu, brusselator, bundle, separable
from benchmarks.sparse.structure import structure
from benchmarks.timing import CLOCKS, Plan, interleaved

__all__ = ["main"]

OURS = "adpy"
LEGEND = """\
Seconds of a whole solution, adpy's recording and preparation included; in brackets the function's evaluations, where
the solver counts them.  All ways reach the same solution.  *Sparsity given*: differences along groups of columns, for a
pattern written by hand.  *Nothing given*: what the solver does when it is told nothing."""


@dataclass(frozen=True)
class Task:
    """Something to solve.

    Attributes
    ----------
    title : str
    ways : dict of str to callable
        Each solves it, and returns the solution, a number that all have to agree on, and evaluations.
    tolerance : float
        How close the numbers have to be, relative to the first.
    """

    title: str
    ways: dict[str, Callable[[], tuple[float, int | None]]]
    tolerance: float = 1e-3


def integration(method: str, n: int = 32, end: float = 1.0) -> Task:
    """The Brusselator by an implicit method."""
    y, *constants = brusselator.inputs(n)
    pattern = structure(CASES["brusselator_32"], (y, *constants))

    def rates(t, y):
        return brusselator.brusselator(y, *constants)

    def solve(**options: Any) -> tuple[float, int]:
        found = solve_ivp(rates, (0.0, end), y, method=method, rtol=1e-5, atol=1e-7, **options)
        return float(np.linalg.norm(found.y[:, -1])), found.nfev

    def ours() -> tuple[float, int]:
        import adpy.sparse

        jacobian = adpy.sparse.jacobian(rates, argnum=1)
        return solve(jac=jacobian)

    ways = {OURS: ours, "sparsity given": lambda: solve(jac_sparsity=pattern), "nothing given": solve}
    return Task(f"solve_ivp, {method}: Brusselator, {n} × {n}", ways)


def fit(cameras: int = 6, points: int = 120, observations: int = 500) -> Task:
    """Bundle adjustment from a point near the truth, with exact observations."""
    truth, *rest = bundle.inputs(cameras, points, observations)
    weights = 11 * cameras + 3 * points
    truth[weights:] = 1.0
    seen = bundle.residuals(truth, *rest[:-1], np.zeros_like(rest[-1]))[: 2 * observations]
    constants = (*rest[:-1], seen.reshape(-1, 2))
    start = truth + 0.02 * np.random.default_rng(5).normal(size=len(truth))
    pattern = structure(CASES["bundle"], (truth, *constants))

    def solve(jac: Any = "2-point", **options: Any) -> tuple[float, int]:
        found = least_squares(
            bundle.residuals, start, jac, args=constants, method="trf", tr_solver="lsmr", max_nfev=40, **options
        )
        return 1.0 + found.cost, found.nfev

    def ours() -> tuple[float, int]:
        import adpy.sparse

        return solve(adpy.sparse.jacobian(bundle.residuals))

    ways = {OURS: ours, "sparsity given": lambda: solve(jac_sparsity=pattern), "nothing given": solve}
    return Task(f"least_squares, trf: bundle adjustment, {observations} observations", ways)


def minimisation(n: int = 1000) -> Task:
    """A valley, by a method that takes sparse Hessians; the gradient is written by hand for all."""
    (start,) = separable.point(n)

    def solve(hess: Any) -> tuple[float, int]:
        found = minimize(
            separable.rosenbrock,
            start,
            jac=separable.rosenbrock_gradient,
            hess=hess,
            method="trust-constr",
            options={"maxiter": 3000},
        )
        return 1.0 + found.fun, found.nfev

    def ours() -> tuple[float, int]:
        import adpy.sparse

        return solve(adpy.sparse.hessian(separable.rosenbrock))

    ways = {OURS: ours, "differences": lambda: solve("2-point"), "BFGS": lambda: solve(BFGS())}
    return Task(f"minimize, trust-constr: chained Rosenbrock, n = {n}", ways)


def equations(n: int = 64) -> Task:
    """Bratu's problem by Newton's method, and by SciPy's Newton-Krylov."""
    x, strength = bratu.inputs(n)
    start = np.zeros_like(x)
    pattern = structure(CASES["bratu_64"], (x, strength))

    def newton(jacobian: Callable) -> tuple[float, int]:
        x, steps = start, 0
        while True:
            residual = bratu.bratu(x, strength)
            if np.max(abs(residual)) < 1e-10 or steps == 30:
                return float(np.linalg.norm(x)), steps + 1
            x = x - spsolve(jacobian(x).tocsc(), residual)
            steps += 1

    def ours() -> tuple[float, int]:
        import adpy.sparse

        jacobian = adpy.sparse.jacobian(bratu.bratu)
        return newton(lambda x: jacobian(x, strength))

    def differences() -> tuple[float, int]:
        groups = group_columns(pattern)
        return newton(lambda x: approx_derivative(bratu.bratu, x, sparsity=(pattern, groups), args=(strength,)))

    def krylov() -> tuple[float, int]:
        found = root(bratu.bratu, start, args=(strength,), method="krylov", options={"fatol": 1e-9})
        return float(np.linalg.norm(found.x)), None

    ways = {OURS: ours, "sparsity given": differences, "root, krylov": krylov}
    return Task(f"Newton with spsolve: Bratu, {n} × {n}", ways)


TASKS = {
    "bdf": lambda: integration("BDF"),
    "radau": lambda: integration("Radau", end=0.2),
    "bundle": fit,
    "rosenbrock": minimisation,
    "bratu": equations,
}


def main(arguments: list[str]) -> int:
    """Measure, print, and write what ``--out`` asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks sparse-solvers", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(TASKS)}; all by default")
    parser.add_argument("--repeat", type=int, default=3, help="interleaved rounds (default 3)")
    parser.add_argument("--budget", type=float, default=5.0, help="seconds a way may spend on one task")
    parser.add_argument("--clock", choices=tuple(CLOCKS), default="cpu", help="wall: what a quiet machine shows")
    parser.add_argument("--out", type=Path, help="write <out>.md and <out>.json")
    options = parser.parse_args(arguments)
    os.environ["ADPY_KERNELS"] = "wait"  # interpreters are compiled once an installation: not counted
    machine = {"clock": options.clock} | describe(["adpy"])
    plan = Plan(options.repeat, batch_time=0.0, budget=options.budget, clock=options.clock)
    warm_up()
    rows = {name: measure(TASKS[name](), plan) for name in options.names or TASKS}
    report = f"# SciPy's solvers with sparse derivatives\n\n{machine_line(machine)}\n\n{LEGEND}\n\n{table(rows)}"
    print(report)
    write(options.out, report, {"machine": machine, "tasks": rows})
    return 0


def warm_up() -> None:
    """Load the interpreters, which are compiled once an installation."""
    import adpy.sparse

    x = np.linspace(0.1, 0.9, 12)
    adpy.sparse.jacobian(np.sin)(x)
    adpy.sparse.hessian(separable.rosenbrock)(x)


def measure(task: Task, plan: Plan) -> dict[str, Any]:
    """Every way in turn; their solutions are compared."""
    found: dict[str, tuple[float, int | None]] = {}

    def kept(name: str) -> Callable[[], None]:
        def run() -> None:
            found[name] = task.ways[name]()

        return run

    print(f"{task.title} ...", file=sys.stderr, flush=True)
    times = interleaved({name: kept(name) for name in task.ways}, plan)
    expected = found[OURS][0]
    for name, (value, _) in found.items():
        if not abs(value - expected) <= task.tolerance * abs(expected):
            raise RuntimeError(f"{task.title}: {name} comes to {value:.8g}, {OURS} to {expected:.8g}")
    return {
        "title": task.title,
        "seconds": {name: times[name].rounds for name in times},
        "medians": {name: times[name].median for name in times},
        "evaluations": {name: count for name, (_, count) in found.items()},
    }


def table(rows: dict[str, Any]) -> str:
    """One line for each task."""
    lines = ["| task | adpy | others | others / adpy |", "|---|---:|---:|---:|"]
    for row in rows.values():
        medians = row["medians"]
        others = [name for name in medians if name != OURS]
        shown = {
            name: seconds(medians[name]) + (f" ({row['evaluations'][name]})" if row["evaluations"][name] else "")
            for name in medians
        }
        lines.append(
            f"| {row['title']} | {shown[OURS]} | {'; '.join(f'{name}: {shown[name]}' for name in others)} "
            f"| {'; '.join(f'{medians[name] / medians[OURS]:.3g}' for name in others)} |"
        )
    return "\n".join(lines)

"""The problems, in the order of the tables."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks.sparse.problem import Problem
from benchmarks.sparse.problems import bratu, brusselator, bundle, power_flow, separable

__all__ = ["CASES"]

POWERS = {1_000: "10³", 10_000: "10⁴", 100_000: "10⁵", 1_000_000: "10⁶"}


def separable_case(
    key: str, title: str, n: int, target: float | None = None, setup: float | None = None, colors: int | None = None
) -> Problem:
    """A function of :mod:`benchmarks.sparse.problems.separable`."""
    function: Callable = getattr(separable, key)
    gradient: Callable = getattr(separable, f"{key.removesuffix('_loop')}_gradient")
    unknowns = 9_999 if key == "dixmaanf" else n
    return Problem(
        f"{key}_1e{len(str(n)) - 1}",
        f"{title}, n = {POWERS[n]}",
        function,
        partial(separable.point, unknowns),
        gradient,
        key,
        target,
        setup,
        colors,
    )


def brusselator_case(n: int, target: float, setup: float | None) -> Problem:
    """A grid."""
    title = f"Brusselator, {n} × {n}"
    inputs = partial(brusselator.inputs, n)
    return Problem(
        f"brusselator_{n}", title, brusselator.brusselator, inputs, None, "brusselator", target, setup, colors=12
    )


JACOBIANS = (
    brusselator_case(32, 0.5, 0.025),
    brusselator_case(128, 0.8, 0.55),
    brusselator_case(256, 1.0, 2.05),
    brusselator_case(512, 1.0, None),
    Problem(
        "brusselator_loop",
        "Brusselator, 16 × 16, by Python loops",
        brusselator.brusselator_loop,
        partial(brusselator.inputs, 16),
        key="brusselator_loop",
    ),
    Problem("bratu_64", "Bratu, 64 × 64", bratu.bratu, partial(bratu.inputs, 64), None, "bratu", 1.0, None, 7),
    Problem("bratu_256", "Bratu, 256 × 256", bratu.bratu, partial(bratu.inputs, 256), None, "bratu", 1.0, None, 7),
    Problem(
        "bundle",
        "bundle adjustment, 31,843 observations",
        bundle.residuals,
        bundle.inputs,
        None,
        "bundle",
        6.0,
        4.0,
        14,
    ),
    Problem(
        "bundle_rows",
        "bundle adjustment, vectors as rows",
        bundle.residuals_of_rows,
        bundle.inputs,
        key="bundle_rows",
        target=6.0,
        setup_target=4.0,
        colors=14,
    ),
    Problem(
        "power_flow",
        "power flow, 10⁴ buses, constraints",
        power_flow.constraints,
        partial(power_flow.inputs, 10_000),
        key="power_flow",
    ),
)
HESSIANS = (
    separable_case("rosenbrock", "chained Rosenbrock", 1_000, 1.5, None, 3),
    separable_case("rosenbrock", "chained Rosenbrock", 10_000, 1.5, None, 3),
    separable_case("rosenbrock", "chained Rosenbrock", 100_000, 1.5, 1.0, 3),
    separable_case("rosenbrock", "chained Rosenbrock", 1_000_000, 1.5, 8.0, 3),
    separable_case("rosenbrock_loop", "chained Rosenbrock by a Python loop", 1_000, colors=3),
    separable_case("arrowhead", "ARWHEAD", 100_000, 1.5, 3.0, 2),
    separable_case("broydn7d", "BROYDN7D", 10_000, 4.0, None, 7),
    separable_case("woods", "WOODS", 10_000),
    separable_case("dixmaanf", "DIXMAANF", 10_000),
    separable_case("engval1", "ENGVAL1", 100_000),
    separable_case("tridia", "TRIDIA", 10_000),
    separable_case("chnrosnb", "CHNRSNBM", 10_000),
    Problem(
        "power_flow_lagrangian",
        "power flow, 10⁴ buses, Lagrangian",
        power_flow.lagrangian,
        partial(power_flow.lagrangian_inputs, 10_000),
        power_flow.lagrangian_gradient,
        "power_flow_lagrangian",
    ),
)

CASES: dict[str, Problem] = {problem.name: problem for problem in (*JACOBIANS, *HESSIANS)}

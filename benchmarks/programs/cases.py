"""The cases, in the order of the tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from benchmarks import batch_problems
from benchmarks.problem import Problem
from benchmarks.problems import PROBLEMS, gmm, lorenz
from benchmarks.programs import bundle, heston, options
from benchmarks.programs.case import Case
from benchmarks.rewrites import functional

__all__ = ["CASES"]

FAST = ("adpy recorded", "by hand", "jax rewritten", "torch")
"""Who takes part where there are many lanes; a gradient in each costs the others what it costs with few."""
LOOPS = ("adpy recorded", "adpy specialised", "by hand", "casadi VM", "casadi C", "jax rewritten")
"""Who takes part in a longer loop over numbers; the others record each operation in Python, as in the shorter one."""
ROWS = {10_000: "10⁴", 100_000: "10⁵", 1_000_000: "10⁶"}


def lorenz_inputs(steps: int) -> tuple:
    p, h, _ = lorenz.inputs()
    return p, h, steps


def of_lanes(
    name: str,
    title: str,
    function: Callable,
    inputs: Callable[[int], tuple],
    in_axes: tuple[int | None, ...],
    vectorised: Callable,
    target: float | None,
    counts: tuple[int, ...],
) -> tuple[Case, ...]:
    """Cases of one function with more and more lanes."""
    return tuple(
        Case(
            Problem(
                f"{name}_1e{len(str(n)) - 1}", f"{title}, {ROWS[n]} lanes", function, partial(inputs, n), rewrite=name
            ),
            target=target,
            in_axes=in_axes,
            vectorised=vectorised,
            only=() if n == counts[0] else FAST,
        )
        for n in counts
    )


GMM_LARGE = replace(
    PROBLEMS["gmm"],
    name="gmm_large",
    title="ADBench GMM d=20 K=50 N=1000",
    inputs=partial(gmm.inputs, 20, 50),
    rewrite="gmm",
)
LORENZ_LONG = replace(
    PROBLEMS["lorenz"],
    name="lorenz_long",
    title="Lorenz RK4 by element access, 1,000 steps",
    inputs=partial(lorenz_inputs, 1000),
    rewrite="lorenz",
)
HESTON_VECTORISED = Problem(
    "heston_vectorised", "Heston, mean of 10⁵ paths in NumPy", heston.mean_price, partial(heston.inputs, 100_000)
)

SCALARS = (
    Case(PROBLEMS["rosenbrock"], 0.08, 0.02),
    Case(PROBLEMS["lorenz"], 0.15, 0.05),
    Case(LORENZ_LONG, 0.15, 0.05, after="lorenz", only=LOOPS),
    Case(PROBLEMS["three_body"], 0.12, 0.02),
    Case(PROBLEMS["small_arrays"], 0.2, 0.1),
)
LANES = (
    *of_lanes(
        "options",
        "Black-Scholes call",
        options.call_price,
        options.inputs,
        (0,),
        options.call_prices,
        None,
        (10_000, 100_000, 1_000_000),
    ),
    *of_lanes(
        "heston",
        "Heston path, 50 steps",
        batch_problems.heston,
        batch_problems.heston_inputs,
        (None, 0),
        heston.payoffs,
        0.012,
        (10_000, 100_000, 1_000_000),
    ),
    Case(
        Problem(
            "heston_mean",
            "Heston path, mean over 10⁵ lanes",
            batch_problems.heston,
            partial(batch_problems.heston_inputs, 100_000),
            rewrite="heston",
        ),
        target=0.012,
        in_axes=(None, 0),
        mean=True,
        vectorised=heston.payoffs,
    ),
    *of_lanes(
        "bundle", "bundle adjustment block", bundle.block, bundle.inputs, (0, 0), bundle.blocks, 0.02, (10_000, 100_000)
    ),
)
ARRAYS = (
    Case(PROBLEMS["gmm"], 0.6, 0.6),
    Case(GMM_LARGE, 1.1, 1.1, after="gmm"),
    Case(PROBLEMS["lstm"], 0.15, 0.15),
    Case(PROBLEMS["ufunc_chain"], 0.5, 0.5),
    Case(PROBLEMS["burgers"], 0.5, 0.5),
    Case(PROBLEMS["burgers_large"], 1.0, 1.0),
    Case(PROBLEMS["heat"], 1.0, 1.0),
    Case(PROBLEMS["shallow_water"], 1.2, 1.2),
    Case(PROBLEMS["logistic"], 2.0, 2.0),
    Case(HESTON_VECTORISED, 3.0, 3.0, vectorised=functional.heston_vectorised),
)

CASES: dict[str, Case] = {case.name: case for case in (*SCALARS, *LANES, *ARRAYS)}

"""Verify every derivative of every function by every tool, and time what is right, in turn."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter

import numpy as np

from benchmarks import batches
from benchmarks.problem import flatten
from benchmarks.rebind import rebind
from benchmarks.second_order.problems import HESSIANS, JACOBIANS, MANY_PRODUCTS, PRODUCTS, SAMPLES, Problem
from benchmarks.second_order.references import reference_of, reference_of_samples
from benchmarks.second_order.tools import TAKERS
from benchmarks.timing import Plan, Times, interleaved
from benchmarks.verify import Reference

__all__ = ["DIRECTIONS", "GRADIENT", "LOOP", "Row", "measure"]

DIRECTIONS = (1, 8, 64)
GRADIENT, LOOP = "adpy, gradient", "adpy, loop"


@dataclass
class Row:
    """One derivative of one function.

    Attributes
    ----------
    title : str
    target, recorded_target : float or None
        Ratios adpy aims at.
    times : dict of str to Times
        Of the ``plain`` function, and of all that is right.
    failures : dict of str to str
        How the others failed.
    first_calls : dict of str to float
        Seconds of the first call, which compiles.
    """

    title: str
    target: float | None = None
    recorded_target: float | None = None
    times: dict[str, Times] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    first_calls: dict[str, float] = field(default_factory=dict)

    def ratio(self, name: str, base: str = "plain") -> float | None:
        """Time of one in that of another."""
        if name not in self.times or base not in self.times:
            return None
        return self.times[name].median / self.times[base].median


def measure(plan: Plan, peers: list[str]) -> dict[str, list[Row]]:
    """All rows, by what they are about."""
    takers = [name for name in TAKERS if name in peers or name.startswith("adpy") or name == "by hand"]
    rows = {"products": [products_row(problem, takers, plan) for problem in PRODUCTS]}
    for name, derivative, problems in (("hessians", "hessian", HESSIANS), ("jacobians", "jacobian", JACOBIANS)):
        rows[name] = [
            row(problem.title, derivative, problem, takers, plan, target=problem.target) for problem in problems
        ]
    rows["directions"] = [
        row(f"{problem.title}: {count}", "products", problem, takers, plan, problem.directions(count))
        for problem in MANY_PRODUCTS
        for count in DIRECTIONS
    ]
    rows["samples"] = [samples_row(name, peers, plan) for name in SAMPLES]
    return rows


def row(
    title: str,
    derivative: str,
    problem: Problem,
    takers: list[str],
    plan: Plan,
    v: np.ndarray | None = None,
    target: float | None = None,
) -> Row:
    """One derivative by all tools."""
    found = Row(title, target)
    expected = reference_of(derivative, problem, v)
    runs = {name: partial(TAKERS[name], derivative, problem, v) for name in takers}
    return timed(found, partial(problem.function, *problem.args), verified(found, runs, expected), plan)


def products_row(problem: Problem, takers: list[str], plan: Plan) -> Row:
    """Products with one direction, and the gradient."""
    found = Row(problem.title, problem.target, problem.recorded_target)
    v = problem.directions(1)[..., 0]
    runs = {name: partial(TAKERS[name], "product", problem, v) for name in takers}
    right = verified(found, runs, reference_of("product", problem, v))
    gradient = {GRADIENT: partial(TAKERS["adpy"], "gradient", problem, None)}
    right |= verified(found, gradient, reference_of("gradient", problem, None))
    return timed(found, partial(problem.function, *problem.args), right, plan)


def samples_row(name: str, peers: list[str], plan: Plan) -> Row:
    """Gradients of single samples, beside the plain function in a loop."""
    problem, found = batches.PROBLEMS[name], Row(name)
    args = problem.inputs(batches.SAMPLES)
    samples = batches.rows(problem, args)
    candidates = batches.candidates(problem, args)
    runs = {"adpy": candidates["adpy.batch"], LOOP: candidates["loop of adpy.grad"]}
    runs |= {peer: candidates[title] for peer, title in (("jax", "jax, compiled"), ("torch", "torch.func"))}
    runs["autograd"] = partial(loop_of_autograd, problem, args)
    runs = {tool: make for tool, make in runs.items() if tool in peers or tool.startswith("adpy")}
    right = verified(found, runs, reference_of_samples(problem, samples))
    return timed(found, partial(plain_loop, problem.function, samples), right, plan)


def plain_loop(function: Callable, samples: list[tuple]) -> list:
    """The function of every sample."""
    return [function(*sample) for sample in samples]


def loop_of_autograd(problem: batches.Problem, args: tuple) -> Callable:
    """One gradient after the other: autograd has no batches."""
    import autograd
    import autograd.numpy

    return batches.by_loop(autograd.grad(rebind(problem.function, {id(np): autograd.numpy})), problem, args)


def verified(found: Row, makers: dict[str, Callable], expected: Reference) -> dict[str, Callable]:
    """What the makers make, where the derivative is right."""
    right: dict[str, Callable] = {}
    agreed = None
    for name, make in makers.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                run = make()
                if run is None:
                    continue
                start = perf_counter()
                result = flatten(run())
                found.first_calls[name] = perf_counter() - start
            wrong = expected.error(result, agreed)
        except ImportError:
            continue
        except Exception as error:  # whatever a tool raises is its result
            wrong = f"{type(error).__name__}: {error}"
        if wrong is None:
            right[name] = run
            agreed = result if agreed is None else agreed
        else:
            found.failures[name] = wrong
    return right


def timed(found: Row, plain: Callable, right: dict[str, Callable], plan: Plan) -> Row:
    """The row with its times."""
    found.times = interleaved({"plain": plain, **right}, plan)
    print(found.title, {name: round(found.ratio(name), 2) for name in right}, found.failures or "", file=sys.stderr)
    return found

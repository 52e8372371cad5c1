"""Side by side: every tool's gradient of every problem, verified, then timed against the plain function."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.problem import Problem, flatten
from benchmarks.timing import Plan, Times, interleaved
from benchmarks.tools import TOOLS
from benchmarks.verify import Reference, reference_for

__all__ = ["Outcome", "Row", "compare"]

STEP = 6e-6  # the cube root of the machine's rounding error


@dataclass(frozen=True)
class Outcome:
    """What became of one tool on one problem; ``failures`` says how each unsuccessful attempt ended."""

    how: str | None = None
    times: Times | None = None
    ratio: float | None = None
    failures: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A problem, the times of its plain function, the outcome of every tool, the ratio of central differences."""

    problem: Problem
    plain: Times
    reference: str
    outcomes: dict[str, Outcome]
    differences: float | None = None


def compare(problem: Problem, tools: Iterable[str], plan: Plan, differences: bool = False) -> Row:
    """Verify and time every tool on ``problem``; central differences too, where asked for."""
    args = problem.inputs()

    def plain() -> Any:
        return problem.function(*args)

    reference = reference_for(problem, args)
    chosen: dict[str, tuple[str, Callable[[], Any]]] = {}
    failures: dict[str, dict[str, str]] = {}
    agreed = None
    for name in tools:
        how, run, failures[name], gradient = first_right(name, problem, args, reference, agreed)
        if run is not None:
            chosen[name] = (how, run)
            agreed = gradient if agreed is None else agreed
    candidates = {"plain": plain} | {name: run for name, (_, run) in chosen.items()}
    if differences:
        candidates["differences"] = central_differences(problem, args)
    times = interleaved(candidates, plan)
    base = times["plain"].median
    outcomes = {}
    for name, failed in failures.items():
        if name in chosen:
            outcomes[name] = Outcome(chosen[name][0], times[name], times[name].median / base, failed)
        else:
            outcomes[name] = Outcome(failures=failed)
    by_differences = times["differences"].median / base if differences else None
    return Row(problem, times["plain"], reference.method, outcomes, by_differences)


def first_right(
    name: str, problem: Problem, args: tuple[Any, ...], reference: Reference, agreed: np.ndarray | None
) -> tuple[str, Callable[[], Any] | None, dict[str, str], np.ndarray | None]:
    """The tool's first attempt whose gradient is right, and how the earlier ones failed."""
    failures: dict[str, str] = {}
    for attempt in TOOLS[name].attempts(problem, args):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                gradient = attempt.gradient()
                wrong = reference.error(gradient, agreed)
        except Exception as error:  # whatever a tool raises is its result
            failures[attempt.how] = f"{type(error).__name__}: {str(error).splitlines()[0][:160] if str(error) else ''}"
            continue
        if wrong is None:
            return attempt.how, attempt.gradient, failures, flatten(gradient)
        failures[attempt.how] = f"wrong: {wrong}"
    return "", None, failures, None


def central_differences(problem: Problem, args: tuple[Any, ...]) -> Callable[[], list[Any]]:
    """What people use today: two evaluations an input, and as little else as possible."""
    function, active = problem.function, problem.active

    def run() -> list[Any]:
        full = list(args)
        result: list[Any] = []
        for position in active:
            x = args[position]
            if isinstance(x, float):
                step = STEP * max(1.0, abs(x))
                full[position] = x + step
                above = function(*full)
                full[position] = x - step
                result.append((above - function(*full)) / (2.0 * step))
            else:
                gradient = np.empty(x.shape)
                moved = x.copy()
                full[position] = moved
                for index, value in np.ndenumerate(x):
                    step = STEP * max(1.0, abs(value))
                    moved[index] = value + step
                    above = function(*full)
                    moved[index] = value - step
                    gradient[index] = (above - function(*full)) / (2.0 * step)
                    moved[index] = value
                result.append(gradient)
            full[position] = x
        return result

    return run
